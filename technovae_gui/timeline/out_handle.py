"""A handle by which the selected clips are dragged to other programs."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QToolButton, QWidget


class OutHandle(QToolButton):
    """Signals: dragged(): it was pressed and pulled."""

    dragged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._from: QPointF | None = None
        self.setText("\N{UPWARDS ARROW FROM BAR} WAV")
        self.setToolTip(
            "Drag from here to the desktop or another program:"
            " the selected clips become a WAV file.\n"
            "Clips that are dragged out of the window do the same."
        )
        self.setAccessibleName("Drag the selected clips out as a WAV file")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setStyleSheet("padding: 0 8px;")

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._from is None:
            return
        way = (event.position() - self._from).manhattanLength()
        if way >= QApplication.startDragDistance():
            self._from = None
            self.dragged.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._from = None
