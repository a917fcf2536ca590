"""The button of the metronome, with a menu of count-ins."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from technovae_gui.widgets import icons

COUNT_INS = {0: "No count-in", 1: "Count in one bar", 2: "Count in two bars"}
"""By the number of bars."""


class MetronomeButton(QToolButton):
    """Switches the click on and off, and holds how many bars it counts in before playing.

    Signals:
        changed(): either is another one.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(icons.icon("metronome"))
        self.setIconSize(icons.SIZE)
        self.setCheckable(True)
        self.setFixedSize(46, 30)
        self.setAccessibleName("Metronome")
        self.setToolTip(
            "Metronome: a click on every beat, never in exports (Ctrl+M).\n"
            "The arrow: count in before playing"
        )
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.setStyleSheet("QToolButton { padding: 0 14px 0 2px; }")
        menu = QMenu(self)
        self._bars = QActionGroup(self)
        self._actions: dict[int, QAction] = {}
        for bars, text in COUNT_INS.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(bars == 0)
            self._bars.addAction(action)
            self._actions[bars] = action
        self.setMenu(menu)
        self.toggled.connect(lambda _on: self.changed.emit())
        self._bars.triggered.connect(lambda _action: self.changed.emit())

    @property
    def count_in(self) -> int:
        """Bars that are counted in."""
        return next(bars for bars, action in self._actions.items() if action.isChecked())

    def restore(self, on: bool, count_in: int) -> None:
        """Show other settings.

        Args:
            on: whether it clicks.
            count_in: bars; a number that is not offered counts as none.
        """
        self._actions.get(count_in, self._actions[0]).setChecked(True)
        self.blockSignals(True)
        self.setChecked(on)
        self.blockSignals(False)
        self.changed.emit()
