"""The waveform of a track under its beat grid, and the whole track above it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
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
from technovae_gui.library.beat_lines import BeatLine, beat_lines
from technovae_gui.library.waveform import (
    PEAKS_PER_SECOND,
    Peaks,
    VisibleSpan,
    column_peaks,
)

_ZOOM_PER_STEP = 1.25
_FINE_DRAG = 0.1
"""Of the mouse's way, with Shift held."""
_NUMBERS_HEIGHT = 15
"""Pixels, like all that follow: the row of bar numbers at the top."""
_NUMBER_WIDTH = 34
_MIN_BEAT_WIDTH = 5.0
"""Between two lines that can be told apart."""
_OVERVIEW_HEIGHT = 26
_WAVE_COLOUR = "#7d8aa3"


class WaveformView(QWidget):
    """Shows a stretch of a track with its bars; zooms to milliseconds.

    Attributes:
        peaks: of the track, as `read_peaks` reads them.
        grid: the beat grid that is drawn; None for none.
        span: the stretch in sight.

    Signals:
        dragged(float): the grid was dragged by this many seconds since the mouse was pressed.
        drag_finished(): the mouse was released.
        span_changed(): another stretch is in sight.
    """

    dragged = Signal(float)
    drag_finished = Signal()
    span_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.peaks: Peaks = np.zeros((0, 2), np.float32)
        self.grid: BeatGrid | None = None
        self.span = VisibleSpan.whole_track(0.0, 1)
        self._pressed: tuple[float, bool] | None = None
        self.setMinimumHeight(96)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName("Waveform with beat grid")
        self.setToolTip(
            "Drag the grid (Shift: finer) · wheel: zoom · Shift+wheel or middle button: scroll"
        )

    def show_track(self, peaks: Peaks, seconds: float) -> None:
        """Show all of a track.

        Args:
            peaks: (n, 2) lowest and highest sample of each bucket.
            seconds: length of the track.
        """
        self.peaks = peaks
        self.set_span(VisibleSpan.whole_track(seconds, self.width()))

    def show_grid(self, grid: BeatGrid | None) -> None:
        """Show another grid over the same track; None for none."""
        self.grid = grid
        self.update()

    def set_span(self, span: VisibleSpan) -> None:
        """Bring another stretch into sight."""
        self.span = span.resized(self.width())
        self.span_changed.emit()
        self.update()

    def zoom(self, steps: float, x: float | None = None) -> None:
        """Zoom in.

        Args:
            steps: of the wheel; negative ones zoom out.
            x: pixel that stays where it is; None for the middle.
        """
        centre = self.width() / 2 if x is None else x
        self.set_span(self.span.zoomed(_ZOOM_PER_STEP**steps, centre))

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(360, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.set_span(self.span)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        wheel = event.angleDelta()
        sideways = wheel.x() or (
            wheel.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        )
        if sideways:
            self.set_span(self.span.scrolled(-sideways / 120.0 * self.span.length / 8))
        else:
            self.zoom(wheel.y() / 120.0, event.position().x())
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
        moved = (event.position().x() - origin) * self.span.seconds_per_pixel
        if scrolls:
            self._pressed = (event.position().x(), True)
            self.set_span(self.span.scrolled(-moved))
        else:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.dragged.emit(moved * (_FINE_DRAG if fine else 1.0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        pressed, self._pressed = self._pressed, None
        if pressed is not None and not pressed[1]:
            self.drag_finished.emit()

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
        first, step = span.start * PEAKS_PER_SECOND, span.seconds_per_pixel * PEAKS_PER_SECOND
        columns = column_peaks(self.peaks, first, step, count)
        top = _NUMBERS_HEIGHT + 2
        middle = (top + self.height()) / 2
        scale = (self.height() - top) / 2 - 3
        high = np.clip(columns[:, 1], -1, 1) * scale
        low = np.clip(columns[:, 0], -1, 1) * scale
        painter.setPen(QPen(QColor(_WAVE_COLOUR), 1))
        painter.drawLines(
            [
                QLineF(x + 0.5, middle - h, x + 0.5, middle - low_ + 0.5)
                for x, (h, low_) in enumerate(zip(high.tolist(), low.tolist(), strict=True))
            ]
        )

    def _paint_lines(self, painter: QPainter, *, behind: bool) -> None:
        if self.grid is None:
            return
        every = _beats_per_line(self.grid, self.span.seconds_per_pixel)
        lines = beat_lines(self.grid, self.span.start, self.span.end, every)
        if behind:
            beats = [line for line in lines if not line.begins_bar]
            painter.setPen(QPen(QColor(theme.LINE_STRONG), 1))
            painter.drawLines([self._line_at(line, _NUMBERS_HEIGHT + 3) for line in beats])
            return
        bars = [line for line in lines if line.begins_bar]
        strong = QColor(theme.MEASURED)
        faint = QColor(theme.MEASURED)
        faint.setAlpha(130)
        for line in bars:
            painter.setPen(QPen(strong if line.begins_phrase else faint, 1))
            painter.drawLine(self._line_at(line, 3 if line.begins_phrase else _NUMBERS_HEIGHT))
        self._paint_numbers(painter, bars)

    def _paint_numbers(self, painter: QPainter, bars: list[BeatLine]) -> None:
        painter.setFont(theme.font(theme.SMALL))
        free_x = -1.0
        painter.setPen(QColor(theme.DIM))
        for line in bars:
            x = self.span.x_at(line.seconds)
            if x < free_x or (
                not line.begins_phrase and _crowded(self.grid, self.span.seconds_per_pixel)
            ):
                continue
            box = QRectF(x + 3, 1, _NUMBER_WIDTH, _NUMBERS_HEIGHT)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, str(line.bar))
            free_x = x + _NUMBER_WIDTH

    def _line_at(self, line: BeatLine, top: float) -> QLineF:
        x = int(self.span.x_at(line.seconds)) + 0.5
        return QLineF(x, top, x, self.height())


def _beats_per_line(grid: BeatGrid, seconds_per_pixel: float) -> int:
    """How many beats lie between two lines, so that the lines can be told apart."""
    beat = 60.0 / grid.bpm / seconds_per_pixel
    if beat >= _MIN_BEAT_WIDTH:
        return 1
    return BEATS_PER_BAR if beat * BEATS_PER_BAR >= 2 * _MIN_BEAT_WIDTH else 4 * BEATS_PER_BAR


def _crowded(grid: BeatGrid | None, seconds_per_pixel: float) -> bool:
    """Whether only the first bars of phrases have room for a number."""
    return grid is None or BEATS_PER_BAR * 60.0 / grid.bpm / seconds_per_pixel < _NUMBER_WIDTH


class WaveformOverview(QWidget):
    """The whole track in a strip, with the stretch that the waveform view shows marked.

    Signals:
        position_clicked(float): click or drag at this many seconds of the track.
    """

    position_clicked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._peaks: Peaks = np.zeros((0, 2), np.float32)
        self._span = VisibleSpan.whole_track(0.0, 1)
        self.setFixedHeight(_OVERVIEW_HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Whole track")
        self.setToolTip("The whole track; click to see that part below")

    def show_track(self, peaks: Peaks) -> None:
        """Show another track by its peaks (n, 2)."""
        self._peaks = peaks
        self.update()

    def show_span(self, span: VisibleSpan) -> None:
        """Mark the stretch that the waveform view shows."""
        self._span = span
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._click(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons():
            self._click(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.GROUND))
        if self._span.track_length <= 0:
            return
        step = self._span.track_length * PEAKS_PER_SECOND / self.width()
        columns = column_peaks(self._peaks, 0.0, step, self.width())
        middle = self.height() / 2
        painter.setPen(QPen(QColor(theme.LINE_STRONG), 1))
        heights = np.abs(columns).max(axis=1).clip(0, 1) * (middle - 2)
        painter.drawLines(
            [
                QLineF(x + 0.5, middle - h, x + 0.5, middle + h + 0.5)
                for x, h in enumerate(heights.tolist())
            ]
        )
        per_second = self.width() / self._span.track_length
        marked = QRectF(
            self._span.start * per_second, 0.5, self._span.length * per_second, _OVERVIEW_HEIGHT - 1
        )
        shade = QColor(theme.ACCENT)
        shade.setAlpha(36)
        painter.fillRect(marked, shade)
        painter.setPen(QColor(theme.ACCENT))
        painter.drawRect(marked.adjusted(0.5, 0, -0.5, 0))

    def _click(self, event: QMouseEvent) -> None:
        if self._span.track_length > 0:
            self.position_clicked.emit(
                event.position().x() / self.width() * self._span.track_length
            )
