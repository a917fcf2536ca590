"""How clips look: name and colour from outside, thumbnails, and which sounds are still to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from core.arrangement.clip import Clip, ClipSource, LatentSource
from technovae_gui import theme
from technovae_gui.timeline.thumbnails import Thumbnails


@dataclass(frozen=True)
class ClipInfo:
    """What a clip is called and its colour (`#rrggbb`); the subtitle is for where there is room."""

    name: str
    colour: str = theme.LATENT_COLOUR
    subtitle: str = ""


ClipInfoOf = Callable[[Clip], ClipInfo]


class Looks(QObject):
    """What the painter asks about a clip. Signals: changed()."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.thumbnails = Thumbnails()
        self._info_of: ClipInfoOf = plain_info
        self._infos: dict[str, tuple[Clip, ClipInfo]] = {}
        self._pending: frozenset[ClipSource] = frozenset()

    def info(self, clip: Clip) -> ClipInfo:
        """Name, colour and subtitle, asked for once per state of the clip."""
        known = self._infos.get(clip.id)
        if known is None or known[0] is not clip:
            known = self._infos[clip.id] = (clip, self._info_of(clip))
        return known[1]

    def set_info(self, info_of: ClipInfoOf) -> None:
        """Ask `info_of` from now on, for all clips again."""
        self._info_of = info_of
        self._infos.clear()
        self.changed.emit()

    def clear_thumbnails(self) -> None:
        """Forget all pictures."""
        self.thumbnails.clear()
        self.changed.emit()

    def set_thumbnail(self, source: ClipSource, image: QImage) -> None:
        """Show `image` as the picture of the four bars of `source`."""
        self.thumbnails.put(source, image)
        self.changed.emit()

    def is_pending(self, source: ClipSource) -> bool:
        """Whether the sound has not arrived yet."""
        return bool(self._pending) and source in self._pending

    def set_pending(self, sources: Iterable[ClipSource]) -> None:
        """The sounds of these, and no others, are still to come."""
        pending = frozenset(sources)
        if pending != self._pending:
            self._pending = pending
            self.changed.emit()

    def forget_clips(self, clip_ids: Iterable[str]) -> None:
        """These clips are gone."""
        for clip_id in clip_ids:
            self._infos.pop(clip_id, None)


def plain_info(clip: Clip) -> ClipInfo:
    """What is known without a library: the clip's own name."""
    if isinstance(clip.source, LatentSource):
        return ClipInfo(clip.name or "Latent", theme.LATENT_COLOUR, clip.source.renderer)
    track = clip.source.segment_id.rpartition("-")[0]
    return ClipInfo(clip.name or clip.source.segment_id, theme.track_colour(sum(map(ord, track))))
