"""The inspector room's controller: names, colours and facts of clips, and re-decoding them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, ClipSource, LatentSource, RealSource
from core.library.latent_map import ATTRIBUTES, LatentMap
from core.session import Session
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.inspector.redecode import redecoded
from technovae_gui.inspector.sound_panel import SoundPanel
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.timeline import ClipInfo, TimelineView, paint_cache

Facts = list[tuple[str, str]]
_NEAREST_SHARE = 0.6
"""Of a latent clip's colour. What is not from the music itself stays paler than what is."""
_MAPS_KEPT = 8


class InspectorController(QObject):
    """Says what is known about clips: to the timeline that shows them, and to the inspector."""

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        document: Document,
        timeline: TimelineView,
        panel: SoundPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._services = sessions, services
        self._document, self._timeline = document, timeline
        self._inspector = panel.inspector
        self._colours: dict[str, str] = {}
        self._maps: dict[str, LatentMap] = {}
        sessions.session_changed.connect(self._session_changed)
        self._inspector.set_describe(self.facts)
        self._inspector.redecode_requested.connect(self._redecode)

    def info(self, clip: Clip) -> ClipInfo:
        """Name, colour and second line of a clip."""
        if isinstance(clip.source, LatentSource):
            colour = self._nearest_colour(clip.source)
            return ClipInfo(clip.name or "Latent", colour, clip.source.renderer)
        found = self._sessions.session.map
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
        return paint_cache.mixed(colour, theme.LATENT_COLOUR, _NEAREST_SHARE).name()

    def facts(self, source: ClipSource) -> Facts:
        """What is known about a source, line by line."""
        found = self._sessions.session.map
        if found is None:
            return []
        if isinstance(source, RealSource):
            row = found.rows.get(source.segment_id)
            return [("Segment", "not in this library")] if row is None else self._real(row)
        found = self._maps.get(source.model_hash, found)
        near = [found.title(segment) for segment in found.nearest(source.array, 2)]
        return [("Near", "; ".join(near))]

    def _real(self, row: int) -> Facts:
        found = self._sessions.session.map
        assert found is not None
        segment = found.segments[row]
        return [
            ("Track", found.tracks[segment.track_id].title),
            ("Bar", str(segment.bar + 1)),
            ("Tempo", f"{segment.bpm:.2f} BPM"),
        ]

    def attributes(self, source: ClipSource) -> dict[str, float]:
        """Which share of the library's segments lies below a real one, by attribute."""
        found = self._sessions.session.map
        if found is None or not isinstance(source, RealSource):
            return {}
        row = found.rows.get(source.segment_id)
        if row is None:
            return {}
        columns = {name: found.values(name) for name in ATTRIBUTES}
        return {name: float((v < v[row]).mean()) for name, v in columns.items()}

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        self._keep_map(session)
        self._colours = {t.id: theme.track_colour(i) for i, t in enumerate(session.tracks)}
        self._timeline.set_clip_info(self.info)
        self._inspector.set_describe(self.facts)
        self._inspector.set_attributes(self.attributes)
        if session.map is not None:
            self._inspector.set_model_hash(session.map.model_hash)

    def _keep_map(self, session: Session) -> None:
        """Latents of the library's earlier models lie on their own maps."""
        found, library = session.map, session.library_path
        self._maps = {h: m for h, m in self._maps.items() if m.library_path == library}
        if found is not None:
            self._maps.pop(found.model_hash, None)
            self._maps[found.model_hash] = found
            for oldest in list(self._maps)[:-_MAPS_KEPT]:
                del self._maps[oldest]

    @Slot(object)
    def _redecode(self, clip_ids: object) -> None:
        """Write down the latents of these clips as those of the model that decodes now."""
        found = self._sessions.session.map
        if found is None:
            return
        wanted = set(clip_ids)  # type: ignore[call-overload]
        older = {
            clip.id: clip.source
            for clip in self._document.arrangement.clips()
            if clip.id in wanted and isinstance(clip.source, LatentSource)
        }
        self._services.background.submit(lambda: redecoded(older, found), self._put)

    def _put(self, sources: dict[str, LatentSource]) -> None:
        def change(arrangement: Arrangement) -> Arrangement:
            for clip_id in {clip.id for clip in arrangement.clips()} & sources.keys():
                arrangement = edits.set_clip(arrangement, clip_id, source=sources[clip_id])
            return arrangement

        self._document.edit("re-decode", change)
