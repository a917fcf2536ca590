"""The state of the map's picture; the canvas, the legend and the tools show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Signal

from core.dsp.key import Key
from core.library.latent_map import LatentMap
from core.library.training_weights import USUAL, TrainingWeights
from technovae_gui.map.colouring import TRACK, DotColours, Shading, colour_dots
from technovae_gui.map.geometry import DotPicker
from technovae_gui.map.map_point import MapPoint

Points = NDArray[np.float64]
Rows = NDArray[np.int64]
_FAINT = 0.13
"""Opacity of the dots that the search or the highlighting leaves out."""
_LEFT_OUT = 0.28
"""Opacity of the dots that no training learns."""
NO_POINTS: Points = np.zeros((0, 2))
_NO_ROWS: Rows = np.zeros(0, np.int64)


class MouseMode(StrEnum):
    """What the left mouse button does on the map."""

    PICK = "pick"
    LASSO = "lasso"
    PATH = "path"


class MapScene(QObject):
    """What the map shows. Read the attributes, change them by the methods.

    Attributes:
        map: the map, None where there is none.
        picker: finds the dots of the map.
        xy: (n, 2) positions of the dots, which differ from the map's while they move.
        colours: of the dots.
        shading: of the background, None until it is computed.
        highlighted: ids of the tracks that stand out; empty for all.
        search: text that the titles or artists of the visible tracks hold, or their key, as "8A";
            empty for all.
        key_of_track: gives the key of a track by its id; None where there is none.
        selected: rows of the selected dots.
        weights: (n,) how often a training learns the dots; 0 for never.
        outdated: ids of tracks whose beat grid was corrected since the map was made.
        hovered: row of the dot under the mouse.
        chosen: the point that was chosen last.
        playing: the point that plays.
        phase: how far the playing loop is, 0..1.
        path: (n, 2) positions on the drawn path.
        route: (n, 2) places that the arrangement comes by, while it plays.
        playhead: where on it the arrangement is now.
        lasso: (n, 2) pixels of the lasso under way.
        message: text that is shown where there is no map.
        mode: what the left mouse button does.

    Signals:
        dots_changed(): dots, their colours or the background look different.
        overlay_changed(): something that is painted above the dots looks different.
        filter_changed(): `highlighted` or `search` are different.
        mode_changed(): `mode` is different.
    """

    dots_changed = Signal()
    overlay_changed = Signal()
    filter_changed = Signal()
    mode_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.map: LatentMap | None = None
        self.picker: DotPicker | None = None
        self.xy: Points = NO_POINTS
        self.colours: DotColours | None = None
        self.shading: Shading | None = None
        self.highlighted: frozenset[str] = frozenset()
        self.search = ""
        self.key_of_track: Callable[[str], Key | None] = lambda _track_id: None
        self.selected: Rows = _NO_ROWS
        self._training_weights = TrainingWeights()
        self.weights: NDArray[np.float64] = np.zeros(0)
        self.outdated: frozenset[str] = frozenset()
        self.hovered: int | None = None
        self.chosen: MapPoint | None = None
        self.playing: MapPoint | None = None
        self.phase = 0.0
        self.path: Points = NO_POINTS
        self.route: Points = NO_POINTS
        self.playhead: tuple[float, float] | None = None
        self.lasso: Points = NO_POINTS
        self.message = ""
        self.mode = MouseMode.PICK

    def set_map(self, latent_map: LatentMap | None) -> None:
        """Show another map, coloured by track, without anything that belonged to the former."""
        self.map = latent_map
        self.colours = None if latent_map is None else colour_dots(latent_map, TRACK)
        self.picker = None if latent_map is None else DotPicker(latent_map)
        self.xy = NO_POINTS if latent_map is None else latent_map.xy
        self.shading, self.hovered, self.chosen, self.playing = None, None, None, None
        self.highlighted, self.selected, self.path = frozenset(), _NO_ROWS, NO_POINTS
        self.route, self.playhead = NO_POINTS, None
        self._weigh()
        self.dots_changed.emit()
        self.filter_changed.emit()

    def set_colours(self, colours: DotColours) -> None:
        """Show the dots of the map in other colours."""
        self.colours = colours
        self.dots_changed.emit()

    def set_xy(self, xy: Points) -> None:
        """Show the dots at other positions (n, 2) than the map's."""
        self.xy = xy
        self.dots_changed.emit()

    def set_shading(self, shading: Shading) -> None:
        """Show the shading of the background."""
        self.shading = shading
        self.dots_changed.emit()

    def set_highlighted(self, tracks: frozenset[str]) -> None:
        """Let only the dots of these tracks stand out; an empty set lets all."""
        self.highlighted = tracks
        self.dots_changed.emit()
        self.filter_changed.emit()

    def set_search(self, text: str) -> None:
        """Let only the dots stand out whose track's title or artist holds `text`."""
        self.search = text
        self.dots_changed.emit()
        self.filter_changed.emit()

    def select(self, rows: ArrayLike) -> None:
        """Select the dots in `rows` (n,) instead of those that were selected."""
        self.selected = np.unique(np.asarray(rows, np.int64))
        self.dots_changed.emit()

    def set_training_weights(self, weights: TrainingWeights) -> None:
        """Show which dots a training leaves out, and which it learns more often."""
        self._training_weights = weights
        self._weigh()
        self.dots_changed.emit()

    def set_outdated(self, tracks: frozenset[str]) -> None:
        """Show which tracks have dots that are still those of an earlier beat grid."""
        if tracks != self.outdated:
            self.outdated = tracks
            self.dots_changed.emit()

    def set_hovered(self, row: int | None) -> None:
        """Mark the dot under the mouse."""
        self.hovered = row
        self.overlay_changed.emit()

    def set_chosen(self, point: MapPoint | None) -> None:
        """Mark the point that was chosen."""
        self.chosen = point
        self.overlay_changed.emit()

    def set_playing(self, point: MapPoint | None) -> None:
        """Mark the point that plays, from the start of its loop."""
        self.playing, self.phase = point, 0.0
        self.overlay_changed.emit()

    def set_path(self, path: Points) -> None:
        """Show the path (n, 2) in units of the map."""
        self.path = path
        self.overlay_changed.emit()

    def set_route(self, route: Points) -> None:
        """Show the places (n, 2) that the arrangement comes by, in units of the map."""
        self.route = route
        self.overlay_changed.emit()

    def set_lasso(self, corners: Points) -> None:
        """Show the lasso (n, 2) in pixels."""
        self.lasso = corners
        self.overlay_changed.emit()

    def set_message(self, text: str) -> None:
        """Set the text that is shown where there is no map."""
        self.message = text
        self.overlay_changed.emit()

    def set_mode(self, mode: MouseMode) -> None:
        """Set what the left mouse button does."""
        self.mode = mode
        self.mode_changed.emit()

    def selected_ids(self) -> list[str]:
        """Ids of the selected segments."""
        segments = () if self.map is None else self.map.segments
        return [segments[row].id for row in self.selected]

    def matches(self) -> Rows:
        """Rows of the dots whose track's title or artist holds the searched text, or whose track
        is in that key."""
        if self.map is None:
            return _NO_ROWS
        wanted = self.search.strip().casefold()
        return self._rows_of(
            {
                track.id
                for track in self.map.tracks.values()
                if wanted in f"{track.title} {track.artist}".casefold()
                or self._is_in_key(track.id, wanted)
            }
        )

    def _is_in_key(self, track_id: str, wanted: str) -> bool:
        key = self.key_of_track(track_id)
        return key is not None and wanted in (key.camelot.casefold(), key.name.casefold())

    def highlighted_rows(self) -> Rows:
        """Rows of the dots of highlighted tracks."""
        return self._rows_of(self.highlighted)

    def opacity(self) -> Points:
        """Opacity (n,) of the dots: 1, or less where training, search or highlighting leave a dot
        out, or where it is outdated."""
        opacity = np.where(self.weights > 0, 1.0, _LEFT_OUT)
        if self.outdated:
            opacity[self._rows_of(self.outdated)] = _LEFT_OUT
        if self.search.strip():
            self._fade(opacity, self.matches())
        if self.highlighted:
            self._fade(opacity, self.highlighted_rows())
        return opacity

    def learned_more_often(self) -> Rows:
        """Rows of the dots that a training learns more often than others."""
        rows: Rows = np.flatnonzero(self.weights > USUAL)
        return rows

    @staticmethod
    def _fade(opacity: Points, shown: Rows) -> None:
        """Make all dots faint but those in `shown`."""
        left_out = np.setdiff1d(np.arange(len(opacity)), shown)
        opacity[left_out] = np.minimum(opacity[left_out], _FAINT)

    def _weigh(self) -> None:
        if self.map is None or not self._training_weights.by_track:
            self.weights = np.full(0 if self.map is None else len(self.map), USUAL)
        else:
            self.weights = self._training_weights.of_segments(self.map.times)

    def _rows_of(self, tracks: Iterable[str]) -> Rows:
        wanted = set(tracks)
        segments = () if self.map is None else self.map.segments
        return np.array([r for r, s in enumerate(segments) if s.track_id in wanted], np.int64)
