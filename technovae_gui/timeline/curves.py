"""Fades and crossfades as curves over the clips."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from technovae_gui import theme
from technovae_gui.timeline import ink

_POINTS = 14
_NARROW = 14.0
"""Pixels below which a curve cannot be told from a line, which is drawn ten times as fast."""


def fade(painter: QPainter, place: QRectF, rising: bool) -> None:
    """Darken what a fade takes away and draw its curve, a quarter sine."""
    curve = _curve(place, rising)
    path = QPainterPath(curve[0])
    for point in curve[1:]:
        path.lineTo(point)
    # Close the path over the quiet side: above the curve.
    path.lineTo(curve[-1].x(), place.top())
    path.lineTo(curve[0].x(), place.top())
    path.closeSubpath()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.fillPath(path, ink.colour(theme.GROUND, 170))
    _line(painter, curve)


def cross(painter: QPainter, place: QRectF) -> None:
    """The X of a crossfade over `place`."""
    painter.fillRect(place, ink.colour(theme.GROUND, 120))
    if place.width() < _NARROW:
        painter.setPen(ink.pen(theme.TEXT, 1.0, 160))
        painter.drawLine(QLineF(place.bottomLeft(), place.topRight()))
        painter.drawLine(QLineF(place.topLeft(), place.bottomRight()))
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for rising in (True, False):
        _line(painter, _curve(place, rising))


def swap(painter: QPainter, x: float, place: QRectF) -> None:
    """A bass swap happens at `x`: a line and a wedge at the bottom, where the lows are."""
    painter.setPen(ink.pen(theme.WARM, 1.5))
    painter.drawLine(QLineF(x, place.top(), x, place.bottom()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.colour(theme.WARM))
    low = place.bottom()
    painter.drawPolygon(QPolygonF([QPointF(x - 6, low), QPointF(x + 6, low), QPointF(x, low - 8)]))


def _curve(place: QRectF, rising: bool) -> list[QPointF]:
    points = []
    for step in range(_POINTS + 1):
        part = step / _POINTS
        level = math.sin(0.5 * math.pi * (part if rising else 1.0 - part))
        points.append(
            QPointF(place.left() + part * place.width(), place.bottom() - level * place.height())
        )
    return points


def _line(painter: QPainter, points: list[QPointF]) -> None:
    painter.setPen(ink.pen(theme.TEXT, 1.3, 220))
    painter.drawPolyline(QPolygonF(points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
