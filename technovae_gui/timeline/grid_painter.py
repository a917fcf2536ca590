"""Paints what lies behind the clips: lanes, bars and beats."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from core.settings import TICKS_PER_BAR, TICKS_PER_SEGMENT
from technovae_gui import theme
from technovae_gui.timeline import ink
from technovae_gui.timeline.geometry import Geometry


def paint(painter: QPainter, geometry: Geometry, rows: int, dirty: QRectF) -> None:
    """Fill `dirty` with the empty lanes."""
    painter.fillRect(dirty, ink.GROUND)
    bottom = min(dirty.bottom(), float(geometry.y(rows)))
    if bottom > dirty.top():
        lanes = QRectF(dirty.left(), dirty.top(), dirty.width(), bottom - dirty.top())
        _phrases(painter, geometry, lanes)
        _lines(painter, geometry, lanes)
    painter.setPen(ink.pen(theme.LINE))
    first = max(0, geometry.row(dirty.top()))
    for row in range(first, min(rows, geometry.row(dirty.bottom()) + 1) + 1):
        y = geometry.y(row) - 1
        painter.drawLine(QLineF(dirty.left(), y, dirty.right(), y))


def _phrases(painter: QPainter, geometry: Geometry, place: QRectF) -> None:
    """Every other four bars a little lighter; with the zoom every other sixteen, and so on."""
    step = TICKS_PER_SEGMENT
    while step / geometry.ticks_per_pixel < 24:
        step *= 4
    painter.fillRect(place, ink.mixed(theme.PANEL, theme.GROUND, 0.85))
    tick = int(geometry.tick(place.left()) // (2 * step)) * 2 * step
    while (x := geometry.x(tick)) < place.right():
        phrase = QRectF(x, place.top(), step / geometry.ticks_per_pixel, place.height())
        painter.fillRect(phrase.intersected(place), ink.mixed(theme.RAISED, theme.GROUND, 0.72))
        tick += 2 * step


def _lines(painter: QPainter, geometry: Geometry, place: QRectF) -> None:
    step = geometry.grid()
    tick = int(geometry.tick(place.left() - 1) // step) * step
    while (x := geometry.x(tick)) <= place.right():
        strong = tick % max(TICKS_PER_BAR, 4 * step) == 0
        painter.setPen(ink.pen(theme.LINE_STRONG if strong else theme.LINE, 1.0, 150))
        painter.drawLine(QLineF(round(x), place.top(), round(x), place.bottom()))
        tick += step
