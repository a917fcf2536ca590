"""Paints an energy curve: a grid, the curve, and the parts it makes below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QLinearGradient, QPainter, QPainterPath, QPen

from technovae_gui import theme

if TYPE_CHECKING:
    from technovae_gui.compose.energy_curve import EnergyCurve

LABELS: Final = 20
"""Pixels below the curve for the names of the parts."""
_COLOURS: Final = {
    "intro": theme.ACCENT,
    "build": "#ffd166",
    "rise": "#ffd166",
    "drop": "#f72585",
    "break": "#b388ff",
    "outro": theme.ACCENT,
}


def paint(widget: EnergyCurve) -> None:
    """Paint all of `widget`."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(widget.rect(), QColor(theme.GROUND))
    floor = widget.height() - LABELS
    _paint_grid(painter, widget, floor)
    _paint_curve(painter, widget, floor)
    _paint_parts(painter, widget, floor)
    if widget.hasFocus():
        _paint_focus(painter, widget, floor)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QColor(theme.ACCENT if widget.hasFocus() else theme.LINE))
    painter.drawRect(widget.rect().adjusted(0, 0, -1, -1))


def _paint_grid(painter: QPainter, widget: EnergyCurve, floor: int) -> None:
    painter.setPen(QPen(QColor(theme.LINE), 1))
    for level in (0.25, 0.5, 0.75):
        y = int(widget.place(0, level)[1]) + 0.5
        painter.drawLine(QLineF(0, y, widget.width(), y))
    painter.setPen(QPen(QColor(theme.LINE_STRONG), 1, Qt.PenStyle.DotLine))
    for _, start, _ in widget.parts[1:]:
        x = int(start * widget.width()) + 0.5
        painter.drawLine(QLineF(x, 0, x, floor))


def _paint_curve(painter: QPainter, widget: EnergyCurve, floor: int) -> None:
    points = [QPointF(*widget.place(n, h)) for n, h in enumerate(widget.heights)]
    points = [QPointF(0, points[0].y()), *points, QPointF(widget.width(), points[-1].y())]
    line = QPainterPath(points[0])
    for point in points[1:]:
        line.lineTo(point)
    area = QPainterPath(line)
    area.lineTo(widget.width(), floor)
    area.lineTo(0, floor)
    area.closeSubpath()
    shade = QLinearGradient(0, 0, 0, floor)
    for place, alpha in ((0.0, 150), (1.0, 20)):
        colour = QColor(theme.ACCENT)
        colour.setAlpha(alpha)
        shade.setColorAt(place, colour)
    painter.fillPath(area, shade)
    painter.setPen(QPen(QColor(theme.ACCENT), 2))
    painter.drawPath(line)


def _paint_parts(painter: QPainter, widget: EnergyCurve, floor: int) -> None:
    font = QFont(widget.font())
    font.setPointSizeF(font.pointSizeF() * 0.85)
    painter.setFont(font)
    for name, start, end in widget.parts:
        left, width = start * widget.width(), (end - start) * widget.width()
        colour = QColor(_COLOURS.get(name, theme.DIM))
        painter.fillRect(QRectF(left + 1, floor + 1, width - 2, 2.5), colour)
        place = QRectF(left + 3, floor + 3, width - 6, LABELS - 4)
        middle = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(name, middle, int(width - 4))
        painter.setPen(QColor(theme.DIM))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text if len(text) > 1 else "")


def _paint_focus(painter: QPainter, widget: EnergyCurve, floor: int) -> None:
    x, y = widget.place(widget.at, widget.heights[widget.at])
    painter.setPen(QPen(QColor(theme.WARM), 1))
    painter.drawLine(QLineF(x, y, x, floor))
    painter.setBrush(QColor(theme.WARM))
    painter.drawEllipse(QPointF(x, y), 4, 4)
