"""The places that the arrangement comes by, painted once into a picture that is kept."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from technovae_gui import theme
from technovae_gui.map.camera import Camera
from technovae_gui.map.scene import MapScene, Points

_ALPHA: Final = 0.4
_WIDTH: Final = 1.5


class RouteLayer:
    """Paints the route of a scene, anew only where route, camera or size are others.

    A dot moves over it sixty times a second, and lines take longer than a picture of them.
    """

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._picture = QPixmap()

    def draw(self, painter: QPainter, scene: MapScene, camera: Camera) -> None:
        """Paint the route.

        Args:
            painter: on the canvas.
            scene: whose route is painted; nothing of fewer than two places.
            camera: where it is on the canvas.
        """
        if len(scene.route) < 2:
            self._key, self._picture = (), QPixmap()
            return
        device = painter.device()
        size, ratio = painter.viewport().size(), device.devicePixelRatioF()
        # The route itself is part of the key, so that no other one can have its id.
        key = (_Same(scene.route), camera, size, ratio, theme.WARM)
        if key != self._key:
            self._key, self._picture = key, QPixmap(size * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            _paint(self._picture, camera.to_screen(scene.route))
        painter.drawPixmap(0, 0, self._picture)


class _Same:
    """Equal to what holds the very same array."""

    def __init__(self, array: Points) -> None:
        self._array = array

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other._array is self._array

    __hash__ = object.__hash__


def _paint(picture: QPixmap, places: Points) -> None:
    """Each way between two places once, however often it is gone: (n, 2) pixels."""
    ways = np.sort(np.stack([places[:-1], places[1:]], axis=1).round().view(complex)[..., 0])
    colour = QColor(theme.WARM)
    colour.setAlphaF(_ALPHA)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, _WIDTH))
    painter.drawLines(
        [QLineF(a.real, a.imag, b.real, b.imag) for a, b in np.unique(ways, axis=0).tolist()]
    )
    painter.end()
