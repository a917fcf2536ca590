"""The small label beside the mouse that says what a drag is doing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from technovae_gui import theme


class Tip(QLabel):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setStyleSheet(
            f"background: {theme.RAISED}; color: {theme.TEXT}; padding: 2px 6px;"
            f" border: 1px solid {theme.LINE_STRONG}; border-radius: 3px;"
        )
        self.hide()

    def say(self, text: str, beside: QPoint) -> None:
        """Show `text` beside a point of the parent, inside of it."""
        if not text:
            self.hide()
            return
        self.setText(text)
        self.adjustSize()
        room = self.parentWidget().size() - self.size()
        x = min(max(beside.x() + 14, 0), max(room.width(), 0))
        y = beside.y() - self.height() - 8
        if y < 0:
            y = beside.y() + 18
        self.move(x, min(max(y, 0), max(room.height(), 0)))
        self.show()
        self.raise_()
