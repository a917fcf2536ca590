"""A panel at the side whose button starts one long job: how that begins, goes on and ends."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.widgets import widgets
from technovae_gui.widgets.job_bar import JobBar
from technovae_gui.widgets.line import Line


class JobPanel(QWidget):
    """Has a bar `job` and a `line`. Those that derive from it lay out, and say what can be done."""

    stopped = ""
    """What the line says once the job was stopped."""

    def __init__(self, parent: QWidget | None = None, *, bar: JobBar | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self.job = bar or JobBar()
        self.line = Line()

    @property
    def busy(self) -> bool:
        """Whether the job is under way."""
        return self._busy

    @Slot(float, float, str)
    def progress(self, done: float, total: float, message: str = "") -> None:
        """It is so far."""
        self.job.update_to(done, total, message)

    @Slot(str)
    def failed(self, message: str) -> None:
        """It ended with an error: one line."""
        self._over()
        self.line.complain(message)

    @Slot()
    def cancelled(self) -> None:
        """It was stopped before it had something to show."""
        self._over()
        self.line.say(self.stopped)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._button().click()
        else:
            super().keyPressEvent(event)

    def _button(self) -> QAbstractButton:
        """What starts the job; Ctrl+Enter does too."""
        raise NotImplementedError

    def _show(self) -> None:
        """Mirror what can be done now."""
        raise NotImplementedError

    def _begin(self, message: str) -> None:
        self._busy = True
        if self._button().hasFocus():  # it is disabled now, and the next in line may be any button
            self.setFocus()
        self.line.say("")
        self.job.begin(message)
        self._show()

    def _over(self) -> None:
        self._busy = False
        self.job.end()
        self._show()

    def _column(self) -> QVBoxLayout:
        """A column to be filled, then `_close_column`: it scrolls where the panel is too low."""
        self._content = QWidget()
        rows = QVBoxLayout(self._content)
        rows.setContentsMargins(*[2 * theme.SPACE] * 4)
        rows.setSpacing(2 * theme.SPACE)
        return rows

    def _close_column(self, *pinned: QWidget) -> None:
        """`pinned` stay in sight below what scrolls."""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(widgets.scrolled(self._content), 1)
        if pinned:
            foot = QVBoxLayout()
            foot.setContentsMargins(*[2 * theme.SPACE] * 4)
            foot.setSpacing(2 * theme.SPACE)
            for widget in pinned:
                foot.addWidget(widget)
            outer.addLayout(foot)
