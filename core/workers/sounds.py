"""The loops that the window has: asked for by source and tempo, kept, and told when they arrive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeGuard

from PySide6.QtCore import QObject, Signal, Slot

from core.arrangement.clip import ClipSource, RealSource
from core.workers.child_link import ChildLink
from core.workers.decoder_link import DecoderLink
from core.workers.loop_store import LoopStore
from core.workers.messages import AUDITION, CLIP, Array, Failed, Sounded
from core.workers.reader_link import ReaderLink

KEPT_BYTES: Final = 96 << 20
"""Of loops that the arrangement does not need. What it needs is kept, the player holds it too."""


@dataclass(frozen=True)
class _Key:
    """A sound; `renderer` None: the source's own."""

    source: ClipSource
    bpm: float
    renderer: str | None = None


@dataclass(frozen=True)
class _Asked:
    """What `Sounds` asks its links by; others use the same links under keys of their own. What the
    last model was still at when another one came is of an earlier era."""

    key: _Key
    purpose: str
    era: int


def _is_latent(key: _Key) -> bool:
    return not isinstance(key.source, RealSource)


class Sounds(QObject):
    """Real segments come from the reader child, latents from the decoder child.

    Signals:
        arrived(object): a source wanted by the arrangement has its loop.
        begun(Sounded): a bar of what was asked for last by `audition`, four times over, where all
            of it takes a while; `auditioned` follows.
        auditioned(Sounded): what was asked for last by `audition`, at once if it was there.
        failed(object, str): a source that is wanted or was auditioned last, and why it cannot be.
        busy(int): sources wanted that have not arrived.
    """

    arrived = Signal(object)
    begun = Signal(object)
    auditioned = Signal(object)
    failed = Signal(object, str)
    busy = Signal(int)

    def __init__(self, link: DecoderLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._decoder = link
        self._reader = ReaderLink(self)
        self._kept: LoopStore[_Key] = LoopStore(KEPT_BYTES)
        self._wanted: dict[_Key, None] = {}
        self._audition: _Key | None = None
        self._era = 0
        for each in (self._decoder, self._reader):
            each.begun.connect(self._begun)
            each.sounded.connect(self._sounded)
            each.failed.connect(self._failed)

    @property
    def outstanding(self) -> int:
        """Sources wanted that have not arrived."""
        return len(self._wanted)

    def set_library(self, library: Path) -> None:
        """Read real segments from `library`; latents follow the decoder's own library."""
        self.refresh()
        self._reader.open(library)

    def refresh(self) -> None:
        """Forget all loops, after the library changed; what is needed has to be wanted again."""
        self._kept.clear()
        self._wanted.clear()
        self._audition = None
        self._drop_waiting()
        self.busy.emit(0)

    def outdate_latents(self) -> None:
        """Another model decodes from now on; real segments stay. What is needed has to be wanted
        again, and is heard as it was until it comes."""
        self._era += 1
        self._kept.outdate(_is_latent)
        self._wanted = {key: None for key in self._wanted if not _is_latent(key)}
        if self._audition is not None and _is_latent(self._audition):
            self._audition = None
        self._drop_waiting()
        self.busy.emit(len(self._wanted))

    def loop(self, source: ClipSource, bpm: float) -> Array | None:
        """The loop (frames, 2) of `source` at `bpm` if it is there, be it as the last model decoded
        it. Takes no time."""
        found = self._kept.get(_Key(source, bpm))
        return None if found is None else found.loop

    def want(self, sources: Iterable[ClipSource], bpm: float) -> None:
        """The arrangement needs these, the first ones first, and none of those wanted before that
        are not among them."""
        needed = [_Key(source, bpm) for source in dict.fromkeys(sources)]
        self._kept.need(needed)
        missing = [key for key in needed if key not in self._kept]
        asked, self._wanted = self._wanted, dict.fromkeys(missing)
        self._drop_waiting()
        for key in missing:
            if key not in asked:
                self._link(key.source).render(self._asked(key, CLIP), key.source, bpm)
        self.busy.emit(len(self._wanted))

    def audition(
        self, source: ClipSource, bpm: float, renderer: str | None = None, bar: int = 0
    ) -> None:
        """Have `source` heard as soon as can be, from its `bar` (0..3) on; an earlier one that was
        not begun is dropped."""
        key = self._audition = _Key(source, bpm, renderer)
        found = self._kept.get(key)
        if found is not None and key in self._kept:
            self.auditioned.emit(replace(found, purpose=AUDITION))
            return
        self._link(source).audition(self._asked(key, AUDITION), source, bpm, renderer, bar)

    def close(self) -> None:
        """End the reader child."""
        self._reader.close()

    # Inside

    def _asked(self, key: _Key, purpose: str) -> _Asked:
        return _Asked(key, purpose, self._era if _is_latent(key) else 0)

    def _is_of_now(self, asked: object) -> TypeGuard[_Asked]:
        """Whether this is for us, and of the model that decodes now."""
        return isinstance(asked, _Asked) and asked == self._asked(asked.key, asked.purpose)

    def _link(self, source: ClipSource) -> ChildLink:
        return self._reader if isinstance(source, RealSource) else self._decoder

    def _drop_waiting(self) -> None:
        keep = {self._asked(key, CLIP) for key in self._wanted}
        for link in (self._decoder, self._reader):
            link.cancel_renders(keep)

    @Slot(object)
    def _begun(self, sounded: Sounded) -> None:
        asked = sounded.key
        if self._is_of_now(asked) and asked.purpose == AUDITION and asked.key == self._audition:
            self.begun.emit(sounded)

    @Slot(object)
    def _sounded(self, sounded: Sounded) -> None:
        if not self._is_of_now(sounded.key):
            return
        key, purpose = sounded.key.key, sounded.key.purpose
        self._kept.put(key, sounded)
        if key in self._wanted:
            self._settle(key)
        if purpose == AUDITION and key == self._audition:
            self.auditioned.emit(sounded)

    def _settle(self, key: _Key) -> None:
        """A wanted sound is there, be it that it was auditioned."""
        del self._wanted[key]
        self._drop_waiting()
        self.arrived.emit(key.source)
        self.busy.emit(len(self._wanted))

    @Slot(object)
    def _failed(self, failed: Failed) -> None:
        if not self._is_of_now(failed.key):
            return
        key = failed.key.key
        if key in self._wanted:
            del self._wanted[key]
            self._kept.drop(key)
            self.busy.emit(len(self._wanted))
        elif key != self._audition:
            return
        self.failed.emit(key.source, failed.message)
