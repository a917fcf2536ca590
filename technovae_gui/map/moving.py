"""Dots that glide to their new places when the map was made anew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEasingCurve, QVariantAnimation, Slot

from core.library.latent_map import LatentMap
from technovae_gui.map.scene import Scene

Points = NDArray[np.float64]
MILLISECONDS = 600


class Mover(QVariantAnimation):
    """Moves the dots of a scene."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._scene = scene
        self._start = self._end = np.zeros((0, 2))
        self.setDuration(MILLISECONDS)
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self.valueChanged.connect(self._move)

    def glide(self, start: Points) -> None:
        """From `start` (n, 2) to where the scene's map has its dots."""
        assert self._scene.map is not None
        self._start, self._end = start, self._scene.map.xy
        self._scene.set_dots(xy=start)
        self.start()

    @Slot(object)
    def _move(self, share: float) -> None:
        if self._scene.map is not None and self._scene.map.xy is self._end:
            self._scene.set_dots(xy=self._start + share * (self._end - self._start))


def former_places(before: LatentMap, shown: Points, after: LatentMap) -> Points | None:
    """Where the dots of `after` were `shown` (n, 2) under `before`; new ones are where they belong.

    None if nothing they share has moved.
    """
    places = after.xy.copy()
    for row, segment in enumerate(after.segments):
        former = before.rows.get(segment.id)
        if former is not None:
            places[row] = shown[former]
    return None if np.allclose(places, after.xy) else places
