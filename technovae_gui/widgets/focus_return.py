"""Gives the keyboard back to the map or the timeline after a field was filled in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
    QWidget,
)

_LEAVING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
_NUMBERS = (QSpinBox, QDoubleSpinBox)


class FocusReturn(QObject):
    """Lets Enter and Escape leave the text and number fields of a window.

    The focus goes to the widget among `homes` that had it last, and so it does where a widget is
    hidden or disabled that had it: Qt gives it to the next one, which may be any button, also the
    one that cancels what was just started. So does a list of choices that closes: a letter for the
    map would choose another entry of its box. Escape puts the number back that a number field
    showed before it was typed over. In number fields Space is no text, and remains the window's
    shortcut; Escape is the field's, also where it is a shortcut of the window.

    An event filter of the whole application would see every event in Python; only the field with
    the focus is watched.
    """

    def __init__(self, window: QWidget, homes: Sequence[QWidget]) -> None:
        """
        Args:
            window: whose fields are watched.
            homes: widgets that are played with keys; the first has the focus at the start.
        """
        super().__init__(window)
        self._window, self._homes, self._home = window, tuple(homes), homes[0]
        self._field: QWidget | None = None
        self._boxes: dict[QObject, QComboBox] = {}
        """Those that had the focus, by the window that their choices are listed in."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    @Slot("QWidget*", "QWidget*")
    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and new is not None and self._cannot_be_used(old):
            QTimer.singleShot(0, self, partial(self._leave_next, new))
        else:
            for home in self._homes:
                if new is not None and (new is home or home.isAncestorOf(new)):
                    self._home = home
        if self._field is not None:
            self._field.removeEventFilter(self)
            self._field = None
        if isinstance(new, (QLineEdit, *_NUMBERS)) and new.window() is self._window:
            new.installEventFilter(self)
            self._field = new
        if isinstance(new, QComboBox) and not new.isEditable() and new.window() is self._window:
            choices = new.view().window()
            choices.installEventFilter(self)  # once: Qt takes one that is there already out first
            self._boxes[choices] = new

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Hide and (box := self._boxes.get(watched)) is not None:
            QTimer.singleShot(0, self, partial(self._leave_box, box))
        if not isinstance(event, QKeyEvent) or watched in self._boxes:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            return self._leave_space_to_window(watched, event) or _keep_escape(event)
        if event.type() == QEvent.Type.KeyPress and event.key() in _LEAVING:
            if event.key() == Qt.Key.Key_Escape and isinstance(watched, _NUMBERS):
                watched.setValue(watched.value())  # type: ignore[arg-type]
            # The field acts on the key first.
            QTimer.singleShot(0, self, self._leave)
        return False

    def _leave_space_to_window(self, watched: QObject, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Space or not isinstance(watched, _NUMBERS):
            return False
        event.ignore()
        return True

    def _cannot_be_used(self, widget: QWidget) -> bool:
        window = self._window
        if widget.window() is not window or not window.isVisible():
            return False
        return not (widget.isVisible() and widget.isEnabled())

    def _leave_next(self, next_widget: QWidget) -> None:
        """Unless it was decided by now where the focus goes."""
        if QApplication.focusWidget() is next_widget:
            self.go_home()

    def _leave_box(self, box: QComboBox) -> None:
        """Unless something else has the keys by now."""
        now = QApplication.focusWidget()
        if now is None or now is box or now.window() is box.view().window():
            self.go_home()

    @Slot()
    def _leave(self) -> None:
        if self._field is not None and self._field.hasFocus():
            self.go_home()

    @Slot()
    def go_home(self) -> None:
        """Give the focus to the home that had it last."""
        if self._home.isVisible():
            self._home.setFocus(Qt.FocusReason.OtherFocusReason)


def _keep_escape(event: QKeyEvent) -> bool:
    """Take Escape from the shortcuts of the window, so that the field gets it; whether it is it."""
    if event.key() != Qt.Key.Key_Escape or event.modifiers():
        return False
    event.accept()
    return True
