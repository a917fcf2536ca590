"""What the map shows, as fields and changes; the canvas, the legend and the tools mirror it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.library.latent_map import LatentMap
from technovae_gui.map.colouring import TRACK, Colouring, colouring
from technovae_gui.map.picking import Picker
from technovae_gui.map.places import XY, Place
from technovae_gui.map.shading import Shade

Points = NDArray[np.float64]
Rows = NDArray[np.int64]
_FAINT = 0.13
"""Opacity of the dots that are not meant."""


class Scene(QObject):
    """Fields of the picture.

    Signals:
        dots_changed: the dots, their colours or the ground look otherwise.
        overlay_changed: anything above them does.
    """

    dots_changed = Signal()
    overlay_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.map: LatentMap | None = None
        self.picker: Picker | None = None
        self.xy: Points = np.zeros((0, 2))
        self.colours: Colouring | None = None
        self.colour_by = TRACK
        self.shade: Shade | None = None
        self.tracks: frozenset[str] = frozenset()
        self.search = ""
        self.selected: Rows = np.zeros(0, np.int64)
        self.hovered: int | None = None
        self.place: Place | None = None
        self.sounding: tuple[XY, str] | None = None
        self.phase = 0.0
        self.path: Points = np.zeros((0, 2))
        self.message = ""

    def set_map(self, latent_map: LatentMap | None) -> None:
        """Another map: what was shown of the former one is gone."""
        self.map = latent_map
        self.picker = None if latent_map is None else Picker(latent_map)
        self.xy = np.zeros((0, 2)) if latent_map is None else latent_map.xy
        self.shade, self.hovered, self.place, self.sounding = None, None, None, None
        self.tracks, self.selected = frozenset(), np.zeros(0, np.int64)
        self.path = np.zeros((0, 2))
        self.set_colour_by(self.colour_by)

    def set_colour_by(self, name: str) -> None:
        """Colour the dots by `name`, one of `colouring.CHOICES`."""
        self.colour_by = name
        self.colours = None if self.map is None else colouring(self.map, name)
        self.dots_changed.emit()

    def set_dots(self, **fields: object) -> None:
        """Set `fields` that the dots depend on: xy, shade, tracks, search, selected."""
        self._set(fields)
        self.dots_changed.emit()

    def set_overlay(self, **fields: object) -> None:
        """Set `fields` above the dots: hovered, place, sounding, phase, path, message."""
        self._set(fields)
        self.overlay_changed.emit()

    def select(self, rows: Iterable[int]) -> None:
        """Select the dots in `rows`."""
        self.set_dots(selected=np.unique(np.fromiter(rows, np.int64)))

    def matches(self) -> Rows:
        """Rows of the dots whose track's title or artist holds the text that is searched."""
        if self.map is None:
            return np.zeros(0, np.int64)
        wanted = self.search.strip().casefold()
        found = {
            track.id
            for track in self.map.tracks.values()
            if wanted in f"{track.title} {track.artist}".casefold()
        }
        return self._rows_of(found)

    def opacity(self) -> Points:
        """(n,) of the dots: those that are not searched, or not of a highlighted track, faint."""
        opacity = np.ones(len(self.xy))
        if self.search.strip():
            opacity[np.setdiff1d(np.arange(len(opacity)), self.matches())] = _FAINT
        if self.tracks:
            opacity[np.setdiff1d(np.arange(len(opacity)), self._rows_of(self.tracks))] = _FAINT
        return opacity

    def _rows_of(self, tracks: Iterable[str]) -> Rows:
        wanted = set(tracks)
        segments = () if self.map is None else self.map.segments
        return np.array([r for r, s in enumerate(segments) if s.track_id in wanted], np.int64)

    def _set(self, fields: dict[str, object]) -> None:
        for name, value in fields.items():
            if name not in self.__dict__:
                raise AttributeError(name)
            setattr(self, name, value)
