"""The waveform of a track under its beat grid, near enough to see milliseconds."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from core.rhythm.grid import BeatGrid
from core.settings import BEATS_PER_BAR
from technovae_gui import theme
from technovae_gui.library import peaks as reduction
from technovae_gui.library.grid_lines import GridLine, lines
from technovae_gui.library.peaks import PER_SECOND, Peaks
from technovae_gui.library.view_span import Span

_STEP = 1.25
_FINE = 0.1
_NUMBERS = 15
_APART = 34
_BEATS_FROM = 5.0
"""Pixels that lines, numbers and beats need between each other to be told apart."""


class WaveformView(QWidget):
    """Mirrors; what is dragged is announced.

    Signals:
        dragged(float seconds): the grid was dragged so far since the press.
        dropped(): the drag is over.
        span_changed(): another part of the track is seen.
    """

    dragged = Signal(float)
    dropped = Signal()
    span_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.peaks: Peaks = np.zeros((0, 2), np.float32)
        self.grid: BeatGrid | None = None
        self.span = Span.all(0.0, 1)
        self._pressed: tuple[float, bool] | None = None
        self.setMinimumHeight(96)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName("Waveform with beat grid")
        self.setToolTip(
            "Drag the grid (Shift: finer) · wheel: zoom · Shift+wheel or middle button: scroll"
        )

    def show_track(self, peaks: Peaks, seconds: float) -> None:
        """Another track: all of it is seen."""
        self.peaks = peaks
        self.set_span(Span.all(seconds, self.width()))

    def show_grid(self, grid: BeatGrid | None) -> None:
        """Another grid over the same track."""
        self.grid = grid
        self.update()

    def set_span(self, span: Span) -> None:
        """See another part."""
        self.span = span.wide(self.width())
        self.span_changed.emit()
        self.update()

    def zoom(self, steps: float, x: float | None = None) -> None:
        """Closer by `steps`, around pixel `x` (default: the middle)."""
        around = self.width() / 2 if x is None else x
        self.set_span(self.span.zoomed(_STEP**steps, around))

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(360, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.set_span(self.span)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        turn = event.angleDelta()
        sideways = turn.x() or (
            turn.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        )
        if sideways:
            self.set_span(self.span.moved(-sideways / 120.0 * self.span.length / 8))
        else:
            self.zoom(turn.y() / 120.0, event.position().x())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        buttons = Qt.MouseButton
        if event.button() in (buttons.LeftButton, buttons.MiddleButton):
            scrolls = event.button() == buttons.MiddleButton
            self._pressed = (event.position().x(), scrolls)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed is None:
            return
        origin, scrolls = self._pressed
        moved = (event.position().x() - origin) * self.span.per_pixel
        if scrolls:
            self._pressed = (event.position().x(), True)
            self.set_span(self.span.moved(-moved))
        else:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.dragged.emit(moved * (_FINE if fine else 1.0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        pressed, self._pressed = self._pressed, None
        if pressed is not None and not pressed[1]:
            self.dropped.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.GROUND))
        self._paint_lines(painter, behind=True)
        self._paint_wave(painter)
        self._paint_lines(painter, behind=False)
        border = QColor(theme.ACCENT if self.hasFocus() else theme.LINE)
        painter.setPen(border)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_wave(self, painter: QPainter) -> None:
        span, count = self.span, self.width()
        first, step = span.start * PER_SECOND, span.per_pixel * PER_SECOND
        drawn = reduction.columns(self.peaks, first, step, count)
        top = _NUMBERS + 2
        middle = (top + self.height()) / 2
        scale = (self.height() - top) / 2 - 3
        high = np.clip(drawn[:, 1], -1, 1) * scale
        low = np.clip(drawn[:, 0], -1, 1) * scale
        painter.setPen(QPen(QColor("#7d8aa3"), 1))
        painter.drawLines(
            [
                QLineF(x + 0.5, middle - h, x + 0.5, middle - low_ + 0.5)
                for x, (h, low_) in enumerate(zip(high.tolist(), low.tolist(), strict=True))
            ]
        )

    def _paint_lines(self, painter: QPainter, *, behind: bool) -> None:
        if self.grid is None:
            return
        every = _density(self.grid, self.span.per_pixel)
        found = lines(self.grid, self.span.start, self.span.end, every)
        if behind:
            beats = [line for line in found if not line.begins_bar]
            painter.setPen(QPen(QColor(theme.LINE_STRONG), 1))
            painter.drawLines([self._stroke(line, _NUMBERS + 3) for line in beats])
            return
        bars = [line for line in found if line.begins_bar]
        strong = QColor(theme.ACCENT)
        faint = QColor(theme.ACCENT)
        faint.setAlpha(130)
        for line in bars:
            painter.setPen(QPen(strong if line.begins_phrase else faint, 1))
            painter.drawLine(self._stroke(line, 3 if line.begins_phrase else _NUMBERS))
        self._paint_numbers(painter, bars)

    def _paint_numbers(self, painter: QPainter, bars: list[GridLine]) -> None:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.82)
        painter.setFont(font)
        free = -1.0
        painter.setPen(QColor(theme.DIM))
        for line in bars:
            x = self.span.x(line.seconds)
            if x < free or (not line.begins_phrase and _crowded(self.grid, self.span.per_pixel)):
                continue
            place = QRectF(x + 3, 1, _APART, _NUMBERS)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, str(line.bar))
            free = x + _APART

    def _stroke(self, line: GridLine, top: float) -> QLineF:
        x = int(self.span.x(line.seconds)) + 0.5
        return QLineF(x, top, x, self.height())


def _density(grid: BeatGrid, per_pixel: float) -> int:
    """Every how many beats a line is drawn."""
    beat = 60.0 / grid.bpm / per_pixel
    if beat >= _BEATS_FROM:
        return 1
    return BEATS_PER_BAR if beat * BEATS_PER_BAR >= 2 * _BEATS_FROM else 4 * BEATS_PER_BAR


def _crowded(grid: BeatGrid | None, per_pixel: float) -> bool:
    """Whether only phrases have room for a number."""
    return grid is None or BEATS_PER_BAR * 60.0 / grid.bpm / per_pixel < _APART
