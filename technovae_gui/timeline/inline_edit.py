"""A name that is edited in place: Enter and leaving it keep it, Escape does not."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class InlineEdit(QLineEdit):
    """A field over `place` of `parent` that calls `done(text)` once, if the text is another one."""

    def __init__(
        self, parent: QWidget, place: QRect, text: str, done: Callable[[str], object]
    ) -> None:
        super().__init__(text, parent)
        self._before, self._done, self._open = text, done, True
        self.setAccessibleName("Name")
        self.setGeometry(place)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # every key is text here, Return too
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self._close(keep=False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close(keep=True)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._close(keep=True)

    def _close(self, *, keep: bool) -> None:
        if not self._open:
            return
        self._open = False
        text = self.text().strip()
        parent = self.parentWidget()
        self.hide()
        self.deleteLater()
        parent.setFocus()
        if keep and text and text != self._before:
            self._done(text)
