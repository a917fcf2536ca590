"""Which part of the map is visible, and how positions on the map become pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QInputDevice, QWheelEvent

from technovae_gui.map.map_point import XY
from technovae_gui.map.scene import MapScene

Points = NDArray[np.float64]
SCALES = (30.0, 100_000.0)
"""Pixels per unit of the map, least and most."""
MAX_STRETCH = 1.7
"""More would tear apart what belongs together."""
_NOTCH = 120.0
_ZOOM_PER_NOTCH = 1.2
_PAN_PER_NOTCH = 60.0
_CLOSE_MARGIN = 90
_RIM = 40


@dataclass(frozen=True)
class Camera:
    """A view of the map, y upwards.

    Neither axis of a map means anything by itself, so one may be stretched to fill the pane.

    Attributes:
        x: position of the centre in units of the map.
        y: position of the centre in units of the map.
        scale: pixels per unit of the map, upwards.
        width: pixels.
        height: pixels.
        stretch: factor of `scale` across.
    """

    x: float = 0.5
    y: float = 0.5
    scale: float = 400.0
    width: int = 800
    height: int = 600
    stretch: float = 1.0

    @property
    def across(self) -> float:
        """Pixels per unit of the map, to the right."""
        return self.scale * self.stretch

    def to_screen(self, xy: ArrayLike) -> Points:
        """Positions on the map, (n, 2) or (2,) -> pixels of the same shape, y downwards."""
        out = (np.asarray(xy, np.float64) - (self.x, self.y)) * (self.across, -self.scale)
        out += (self.width / 2, self.height / 2)
        return out

    def to_map(self, x: float, y: float) -> XY:
        """From pixels to the map.

        Args:
            x: pixels from the left.
            y: pixels from the top.

        Returns:
            The position on the map.
        """
        across = (x - self.width / 2) / self.across
        up = (self.height / 2 - y) / self.scale
        return self.x + across, self.y + up

    def resized(self, width: int, height: int) -> Camera:
        """A view of another size with the same centre and at least the same content.

        Args:
            width: pixels.
            height: pixels.

        Returns:
            The view.
        """
        factor = min(width, height) / max(1, min(self.width, self.height))
        return replace(
            self, width=max(1, width), height=max(1, height), scale=_clipped(self.scale * factor)
        )

    def panned(self, dx: float, dy: float) -> Camera:
        """The view after the map was moved with the mouse.

        Args:
            dx: pixels to the right.
            dy: pixels downwards.

        Returns:
            The view.
        """
        return replace(self, x=self.x - dx / self.across, y=self.y + dy / self.scale)

    def zoomed(self, factor: float, x: float, y: float) -> Camera:
        """The view enlarged around a pixel, whose position on the map stays there.

        Args:
            factor: above 1 enlarges.
            x: pixels from the left.
            y: pixels from the top.

        Returns:
            The view; its scale stays in bounds.
        """
        before = self.to_map(x, y)
        zoomed = replace(self, scale=_clipped(self.scale * factor))
        after = zoomed.to_map(x, y)
        return replace(zoomed, x=zoomed.x + before[0] - after[0], y=zoomed.y + before[1] - after[1])

    def fitted(
        self, xy: ArrayLike, right: int = 0, margin: int = 40, *, stretches: bool = False
    ) -> Camera:
        """Show all of some positions.

        Args:
            xy: (n, 2); with n = 0 the view stays as it is.
            right: pixels at the right edge that are kept free.
            margin: pixels that are kept free at every edge.
            stretches: whether one axis may be stretched, so that they fill the room.

        Returns:
            A view of the same size.
        """
        points = np.asarray(xy, np.float64)
        if len(points) == 0:
            return self
        low, high = points.min(axis=0), points.max(axis=0)
        span = np.maximum(high - low, 0.02)
        room = np.maximum((self.width - right - 2 * margin, self.height - 2 * margin), 40)
        across, up = (float(pixels) for pixels in room / span)
        stretch = self.stretch
        if stretches:
            stretch = min(max(across / up, 1.0 / MAX_STRETCH), MAX_STRETCH)
        scale = _clipped(min(up, across / stretch))
        x, y = (low + high) / 2
        x = float(x) + right / 2 / (scale * stretch)
        return replace(self, x=x, y=float(y), scale=scale, stretch=stretch)

    def wheeled(self, event: QWheelEvent) -> Camera:
        """The view after a turn of the wheel, which zooms at the cursor.

        With Shift, or with two fingers on a touchpad, it pans.
        """
        turned = event.angleDelta()
        keys = event.modifiers()
        touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad
        if keys & Qt.KeyboardModifier.ShiftModifier or (
            touchpad and not keys & Qt.KeyboardModifier.ControlModifier
        ):
            pixels = event.pixelDelta()
            if pixels.isNull():
                pixels = turned * (_PAN_PER_NOTCH / _NOTCH)
            return self.panned(pixels.x(), pixels.y())
        # With Alt held, some systems report a vertical wheel as a horizontal one.
        notches = (turned.y() or turned.x()) / _NOTCH
        at = event.position()
        return self.zoomed(_ZOOM_PER_NOTCH**notches, at.x(), at.y())


class Viewport(QObject):
    """The camera of the canvas. It shows the whole map until the user pans or zooms.

    Attributes:
        camera: what is visible.
        covered: pixels at the right edge that the legend covers.
        fitted: whether the whole map is shown, also after the canvas changes its size.

    Signals:
        changed(): `camera` is different.
    """

    changed = Signal()

    def __init__(self, scene: MapScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self.camera = Camera()
        self.covered = 0
        self.fitted = True

    def set_camera(self, camera: Camera) -> None:
        """Show another part of the map."""
        self.fitted = False
        self._set(camera)

    def resize(self, width: int, height: int) -> None:
        """Take over the size of the canvas.

        Args:
            width: pixels.
            height: pixels.
        """
        self._set(self.camera.resized(width, height))

    def pixel(self, xy: XY) -> QPointF:
        """The pixel of a position on the map."""
        x, y = xy
        camera = self.camera
        across = (x - camera.x) * camera.across + camera.width / 2
        return QPointF(across, (camera.y - y) * camera.scale + camera.height / 2)

    @Slot()
    def fit(self) -> None:
        """Show the whole map, and go on doing so when the canvas changes its size."""
        if self._scene.map is not None:
            self._set(self.camera.fitted(self._scene.map.xy, self.covered, stretches=True))
        self.fitted = True

    def refit(self) -> None:
        """Fit again where the whole map is shown, after the visible part changed its size."""
        if self.fitted:
            self.fit()

    def fit_to(self, rows: ArrayLike) -> None:
        """Show the dots in `rows` (n,); without any, nothing changes, and all are the whole map."""
        chosen = np.asarray(rows, np.int64)
        if self._scene.map is not None and len(chosen) == len(self._scene.map):
            self.fit()
        elif self._scene.map is not None and len(chosen):
            xy = self._scene.map.xy[chosen]
            self.set_camera(self.camera.fitted(xy, self.covered, _CLOSE_MARGIN))

    def pan_to(self, xy: XY) -> None:
        """Pan as little as brings a position into sight."""
        camera, at = self.camera, self.pixel(xy)
        right, bottom = camera.width - 1 - _RIM - self.covered, camera.height - 1 - _RIM
        dx = min(max(at.x(), _RIM), right) - at.x()
        dy = min(max(at.y(), _RIM), bottom) - at.y()
        if dx or dy:
            self.set_camera(camera.panned(dx, dy))

    def zoom(self, factor: float) -> None:
        """Zoom around the middle of the view."""
        camera = self.camera
        self.set_camera(camera.zoomed(factor, camera.width / 2, camera.height / 2))

    def state(self) -> list[float]:
        """Centre and extent of the view in units of the map; empty for the whole map."""
        camera = self.camera
        extent = min(camera.width, camera.height) / camera.scale
        return [] if self.fitted else [camera.x, camera.y, extent]

    def restore(self, state: ArrayLike) -> None:
        """Show what `state` returned, in a canvas of any size.

        Raises:
            ValueError: not three numbers, nor an empty list.
        """
        numbers = [float(number) for number in np.asarray(state, np.float64)]
        if numbers:
            x, y, extent = numbers
            side = min(self.camera.width, self.camera.height)
            self.set_camera(replace(self.camera, x=x, y=y, scale=side / max(extent, 1e-6)))

    def _set(self, camera: Camera) -> None:
        self.camera = camera
        self.changed.emit()


def _clipped(scale: float) -> float:
    return min(max(scale, SCALES[0]), SCALES[1])
