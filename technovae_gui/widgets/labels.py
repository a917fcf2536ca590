"""Labels for texts of any length, and for messages."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from technovae_gui.widgets.forms import note


class ElidedLabel(QLabel):
    """One line of text, elided in the middle where it is too long; the tool tip shows all of it.

    Its size hint never follows the text, so no window grows with a long name.

    Args:
        collapses: whether the label is hidden while it is empty.
    """

    def __init__(self, parent: QWidget | None = None, *, collapses: bool = True) -> None:
        super().__init__(parent)
        self._full_text = ""
        self._collapses = collapses
        self.setProperty("dim", True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def full_text(self) -> str:
        """The whole text, however much of it there is room for."""
        return self._full_text

    def show_text(self, text: str) -> None:
        """Show `text`."""
        self._full_text = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text) or not self._collapses)
        self._elide()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(40, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        middle = Qt.TextElideMode.ElideMiddle
        self.setText(self.fontMetrics().elidedText(self._full_text, middle, self.width()))


class MessageLabel(QLabel):
    """A message or an error below the fields it belongs to; can be selected and copied.

    Hidden while it is empty.
    """

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

    def show_text(self, text: str) -> None:
        """Show `text`; hide the label if it is empty."""
        self._show(text, is_error=False)

    def show_error(self, text: str) -> None:
        """Show `text` as an error."""
        self._show(text, is_error=True)

    def _show(self, text: str, *, is_error: bool) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        if bool(self.property("bad")) != is_error:
            self.setProperty("bad", is_error)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setVisible(bool(text))
