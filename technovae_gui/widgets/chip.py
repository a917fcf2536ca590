"""What hangs on the mouse during a drag: a chip with a dot and a name."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from technovae_gui import theme

HEIGHT = 26
_MOST_WIDTH = 220


def chip(text: str, colour: QColor, widget: QWidget) -> QPixmap:
    """`text` beside a dot of `colour`, in the font of `widget`."""
    metrics = QFontMetrics(widget.font())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, _MOST_WIDTH - 40)
    ratio = widget.devicePixelRatioF()
    width = metrics.horizontalAdvance(shown) + 40
    pixmap = QPixmap(round(width * ratio), round(HEIGHT * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(widget.font())
    painter.setPen(colour)
    painter.setBrush(QColor(29, 33, 41, 235))
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, HEIGHT - 1), 6, 6)
    painter.setBrush(colour)
    painter.drawEllipse(QRectF(10, HEIGHT / 2 - 4, 8, 8))
    painter.setPen(QColor(theme.TEXT))
    box = QRectF(26, 0, width - 30, HEIGHT)
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
    painter.end()
    return pixmap
