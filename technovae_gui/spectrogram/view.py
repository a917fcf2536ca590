"""One spectrogram with its axes: hertz upwards, bars and sixteenths along, a playhead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.settings import BARS_PER_SEGMENT, N_BANDS
from technovae_gui import theme
from technovae_gui.spectrogram import colours
from technovae_gui.spectrogram.scales import TICKS_HZ, band_of, hertz_text

LEFT, TOP, RIGHT, BOTTOM = 34, 18, 38, 14
_SIXTEENTHS = 16
_SCALE_WIDTH = 7
_BAR_FROM = 3.0
"""Pixels between two grid lines below which they are left out."""


class SpectrogramView(QWidget):
    """Shows (512, 128) dB from `low` to `high`.

    Signals: seek_requested(float): where of the four bars was clicked, 0..1
    """

    seek_requested = Signal(float)

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        stops: tuple[str, ...] = colours.LEVEL_STOPS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._stops = low, high, stops
        self._title = name
        self._empty = ""
        self._image: QImage | None = None
        self._playhead: float | None = None
        self.setMinimumHeight(84)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(f"Spectrogram: {name}")
        self.setToolTip(f"{name}: level in dB; click to jump within the four bars")

    @property
    def title(self) -> str:
        """What is shown."""
        return self._title

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return self._image is None

    def show_array(self, spectrogram: NDArray[np.float32] | None, title: str) -> None:
        """Show (rows, 128) dB, or nothing, under a title."""
        self._title = title
        self._image = None
        if spectrogram is not None:
            bands = np.asarray(spectrogram, np.float32).T[::-1]
            self._image = colours.image(bands, self._low, self._high, self._stops)
        self.update()

    def set_playhead(self, fraction: float | None) -> None:
        """A line at 0..1 of the four bars, or none; only the line is painted anew."""
        before, self._playhead = self._playhead, fraction
        for place in (before, fraction):
            if place is not None:
                self.update(QRect(int(self._x(place)) - 2, TOP, 5, self.height() - TOP - BOTTOM))

    def plot(self) -> QRectF:
        """Where the picture is."""
        return QRectF(
            LEFT, TOP, max(1, self.width() - LEFT - RIGHT), max(1, self.height() - TOP - BOTTOM)
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton and self._image is not None:
            plot = self.plot()
            share = (event.position().x() - plot.left()) / plot.width()
            self.seek_requested.emit(min(max(share, 0.0), 1.0))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        plot = self.plot()
        painter.fillRect(plot, QColor(theme.GROUND))
        if self._image is not None:
            painter.drawImage(plot, self._image)
        self._grid(painter, plot)
        self._labels(painter, plot)
        if self._image is not None:
            self._scale(painter, plot)
        if self._playhead is not None:
            painter.setPen(QPen(QColor(theme.WARM), 2))
            x = self._x(self._playhead)
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _x(self, fraction: float) -> float:
        plot = self.plot()
        return plot.left() + fraction * plot.width()

    def _grid(self, painter: QPainter, plot: QRectF) -> None:
        count = BARS_PER_SEGMENT * _SIXTEENTHS
        for number in range(count + 1):
            bar, beat = number % _SIXTEENTHS == 0, number % 4 == 0
            step = plot.width() / count * (_SIXTEENTHS if bar else 4 if beat else 1)
            if step < _BAR_FROM or (not beat and plot.width() < 400):
                continue
            painter.setPen(QColor(255, 255, 255, 70 if bar else 26 if beat else 12))
            x = self._x(number / count)
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _labels(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(QColor(theme.TEXT))
        title = QRectF(LEFT, 0, plot.width(), TOP - 2)
        text = painter.fontMetrics().elidedText(
            self._title, Qt.TextElideMode.ElideRight, int(title.width())
        )
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        font = painter.font()
        font.setPixelSize(9)
        painter.setFont(font)
        painter.setPen(QColor(theme.DIM))
        last = plot.bottom() + 12
        for hertz in TICKS_HZ:
            y = plot.bottom() - band_of(hertz) / (N_BANDS - 1) * plot.height()
            if last - y < 11:
                continue
            last = y
            box = QRectF(0, y - 6, LEFT - 4, 12)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, right, hertz_text(hertz))
        for bar in range(BARS_PER_SEGMENT):
            box = QRectF(self._x(bar / BARS_PER_SEGMENT) + 2, plot.bottom() + 1, 60, 12)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, f"bar {bar + 1}")

    def _scale(self, painter: QPainter, plot: QRectF) -> None:
        """The colours and what they stand for."""
        ramp = np.linspace(self._high, self._low, 64, dtype=np.float32)[:, None]
        strip = colours.image(ramp, self._low, self._high, self._stops)
        x = plot.right() + 4
        painter.drawImage(QRectF(x, plot.top(), _SCALE_WIDTH, plot.height()), strip)
        painter.setPen(QColor(theme.DIM))
        for share in (0.0, 0.5, 1.0):
            level = self._high + share * (self._low - self._high)
            y = plot.top() + share * (plot.height() - 10) - 1
            box = QRectF(x + _SCALE_WIDTH + 2, y, RIGHT - _SCALE_WIDTH - 6, 12)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, f"{level:.0f}")
