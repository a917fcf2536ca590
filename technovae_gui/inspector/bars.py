"""Attributes of a sound as small bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from technovae_gui import theme

_ROW = 18
_NAME = 84


class AttributeBars(QWidget):
    """One bar of 0..1 for each name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, float] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Attributes")

    def show_values(self, values: dict[str, float]) -> None:
        """Mirror `values`; none hides the bars."""
        self._values = dict(values)
        self.setVisible(bool(values))
        text = ", ".join(f"{name} {value:.0%}" for name, value in values.items())
        self.setAccessibleDescription(text)
        self.setToolTip(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, _ROW * len(self._values))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for row, (name, value) in enumerate(self._values.items()):
            line = QRectF(0, row * _ROW, self.width(), _ROW)
            painter.setPen(QColor(theme.DIM))
            vertical = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(line, vertical | Qt.AlignmentFlag.AlignLeft, name.capitalize())
            groove = QRectF(_NAME, line.center().y() - 3, max(self.width() - _NAME, 1), 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.LINE))
            painter.drawRoundedRect(groove, 3, 3)
            part = min(max(value, 0.0), 1.0)
            groove.setWidth(groove.width() * part)
            painter.setBrush(QColor(theme.ACCENT))
            painter.drawRoundedRect(groove, 3, 3)
        painter.end()
