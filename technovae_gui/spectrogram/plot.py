"""A widget that plots one spectrogram, with axes, a colour bar and a playhead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR, FRAMES_PER_BAR
from technovae_gui import theme
from technovae_gui.spectrogram import axes
from technovae_gui.spectrogram.colours import ColourScale, coloured_image
from technovae_gui.widgets.tool_tip_below import ToolTipBelow

Array = NDArray[np.float32]
_BEATS = BARS_PER_SEGMENT * BEATS_PER_BAR


class SpectrogramPlot(QWidget):
    """Plots one array (rows, 128) of levels or level differences in dB.

    Signals:
        seek_requested(float): the user clicked, dragged or pressed an arrow key: the position in
            the four bars to go on from, 0..1.
    """

    seek_requested = Signal(float)

    def __init__(self, scale: ColourScale, empty: str, parent: QWidget | None = None) -> None:
        """Make an empty plot.

        Args:
            scale: colours and range of the levels.
            empty: the text that is shown while there is no spectrogram.
            parent: as of any widget.
        """
        super().__init__(parent)
        self.scale, self.empty = scale, empty
        self.title, self.note = "", ""
        self.values: Array | None = None
        self.playhead: float | None = None
        self._image = QImage()
        self._layer: QPixmap | None = None
        self.setMinimumSize(140, 84)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setToolTip("Click to listen from there")
        ToolTipBelow(self)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(320, 150)

    def show_values(self, values: Array | None, title: str) -> None:
        """Plot `values` (rows, 128) dB under `title`; None shows the text for an empty plot."""
        self.values, self.title = values, title
        if values is not None:
            self._image = coloured_image(axes.to_log_frequency(values), self.scale)
        self.setAccessibleName(title)
        self._refresh()

    def show_note(self, note: str) -> None:
        """Write a short `note` on the right of the title."""
        if note != self.note:
            self.note = note
            self._refresh()

    def show_playhead(self, fraction: float | None) -> None:
        """Move the playhead to 0..1 of the four bars, or hide it (None).

        Only the two strips that it leaves and enters are repainted.
        """
        for position in (self.playhead, fraction):
            if position is not None and self.playhead != fraction:
                x = self._x(position)
                self.update(round(x) - 2, 0, 5, self.height())
        self.playhead = fraction

    @property
    def area(self) -> QRectF:
        """The rectangle of the spectrogram itself."""
        return axes.plot_area(self.width(), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted())
        if self.playhead is not None and self.values is not None:
            area = self.area
            line = QRectF(self._x(self.playhead) - 0.75, area.top(), 1.5, area.height())
            painter.fillRect(line, QColor(theme.WARM))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._seek(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        beats = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() not in beats or self.values is None:
            super().keyPressEvent(event)
            return
        beat = np.floor((self.playhead or 0.0) * _BEATS + 1e-6) + beats[Qt.Key(event.key())]
        self.seek_requested.emit(float(beat % _BEATS) / _BEATS)

    def _seek(self, event: QMouseEvent) -> None:
        area = self.area
        if event.buttons() & Qt.MouseButton.LeftButton and self.values is not None:
            fraction = (event.position().x() - area.left()) / area.width()
            self.seek_requested.emit(min(max(fraction, 0.0), 0.9999))

    def _x(self, fraction: float) -> float:
        return self.area.left() + fraction * self.area.width()

    def _refresh(self) -> None:
        self._layer = None
        self.update()

    def _painted(self) -> QPixmap:
        if self._layer is None:
            ratio = self.devicePixelRatioF()
            self._layer = QPixmap((self.size().toSizeF() * ratio).toSize())
            self._layer.setDevicePixelRatio(ratio)
            self._layer.fill(QColor(theme.PANEL))
            painter = QPainter(self._layer)
            self._paint(painter)
            painter.end()
        return self._layer

    def _paint(self, painter: QPainter) -> None:
        area = self.area
        painter.setFont(theme.font(theme.SMALL))
        axes.paint_title(painter, area, self.title, self.note)
        painter.fillRect(area, QColor(theme.GROUND))
        if self.values is None:
            painter.setPen(QColor(theme.DIM))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(8, 0, -8, 0), flags, self.empty)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self._image)
        bars = max(1, round(len(self.values) / FRAMES_PER_BAR))
        axes.paint_time_axis(painter, area, bars)
        axes.paint_frequency_axis(painter, area)
        axes.paint_colour_bar(painter, area, self.scale)
