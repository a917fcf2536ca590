"""Paints fades, crossfades and bass swaps over the clips."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from technovae_gui import theme
from technovae_gui.timeline import paint_cache

_CURVE_POINTS = 14
_NARROW_CURVE = 14.0
"""Pixels below which a curve cannot be told from a line, which is drawn ten times as fast."""


def paint_fade(painter: QPainter, area: QRectF, *, rising: bool) -> None:
    """Darken what a fade takes away and draw its curve, a quarter sine.

    Args:
        painter: paints in pixels of the lanes' area.
        area: the fade: its length and the height of the clip's body.
        rising: True for a fade-in.
    """
    curve = _fade_curve(area, rising=rising)
    path = QPainterPath(curve[0])
    for point in curve[1:]:
        path.lineTo(point)
    # Close the path over the quiet side: above the curve.
    path.lineTo(curve[-1].x(), area.top())
    path.lineTo(curve[0].x(), area.top())
    path.closeSubpath()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.fillPath(path, paint_cache.colour(theme.GROUND, 170))
    _paint_curve(painter, curve)


def paint_crossfade(painter: QPainter, area: QRectF) -> None:
    """Paint the X of a crossfade.

    Args:
        painter: paints in pixels of the lanes' area.
        area: the overlap, as high as the clips' bodies.
    """
    painter.fillRect(area, paint_cache.colour(theme.GROUND, 120))
    if area.width() < _NARROW_CURVE:
        painter.setPen(paint_cache.pen(theme.TEXT, 1.0, 160))
        painter.drawLine(QLineF(area.bottomLeft(), area.topRight()))
        painter.drawLine(QLineF(area.topLeft(), area.bottomRight()))
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for rising in (True, False):
        _paint_curve(painter, _fade_curve(area, rising=rising))


def paint_bass_swap(painter: QPainter, x: float, area: QRectF) -> None:
    """Mark a bass swap: a line, and a wedge at the bottom, where the lows are.

    Args:
        painter: paints in pixels of the lanes' area.
        x: pixels.
        area: gives the height.
    """
    painter.setPen(paint_cache.pen(theme.TEXT, 1.5))
    painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(paint_cache.colour(theme.TEXT))
    low = area.bottom()
    painter.drawPolygon(QPolygonF([QPointF(x - 6, low), QPointF(x + 6, low), QPointF(x, low - 8)]))


def _fade_curve(area: QRectF, *, rising: bool) -> list[QPointF]:
    points = []
    for step in range(_CURVE_POINTS + 1):
        part = step / _CURVE_POINTS
        level = math.sin(0.5 * math.pi * (part if rising else 1.0 - part))
        points.append(
            QPointF(area.left() + part * area.width(), area.bottom() - level * area.height())
        )
    return points


def _paint_curve(painter: QPainter, points: list[QPointF]) -> None:
    painter.setPen(paint_cache.pen(theme.TEXT, 1.3, 220))
    painter.drawPolyline(QPolygonF(points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
