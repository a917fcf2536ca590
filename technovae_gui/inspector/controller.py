"""What clips are called and coloured, and what the inspector says of their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from core.arrangement.clip import Clip, ClipSource, LatentSource, RealSource
from core.library.latent_map import ATTRIBUTES
from technovae_gui import theme
from technovae_gui.timeline import ClipInfo, ink

if TYPE_CHECKING:
    from core.library.latent_map import LatentMap
    from technovae_gui.document import Document
    from technovae_gui.inspector.sound_panel import SoundPanel
    from technovae_gui.studio import Studio
    from technovae_gui.timeline import TimelineView

Facts = list[tuple[str, str]]
_NEAREST_SHARE = 0.6
"""Of a latent clip's colour. What is not from the music itself stays paler than what is."""
_MAPS_SEEN = 8


class Describing(QObject):
    """Between the map's knowledge and the panels that show clips."""

    def __init__(
        self,
        studio: Studio,
        document: Document,
        timeline: TimelineView,
        sound: SoundPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio, self._document, self._timeline = studio, document, timeline
        self._inspector = sound.inspector
        self._colours: dict[str, str] = {}
        self._maps: dict[str, LatentMap] = {}
        studio.map_changed.connect(self._map_changed)
        self._inspector.set_describe(self.facts)

    def info(self, clip: Clip) -> ClipInfo:
        """Name, colour and second line of a clip."""
        if isinstance(clip.source, LatentSource):
            colour = self._nearest_colour(clip.source)
            return ClipInfo(clip.name or "Latent", colour, clip.source.renderer)
        found = self._studio.map
        track_id = clip.source.segment_id.rsplit("-", 2)[0]
        colour = self._colours.get(track_id, theme.DIM)
        row = found.rows.get(clip.source.segment_id) if found else None
        if found is None or row is None:
            return ClipInfo(clip.name or clip.source.segment_id, colour, "original")
        return ClipInfo(clip.name or found.title(found.segments[row]), colour, "original")

    def _nearest_colour(self, source: LatentSource) -> str:
        """Of the track whose segment lies nearest, paler; of no track where the latent is of a
        model whose map was not seen."""
        found = self._maps.get(source.model_hash)
        if found is None or not len(found):
            return theme.LATENT_COLOUR
        nearest = found.nearest(source.array)[0]
        colour = self._colours.get(nearest.track_id, theme.LATENT_COLOUR)
        return ink.mixed(colour, theme.LATENT_COLOUR, _NEAREST_SHARE).name()

    def facts(self, source: ClipSource) -> Facts:
        """What is known about a source, line by line."""
        found = self._studio.map
        if found is None:
            return []
        if isinstance(source, RealSource):
            row = found.rows.get(source.segment_id)
            return [("Segment", "not in this library")] if row is None else self._real(row)
        found = self._maps.get(source.model_hash, found)
        near = [found.title(segment) for segment in found.nearest(source.array, 2)]
        return [("Near", "; ".join(near))]

    def _real(self, row: int) -> Facts:
        found = self._studio.map
        assert found is not None
        segment = found.segments[row]
        return [
            ("Track", found.tracks[segment.track_id].title),
            ("Bar", str(segment.bar + 1)),
            ("Tempo", f"{segment.bpm:.2f} BPM"),
        ]

    def attributes(self, source: ClipSource) -> dict[str, float]:
        """Which share of the library's segments lies below a real one, by attribute."""
        found = self._studio.map
        if found is None or not isinstance(source, RealSource):
            return {}
        row = found.rows.get(source.segment_id)
        if row is None:
            return {}
        columns = {name: found.values(name) for name in ATTRIBUTES}
        return {name: float((v < v[row]).mean()) for name, v in columns.items()}

    @Slot(object)
    def _map_changed(self, found: object) -> None:
        tracks = self._studio.tracks
        self._remember_map()
        self._colours = {t.id: theme.track_colour(i) for i, t in enumerate(tracks)}
        self._timeline.set_clip_info(self.info)
        self._inspector.set_describe(self.facts)
        self._inspector.set_attributes(self.attributes)
        if self._studio.map is not None:
            self._inspector.set_model_hash(self._studio.map.model_hash)

    def _remember_map(self) -> None:
        """Latents of the library's earlier models lie on their own maps."""
        found = self._studio.map
        library = self._studio.library_path
        self._maps = {h: m for h, m in self._maps.items() if m.library_path == library}
        if found is not None:
            self._maps.pop(found.model_hash, None)
            self._maps[found.model_hash] = found
            for oldest in list(self._maps)[:-_MAPS_SEEN]:
                del self._maps[oldest]
