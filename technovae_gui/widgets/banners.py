"""Messages over the map that stay until they are dismissed, with buttons to act on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
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
from technovae_gui.widgets import icons

Action = tuple[str, Callable[[], object]]
"""Text of a button, and what it does; what that returns is not used."""
Kind = Literal["info", "warning", "error"]
_MAX_BANNERS = 3
_LEAST_WIDTH = 400
_MOST_WIDTH = 720
"""Pixels; longer lines are hard to read."""
_COLOURS: dict[Kind, str] = {"info": "DIM", "warning": "CAUTION", "error": "BAD"}
"""Names in `theme`."""


class Banners(QWidget):
    """A stack of at most three messages, newest at the bottom; one per `key`.

    They have no place in a layout: what comes and goes by itself must not move what the mouse is
    on.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._over: QWidget | None = None
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(theme.SPACE)
        self._banners: dict[str, QFrame] = {}
        self.hide()

    def lie_over(self, pane: QWidget) -> None:
        """Lie at the lower edge of a pane from now on, also where it moves.

        Args:
            pane: a widget inside the parent of the banners.
        """
        self._over = pane
        pane.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Go with the pane below."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        """Take the room that the messages need now."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def _place(self) -> None:
        parent = self.parentWidget()
        if self._over is None or parent is None or self.isHidden():
            return
        margin = 2 * theme.SPACE
        corner = self._over.mapTo(parent, QPoint(0, 0))
        # Where the pane is narrow, messages lie over its neighbour as well, not over what is above.
        room = parent.width() - corner.x() - 2 * margin
        width = max(min(self._over.width() - 2 * margin, _MOST_WIDTH), _LEAST_WIDTH)
        width = max(min(width, room), 0)
        height = self._rows.totalHeightForWidth(width)
        top = corner.y() + max(self._over.height() - margin - height, 0)
        self.setGeometry(corner.x() + margin, top, width, height)

    def show_message(
        self, key: str, text: str, *, kind: Kind = "error", actions: tuple[Action, ...] = ()
    ) -> None:
        """Show a message; where there are three, the oldest goes.

        Args:
            key: says what the message is about: it replaces an older one with the same key.
            text: one or two sentences.
            kind: sets the colour.
            actions: buttons; each dismisses the message as well.
        """
        self.dismiss(key)
        while len(self._banners) >= _MAX_BANNERS:
            self.dismiss(next(iter(self._banners)))
        row = self._row(key, text, kind, actions)
        self._banners[key] = row
        self._rows.addWidget(row)
        self.show()
        self.raise_()
        self._place()

    def dismiss(self, key: str) -> None:
        """Remove the message with `key`, if it is shown."""
        row = self._banners.pop(key, None)
        if row is not None:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.setVisible(bool(self._banners))
        self._place()

    def texts(self) -> dict[str, str]:
        """The texts shown, by key."""
        return {key: row.accessibleName() for key, row in self._banners.items()}

    def _row(self, key: str, text: str, kind: Kind, actions: tuple[Action, ...]) -> QFrame:
        row = QFrame()
        row.setAccessibleName(text)
        row.setObjectName("banner")
        edge = getattr(theme, _COLOURS[kind])
        row.setStyleSheet(
            f"#banner {{ background: {theme.RAISED}; border: 1px solid {theme.LINE_STRONG};"
            f" border-left: 4px solid {edge}; border-radius: {theme.RADIUS}px; }}"
        )
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line = QHBoxLayout(row)
        line.setContentsMargins(2 * theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        line.addWidget(label, 1)
        for name, act in actions:
            line.addWidget(self._action_button(key, name, act))
        line.addWidget(self._dismiss_button(key))
        return row

    def _action_button(self, key: str, name: str, act: Callable[[], object]) -> QPushButton:
        def pressed() -> None:
            self.dismiss(key)
            act()

        button = QPushButton(name)
        button.clicked.connect(pressed)
        return button

    def _dismiss_button(self, key: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon("close"))
        button.setIconSize(icons.SIZE)
        button.setToolTip("Dismiss")
        button.setAccessibleName("Dismiss message")
        button.clicked.connect(lambda: self.dismiss(key))
        return button
