"""The loops that the window has: asked for by source and tempo, kept, and reported as they come.

Those of clips are kept on disk as well, and looked for there first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Container, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Final, Generic, NamedTuple, TypeGuard, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core import resources
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import ClipSource, RealSource
from core.arrangement.project import Origin
from core.arrangement.transitions import separated_sources
from core.session import Session
from core.settings import BEATS_PER_BAR, segment_frames
from core.workers.first_bars import FirstBars
from core.workers.loop_store import LoopStore
from core.workers.protocol import Priority
from core.workers.segment_service import RenderedLoop
from core.workers.service_client import (
    SEGMENT_READER,
    Array,
    LoopResult,
    RequestFailed,
    ServiceClient,
    made_from_session,
)

KEPT_BYTES: Final = 96 << 20
"""Of loops that the arrangement does not need. What it needs is kept, the player holds it too."""
_IDLE_MS: Final = 2000
"""So long after a sound nobody waits for the renderer, which then loads what tells parts apart."""
_MOST_AT_ONCE: Final = 50
"""Loops that are asked for in one turn of the event loop: a millisecond."""
_NO_MODEL: Final = "no model is open; train one, or open the demo"

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class _LoopKey:
    """A loop; `renderer` None: the source's own; `separated`: with its parts."""

    source: ClipSource
    bpm: float
    renderer: str | None = None
    separated: bool = False

    @property
    def takes_network(self) -> bool:
        return self.separated or not isinstance(self.source, RealSource)


class _FirstBar(NamedTuple):
    """What comes before the rest of a loop: of bar `number`, 0..3, its first `beats`."""

    number: int
    beats: int


@dataclass(frozen=True)
class _RequestKey:
    """What `LoopService` asks its clients by; others ask the same clients under other keys."""

    loop: _LoopKey
    priority: Priority


