"""The loops that the window has: asked for by source and tempo, kept, and told when they arrive."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from core.jobs.child_link import ChildLink
from core.jobs.decoder_link import DecoderLink
from core.jobs.messages import AUDITION, Array, Failed, Sounded
from core.jobs.reader_link import ReaderLink
from core.timeline.clip import RealSource, Source

KEPT_BYTES: Final = 256 << 20
_CLIP: Final = "clip"
_HEAR: Final = "hear"
_Key = tuple[Source, float, str | None]


class Sounds(QObject):
    """Real segments come from the reader child, latents from the decoder child.

    Signals:
        arrived(object): a source wanted by the arrangement has its loop.
        auditioned(Sounded): what was asked for last by `audition`, at once if it was there.
        failed(object, str): a source, and why it cannot be heard.
        busy(int): sources wanted that have not arrived.
    """

    arrived = Signal(object)
    auditioned = Signal(object)
    failed = Signal(object, str)
    busy = Signal(int)

    def __init__(self, link: DecoderLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._decoder = link
        self._reader = ReaderLink(self)
        self._kept: OrderedDict[_Key, Sounded] = OrderedDict()
        self._bytes = 0
        self._wanted: dict[_Key, None] = {}
        for each in (self._decoder, self._reader):
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
        """Forget all loops, after the library changed."""
        self._kept.clear()
        self._bytes = 0
        self._wanted.clear()

    def loop(self, source: Source, bpm: float) -> Array | None:
        """The loop (frames, 2) of `source` at `bpm` if it is there. Takes no time."""
        found = self._get((source, bpm, None))
        return None if found is None else found.loop

    def want(self, sources: Iterable[Source], bpm: float) -> None:
        """The arrangement needs these, and none of those wanted before that are not among them."""
        keys: list[_Key] = [(source, bpm, None) for source in sources]
        missing = [key for key in keys if key not in self._kept]
        asked, self._wanted = self._wanted, dict.fromkeys(missing)
        keep = {(_CLIP, key) for key in missing}
        for link in (self._decoder, self._reader):
            link.keep_renders(keep)
        for key in missing:
            if key not in asked:
                self._link(key[0]).render((_CLIP, key), key[0], bpm)
        self.busy.emit(len(self._wanted))

    def audition(self, source: Source, bpm: float, renderer: str | None = None) -> None:
        """Have `source` heard as soon as can be; an earlier one that was not begun is dropped."""
        key: _Key = (source, bpm, renderer)
        found = self._get(key)
        if found is not None:
            self.auditioned.emit(found)
            return
        self._link(source).audition((_HEAR, key), source, bpm, renderer)

    def close(self) -> None:
        """End the reader child."""
        self._reader.close()

    # Inside

    def _link(self, source: Source) -> ChildLink:
        return self._reader if isinstance(source, RealSource) else self._decoder

    def _get(self, key: _Key) -> Sounded | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    @Slot(object)
    def _sounded(self, sounded: Sounded) -> None:
        if not (isinstance(sounded.key, tuple) and sounded.key[0] in (_CLIP, _HEAR)):
            return
        key: _Key = sounded.key[1]
        self._keep(key, sounded)
        if key in self._wanted:
            del self._wanted[key]
            self.arrived.emit(key[0])
            self.busy.emit(len(self._wanted))
        if sounded.purpose == AUDITION:
            self.auditioned.emit(sounded)

    @Slot(object)
    def _failed(self, failed: Failed) -> None:
        if not (isinstance(failed.key, tuple) and failed.key[0] in (_CLIP, _HEAR)):
            return
        key: _Key = failed.key[1]
        self._wanted.pop(key, None)
        self.busy.emit(len(self._wanted))
        self.failed.emit(key[0], failed.message)

    def _keep(self, key: _Key, sounded: Sounded) -> None:
        if key not in self._kept:
            self._bytes += sounded.loop.nbytes
        self._kept[key] = sounded
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.loop.nbytes
