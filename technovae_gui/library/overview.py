"""The whole track in a strip, and which part of it is seen below."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from technovae_gui import theme
from technovae_gui.library import peaks as reduction
from technovae_gui.library.peaks import PER_SECOND, Peaks
from technovae_gui.library.view_span import Span


class Overview(QWidget):
    """Click or drag in it to go there. Signals: went(float seconds)."""

    went = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._peaks: Peaks = np.zeros((0, 2), np.float32)
        self._span = Span.all(0.0, 1)
        self.setFixedHeight(26)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Whole track")
        self.setToolTip("The whole track; click to see that part below")

    def show_track(self, peaks: Peaks) -> None:
        """Another track."""
        self._peaks = peaks
        self.update()

    def show_span(self, span: Span) -> None:
        """What is seen below."""
        self._span = span
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons():
            self._go(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.GROUND))
        if self._span.whole <= 0:
            return
        step = self._span.whole * PER_SECOND / self.width()
        drawn = reduction.columns(self._peaks, 0.0, step, self.width())
        middle = self.height() / 2
        painter.setPen(QPen(QColor(theme.LINE_STRONG), 1))
        heights = np.abs(drawn).max(axis=1).clip(0, 1) * (middle - 2)
        painter.drawLines(
            [
                QLineF(x + 0.5, middle - h, x + 0.5, middle + h + 0.5)
                for x, h in enumerate(heights.tolist())
            ]
        )
        per_second = self.width() / self._span.whole
        seen = QRectF(self._span.start * per_second, 0.5, self._span.length * per_second, 25)
        shade = QColor(theme.ACCENT)
        shade.setAlpha(36)
        painter.fillRect(seen, shade)
        painter.setPen(QColor(theme.ACCENT))
        painter.drawRect(seen.adjusted(0.5, 0, -0.5, 0))

    def _go(self, event: QMouseEvent) -> None:
        if self._span.whole > 0:
            self.went.emit(event.position().x() / self.width() * self._span.whole)