class LoopService(QObject):
    """Keeps loops in memory by source and tempo, and has missing ones made.

    Real segments come from the segment reader, latents and parts from the renderer.

    Signals:
        arrived(ClipSource): a source wanted by the arrangement has its loop.
        partial(LoopResult): a bar of what was asked for last by `audition`, or its first beats,
            repeated, where all of it takes a while; `auditioned` follows.
        auditioned(LoopResult): what was asked for last by `audition`, at once if it is kept.
        failed(ClipSource, str): a source that is wanted or was auditioned last, and why it cannot
            be rendered.
        busy(int): how many wanted sources have not arrived.
    """

    arrived = Signal(object)
    partial = Signal(object)
    auditioned = Signal(object)
    failed = Signal(object, str)
    busy = Signal(int)

    def __init__(
        self,
        renderer: ServiceClient,
        parent: QObject | None = None,
        *,
        reader: ServiceClient | None = None,
        store: LoopStore | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            renderer: makes loops of latents. It is opened by `set_session`, and closed by whoever
                made it.
            parent: the Qt parent.
            reader: makes loops of real segments; a new client of `SEGMENT_READER` by default.
            store: keeps the loops of clips on disk, and is closed by `close`; None: nothing does.
        """
        super().__init__(parent)
        self._renderer = renderer
        self._reader = reader or ServiceClient(SEGMENT_READER, self)
        self._store = store
        self._stored: set[_LoopKey] = set()
        """Those that need not be written for this session."""
        self._first_bars = FirstBars()
        self._cache: LoopCache[_LoopKey] = LoopCache(KEPT_BYTES)
        self._wanted: dict[_LoopKey, None] = {}
        self._soon: dict[_LoopKey, None] = {}
        """Those wanted that sound first, in their order."""
        self._unsought: dict[_LoopKey, None] = {}
        """Others that are looked for after these, some in each turn of the event loop."""
        self._held: dict[_LoopKey, None] = {}
        """Others that were not found, to be rendered once all of `_soon` are there."""
        self._seeking = QTimer(self, singleShot=True, interval=0)
        self._seeking.timeout.connect(self._find_more)
        self._audition: _LoopKey | None = None
        self._audition_bar: _FirstBar | None = None
        """Set while the audition has no answer."""
        self._prepared: tuple[_LoopKey, _FirstBar] | None = None
        """Asked for by `prepare`, with the bar that comes first; not made, nor auditioned."""
        self._session: Session | None = None
        self._renderer_refuses = False
        self._origin_of: Callable[[ClipSource], Origin | None] = made_from_session
        self._idle = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._idle.timeout.connect(self._prepare_parts)
        self._parts_prepared = False
        for client in (self._renderer, self._reader):
            client.partial_loop.connect(self._take_partial)
            client.loop_ready.connect(self._take_loop)
            client.failed.connect(self._take_failure)
        self._renderer.session_replaced.connect(self._ask_latents_again)

    @property
    def outstanding(self) -> int:
        """How many wanted sources have not arrived."""
        return len(self._wanted)

    def set_session(self, session: Session) -> None:
        """Render for another session from now on; answers to requests of older ones are dropped.

        What the arrangement needs has to be wanted again; until it is rendered anew, it can be
        heard as it was. Where the music is the same, loops of real segments stay.
        """
        before, self._session = self._session, session
        self._stored.clear()
        if before is None or not session.same_music(before):
            self._outdate_all()
            self._reader.open(session.library_path, generation=session.generation)
        elif session.model_hash != before.model_hash:
            self._outdate_latents()
        self._renderer_refuses = session.model_path is None
        if session.model_path is None:
            self._renderer.refuse(_NO_MODEL, session.generation)
        else:
            self._renderer.open(session.library_path, session.model_path, session.generation)

    def set_origins(self, origin_of: Callable[[ClipSource], Origin | None]) -> None:
        """Ask `origin_of` from now on what a source is made from; None is the open session."""
        self._origin_of = origin_of
        self._reader.origin_of = origin_of
        self._renderer.origin_of = self._origin_of_latent

    def loop(self, source: ClipSource, bpm: float) -> Array | None:
        """The loop of a source if it is kept, be it as the last model made it. Takes no time.

        Args:
            source: a real segment or a latent.
            bpm: the tempo.

        Returns:
            (settings.segment_frames(bpm), 2) float32, read-only, or None.
        """
        found = self._kept(source, bpm)
        return None if found is None else found.loop

    def parts(self, source: ClipSource, bpm: float) -> Array | None:
        """The parts of a source's loop, if they are kept. Takes no time.

        Args:
            source: a real segment, a latent, or parts of them.
            bpm: the tempo.

        Returns:
            (4, settings.segment_frames(bpm), 2) float32 in the order of `settings.PARTS`, or None.
        """
        found = self._cache.get(_LoopKey(source, bpm, separated=True))
        return None if found is None else found.parts

    def sounds(self, arrangement: Arrangement) -> dict[ClipSource, Array] | None:
        """What the clips of an arrangement play, for a mixdown: loops, and the parts of those that
        are crossfaded by parts. None while one of them is not kept."""
        separated, bpm = separated_sources(arrangement), arrangement.bpm
        found: dict[ClipSource, Array] = {}
        for source in {clip.source for clip in arrangement.loop_clips()}:
            sound = (self.parts if source in separated else self.loop)(source, bpm)
            if sound is None:
                return None
            found[source] = sound
        return found

    def gain_db(self, source: ClipSource, bpm: float) -> float:
        """How much louder a loop has to be to be heard by itself.

        Args:
            source: as for `loop`.
            bpm: the tempo.

        Returns:
            dB to -14 LUFS at -1 dBTP; 0 where the loop is not kept.
        """
        found = self._kept(source, bpm)
        return 0.0 if found is None else found.gain_db

    def want(
        self,
        sources: Iterable[ClipSource],
        bpm: float,
        separated: Collection[ClipSource] = (),
        soon: Container[ClipSource] = (),
    ) -> None:
        """Have the loops made that the arrangement needs, and no others that were wanted before.

        Args:
            sources: the first ones are rendered first, also of those that were wanted before.
            bpm: the tempo.
            separated: those that are needed with their parts.
            soon: those that sound first. The others are read after these, and not rendered until
                these are there: all that works for the window, and the sound, shares a few cores.
        """
        needed = [
            _LoopKey(source, bpm, separated=source in separated)
            for source in dict.fromkeys(sources)
        ]
        self._cache.need(needed)
        self._open_renderer_for(needed)
        missing = [key for key in needed if key not in self._cache]
        asked, self._wanted = self._wanted, dict.fromkeys(missing)
        self._soon = {key: None for key in missing if key.source in soon}
        self._held = {key: None for key in missing if key in self._held}
        self._drop_waiting()
        unsought = [key for key in missing if key in self._unsought or key not in asked]
        self._unsought = {key: None for key in unsought if self._is_later(key)}
        for key in unsought:
            if key not in self._unsought:
                self._find(key)
        self._render_held()
        if self._unsought:
            self._seeking.start()
        if asked:
            order = [_RequestKey(key, Priority.CLIP) for key in missing]
            for client in (self._renderer, self._reader):
                client.order_clips(order)
        for key in needed:
            if key in self._cache:
                self._keep(key)
        self.busy.emit(len(self._wanted))

    def audition(
        self,
        source: ClipSource,
        bpm: float,
        renderer: str | None = None,
        bar: int = 0,
        *,
        separated: bool = False,
        beats: int = BEATS_PER_BAR,
    ) -> None:
        """Ask for a loop to be played as soon as can be; an earlier one not begun is dropped.

        Args:
            source: a real segment or a latent.
            bpm: the tempo.
            renderer: None for the source's own.
            bar: 0..3; where the loop takes a while, this bar comes before the rest.
            separated: its parts come with it.
            beats: how many of that bar are enough to begin with: 4, 2 or 1.
        """
        key = self._audition = _LoopKey(source, bpm, renderer, separated)
        prepared, self._prepared = self._prepared, None
        self._open_renderer_for([key])
        found = self._cache.get(key)
        if found is not None and key in self._cache:
            self._audition_bar = None
            self.auditioned.emit(replace(found, priority=Priority.AUDITION))
            return
        is_asked = prepared is not None and prepared[0] == key
        wanted = _FirstBar(bar, beats)
        if prepared is not None and is_asked:
            wanted = prepared[1]  # the one that is being made
        self._audition_bar = wanted
        self._idle.stop()
        first = self._first_bars.get(key, segment_frames(bpm), *wanted)
        if first is not None:
            self.partial.emit(first)  # before the renderer takes a core
        if self._audition is key and not is_asked:
            self._ask_audition(key, wanted if first is None else None)

    def prepare(
        self,
        source: ClipSource,
        bpm: float,
        bar: int = 0,
        *,
        separated: bool = False,
        beats: int = BEATS_PER_BAR,
    ) -> None:
        """Have a loop made that will most likely be auditioned within a moment. Nothing is reported
        of it before.

        Args:
            source, bpm, bar, separated, beats: of the `audition` that is expected; its renderer is
                the source's own.
        """
        key = _LoopKey(source, bpm, separated=separated)
        is_asked = key == self._audition and self._audition_bar is not None
        is_asked |= self._is_prepared(key)
        frames, wanted = segment_frames(bpm), _FirstBar(bar, beats)
        if is_asked or key in self._cache or self._first_bars.get(key, frames, *wanted) is not None:
            return
        self._open_renderer_for([key])
        self._prepared = key, wanted
        self._ask_audition(key, wanted)

    def close(self) -> None:
        """End the segment reader, and the thread of the store."""
        self._idle.stop()
        self._seeking.stop()
        self._reader.close()
        if self._store is not None:
            self._store.close()

    def _kept(self, source: ClipSource, bpm: float) -> LoopResult | None:
        plain = _LoopKey(source, bpm)
        return self._cache.get(replace(plain, separated=True)) or self._cache.get(plain)

    def _ask_audition(self, key: _LoopKey, first: _FirstBar | None) -> None:
        asked = _RequestKey(key, Priority.AUDITION)
        bar, beats = (None, BEATS_PER_BAR) if first is None else first
        self._client(key).audition(
            asked, key.source, key.bpm, key.renderer, bar, separated=key.separated, beats=beats
        )

    def _find(self, key: _LoopKey) -> None:
        """Look for a wanted loop on disk; where it is not there, it is rendered.

        Parts are not kept there: until they are rendered, the loop sounds whole.
        """
        store, session = self._store, self._session
        is_kept = store is not None and self._origin_of(key.source) is None
        if key.separated or not is_kept or session is None:
            self._render(key)
        if store is None or not is_kept or session is None:
            return

        def found(loop: RenderedLoop | None) -> None:
            if key not in self._wanted:
                return
            if key.separated:
                if loop is not None and session is self._session:
                    whole = replace(key, separated=False)
                    self._cache.put(whole, _clip_result(whole, loop))
                    self.arrived.emit(key.source)
            elif session is not self._session:
                if not key.takes_network:  # others were asked for again with the session
                    self._render(key)
            elif loop is None:
                self._render(key)
            else:
                self._stored.add(key)
                self._cache.put(key, _clip_result(key, loop))
                self._settle(key)

        store.find(session, key.source, key.bpm, found)

    def _keep(self, key: _LoopKey) -> None:
        """Have a loop of the arrangement written, once; from then on it takes no memory."""
        result = self._cache.get(key)
        if result is None:
            return

        def swap(written: LoopResult) -> None:
            if self._cache.get(key) is result:
                self._cache.swap(key, written)

        self._write(key, result, swap)

    def _write(self, key: _LoopKey, result: LoopResult, then: Callable[[LoopResult], None]) -> bool:
        """Write a loop, unless it is written or is not to be.

        Args:
            key: of the loop.
            result: with the loop in memory.
            then: gets it as it lies on disk, or `result` where that cannot be.

        Returns:
            Whether `then` will be called.
        """
        store, session = self._store, self._session
        if store is None or session is None or key in self._stored:
            return False
        self._stored.add(key)
        if self._origin_of(key.source) is not None:
            return False

        def written(loop: RenderedLoop | None) -> None:
            then(result if loop is None or result.parts is not None else _clip_result(key, loop))

        loop = RenderedLoop(result.loop, result.spectrogram, result.renderer, result.gain_db)
        store.keep(session, key.source, key.bpm, loop, written)
        return True

    def _is_valid(self, key: _LoopKey, made_for: Session | None) -> bool:
        """Whether what was made for another session is still that of the one that is open."""
        session = self._session
        if session is None or made_for is None or session is made_for:
            return session is made_for
        return not key.takes_network and session.same_music(made_for)

    def _is_later(self, key: _LoopKey) -> bool:
        """Whether others sound sooner."""
        return bool(self._soon) and key not in self._soon

    @Slot()
    def _find_more(self) -> None:
        """Look for some of what sounds later: for a thousand loops, in one turn, it takes long."""
        for key in list(self._unsought)[:_MOST_AT_ONCE]:
            del self._unsought[key]
            self._find(key)
        if self._unsought:
            self._seeking.start()

    def _render(self, key: _LoopKey) -> None:
        if self._is_later(key):
            self._held[key] = None
            return
        asked = _RequestKey(key, Priority.CLIP)
        self._client(key).render(asked, key.source, key.bpm, separated=key.separated)
        if key in self._soon:  # it was looked for first, and others may wait by now
            self._client(key).order_clips([_RequestKey(it, Priority.CLIP) for it in self._soon])

    def _render_held(self) -> None:
        """Ask for what does not have to wait any more."""
        for key in [key for key in self._held if not self._is_later(key)]:
            # Rendering may open the renderer, which looks for others of them again.
            if key in self._held:
                del self._held[key]
                self._render(key)

    def _forget(self, key: _LoopKey) -> None:
        """A loop is wanted no more: it is there, or cannot be made."""
        del self._wanted[key]
        self._unsought.pop(key, None)
        self._held.pop(key, None)
        self._soon.pop(key, None)
        if not self._soon and self._held:
            self._render_held()

    def _client(self, key: _LoopKey) -> ServiceClient:
        return self._renderer if key.takes_network else self._reader

    def _origin_of_latent(self, source: ClipSource) -> Origin | None:
        """For each request to the renderer, be it of others."""
        self._open_renderer_for([_LoopKey(source, 0.0)])
        return self._origin_of(source)

    def _open_renderer_for(self, keys: Iterable[_LoopKey]) -> None:
        """Without a model, the renderer runs only if it is needed for latents of another one."""
        session = self._session
        if not self._renderer_refuses or session is None:
            return
        if any(key.takes_network and self._origin_of(key.source) is not None for key in keys):
            self._renderer_refuses = False
            self._renderer.open(session.library_path, None, session.generation)

    def _outdate_all(self) -> None:
        self._cache.outdate(lambda key: True)
        self._first_bars.clear()
        for collection in (self._wanted, self._soon, self._unsought, self._held):
            collection.clear()
        self._audition = self._audition_bar = self._prepared = None
        self._drop_waiting()
        self.busy.emit(0)

    def _outdate_latents(self) -> None:
        self._cache.outdate(lambda key: key.takes_network)
        self._first_bars.clear()

    def _drop_waiting(self) -> None:
        keep = {_RequestKey(key, Priority.CLIP) for key in self._wanted}
        for client in (self._renderer, self._reader):
            client.keep_clips(keep)

    @Slot()
    def _ask_latents_again(self) -> None:
        """The renderer has dropped what it was asked for."""
        for key in self._wanted:
            if key.takes_network and key not in self._unsought:
                self._held.pop(key, None)
                self._find(key)
        if self._prepared is not None and self._prepared[0].takes_network:
            self._prepared = None
        audition, bar = self._audition, self._audition_bar
        if audition is not None and audition.takes_network and bar is not None:
            self._ask_audition(audition, bar)

    @Slot(object)
    def _take_partial(self, result: LoopResult) -> None:
        if not _is_ours(result.key):
            return
        is_auditioned = result.key == self._audition_key()
        if is_auditioned or self._is_prepared(result.key.loop):
            self._first_bars.put(result.key.loop, result)
        if is_auditioned:
            self.partial.emit(result)

    @Slot(object)
    def _take_loop(self, result: LoopResult) -> None:
        if not _is_ours(result.key):
            return
        key, session = result.key.loop, self._session
        self._first_bars.drop(key)
        if self._is_prepared(key):
            self._prepared = None

        is_asked = result.priority == Priority.AUDITION  # as a clip it still waits to be made

        def settle(written: LoopResult) -> None:
            if key in self._wanted and self._is_valid(key, session):
                self._cache.put(key, written)
                self._settle(key, is_asked=is_asked)

        # What the arrangement plays is on disk before it is played, so that memory holds little of
        # it however long the arrangement is.
        if key not in self._wanted or not self._write(key, result, settle):
            self._cache.put(key, result)
            if key in self._wanted:
                self._settle(key, is_asked=is_asked)
        if result.key == self._audition_key():
            self._audition_bar = None
            self._idle.start()
            self.auditioned.emit(result)

    @Slot()
    def _prepare_parts(self) -> None:
        """The first mute then takes as long as any other. Once, and only after a first sound."""
        if self._wanted or self._parts_prepared or self._renderer_refuses:
            return
        if resources.has_parts_model():
            self._parts_prepared = True
            self._renderer.prepare_parts()

    def _is_prepared(self, key: _LoopKey) -> bool:
        return self._prepared is not None and self._prepared[0] == key

    def _audition_key(self) -> _RequestKey | None:
        return None if self._audition is None else _RequestKey(self._audition, Priority.AUDITION)

    def _settle(self, key: _LoopKey, *, is_asked: bool = False) -> None:
        """A wanted loop is there.

        Args:
            key: of the loop.
            is_asked: whether a client is still to make it. To drop one request goes through all,
                which takes seconds where each of a thousand loops on disk does it.
        """
        self._forget(key)
        if is_asked:
            self._drop_waiting()
        self.arrived.emit(key.source)
        self.busy.emit(len(self._wanted))

    @Slot(object)
    def _take_failure(self, failed: RequestFailed) -> None:
        if not _is_ours(failed.key):
            return
        key = failed.key.loop
        if self._is_prepared(key):
            self._prepared = None
        if failed.key == self._audition_key():
            self._audition_bar = None
        if key in self._wanted:
            self._forget(key)
            self._cache.drop(key)
            self.busy.emit(len(self._wanted))
        elif key != self._audition:
            return
        self.failed.emit(key.source, failed.message)


def _clip_result(key: _LoopKey, loop: RenderedLoop) -> LoopResult:
    """What a service would have answered."""
    return LoopResult(
        _RequestKey(key, Priority.CLIP),
        key.source,
        key.bpm,
        loop.loop,
        loop.spectrogram,
        loop.renderer,
        Priority.CLIP,
        loop.gain_db,
    )


def _is_ours(key: object) -> TypeGuard[_RequestKey]:
    return isinstance(key, _RequestKey)


class LoopCache(Generic[Key]):
    """Loops by key. Those needed stay; of the others the longest unused go first.

    Outdated ones are still to be had, but count as missing (`in`).
    """

    def __init__(self, limit: int) -> None:
        """`limit`: bytes of loops that are not needed."""
        self._limit = limit
        self._kept: OrderedDict[Key, LoopResult] = OrderedDict()
        self._needed: Container[Key] = ()
        self._outdated: set[Key] = set()

    def get(self, key: Key) -> LoopResult | None:
        """What is kept under `key`; takes no time."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Key, result: LoopResult) -> None:
        """Keep a loop, whatever else has to go for it.

        Args:
            key: by which it is found again; it is not outdated any more.
            result: the loop.
        """
        self._kept[key] = result
        self._kept.move_to_end(key)
        self._outdated.discard(key)
        if key not in self._needed:
            self._shrink()

    def swap(self, key: Key, result: LoopResult) -> None:
        """Keep the same sound in another place.

        Args:
            key: of what is kept, be it outdated or not.
            result: to keep in its stead.
        """
        self._kept[key] = result

    def need(self, keys: Iterable[Key]) -> None:
        """Let these stay, and no others."""
        self._needed = frozenset(keys)
        self._shrink()

    def outdate(self, which: Callable[[Key], bool]) -> None:
        """Those for whose keys `which` is true have to be made again; until then, those needed
        stay. The others go."""
        for key in [key for key in self._kept if which(key)]:
            if key in self._needed:
                self._outdated.add(key)
            else:
                self.drop(key)

    def drop(self, key: Key) -> None:
        """Forget what is kept under `key`, if anything."""
        self._kept.pop(key, None)
        self._outdated.discard(key)

    def __contains__(self, key: Key) -> bool:
        return key in self._kept and key not in self._outdated

    def __len__(self) -> int:
        return len(self._kept)

    def _shrink(self) -> None:
        loose = [key for key in self._kept if key not in self._needed]
        size = sum(self._kept[key].nbytes for key in loose)
        for key in loose[:-1]:  # the newest stays in any case
            if size <= self._limit:
                return
            size -= self._kept[key].nbytes
            self.drop(key)
