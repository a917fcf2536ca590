"""What is drawn over the dots: the marker of what sounds, hover, lasso, path, morph line."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF

from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR
from technovae_gui import theme

Points = NDArray[np.float64]
MARKER = 11.0
"""Pixels, radius of the marker's ring."""
MARKER_REACH = 30
"""Pixels around the marker that its pulse touches."""
_LABEL_WIDTH = 260


def paint_hover(painter: QPainter, centre: QPointF, size: float) -> None:
    """A ring around the dot of radius `size` under the mouse."""
    painter.setPen(QPen(QColor(theme.TEXT), 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(centre, size + 3, size + 3)


def paint_marker(painter: QPainter, centre: QPointF, sounding: bool, phase: float) -> None:
    """What is chosen; where it sounds, an arc goes around once a loop and pulses on every beat."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(14, 16, 20, 200), 5.0))
    painter.drawEllipse(centre, MARKER, MARKER)
    colour = QColor(theme.WARM)
    painter.setPen(QPen(colour if not sounding else _faded(colour, 0.45), 2.0))
    painter.drawEllipse(centre, MARKER, MARKER)
    if not sounding:
        return
    beat = phase * BARS_PER_SEGMENT * BEATS_PER_BAR % 1.0
    fading = (1.0 - beat) ** 2
    painter.setPen(QPen(_faded(colour, 0.6 * fading), 2.0))
    reach = MARKER + (MARKER_REACH - MARKER - 3) * beat
    painter.drawEllipse(centre, reach, reach)
    painter.setPen(QPen(colour, 3.0, c=Qt.PenCapStyle.RoundCap))
    box = QRectF(centre.x() - MARKER, centre.y() - MARKER, 2 * MARKER, 2 * MARKER)
    painter.drawArc(box, 90 * 16, -round(360 * 16 * phase))


def label_rect(centre: QPointF, text: str, metrics: QFontMetrics, bounds: QRectF) -> QRectF:
    """Where the label of the marker at `centre` goes, inside `bounds`."""
    width = min(metrics.horizontalAdvance(text), _LABEL_WIDTH) + 16
    box = QRectF(centre.x() + MARKER + 10, centre.y() - 12, width, 24)
    if box.right() > bounds.right():
        box.moveRight(centre.x() - MARKER - 10)
    box.moveLeft(max(bounds.left(), box.left()))
    box.moveTop(min(max(bounds.top(), box.top()), bounds.bottom() - box.height()))
    return box


def paint_label(painter: QPainter, box: QRectF, text: str, colour: str = theme.TEXT) -> None:
    """`text` on a dark chip, elided to `box`."""
    painter.setPen(QPen(QColor(theme.LINE_STRONG), 1.0))
    painter.setBrush(QColor(21, 24, 30, 225))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
    painter.setPen(QColor(colour))
    room = math.ceil(box.width()) - 14
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def paint_lasso(painter: QPainter, corners: Points) -> None:
    """The lasso under way, `corners` (m, 2) pixels."""
    painter.setPen(QPen(QColor(theme.ACCENT), 1.5, Qt.PenStyle.DashLine))
    painter.setBrush(_faded(QColor(theme.ACCENT), 0.12))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))


def paint_path(painter: QPainter, points: Points) -> None:
    """A path, `points` (m, 2) pixels, from a filled to an open end."""
    if len(points) < 2:
        return
    line = QPainterPath(QPointF(*points[0]))
    for x, y in points[1:]:
        line.lineTo(x, y)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    round_ends = {"c": Qt.PenCapStyle.RoundCap, "j": Qt.PenJoinStyle.RoundJoin}
    painter.setPen(QPen(QColor(14, 16, 20, 190), 6.0, **round_ends))
    painter.drawPath(line)
    painter.setPen(QPen(QColor(theme.GOOD), 2.5, **round_ends))
    painter.drawPath(line)
    painter.setBrush(QColor(theme.GOOD))
    painter.drawEllipse(QPointF(*points[0]), 4.5, 4.5)
    painter.setBrush(QColor(theme.GROUND))
    painter.drawEllipse(QPointF(*points[-1]), 4.5, 4.5)


def paint_morph(
    painter: QPainter, a: QPointF | None, b: QPointF | None, at: QPointF | None
) -> None:
    """The ends of a morph that are set, the line between and the handle on it."""
    accent = QColor(theme.ACCENT)
    if a is not None and b is not None and at is not None:
        painter.setPen(QPen(QColor(14, 16, 20, 190), 5.0))
        painter.drawLine(a, b)
        painter.setPen(QPen(accent, 2.0))
        painter.drawLine(a, b)
        painter.setBrush(QColor(theme.TEXT))
        painter.drawEllipse(at, 7, 7)
    for letter, end in (("A", a), ("B", b)):
        if end is not None:
            box = QRectF(end.x() - 9, end.y() - 30, 18, 18)
            painter.setPen(QPen(QColor(theme.GROUND), 1.0))
            painter.setBrush(accent)
            painter.drawRoundedRect(box, 4, 4)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)


def _faded(colour: QColor, alpha: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(alpha)
    return faded
