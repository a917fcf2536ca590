"""The keys of the map. Enter is not among them, and Space only while it is held (`space`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from technovae_gui.map.canvas import LASSO, PATH
from technovae_gui.map.choosing import MOVES

if TYPE_CHECKING:
    from technovae_gui.map.view import LatentMapView

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_STEP = 0.5
_ZOOM = 1.25
_FREE = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier


class Keys:
    """What each key does to a view."""

    def __init__(self, view: LatentMapView) -> None:
        self._view = view
        act = view.act
        self._actions: dict[int, Callable[[], object]] = {
            Qt.Key.Key_F: view.framing.fit,
            Qt.Key.Key_R: act.random,
            Qt.Key.Key_L: lambda: view.toggle_mode(LASSO),
            Qt.Key.Key_P: lambda: view.toggle_mode(PATH),
            Qt.Key.Key_M: view.tools.attributes.toggle,
            Qt.Key.Key_A: lambda: act.set_end("A"),
            Qt.Key.Key_B: lambda: act.set_end("B"),
            Qt.Key.Key_Slash: view.tools.search.setFocus,
            Qt.Key.Key_Plus: lambda: view.framing.zoom(_ZOOM),
            Qt.Key.Key_Equal: lambda: view.framing.zoom(_ZOOM),
            Qt.Key.Key_Minus: lambda: view.framing.zoom(1 / _ZOOM),
        }
        for key, (dx, dy) in ARROWS.items():
            self._actions[key] = lambda dx=dx, dy=dy: act.step(dx, dy)
        for number, name in enumerate(MOVES):
            for offset, step in ((0, -_STEP), (1, _STEP)):
                key = Qt.Key.Key_1 + 2 * number + offset
                self._actions[key] = lambda name=name, step=step: act.move_along(name, step)

    def takes(self, event: QKeyEvent) -> bool:
        """Whether `event` is for the map, so that no shortcut of the window gets it."""
        if event.modifiers() & ~_FREE:
            return False
        if event.key() == Qt.Key.Key_Escape:
            return self._view.act.has_something_to_leave()
        return self._view.scene.map is not None and event.key() in self._actions

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key of `event` does; whether it does anything."""
        if not self.takes(event):
            return False
        if event.key() == Qt.Key.Key_Escape:
            return self._view.act.leave()
        self._actions[event.key()]()
        return True
