"""A part of a panel that can be folded away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from technovae_gui import theme


class Fold(QWidget):
    """A heading that opens and closes what is below it.

    Signals:
        toggled(bool open)
    """

    toggled = Signal(bool)

    def __init__(
        self, title: str, content: QWidget, *, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.content = content
        self.head = QToolButton()
        self.head.setText(title)
        self.head.setToolTip(tip)
        self.head.setAccessibleName(title)
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # The theme fills what is checked; an open section is no pressed button.
        self.head.setStyleSheet(
            f"QToolButton, QToolButton:checked {{ border: 1px solid transparent; padding: 3px 2px;"
            f" background: transparent; color: {theme.DIM}; font-weight: 600; }}"
            f" QToolButton:hover {{ color: {theme.TEXT}; }}"
            f" QToolButton:focus {{ border-color: {theme.ACCENT}; }}"
        )
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        rows.addWidget(self.head)
        rows.addWidget(content, 1)
        self.head.toggled.connect(self._toggled)
        self._toggled(False)

    @property
    def is_open(self) -> bool:
        """Whether the content shows."""
        return self.head.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        self.head.setChecked(is_open)

    def _toggled(self, is_open: bool) -> None:
        arrows = Qt.ArrowType
        self.head.setArrowType(arrows.DownArrow if is_open else arrows.RightArrow)
        self.content.setVisible(is_open)
        self.toggled.emit(is_open)
