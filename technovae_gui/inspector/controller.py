"""The inspector room's controller: names, colours and details of clips, and re-decoding them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import (
    Clip,
    ClipSource,
    GroupSource,
    LatentSource,
    RealSource,
    SingleSource,
    latent_sources,
    main_source,
    with_latents,
)
from core.arrangement.project import Origin
from core.dsp.key import Key
from core.errors import ModelError
from core.library.latent_map import ATTRIBUTES, LatentMap
from core.library.segments import Segment
from core.session import Session
from core.settings import RENDERERS
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.inspector.readouts import Details
from technovae_gui.inspector.sound_panel import SoundPanel
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.timeline import ClipInfo, TimelineView, paint_cache
from technovae_gui.widgets.renderer_names import renderer_name

if TYPE_CHECKING:
    from core.render.latent_migration import LatentMigration

_NEAREST_SHARE = 0.6
"""Share of the track's colour in that of a latent clip, so that latents are paler than segments."""
_MAPS_KEPT = 8
_NEAREST_KEPT = 4096
"""Nearest segments of as many latents: in a large library, a search for one takes milliseconds."""


class InspectorController(QObject):
    """Describes the sources of clips, for the timeline and for the inspector."""

    def __init__(
        self,
        sessions: SessionController,
        services: Services,
        document: Document,
        timeline: TimelineView,
        panel: SoundPanel,
        parent: QObject | None = None,
        *,
        origin_of: Callable[[ClipSource], Origin | None] = lambda _: None,
        key_of: Callable[[Segment], Key | None] = lambda _: None,
    ) -> None:
        """Connect them.

        Args:
            sessions, services, document, timeline, panel, parent: the window's.
            origin_of: what a source is made from, if not from the open library and model.
            key_of: the key of a segment, where it is known.
        """
        super().__init__(parent)
        self._sessions, self._services = sessions, services
        self._document, self._timeline = document, timeline
        self._inspector = panel.inspector
        self._origin_of, self._key_of = origin_of, key_of
        self._colours: dict[str, str] = {}
        self._maps: dict[str, LatentMap] = {}
        self._nearest_segment = lru_cache(_NEAREST_KEPT)(self._find_nearest)
        sessions.session_changed.connect(self._session_changed)
        self._timeline.set_key_of(self.key_of)
        self._inspector.set_describe(self.details)
        self._inspector.redecode_requested.connect(self._redecode)

    def info(self, clip: Clip) -> ClipInfo:
        """Name, colour and second line of a clip, as the timeline shows it."""
        if isinstance(clip.source, GroupSource):
            whole = self.info(clip.changed(source=clip.source.main, offset=0))
            line = f"{len(clip.source.clips)} clips in one"
            return replace(whole, subtitle=line, badge=line)
        origin, source = self._origin_of(clip.source), main_source(clip.source)
        if isinstance(source, LatentSource):
            near, colour = self._nearest(source)
            made = renderer_name(source.renderer) if origin is None else _where(origin)
            usual = origin is None and source.renderer == RENDERERS[0]
            return ClipInfo(clip.name or near, colour, made, "" if usual else made)
        track_id, _, bar = source.segment_id.rsplit("-", 2)
        colour = self._colours.get(track_id, theme.DIM)
        elsewhere = "" if origin is None else _where(origin)
        name = clip.name or self._title(source) or f"bar {int(bar) + 1}"
        return ClipInfo(name, colour, elsewhere or "original", elsewhere)

    def _title(self, source: RealSource) -> str:
        """The name of a segment of a library that is open, or was; empty for others."""
        for found in reversed(self._maps.values()):
            row = found.rows.get(source.segment_id)
            if row is not None:
                return found.title(found.segments[row])
        return ""

    def _nearest(self, source: LatentSource) -> tuple[str, str]:
        """A name after the nearest segment, and a paler colour of its track.

        They are of no track where the latent belongs to a model whose map was never open.
        """
        found, nearest = self._maps.get(source.model_hash), self._nearest_segment(source)
        if found is None or nearest is None:
            return "Decoded", theme.LATENT_COLOUR
        colour = self._colours.get(nearest.track_id, theme.LATENT_COLOUR)
        paler = paint_cache.mixed(colour, theme.LATENT_COLOUR, _NEAREST_SHARE).name()
        return f"Near {found.title(nearest)}", paler

    def _find_nearest(self, source: LatentSource) -> Segment | None:
        """On the map of the latent's own model; None where that was never open."""
        found = self._maps.get(source.model_hash)
        return found.nearest(source.array)[0] if found is not None and len(found) else None

    def details(self, source: ClipSource) -> Details:
        """Describe a source in lines of label and value; none without a map. Of parts, the source
        of most is described."""
        if isinstance(source, GroupSource):
            rows = sum(1 for row in source.rows if row)
            return [("Made of", f"{len(source.clips)} clips in {rows} row{'s' * (rows > 1)}")]
        origin = self._origin_of(source)
        if origin is not None:
            return [("Library", _where(origin).removeprefix("from "))]
        found = self._sessions.session.map
        if found is None:
            return []
        source = main_source(source)
        if isinstance(source, RealSource):
            row = found.rows.get(source.segment_id)
            return (
                [("Segment", "not in this library")] if row is None else self._segment_details(row)
            )
        found = self._maps.get(source.model_hash, found)
        near = [found.title(segment) for segment in found.nearest(source.array, 2)]
        return [("Near", "; ".join(near))]

    def _segment_details(self, row: int) -> Details:
        found = self._sessions.session.map
        assert found is not None
        segment = found.segments[row]
        details = [
            ("Track", found.tracks[segment.track_id].title),
            ("Bar", str(segment.bar + 1)),
            ("Tempo", f"{segment.bpm:.2f} BPM"),
        ]
        key = self._key_of(segment)
        return details if key is None else [*details, ("Key", f"{key.name} {key.camelot}")]

    def key_of(self, source: SingleSource) -> Key | None:
        """The key of a source before it is transposed; a latent has that of the nearest segment.

        None without pitch in it, and where it is not known: of another library, or without a map.
        """
        found = self._sessions.session.map
        if found is None or self._origin_of(source) is not None:
            return None
        if isinstance(source, RealSource):
            row = found.rows.get(source.segment_id)
            return None if row is None else self._key_of(found.segments[row])
        nearest = self._nearest_segment(source)
        return None if nearest is None else self._key_of(nearest)

    def attributes(self, source: ClipSource) -> dict[str, float]:
        """Percentile of a segment within the library, 0..1 by attribute; none for a latent."""
        found = self._sessions.session.map
        if found is None or not isinstance(source, RealSource):
            return {}
        row = found.rows.get(source.segment_id)
        if row is None:
            return {}
        columns = {name: found.values(name) for name in ATTRIBUTES}
        return {name: float((v < v[row]).mean()) for name, v in columns.items()}

    @Slot()
    def describe_anew(self) -> None:
        """What clips are made from may be another library now."""
        self._timeline.set_clip_info(self.info)
        self._inspector.set_describe(self.details)

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        self._keep_map(session)
        # Tracks of libraries that were open before keep their colours.
        self._colours |= {t.id: theme.track_colour(i) for i, t in enumerate(session.tracks)}
        self.describe_anew()
        self._inspector.set_attributes(self.attributes)
        if session.map is not None:
            self._inspector.set_model_hash(session.map.model_hash)

    def _keep_map(self, session: Session) -> None:
        """Keep the maps of the last models, of other libraries, too: clips of theirs that stay in
        the arrangement are named and coloured by them."""
        self._nearest_segment.cache_clear()
        found = session.map
        if found is not None:
            self._maps.pop(found.model_hash, None)
            self._maps[found.model_hash] = found
            for oldest in list(self._maps)[:-_MAPS_KEPT]:
                del self._maps[oldest]

    @Slot(object)
    def _redecode(self, clip_ids: list[str]) -> None:
        """Replace the latents of these clips by those that they have under the current model."""
        found = self._sessions.session.map
        if found is None:
            return
        older = {
            clip.id: clip.source
            for clip in self._document.arrangement.clips()
            if clip.id in clip_ids and latent_sources(clip.source)
        }
        self._services.background.submit(lambda: migrate_sources(older, found), self._put)

    def _put(self, sources: dict[str, ClipSource]) -> None:
        def change(arrangement: Arrangement) -> Arrangement:
            for clip_id in {clip.id for clip in arrangement.clips()} & sources.keys():
                arrangement = edits.set_clip(arrangement, clip_id, source=sources[clip_id])
            return arrangement

        self._document.edit("re-decode", change)


