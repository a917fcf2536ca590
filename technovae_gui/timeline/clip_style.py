"""How clips look: name and colour, thumbnail, and whether their sound is still missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap

from core.arrangement.clip import Clip, ClipSource, GroupSource, LatentSource, main_source
from technovae_gui import theme
from technovae_gui.timeline.thumbnails import Picture, ThumbnailCache

_INFOS_KEPT = 20_000


@dataclass(frozen=True)
class ClipInfo:
    """What is written on a clip.

    Attributes:
        name: the title.
        colour: `#rrggbb`.
        subtitle: a second line, for where there is space.
        badge: what of it is unlike most clips, in small print on the clip; empty for nothing.
    """

    name: str
    colour: str = theme.LATENT_COLOUR
    subtitle: str = ""
    badge: str = ""


ClipInfoOf = Callable[[Clip], ClipInfo]


class ClipStyle(QObject):
    """What the painter asks about clips.

    Signals:
        changed(): clips look different now; all are to be repainted.
        sources_changed(frozenset[ClipSource]): clips of these sources look different now.
    """

    changed = Signal()
    sources_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.thumbnails = ThumbnailCache()
        self._info_of: ClipInfoOf = default_info
        self._infos: dict[str, tuple[Clip, ClipInfo]] = {}
        self._pending: frozenset[ClipSource] = frozenset()

    def info(self, clip: Clip) -> ClipInfo:
        """Name, colour and subtitle; computed once for each state of the clip."""
        known = self._infos.get(clip.id)
        if known is None or known[0] is not clip:
            if len(self._infos) >= _INFOS_KEPT:
                self._infos.clear()
            info = self._info_of(clip)
            if clip.colour:
                info = replace(info, colour=clip.colour)
            known = self._infos[clip.id] = (clip, info)
        return known[1]

    def set_info(self, info_of: ClipInfoOf) -> None:
        """Ask `info_of` from now on, also for the clips that were asked for already."""
        self._info_of = info_of
        self._infos.clear()
        self.changed.emit()

    def thumbnail(
        self, source: ClipSource, colour: str, width: float, height: int
    ) -> QPixmap | None:
        """The picture of a source's four bars.

        Args:
            source, colour, width, height: as for `ThumbnailCache.scaled`.

        Returns:
            As `ThumbnailCache.scaled`; None while there is none.
        """
        return self.thumbnails.scaled(source, colour, width, height)

    def set_thumbnail(self, source: ClipSource, image: Picture) -> None:
        """Show another picture of a source.

        Args:
            source: whose four bars.
            image: the picture.
        """
        self.thumbnails.put(source, image)
        self.sources_changed.emit(frozenset((source,)))

    def clear_thumbnails(self) -> None:
        """Show no picture any more: the music or the model that they are of has changed."""
        self.thumbnails.clear()
        self.changed.emit()

    def is_pending(self, source: ClipSource) -> bool:
        """Whether the sound has not arrived yet, or that of a clip in a group."""
        if not self._pending:
            return False
        if isinstance(source, GroupSource):
            return any(self.is_pending(clip.source) for clip in source.clips)
        return source in self._pending

    def set_pending(self, sources: Iterable[ClipSource]) -> None:
        """Mark the clips of these sources, and of no others, as waiting for their sound."""
        pending = frozenset(sources)
        changed = pending ^ self._pending
        if changed:
            self._pending = pending
            self.sources_changed.emit(changed)


def default_info(clip: Clip) -> ClipInfo:
    """What is known without a library: the clip's own name, and a colour for its track."""
    source = main_source(clip.source)
    if isinstance(source, LatentSource):
        return ClipInfo(clip.name or "Decoded", theme.LATENT_COLOUR, source.renderer)
    track = source.segment_id.rpartition("-")[0]
    return ClipInfo(clip.name or source.segment_id, theme.track_colour(sum(map(ord, track))))
