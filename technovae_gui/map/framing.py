"""Which part of the map the canvas shows, on request."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Slot

from technovae_gui.map.canvas import Canvas
from technovae_gui.map.places import XY

_CLOSE_MARGIN = 90
_RIM = 40


class Framing(QObject):
    """Moves the camera of a canvas."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._fitting = False
        self.fitted = True
        canvas.camera_changed.connect(self._camera_changed)

    @Slot()
    def fit(self) -> None:
        """Show the whole map, and keep doing so when the canvas changes its size."""
        canvas = self._canvas
        self._fitting = True
        if canvas.scene.map is not None:
            canvas.set_camera(canvas.camera.fitted(canvas.scene.map.xy, canvas.covered))
        self.fitted, self._fitting = True, False

    def refit(self) -> None:
        """The canvas or what covers it has another size."""
        if self.fitted:
            self.fit()

    def fit_to(self, rows: ArrayLike) -> None:
        """Show the dots in `rows`; nothing if there are none."""
        chosen, canvas = np.asarray(rows, np.int64), self._canvas
        if canvas.scene.map is not None and len(chosen):
            xy = canvas.scene.map.xy[chosen]
            canvas.set_camera(canvas.camera.fitted(xy, canvas.covered, _CLOSE_MARGIN))

    def show_place(self, xy: XY) -> None:
        """Pan so far that `xy` is in sight."""
        canvas = self._canvas
        at = canvas.pixel(xy)
        inner = canvas.rect().adjusted(_RIM, _RIM, -_RIM - canvas.covered, -_RIM)
        dx = min(max(at.x(), inner.left()), inner.right()) - at.x()
        dy = min(max(at.y(), inner.top()), inner.bottom()) - at.y()
        if dx or dy:
            canvas.set_camera(canvas.camera.panned(dx, dy))

    def zoom(self, factor: float) -> None:
        """`factor` times larger, around the middle."""
        camera = self._canvas.camera
        self._canvas.set_camera(camera.zoomed(factor, camera.width / 2, camera.height / 2))

    def state(self) -> list[float]:
        """Centre and extent of what is shown; empty where it is the whole map."""
        camera = self._canvas.camera
        extent = min(camera.width, camera.height) / camera.scale
        return [] if self.fitted else [camera.x, camera.y, extent]

    def restore(self, state: ArrayLike) -> None:
        """What `state` said, in a canvas of any size. Raises `ValueError` on anything else."""
        numbers = [float(number) for number in np.asarray(state, np.float64)]
        if numbers:
            x, y, extent = numbers
            side = min(self._canvas.width(), self._canvas.height())
            scale = side / max(extent, 1e-6)
            self._canvas.set_camera(replace(self._canvas.camera, x=x, y=y, scale=scale))

    @Slot()
    def _camera_changed(self) -> None:
        self.fitted = self._fitting
