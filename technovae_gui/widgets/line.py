"""One line of text that says how it went, or what is wrong and how to go on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from technovae_gui.widgets.widgets import note


class Line(QLabel):
    """Hidden while it has nothing to say; can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setSizePolicy(note().sizePolicy())
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.hide()

    def say(self, text: str) -> None:
        """Show `text`; nothing if it is empty."""
        self._show(text, bad=False)

    def complain(self, text: str) -> None:
        """Show `text` as an error."""
        self._show(text, bad=True)

    def _show(self, text: str, *, bad: bool) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        if bool(self.property("bad")) != bad:
            self.setProperty("bad", bad)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setVisible(bool(text))
