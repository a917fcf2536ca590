"""The buttons of kick, bass, drums and rest in the map's tool bar."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QMouseEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QToolButton, QWidget

from core.resources import PARTS_MISSING
from core.settings import PARTS
from technovae_gui import theme
from technovae_gui.map.dot_placement import CHOICES, WHOLE
from technovae_gui.map.part_choice import PartChoice
from technovae_gui.widgets import forms, icons

KEYS: Final = (Qt.Key.Key_Z, Qt.Key.Key_X, Qt.Key.Key_C, Qt.Key.Key_V)
"""Of each part; with Shift they lock."""
_WIDTH: Final = 66
_HEIGHT: Final = 30
_BOX_WIDTH: Final = 128
_PLACEMENT_TIP: Final = "What lies together on the map: whole sounds, or one part that is alike"
_LOCK: Final = 13
_STYLE: Final = f"""
QToolButton {{ padding: 0 2px; border-bottom: 2px solid {theme.ACCENT}; }}
QToolButton[muted="true"]:!hover {{ background: {theme.GROUND}; }}
QToolButton[muted="true"] {{ color: {theme.DIM};
    border-bottom-color: {theme.LINE}; text-decoration: line-through; }}
QToolButton[locked="true"] {{ border-color: {theme.WARM}; }}
QToolButton:disabled {{ color: {theme.DISABLED}; border-bottom-color: {theme.LINE}; }}
"""


class PartButtons(QWidget):
    """A button for each part: lit while it is heard, struck through while it is muted, with a
    padlock while it is locked.

    Signals:
        toggled(int), soloed(int), lock_toggled(int): what is to be done with a part, by its number.
        cleared(): all parts are to be heard, none locked.
        placement_chosen(str): what the dots of the map are to lie by.
    """

    toggled = Signal(int)
    soloed = Signal(int)
    lock_toggled = Signal(int)
    cleared = Signal()
    placement_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setStyleSheet(_STYLE)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE // 2)
        row.addWidget(forms.side_label("Parts"))
        row.addSpacing(theme.SPACE // 2)
        self.buttons = tuple(_PartButton(self, part) for part in range(len(PARTS)))
        for button in self.buttons:
            row.addWidget(button)
        self.placement = _placement_box()
        self.placement.activated.connect(self._choose_placement)
        row.addSpacing(2 * theme.SPACE)
        row.addWidget(forms.side_label("Layout"))
        row.addSpacing(theme.SPACE // 2)
        row.addWidget(self.placement)

    def show_choice(self, choice: PartChoice) -> None:
        """Show which parts are muted and locked."""
        self.setEnabled(choice.available)
        self.placement.setToolTip(_PLACEMENT_TIP if choice.available else PARTS_MISSING)
        for part, button in enumerate(self.buttons):
            button.show_state(choice.available, choice.muted[part], part in choice.locked)

    def show_placement(self, by: str) -> None:
        """Show what the dots of the map lie by, one of `dot_placement.CHOICES`."""
        self.placement.setCurrentIndex(self.placement.findData(by))

    def menu(self, part: int) -> QMenu:
        """What can be done with a part; the menu deletes itself once it is closed."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        button = self.buttons[part]
        menu.addAction("Hear it" if button.muted else "Mute", partial(self.toggled.emit, part))
        menu.addAction("Solo", partial(self.soloed.emit, part))
        lock = "Unlock" if button.locked else "Lock: it stays when another point is chosen"
        menu.addAction(lock, partial(self.lock_toggled.emit, part))
        menu.addSeparator()
        menu.addAction("Hear all, lock none", self.cleared.emit)
        return menu

    @Slot(int)
    def _choose_placement(self, row: int) -> None:
        self.placement_chosen.emit(self.placement.itemData(row))


def _placement_box() -> QComboBox:
    box = QComboBox()
    for by in CHOICES:
        box.addItem("Whole sound" if by == WHOLE else f"{by.capitalize()} alike", by)
    box.setAccessibleName("What lies together on the map")
    box.setFixedWidth(_BOX_WIDTH)
    return box


_ALONE: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class _PartButton(QToolButton):
    """Click mutes, Ctrl+click solos, Shift+click locks.

    Alt+click solos, too; under many window managers it moves the window.
    """

    def __init__(self, row: PartButtons, part: int) -> None:
        super().__init__(row)
        self._row, self._part = row, part
        self._lock = icons.icon("lock")
        self.muted = self.locked = False
        self.setText(PARTS[part].capitalize())
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(icons.SIZE * (_LOCK / icons.SIZE.width()))
        self.setFixedSize(_WIDTH, _HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.clicked.connect(lambda: row.toggled.emit(part))
        self.show_state(False, False, False)

    def show_state(self, available: bool, muted: bool, locked: bool) -> None:
        """Show whether the part can be chosen, is muted, and is locked."""
        self.muted, self.locked = muted, locked
        self.setIcon(self._lock if locked else QIcon())
        self.setProperty("muted", muted)
        self.setProperty("locked", locked)
        self.style().unpolish(self)
        self.style().polish(self)
        name, key = PARTS[self._part], chr(KEYS[self._part])
        states = [*(["muted"] if muted else []), *(["locked"] if locked else [])]
        self.setAccessibleName(f"{name.capitalize()}{''.join(f', {state}' for state in states)}")
        self.setToolTip(
            f"{name.capitalize()}: heard or not ({key})\nCtrl+click: alone (Alt+{key})\n"
            f"Shift+click: locked (Shift+{key}), it stays when another point is chosen"
            if available
            else PARTS_MISSING
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        modifiers = event.modifiers()
        alone = bool(modifiers & _ALONE)
        locks = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if event.button() != Qt.MouseButton.LeftButton or not (alone or locks):
            super().mouseReleaseEvent(event)
            return
        self.setDown(False)
        if self.rect().contains(event.position().toPoint()):
            (self._row.soloed if alone else self._row.lock_toggled).emit(self._part)

    def _show_menu(self, at: QPoint) -> None:
        self._row.menu(self._part).popup(self.mapToGlobal(at))
