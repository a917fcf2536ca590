"""What the user chose on the map, and the ways from one choice to the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Signal

from core.library.latent_map import LatentMap
from technovae_gui.map import places
from technovae_gui.map.places import XY, Place
from technovae_gui.map.scene import Scene

Array = NDArray[np.float32]
MOVES = ("brightness", "density", "kick", "energy")
MOST = 3.0
"""Standard deviations of an attribute, either way: beyond lies no music."""


class Choosing(QObject):
    """The chosen place of a scene. An attribute move starts from what was chosen before it.

    Signals:
        dot_chosen(str segment id), point_chosen((x, y)), latent_chosen((64,), str label)
        amounts_changed: `amounts`, standard deviations by attribute, are others.
    """

    dot_chosen = Signal(str)
    point_chosen = Signal(object)
    latent_chosen = Signal(object, str)
    amounts_changed = Signal()

    def __init__(self, scene: Scene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._rng = np.random.default_rng()
        self._base: Place | None = None
        self.amounts = dict.fromkeys(MOVES, 0.0)

    @property
    def place(self) -> Place | None:
        """What is chosen."""
        return self._scene.place

    def latent(self) -> Array | None:
        """The latent (64,) of what is chosen."""
        latent_map, place = self._scene.map, self.place
        return None if latent_map is None or place is None else places.latent_of(latent_map, place)

    def clear(self) -> None:
        """Choose nothing."""
        self._choose(None)

    def choose_dot(self, row: int) -> None:
        """The dot in `row`."""
        latent_map = self._map()
        self._choose(places.dot(latent_map, row))
        self.dot_chosen.emit(latent_map.segments[row].id)

    def keep(self, place: Place) -> None:
        """Choose `place` without announcing it: it was chosen on the map before."""
        self._choose(place)

    def choose_point(self, xy: XY) -> None:
        """The place `xy` between the dots."""
        self._choose(places.point(self._map(), xy))
        self.point_chosen.emit(xy)

    def choose_latent(self, latent: ArrayLike, label: str, xy: XY | None = None) -> None:
        """`latent` (64,), shown at `xy` or where similar music lies."""
        place = places.latent_place(self._map(), latent, label)
        if xy is not None:
            place = Place(xy, label, None, place.latent)
        self._choose(place)
        self.latent_chosen.emit(place.latent, label)

    def choose_decoded(self, row: int) -> None:
        """The latent of the dot in `row`: how the decoder renders it."""
        latent_map = self._map()
        place = places.dot(latent_map, row)
        self.choose_latent(latent_map.latents[row], f"{place.label}, decoded", place.xy)

    def choose_random(self) -> None:
        """A latent drawn from where the library's are."""
        drawn = self._map().posterior.sample(1, self._rng)[0]
        place = places.latent_place(self._map(), drawn, "")
        around = places.point(self._map(), place.xy).label
        self.choose_latent(drawn, f"Random: {around[0].lower()}{around[1:]}", place.xy)

    def show_latent(self, latent: ArrayLike, label: str, xy: XY) -> None:
        """Choose `latent` without announcing it: who moved it there has done so."""
        self._choose(Place(xy, label, None, np.asarray(latent, np.float32)))

    def step(self, dx: float, dy: float, start: XY) -> None:
        """The next dot from the chosen place (else `start`) in the direction (dx, dy)."""
        picker = self._scene.picker
        if picker is None:
            return
        if self.place is None:
            row = picker.nearest(start, np.inf)
        else:
            row = picker.next_row(self.place.xy, dx, dy)
        if row is not None:
            self.choose_dot(row)

    def move_along(self, name: str, amount: float) -> None:
        """Raise attribute `name` of what is chosen by `amount` more standard deviations."""
        self.set_amount(name, self.amounts[name] + amount)

    def set_amount(self, name: str, amount: float) -> None:
        """Have attribute `name` raised by `amount` standard deviations in all."""
        amount = min(max(amount, -MOST), MOST)
        if self._base is None or amount == self.amounts[name]:
            return
        self.amounts[name] = amount
        latent_map = self._map()
        moved = places.latent_of(latent_map, self._base)
        for each, by in self.amounts.items():
            moved = latent_map.axes.move(moved, each, by)
        label = ", ".join([self._base.label, *_amount_labels(self.amounts)])
        place = places.latent_place(latent_map, moved, label)
        self._scene.set_overlay(place=place)
        self.amounts_changed.emit()
        self.latent_chosen.emit(place.latent, label)

    def _choose(self, place: Place | None) -> None:
        self._base = place
        self.amounts = dict.fromkeys(MOVES, 0.0)
        self._scene.set_overlay(place=place)
        self.amounts_changed.emit()

    def _map(self) -> LatentMap:
        assert self._scene.map is not None, "nothing can be chosen without a map"
        return self._scene.map


def _amount_labels(amounts: dict[str, float]) -> list[str]:
    return [f"{name} {amount:+.1f}" for name, amount in amounts.items() if amount]
