"""Where on the map the arrangement is while it plays: a dot that moves along its path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import (
    Clip,
    GroupSource,
    LatentSource,
    SingleSource,
    main_source,
    muted_parts,
    part_gains_db,
)
from core.arrangement.groups import pieces
from core.arrangement.values import db_to_gain
from core.library.latent_map import LatentMap
from core.playback.player import PlayerState
from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT
from core.workers.background import Background
from technovae_gui.document import Document
from technovae_gui.map.map_point import XY, locate
from technovae_gui.map.view import LatentMapView
from technovae_gui.widgets import motion

Place: TypeAlias = tuple[SingleSource, int]
"""A segment or a latent, and the row of it that sounds: 0, or the bar where each has its own."""
_GLIDE = TICKS_PER_BEAT
"""Ticks before a bar in which the dot moves to the next place."""


@dataclass(frozen=True)
class PlaybackPath:
    """Where each bar of an arrangement lies on a map.

    Attributes:
        xy: (bars, 2) in units of the map; NaN where nothing on it sounds.
    """

    xy: NDArray[np.float64]

    @cached_property
    def route(self) -> NDArray[np.float64]:
        """The places (n, 2) one after the other, each once while it lasts."""
        places = self.xy[~np.isnan(self.xy[:, 0])]
        moves = np.ones(len(places), bool)
        moves[1:] = (places[1:] != places[:-1]).any(axis=1)
        return places[moves]

    def at(self, tick: float, *, glides: bool = True) -> XY | None:
        """Find where the playhead is.

        Args:
            tick: of the playhead.
            glides: move to the next place within the last beat of a bar, instead of at its end.

        Returns:
            The position in units of the map; None where nothing on it sounds.
        """
        bar, inside = divmod(tick, TICKS_PER_BAR)
        number = int(bar)
        if not 0 <= number < len(self.xy) or np.isnan(self.xy[number, 0]):
            return None
        here = following = self.xy[number]
        if number + 1 < len(self.xy) and not np.isnan(self.xy[number + 1, 0]):
            following = self.xy[number + 1]
        share = max(0.0, (inside - TICKS_PER_BAR + _GLIDE) / _GLIDE) if glides else 0.0
        x, y = here + share * share * (3.0 - 2.0 * share) * (following - here)
        return float(x), float(y)


def leading_places(arrangement: Arrangement) -> list[Place | None]:
    """Find what leads in each bar: of the clips that sound, the loudest with most of its parts.

    Args:
        arrangement: any.

    Returns:
        A place for each bar; None where nothing sounds.
    """
    bars = -(-arrangement.end // TICKS_PER_BAR)
    found: list[Place | None] = [None] * bars
    most = [0.0] * bars
    for lane in arrangement.audible_lanes:
        for clip in (loop for placed in lane.clips for loop in _loops(placed)):
            weight = 0.0 if clip.mute else _weight(lane, clip)
            for bar in range(clip.start // TICKS_PER_BAR, -(-clip.end // TICKS_PER_BAR)):
                share = _share(clip, bar)
                if weight * share > most[bar]:
                    most[bar], found[bar] = weight * share, _place(clip, bar)
    return found


def playback_path(
    places: list[Place | None], latent_map: LatentMap, known: Mapping[Place, XY | None]
) -> tuple[PlaybackPath, dict[Place, XY | None]]:
    """Find places on a map.

    Args:
        places: of each bar.
        latent_map: the map.
        known: where some of them lie; None for those that are not on this map.

    Returns:
        The path, and where its places lie.
    """
    where = {
        place: known[place] if place in known else _located(latent_map, place)
        for place in dict.fromkeys(places)
        if place is not None
    }
    nowhere = (np.nan, np.nan)
    rows = [nowhere if place is None else where[place] or nowhere for place in places]
    return PlaybackPath(np.asarray(rows, np.float64).reshape(-1, 2)), where


class PlaybackPathController(QObject):
    """Shows on the map where the arrangement is, while it plays."""

    def __init__(
        self,
        document: Document,
        background: Background,
        view: LatentMapView,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._background, self._view = document, background, view
        self._path: PlaybackPath | None = None
        self._known: dict[Place, XY | None] = {}
        self._map: LatentMap | None = None
        self._is_stale, self._is_asked = True, False
        document.changed.connect(self._outdate)

    def show(self, state: PlayerState) -> None:
        """Move the dot to where the playhead is; without one where nothing plays."""
        scene = self._view.scene
        if scene.map is not self._map:
            self._map, self._path, self._known, self._is_stale = scene.map, None, {}, True
        if not state.playing or self._map is None:
            self._view.set_playback(None, None)
            return
        if self._is_stale and not self._is_asked:
            self._ask(self._map)
        if self._path is not None:
            tick = self._document.arrangement.tick(state.frame)
            at = self._path.at(tick, glides=not motion.is_reduced())
            self._view.set_playback(self._path.route, at)

    def _ask(self, latent_map: LatentMap) -> None:
        arrangement, known = self._document.arrangement, self._known
        self._is_stale, self._is_asked = False, True

        def found(result: tuple[PlaybackPath, dict[Place, XY | None]]) -> None:
            self._is_asked = False
            if latent_map is self._map:
                self._path, self._known = result

        def failed(_line: str) -> None:
            self._is_asked = False

        self._background.submit(
            lambda: playback_path(leading_places(arrangement), latent_map, known), found, failed
        )

    @Slot()
    def _outdate(self) -> None:
        self._is_stale = True


def _loops(clip: Clip) -> list[Clip]:
    """The clip, or those that it was made of, where they sound."""
    if not isinstance(clip.source, GroupSource):
        return [clip]
    return [loop for piece in pieces(clip, clip.source.clips) for loop in _loops(piece)]


def _weight(lane: Lane, clip: Clip) -> float:
    parts = zip(muted_parts(clip.source), part_gains_db(clip.source), strict=True)
    heard = sum(db_to_gain(gain) for muted, gain in parts if not muted)
    return heard * db_to_gain(clip.gain_db) * db_to_gain(lane.gain_db)


def _share(clip: Clip, bar: int) -> float:
    """How much of a bar a clip sounds in, 0..1."""
    start, end = bar * TICKS_PER_BAR, (bar + 1) * TICKS_PER_BAR
    return (min(clip.end, end) - max(clip.start, start)) / TICKS_PER_BAR


def _place(clip: Clip, bar: int) -> Place:
    source = main_source(clip.source)
    rows = len(source.latents) if isinstance(source, LatentSource) else 1
    tick = max(clip.start, bar * TICKS_PER_BAR)
    return source, (tick - clip.origin) // TICKS_PER_BAR % rows


def _located(latent_map: LatentMap, place: Place) -> XY | None:
    source, row = place
    if isinstance(source, LatentSource):
        same = source.model_hash in ("", latent_map.model_hash)
        return locate(latent_map, source.array[row]) if same else None
    found = latent_map.rows.get(source.segment_id)
    if found is None:
        return None
    x, y = latent_map.xy[found]
    return float(x), float(y)
