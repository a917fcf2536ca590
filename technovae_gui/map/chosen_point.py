"""The point that the user chose on the map, and how it moves along attributes."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Signal, Slot

from core.library.latent_map import LatentMap
from technovae_gui.map.map_point import (
    XY,
    MapPoint,
    decoded_point,
    latent_point,
    locate,
    point_at,
    segment_point,
)
from technovae_gui.map.scene import MapScene

AXES = ("brightness", "density", "kick", "energy")
"""Attributes along which a point can be moved."""
MOST_DEVIATIONS = 3.0
"""Standard deviations by which an attribute can be moved either way; there is no music beyond."""
_LEAST_SEGMENTS = 3
"""Segments that a map needs for attribute axes."""


class ChosenPoint(QObject):
    """Chooses points of a scene, and moves the chosen one along attributes.

    Every move along an attribute starts from the point that was chosen, so that moves back and
    forth end where they began.

    Attributes:
        amounts: by attribute, the standard deviations that the chosen point was moved by.

    Signals:
        point_chosen(MapPoint): the user chose another point, which is to be played.
        amounts_changed(): `amounts` are different.
    """

    point_chosen = Signal(object)
    amounts_changed = Signal()

    def __init__(self, scene: MapScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._start: MapPoint | None = None
        self.amounts = dict.fromkeys(AXES, 0.0)

    @cached_property
    def _rng(self) -> np.random.Generator:
        """Made with the first random point: numpy.random takes longer to import than it is worth at
        the start."""
        return np.random.default_rng()

    @property
    def point(self) -> MapPoint | None:
        """The point that is chosen."""
        return self._scene.chosen

    @property
    def can_move(self) -> bool:
        """Whether a point is chosen that can be moved along attributes."""
        latent_map = self._scene.map
        return latent_map is not None and has_axes(latent_map) and self.point is not None

    def choose(self, point: MapPoint) -> None:
        """Choose a point of the scene's map."""
        self.restore(point)
        self.point_chosen.emit(point)

    def restore(self, point: MapPoint | None) -> None:
        """Mark a point as chosen, or none, without playing it."""
        self._start = point
        self.amounts = dict.fromkeys(AXES, 0.0)
        self._scene.set_chosen(point)
        self.amounts_changed.emit()

    def choose_row(self, row: int, *, decoded: bool = False) -> None:
        """Choose a dot.

        Args:
            row: of the map.
            decoded: what the model decodes from its latent instead of the real segment.
        """
        make = decoded_point if decoded else segment_point
        self.choose(make(self._map(), row))

    def choose_xy(self, xy: XY) -> None:
        """Choose the latent at a position between the dots."""
        self.choose(point_at(self._map(), xy))

    def choose_latent(self, latent: ArrayLike, label: str, xy: XY | None = None) -> None:
        """Choose any latent.

        Args:
            latent: (64,).
            label: its name for people.
            xy: where to show it; by default where similar music lies.
        """
        self.choose(latent_point(self._map(), latent, label, xy))

    def choose_random(self) -> None:
        """Choose a latent drawn from the distribution of the library's latents."""
        latent_map = self._map()
        latent = latent_map.posterior.sample(1, self._rng)[0]
        xy = locate(latent_map, latent)
        name = point_at(latent_map, xy).label
        self.choose_latent(latent, f"Random: {name[0].lower()}{name[1:]}", xy)

    def step(self, dx: float, dy: float, start: XY) -> None:
        """Choose the next dot in a direction.

        Args:
            dx: of the direction, positive to the right.
            dy: of the direction, positive upwards.
            start: where to start if no point is chosen: the dot nearest to it is chosen.
        """
        picker = self._scene.picker
        if picker is None:
            return
        if self.point is None:
            row = picker.nearest(start, np.inf)
        else:
            row = picker.next_row(self.point.xy, dx, dy)
        if row is not None:
            self.choose_row(row)

    def move_along(self, name: str, amount: float) -> None:
        """Move the chosen point further along an attribute.

        Args:
            name: of the attribute.
            amount: by how many standard deviations.
        """
        self.set_amount(name, self.amounts[name] + amount)

    @Slot(str, float)
    def set_amount(self, name: str, amount: float) -> None:
        """Set by how much the chosen point is moved along an attribute in all.

        Args:
            name: of the attribute.
            amount: standard deviations, clipped to `MOST_DEVIATIONS` either way.
        """
        amount = min(max(amount, -MOST_DEVIATIONS), MOST_DEVIATIONS)
        if self._start is None or not self.can_move or amount == self.amounts[name]:
            return
        self.amounts[name] = amount
        latent_map = self._map()
        moved = self._start.latent
        for each, by in self.amounts.items():
            moved = latent_map.axes.move(moved, each, by)
        moves = [f"{each} {by:+.1f}" for each, by in self.amounts.items() if by]
        point = latent_point(latent_map, moved, ", ".join([self._start.label, *moves]))
        self._scene.set_chosen(point)
        self.amounts_changed.emit()
        self.point_chosen.emit(point)

    def _map(self) -> LatentMap:
        assert self._scene.map is not None, "nothing can be chosen without a map"
        return self._scene.map


def has_axes(latent_map: LatentMap) -> bool:
    """Whether a map has enough segments for attribute axes."""
    return len(latent_map) >= _LEAST_SEGMENTS
