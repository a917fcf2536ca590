"""A scale of colours with its values."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from technovae_gui import theme
from technovae_gui.map.colouring import Colouring, read_out

_TICKS = 5
_INSET = 10


class ColourBar(QWidget):
    """High values at the top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colours: Colouring | None = None
        self.setAccessibleName("Scale of the colours")

    def show_scale(self, colours: Colouring) -> None:
        """Show the scale of `colours`, which are of an attribute."""
        self.colours = colours
        self.setAccessibleDescription(" to ".join(self.labels()[::-4]))
        self.update()

    def labels(self) -> list[str]:
        """Values beside the bar, the highest first."""
        if self.colours is None:
            return []
        low, high, name = self.colours.low, self.colours.high, self.colours.name
        shares = (1.0 - row / (_TICKS - 1) for row in range(_TICKS))
        return [read_out(name, low + share * (high - low)) for share in shares]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self.colours is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(_INSET, _INSET, 12, self.height() - 2 * _INSET)
        ramp = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        last = len(self.colours.palette) - 1
        for number, colour in enumerate(self.colours.palette):
            ramp.setColorAt(number / last, colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ramp)
        painter.drawRoundedRect(bar, 3, 3)
        self._paint_labels(painter, bar)

    def _paint_labels(self, painter: QPainter, bar: QRectF) -> None:
        for row, text in enumerate(self.labels()):
            y = bar.top() + bar.height() * row / (_TICKS - 1)
            painter.setPen(QColor(theme.LINE_STRONG))
            painter.drawLine(QPointF(bar.right() + 2, y), QPointF(bar.right() + 6, y))
            painter.setPen(QColor(theme.TEXT))
            box = QRectF(bar.right() + 10, y - 9, self.width() - bar.right() - 10, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
