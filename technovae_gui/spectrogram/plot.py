"""A widget that plots one spectrogram, with axes, a colour bar and a playhead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR, FRAMES_PER_BAR
from technovae_gui import theme
from technovae_gui.spectrogram import axes
from technovae_gui.spectrogram.colours import ColourScale, coloured_image
from technovae_gui.spectrogram.view_range import (
    WHOLE,
    ViewRange,
    frequency_text,
    hertz,
    note_name,
    position_text,
)
from technovae_gui.widgets.tool_tip_below import ToolTipBelow

Array = NDArray[np.float32]
_ZOOM = 1.25
_BEATS = BARS_PER_SEGMENT * BEATS_PER_BAR


class SpectrogramPlot(QWidget):
    """Plots one array (rows, 128) of levels or level differences in dB.

    Signals:
        seek_requested(float): the user clicked, dragged or pressed an arrow key: the position in
            the four bars to go on from, 0..1.
        probed(float, float): the mouse is over a time and a place on the axis of frequency, 0..1.
        left(): it is no more.
        view_requested(ViewRange): the user zooms or moves.
    """

    seek_requested = Signal(float)
    probed = Signal(float, float)
    left = Signal()
    view_requested = Signal(object)

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
        self.view = WHOLE
        self.probe: tuple[float, float] | None = None
        self._pan: QPointF | None = None
        self._image = QImage()
        self._layer: QPixmap | None = None
        self._area: tuple[tuple[int, int], QRectF] | None = None
        self.setMinimumSize(140, 84)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMouseTracking(True)
        self.setToolTip(
            "Click to listen from there. Ctrl+wheel zooms in time, with Shift in frequency;\n"
            "a drag with the middle button moves, a double click shows all"
        )
        ToolTipBelow(self)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """The contrast may have changed."""
        if event.type() == QEvent.Type.PaletteChange:
            self._refresh()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(320, 150)

    def show_values(self, values: Array | None, title: str) -> None:
        """Plot an array.

        Args:
            values: (rows, 128) dB; None shows the text for an empty plot.
            title: above it, and for screen readers.
        """
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

    def show_view(self, view: ViewRange) -> None:
        """Show another part of the spectrogram."""
        if view != self.view:
            self.view = view
            self._refresh()

    def show_probe(self, probe: tuple[float, float] | None) -> None:
        """Read out what is at a time and a place on the axis of frequency, 0..1; None: nothing."""
        if probe != self.probe:
            self.probe = probe
            self.update()

    @property
    def read_out(self) -> str:
        """Beat, frequency, note and level of what is probed; empty for none."""
        if self.probe is None or self.values is None:
            return ""
        time, pitch = self.probe
        frequency = hertz(pitch)
        level = axes.level_at(self.values, time, frequency)
        text = f"{level:+.0f}" if self.scale.high > 0 else f"{level:.0f}"
        bars = max(1, round(len(self.values) / FRAMES_PER_BAR))
        words = (
            position_text(time, bars),
            frequency_text(frequency),
            note_name(frequency),
            f"{text} dB",
        )
        return " · ".join(words)

    @property
    def area(self) -> QRectF:
        """The rectangle of the spectrogram itself."""
        # Kept, for it is asked for seven times at every step of the playhead.
        size = self.width(), self.height()
        if self._area is None or self._area[0] != size:
            self._area = size, axes.plot_area(*size)
        return self._area[1]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted())
        area = self.area
        if self.probe is not None and self.values is not None:
            self._paint_probe(painter, area)
        if self.playhead is not None and self.values is not None and self._shows(self.playhead):
            line = QRectF(self._x(self.playhead) - 0.75, area.top(), 1.5, area.height())
            painter.fillRect(line, QColor(theme.WARM))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.MiddleButton and not self.view.is_whole:
            self._pan = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            return
        self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pan is not None:
            moved, area = event.position() - self._pan, self.area
            self._pan = event.position()
            self.view_requested.emit(
                self.view.moved(-moved.x() / area.width(), moved.y() / area.height())
            )
            return
        self._seek(event)
        x, y = self._shares(event.position())
        if self.values is not None and 0.0 <= x <= 1.0 and 0.0 <= y <= 1.0:
            self.probed.emit(self.view.time(x), self.view.pitch(y))
        else:
            self.left.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.MiddleButton and self._pan is not None:
            self._pan = None
            self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.view_requested.emit(WHOLE)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self.left.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        keys = event.modifiers()
        turned = event.angleDelta()
        notches = (turned.y() or turned.x()) / 120.0
        if self.values is None or not keys & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # the panel scrolls
            return
        (x, y), factor = self._shares(event.position()), _ZOOM**notches
        x, y = min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
        if keys & Qt.KeyboardModifier.ShiftModifier:
            self.view_requested.emit(self.view.zoomed_in_pitch(factor, y))
        else:
            self.view_requested.emit(self.view.zoomed(factor, x))
        event.accept()

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
            x = (event.position().x() - area.left()) / area.width()
            fraction = self.view.time(min(max(x, 0.0), 1.0))
            self.seek_requested.emit(min(max(fraction, 0.0), 0.9999))

    def _x(self, fraction: float) -> float:
        area = self.area
        return area.left() + self.view.x(fraction) * area.width()

    def _shows(self, fraction: float) -> bool:
        return self.view.start <= fraction <= self.view.end

    def _shares(self, point: QPointF) -> tuple[float, float]:
        """Where a pixel lies in the area: from its left edge, and from its lower one, 0..1."""
        area = self.area
        return (point.x() - area.left()) / area.width(), (area.bottom() - point.y()) / area.height()

    def _paint_probe(self, painter: QPainter, area: QRectF) -> None:
        """Cross hairs, and the read-out in place of the title."""
        assert self.probe is not None
        time, pitch = self.probe
        painter.setFont(theme.font(theme.SMALL))
        painter.fillRect(QRectF(0, 0, self.width(), area.top() - 1), QColor(theme.PANEL))
        axes.paint_title(painter, area, self.read_out, "")
        across, up = self.view.x(time), self.view.y(pitch)
        colour = QColor(255, 255, 255, 90)
        if 0.0 <= across <= 1.0 and 0.0 <= up <= 1.0:
            x, y = area.left() + across * area.width(), area.bottom() - up * area.height()
            painter.fillRect(QRectF(round(x), area.top(), 1, area.height()), colour)
            painter.fillRect(QRectF(area.left(), round(y), area.width(), 1), colour)

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
        size, view = self._image.size(), self.view
        painter.drawImage(
            area,
            self._image,
            QRectF(
                view.start * size.width(),
                (1.0 - view.high) * size.height(),
                (view.end - view.start) * size.width(),
                (view.high - view.low) * size.height(),
            ),
        )
        bars = max(1, round(len(self.values) / FRAMES_PER_BAR))
        axes.paint_time_axis(painter, area, bars, view)
        axes.paint_frequency_axis(painter, area, view)
        axes.paint_colour_bar(painter, area, self.scale)
