"""The thread that makes arrangements ready to sound, so that neither window nor mixer waits."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from core import scientific, user_folders
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, ClipSource
from core.errors import Cancelled, InputError
from core.mapped_arrays import SpillingMemory, release_pages
from core.playback.snapshot import Snapshot
from core.playback.supervised_thread import SupervisedThread, one_line
from core.settings import SAMPLE_RATE, segment_frames

if TYPE_CHECKING:  # it brings scipy, which the window's first paint does not wait for
    from core.arrangement.mixdown import Mixdown

FloatArray = NDArray[np.float32]
Loops = Mapping[ClipSource, FloatArray]

Span = tuple[int, int]
"""First frame, and the one after the last."""

LOOKAHEAD: Final = 8 * SAMPLE_RATE
"""What sounds within eight seconds is ready before a snapshot is handed over, the rest after."""
_IN_PARTS: Final = 3
"""Dimensions of a sound in parts."""
_WAIT_SECONDS: Final = 1.0
"""How often it is seen whether the program still runs."""
_KEPT_BYTES: Final = 16 << 20
"""Of prepared sound that stays in memory; an hour of a thousand clips takes 300 times as much."""
_RELEASE_SECONDS: Final = 2.0
"""How often memory of what lies in files is given back: six lanes that play read 4 MB a second of
it, and giving back a thousand clips takes 3 ms."""
_RELEASE_SECONDS_JUMPING: Final = 0.25
"""The same while the playhead jumps, as what it leaves behind adds up."""


@dataclass(frozen=True)
class MixdownRequest:
    """An arrangement to play and the loops that are there for it, or their parts; other clips are
    left out."""

    arrangement: Arrangement
    loops: Loops

    @classmethod
    def of(
        cls, arrangement: Arrangement, audio_of: Callable[[Clip], FloatArray | None]
    ) -> MixdownRequest:
        """Collect the loops of an arrangement.

        Args:
            arrangement: what will be played.
            audio_of: called once for every source; gives a clip's four-bar loop, (frames, 1 or 2),
                its parts, (4, frames, 1 or 2), or None. A loop of another tempo counts as None.
        """
        frames = segment_frames(arrangement.bpm)
        loops: dict[ClipSource, FloatArray] = {}
        for source, clip in {clip.source: clip for clip in arrangement.loop_clips()}.items():
            loop = audio_of(clip)
            if loop is not None and abs(loop.shape[-2] - frames) <= 1:
                loops[source] = loop
        return cls(arrangement, loops)

    def audible(self) -> Arrangement:
        """The arrangement without the clips that have no loop, as long as with them."""
        whole = self.arrangement
        lanes = [
            lane.changed(clips=tuple(clip for clip in lane.clips if self._is_there(clip)))
            for lane in whole.lanes
        ]
        return whole.changed(lanes=tuple(lanes), frames=whole.length_frames)

    def _is_there(self, clip: Clip) -> bool:
        return all(loop.source in self.loops for loop in clip.loops)


def build_snapshot(
    request: MixdownRequest,
    last: tuple[MixdownRequest, Snapshot] | None,
    memory: SpillingMemory | None = None,
) -> Snapshot:
    """A snapshot to play, of which nothing is rendered yet but what it shares with the last one.

    Args:
        request: what will be played.
        last: the request before and its snapshot, whose rendered clips are used again where their
            loops have not changed.
        memory: takes what is rendered; None: all of it stays in memory.
    """
    from core.arrangement.mixdown import Mixdown

    arrangement, loops = request.audible(), dict(request.loops)
    reuse, changed = None, list[ClipSource]()
    if last is not None:
        reuse = last[1].mix
        changed = [it for it, loop in loops.items() if not _same(last[0].loops.get(it, loop), loop)]
    mix = Mixdown(
        arrangement,
        lambda clip: loops[clip.source],
        reuse=reuse,
        changed=changed,
        memory=memory,
    )
    return Snapshot(mix, arrangement.bpm, arrangement.length_frames)


def playable(request: MixdownRequest, last: MixdownRequest | None) -> tuple[MixdownRequest, str]:
    """Leave out loops that cannot be played.

    Args:
        request: what will be played.
        last: the request before; loops that were playable in it are not checked again.

    Returns:
        The request without those loops, and one line about them, empty if there are none.
    """
    from core.arrangement.loop_stream import Loop

    problem, loops = "", {}
    for source, loop in request.loops.items():
        try:
            if last is None or not _same(last.loops.get(source), loop):
                for part in loop if loop.ndim == _IN_PARTS else [loop]:
                    Loop.of(part, request.arrangement.bpm)
                release_pages(loop)
            loops[source] = loop
        except InputError as error:
            problem = str(error)
    return MixdownRequest(request.arrangement, loops), problem


def _same(a: FloatArray | None, b: FloatArray) -> bool:
    """The two are one array, or look at the same memory (both are alive)."""
    if a is None or a is b:
        return a is b
    return (a.ctypes.data, a.shape, a.strides) == (b.ctypes.data, b.shape, b.strides)


class MixdownThread(SupervisedThread):
    """Prepares the latest request and hands it over. An older one under way gives way to it.

    A request that cannot be prepared is tried once more with nothing reused, then left; the next
    one is taken as ever.
    """

    def __init__(
        self,
        *,
        soon: Callable[[], Iterable[Span]],
        deliver: Callable[[Snapshot], None],
        load: Callable[[], None],
    ) -> None:
        """All three are called on this thread.

        Args:
            soon: the spans of frames that sound next; they are ready before a snapshot is handed
                over.
            deliver: takes each snapshot.
            load: called once, before anything else.
        """
        super().__init__("playback-mixdown", "preparing the arrangement")
        self._soon, self._deliver, self._load = soon, deliver, load
        self._changed = threading.Condition()
        self._waiting: MixdownRequest | None = None
        self._current: MixdownRequest | None = None
        self._retried: MixdownRequest | None = None
        self._moved, self._jumped = threading.Event(), threading.Event()
        self._last: tuple[MixdownRequest, Snapshot] | None = None
        self._memory = SpillingMemory(_KEPT_BYTES, user_folders.cache_folder() / "prepared")
        self._released = time.monotonic()

    def request(self, request: MixdownRequest) -> None:
        """Prepare `request` next, in place of any that still waits."""
        with self._changed:
            self._waiting = request
            self._changed.notify_all()

    def wait_until_prepared(self, seconds: float) -> bool:
        """Wait until all that was requested is prepared; False if it takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._waiting or self._current), seconds)

    def look_again(self) -> None:
        """Something else sounds soon: prepare that first. Any thread may call it."""
        self._moved.set()
        self._jumped.set()

    def is_set(self) -> bool:
        """What is under way should give way (this is the `CancelFlag` of the second half)."""
        return self._gives_way() or self._moved.is_set()

    def _gives_way(self) -> bool:
        return self._stopping.is_set() or self._waiting is not None

    def wake(self) -> None:
        """Make a `serve` that waits return."""
        with self._changed:
            self._changed.notify_all()

    def set_up(self) -> None:
        """Load scipy and what the caller needs, off the threads that must not wait."""
        scientific.load()
        self._load()

    def serve(self) -> None:
        """Wait for a request and prepare it."""
        request = self._next()
        if request is None:
            self._release_pages()
            return
        with contextlib.suppress(Cancelled):
            self._prepare(request)
        self._finish()

    def recover(self, error: Exception) -> None:
        """Try the request once more from nothing, unless another one waits already."""
        self._last = None
        failed = self._current
        if failed is not None and failed is self._retried:
            self.problem = (
                f"the last change cannot be played ({one_line(error)}); what was there before "
                "goes on"
            )
        elif failed is not None:
            with self._changed:
                self._retried = failed
                self._waiting = self._waiting or failed
        self._finish()

    def _next(self) -> MixdownRequest | None:
        with self._changed:
            if self._waiting is None and not self._stopping.is_set():
                self._changed.wait(_WAIT_SECONDS)
            self._current, self._waiting = self._waiting, None
            return None if self._stopping.is_set() else self._current

    def _between_clips(self, done: float, total: float, message: str = "") -> None:
        """See `Progress`: whatever is done, memory goes back."""
        self._release_pages()

    def _release_pages(self) -> None:
        """What has sounded need not stay in memory."""
        now = time.monotonic()
        every = _RELEASE_SECONDS_JUMPING if self._jumped.is_set() else _RELEASE_SECONDS
        if self._last is None or now - self._released < every:
            return
        self._released = now
        self._jumped.clear()
        for loop in self._last[0].loops.values():
            release_pages(loop)
        if self._last[1].mix is not None:
            self._last[1].mix.release_pages()

    def _finish(self) -> None:
        with self._changed:
            self._current = None
            self._changed.notify_all()

    def _prepare(self, request: MixdownRequest) -> None:
        request, problem = playable(request, self._last and self._last[0])
        snapshot = build_snapshot(request, self._last, self._memory)
        assert snapshot.mix is not None
        # Only after it is handed over may it give way: else a stream of edits would never sound.
        spans = list(self._soon())
        for span in spans:
            snapshot.mix.prepare(progress=self._between_clips, cancel=self._stopping, span=span)
        self._last = request, snapshot
        self._deliver(snapshot)
        self.problem = problem
        self._prepare_rest(snapshot.mix, spans)

    def _prepare_rest(self, mix: Mixdown, spans: list[Span]) -> None:
        """From the playhead to the end, then from the beginning; wherever it is taken meanwhile
        comes first, at once."""
        first = max((start for start, _ in spans), default=0)
        places = [*range(first, mix.frames, LOOKAHEAD), *range(0, first, LOOKAHEAD)]
        while places:
            self._moved.clear()
            try:
                for span in (*self._soon(), (places[0], places[0] + LOOKAHEAD)):
                    mix.prepare(progress=self._between_clips, cancel=self, span=span)
                del places[0]
            except Cancelled:
                if self._gives_way():
                    raise
