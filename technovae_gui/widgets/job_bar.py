"""A job under way: what it does, how far it is, how long it takes, and a way to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.widgets import eta, widgets

_STEPS = 1000


class JobBar(QWidget):
    """Hidden while nothing is under way. `guess`: whether to guess the time that is left.

    Signals:
        cancel_requested()
    """

    cancel_requested = Signal()

    def __init__(
        self,
        verb: str = "Cancel",
        parent: QWidget | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        guess: bool = True,
    ) -> None:
        super().__init__(parent)
        self._eta = eta.Eta(clock)
        self._guess = guess
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        self.bar.setAccessibleName("Progress")
        self.message = widgets.note()
        self.message.setAccessibleName("What is under way")
        self.left = widgets.note()
        self.left.setWordWrap(False)
        self.left.setAccessibleName("Time left")
        self.cancel = widgets.button(verb, f"{verb}; what is finished is kept")
        self.cancel.clicked.connect(self._cancelled)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        line = widgets.row(self.bar, self.cancel, spacing=2 * theme.SPACE)
        line.setStretch(0, 1)
        rows.addLayout(line)
        words = widgets.row(self.message, self.left)
        words.setStretch(0, 1)
        rows.addLayout(words)
        self.hide()

    def begin(self, message: str) -> None:
        """Work begins; how much of it there is, nobody knows yet."""
        self._eta.restart()
        self.bar.setRange(0, 0)
        self.message.setText(message)
        self.left.setText("")
        self.cancel.setEnabled(True)
        self.show()

    def update_to(self, done: float, total: float, message: str = "") -> None:
        """`done` of `total`, in any unit; an empty message leaves the one before."""
        share = min(1.0, max(0.0, done / total)) if total > 0 else 0.0
        if total > 0:
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(round(_STEPS * share))
        if message and self.cancel.isEnabled():
            self.message.setText(message)
        left = self._eta.seconds(share)
        self.left.setText(eta.words(left) if self._guess else "")
        self.show()

    def end(self) -> None:
        """Nothing is under way any more."""
        self.hide()

    def _cancelled(self) -> None:
        self.cancel.setEnabled(False)
        self.message.setText("stopping…")
        self.cancel_requested.emit()
