"""Keys over the lanes that are no menu commands: arrows nudge, Escape ends a drag."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from technovae_gui.document import Document
from technovae_gui.timeline.mouse import Mouse
from technovae_gui.timeline.state import State

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Keys:
    """Turns key presses into edits."""

    def __init__(self, document: Document, state: State, mouse: Mouse) -> None:
        self._document, self._state, self._mouse = document, state, mouse
        self._nudger = Nudger(document)

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key says; False if it is not one of these."""
        if self._mouse.dragging:
            if event.key() == Qt.Key.Key_Escape:
                self._mouse.cancel()
            return True
        arrow = _ARROWS.get(Qt.Key(event.key()))
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if arrow is None or not plain or not self._document.selection:
            return False
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        ticks = arrow[0] * (60 if alt else self._state.snap.step)
        self._nudger.nudge(ticks, arrow[1])
        return True


class Nudger:
    """Nudges in a row are one step, from where the clips were: what lies between is not eaten."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._serial = 0
        self._ids: frozenset[str] = frozenset()
        self._before = self._after = document.arrangement
        self._ticks = self._lanes = 0

    def nudge(self, ticks: int, lanes: int) -> None:
        """Shift the selected clips by ticks and rows, as far as they go."""
        document = self._document
        if document.arrangement is not self._after or document.selection != self._ids:
            self._serial += 1
            self._before, self._ids = document.arrangement, document.selection
            self._ticks = self._lanes = 0
        self._ticks, self._lanes = self._within(self._ticks + ticks, self._lanes + lanes)
        document.edit("nudge", self._nudged, merge=("nudge", id(self), self._serial))
        self._after = document.arrangement

    def _nudged(self, _now: Arrangement) -> Arrangement:
        return edits.move(self._before, self._ids, ticks=self._ticks, lanes=self._lanes)

    def _within(self, ticks: int, lanes: int) -> tuple[int, int]:
        return edits.reach(self._before, self._ids, ticks=ticks, lanes=lanes)
