"""Lets Escape close a card or a form, also where Escape is a shortcut of the whole window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class EscapeKey(QObject):
    """Calls a function when Escape is pressed in a widget or in one of its children."""

    def __init__(self, widget: QWidget, close: Callable[[], object]) -> None:
        """
        Args:
            widget: it, or a child of it, has the focus while it is shown.
            close: closes it.
        """
        super().__init__(widget)
        self._close = close
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() not in kinds or not isinstance(event, QKeyEvent):
            return False
        if event.key() != Qt.Key.Key_Escape:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self._close()
        return True
