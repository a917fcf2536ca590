"""Messages that stay until read: one line, what to do about it, and a way to put it away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from technovae_gui import theme

Action = tuple[str, Callable[[], None]]
_MOST = 3
_COLOURS = {"info": theme.ACCENT, "warning": theme.WARM, "error": theme.BAD}


class Banners(QWidget):
    """A stack of at most three messages, newest at the bottom; one per `key`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(1)
        self._shown: dict[str, QFrame] = {}
        self.hide()

    def show_message(
        self, key: str, text: str, *, kind: str = "error", actions: tuple[Action, ...] = ()
    ) -> None:
        """Show `text`; an older message of the same `key` goes. `kind`: info, warning, error."""
        self.dismiss(key)
        while len(self._shown) >= _MOST:
            self.dismiss(next(iter(self._shown)))
        row = self._row(key, text, kind, actions)
        self._shown[key] = row
        self._rows.addWidget(row)
        self.show()

    def dismiss(self, key: str) -> None:
        """Put the message of `key` away, if it is there."""
        row = self._shown.pop(key, None)
        if row is not None:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.setVisible(bool(self._shown))

    def texts(self) -> dict[str, str]:
        """What is shown, by key."""
        return {key: row.accessibleName() for key, row in self._shown.items()}

    def _row(self, key: str, text: str, kind: str, actions: tuple[Action, ...]) -> QFrame:
        row = QFrame()
        row.setAccessibleName(text)
        row.setObjectName("banner")
        row.setStyleSheet(
            f"#banner {{ background: {theme.RAISED}; border-left: 4px solid {_COLOURS[kind]}; }}"
        )
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line = QHBoxLayout(row)
        line.setContentsMargins(2 * theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        line.addWidget(label, 1)
        for name, act in actions:
            line.addWidget(self._button(key, name, act))
        line.addWidget(self._closer(key))
        return row

    def _button(self, key: str, name: str, act: Callable[[], None]) -> QPushButton:
        def pressed() -> None:
            self.dismiss(key)
            act()

        button = QPushButton(name)
        button.clicked.connect(pressed)
        return button

    def _closer(self, key: str) -> QToolButton:
        button = QToolButton()
        button.setText("✕")
        button.setToolTip("Dismiss")
        button.setAccessibleName("Dismiss message")
        button.clicked.connect(lambda: self.dismiss(key))
        return button