def _where(origin: Origin) -> str:
    state = "not open" if origin.is_library_there else "gone"
    return f"from {origin.library_name}, {state}"


def migrate_sources(
    sources: Mapping[str, ClipSource], latent_map: LatentMap
) -> dict[str, ClipSource]:
    """Migrate latents to the model of a map.

    Clips of earlier models play without this, where the library knows their model: then their
    latents are migrated every time they are decoded. This makes it permanent.

    Args:
        sources: by clip id. Latents of a model that the library does not know keep their numbers.
        latent_map: the map under the new model.

    Returns:
        Sources of the new model, by clip id.

    Raises:
        LibraryError: the map's library is gone.
    """
    from core.library.store import Library
    from core.render.latent_migration import LatentMigration

    with Library.open(latent_map.library_path, read_only=True) as library:
        ids = [segment.id for segment in latent_map.segments]
        migration = LatentMigration(
            library, latent_map.model_hash, lambda: (ids, latent_map.latents)
        )
        return {
            clip_id: with_latents(source, partial(_migrated, migration))
            for clip_id, source in sources.items()
        }


def _migrated(migration: LatentMigration, source: LatentSource) -> LatentSource:
    try:
        return migration.migrate(source)
    except ModelError:
        return replace(source, model_hash=migration.model_hash)
