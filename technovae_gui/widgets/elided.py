"""A label for texts of any length."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """A line that loses its middle where it is too long; all of it is in the tool tip.

    It asks for no room, so that no window grows with what it says. `collapses`: whether it is
    hidden while it is empty.
    """

    def __init__(self, parent: QWidget | None = None, *, collapses: bool = True) -> None:
        super().__init__(parent)
        self._whole = ""
        self._collapses = collapses
        self.setProperty("dim", True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Show `text`."""
        self._whole = text
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
        self.setText(self.fontMetrics().elidedText(self._whole, middle, self.width()))
