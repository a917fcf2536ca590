"""Out of the map onto the timeline."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QDrag
from PySide6.QtWidgets import QWidget

from technovae_gui import mime
from technovae_gui.mime import DraggedSource
from technovae_gui.widgets.drag_pixmap import HEIGHT, drag_pixmap


def execute(widget: QWidget, dragged: list[DraggedSource], colour: QColor) -> None:
    """Drag `dragged` from `widget`; comes back when they are dropped."""
    text = dragged[0].name if len(dragged) == 1 else f"{len(dragged)} segments"
    drag = QDrag(widget)
    drag.setMimeData(mime.encode(dragged))
    drag.setPixmap(drag_pixmap(text, colour, widget))
    drag.setHotSpot(QPoint(12, HEIGHT // 2))
    drag.exec(Qt.DropAction.CopyAction)
