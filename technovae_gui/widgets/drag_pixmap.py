"""The picture that follows the mouse during a drag: a dot and a name."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from technovae_gui import theme

HEIGHT: Final = 26
"""Of the picture, in pixels of the screen's scale."""
_MAX_WIDTH: Final = 220
_FRAME_WIDTH: Final = 40
"""What dot and margins need beside the text."""


def drag_pixmap(text: str, colour: QColor, widget: QWidget) -> QPixmap:
    """A rounded label with a dot, for `QDrag.setPixmap`.

    Args:
        text: elided where it is too long.
        colour: of dot and frame.
        widget: where the drag starts; gives font and device pixel ratio.
    """
    metrics = QFontMetrics(widget.font())
    middle = Qt.TextElideMode.ElideMiddle
    elided = metrics.elidedText(text, middle, _MAX_WIDTH - _FRAME_WIDTH)
    ratio = widget.devicePixelRatioF()
    width = metrics.horizontalAdvance(elided) + _FRAME_WIDTH
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
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, elided)
    painter.end()
    return pixmap
