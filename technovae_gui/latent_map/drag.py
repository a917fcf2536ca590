"""Out of the map onto the timeline."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QDrag, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from technovae_gui import mime, theme
from technovae_gui.mime import Dragged

_MOST_WIDTH = 220
_HEIGHT = 26


def execute(widget: QWidget, dragged: list[Dragged], colour: QColor) -> None:
    """Drag `dragged` from `widget`; comes back when they are dropped."""
    drag = QDrag(widget)
    drag.setMimeData(mime.encode(dragged))
    drag.setPixmap(picture(dragged, colour, widget))
    drag.setHotSpot(QPoint(12, _HEIGHT // 2))
    drag.exec(Qt.DropAction.CopyAction)


def picture(dragged: list[Dragged], colour: QColor, widget: QWidget) -> QPixmap:
    """A chip with a dot of `colour` and what is dragged."""
    text = dragged[0].name if len(dragged) == 1 else f"{len(dragged)} segments"
    metrics = QFontMetrics(widget.font())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, _MOST_WIDTH - 40)
    ratio = widget.devicePixelRatioF()
    width = metrics.horizontalAdvance(shown) + 40
    pixmap = QPixmap(round(width * ratio), round(_HEIGHT * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(widget.font())
    painter.setPen(colour)
    painter.setBrush(QColor(29, 33, 41, 235))
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, _HEIGHT - 1), 6, 6)
    painter.setBrush(colour)
    painter.drawEllipse(QRectF(10, _HEIGHT / 2 - 4, 8, 8))
    painter.setPen(QColor(theme.TEXT))
    box = QRectF(26, 0, width - 30, _HEIGHT)
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
    painter.end()
    return pixmap
