"""Paints the ruler: the loop region's strip on top, then bars, then minutes and seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from core.arrangement.arrangement import Arrangement
from core.settings import TICKS_PER_BAR
from technovae_gui import theme
from technovae_gui.timeline import paint_cache
from technovae_gui.timeline.geometry import Geometry
from technovae_gui.timeline.labels import short_position_label, time_label

STRIP = 14
"""Height of the loop region's strip in pixels."""
HEIGHT = 44
"""Height of the whole ruler in pixels."""
_BARS = 16
_LABEL_PIXELS = 58.0
_LABEL_LEFT = 2 * theme.SPACE
"""Pixels right of a bar, where the mark of a playhead that stands on it leaves it legible."""

Loop = tuple[int, int]
"""First tick of the loop region, and the first one after it."""


@dataclass(frozen=True)
class RulerMark:
    """A line of the ruler; `text` names the bar, or bar and beat, where there is space for it."""

    tick: int
    text: str


def ruler_marks(geometry: Geometry, first_x: float, last_x: float) -> Iterator[RulerMark]:
    """Find the marks of a part of the ruler.

    Args:
        geometry: what is shown.
        first_x: pixels.
        last_x: pixels.
    """
    step, labelled = geometry.grid(), geometry.grid(_LABEL_PIXELS)
    tick = max(0, int(geometry.tick(first_x - _LABEL_PIXELS) // step) * step)
    last = geometry.tick(last_x)
    while tick <= last:
        yield RulerMark(tick, short_position_label(tick) if tick % labelled == 0 else "")
        tick += step


def paint_ground(painter: QPainter, dirty: QRectF) -> None:
    """Paint what lies behind everything else.

    Args:
        painter: of the ruler.
        dirty: the area that has to be painted.
    """
    painter.fillRect(dirty, paint_cache.colour(theme.PANEL))
    strip = QRectF(dirty.left(), 0, dirty.width(), STRIP)
    painter.fillRect(strip, paint_cache.colour(theme.GROUND))


def paint_loop(painter: QPainter, geometry: Geometry, loop: Loop, *, active: bool) -> None:
    """Paint the loop region.

    Args:
        painter: paints in pixels of the ruler.
        geometry: what is shown.
        loop: the region.
        active: False for a region that is off, which a click would bring back.
    """
    left, right = (geometry.x(tick) for tick in loop)
    area = QRectF(left, 2, max(right - left, 2.0), STRIP - 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(paint_cache.pen(theme.ACCENT if active else theme.LINE_STRONG))
    painter.setBrush(
        paint_cache.colour(theme.ACCENT, 190) if active else paint_cache.colour(theme.LINE, 120)
    )
    painter.drawRoundedRect(area, 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if active:
        below = QRectF(left, STRIP, right - left, HEIGHT - STRIP)
        painter.fillRect(below, paint_cache.colour(theme.ACCENT, 26))


def paint_marks(
    painter: QPainter, geometry: Geometry, arrangement: Arrangement, dirty: QRectF
) -> None:
    """Paint the lines and names of the bars, and the times under them.

    Args:
        painter: paints in pixels of the ruler.
        geometry: what is shown.
        arrangement: its tempo gives the times.
        dirty: the area that has to be painted.
    """
    long, bars, beats = list[QLineF](), list[QLineF](), list[QLineF]()
    names, times = list[tuple[int, str]](), list[tuple[int, str]]()
    for mark in ruler_marks(geometry, dirty.left(), dirty.right()):
        x = round(geometry.x(mark.tick))
        if mark.text:
            long.append(QLineF(x, STRIP + 2, x, HEIGHT - 1))
            names.append((x, mark.text))
            times.append((x, time_label(arrangement.seconds(mark.tick))))
        else:
            short = bars if mark.tick % TICKS_PER_BAR == 0 else beats
            short.append(QLineF(x, HEIGHT - 5, x, HEIGHT - 1))
    _paint_labels(painter, names, STRIP + _BARS - 3, theme.TEXT, 0.5)
    _paint_labels(painter, times, HEIGHT - 4, theme.DIM, 2.0)
    for colour, lines in ((theme.LINE_STRONG, long + bars), (theme.LINE, beats)):
        painter.setPen(paint_cache.pen(colour))
        painter.drawLines(lines)
    painter.setPen(paint_cache.pen(theme.LINE))
    painter.drawLine(QLineF(dirty.left(), HEIGHT - 1, dirty.right(), HEIGHT - 1))


def _paint_labels(
    painter: QPainter, labels: Iterable[tuple[int, str]], y: int, colour: str, points_less: float
) -> None:
    painter.setFont(paint_cache.font(points_less))
    painter.setPen(paint_cache.pen(colour))
    for x, text in labels:
        painter.drawText(QPointF(x + _LABEL_LEFT, y), text)


def paint_playhead(painter: QPainter, x: float) -> None:
    """Paint the mark of the playhead.

    Args:
        painter: of the ruler.
        x: its middle, pixels.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(paint_cache.colour(theme.WARM))
    top = HEIGHT - 11
    corners = (x - 6, top), (x + 6, top), (x + 6, top + 4), (x, HEIGHT - 1), (x - 6, top + 4)
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
