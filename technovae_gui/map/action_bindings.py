"""Which keys and which entries of the context menu do what on the map."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from technovae_gui.map.actions import MapActions
from technovae_gui.map.camera import Viewport
from technovae_gui.map.chosen_point import AXES
from technovae_gui.map.gestures import Hit
from technovae_gui.map.part_buttons import KEYS
from technovae_gui.map.scene import MapScene, MouseMode
from technovae_gui.map.tool_bar import ToolBar

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_MOVE = 0.5
"""Standard deviations by which a key or a menu entry moves the chosen point."""
_ZOOM = 1.25
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_IGNORED_MODIFIERS = Qt.KeyboardModifier.KeypadModifier | _SHIFT


class KeyBindings:
    """The keys of the map. Enter is not among them; the space bar is the canvas's."""

    def __init__(
        self, scene: MapScene, actions: MapActions, viewport: Viewport, tools: ToolBar
    ) -> None:
        self._scene, self._actions = scene, actions
        self._shifted: dict[int, Callable[[], object]] = {}
        self._bindings: dict[int, Callable[[], object]] = {
            Qt.Key.Key_F: viewport.fit,
            Qt.Key.Key_R: actions.choose_random,
            Qt.Key.Key_L: partial(self._toggle_mode, MouseMode.LASSO),
            Qt.Key.Key_P: partial(self._toggle_mode, MouseMode.PATH),
            Qt.Key.Key_M: tools.attributes.toggle,
            Qt.Key.Key_A: partial(actions.set_end, "A"),
            Qt.Key.Key_B: partial(actions.set_end, "B"),
            Qt.Key.Key_Slash: tools.search.setFocus,
            Qt.Key.Key_Plus: partial(viewport.zoom, _ZOOM),
            Qt.Key.Key_Equal: partial(viewport.zoom, _ZOOM),
            Qt.Key.Key_Minus: partial(viewport.zoom, 1 / _ZOOM),
        }
        for part, key in enumerate(KEYS):
            self._bindings[key] = partial(actions.parts.toggle, part)
            self._shifted[key] = partial(actions.toggle_lock, part)
        for arrow, (dx, dy) in _ARROWS.items():
            self._bindings[arrow] = partial(actions.step, dx, dy)
        for number, name in enumerate(AXES):
            less = Qt.Key.Key_1 + 2 * number
            self._bindings[less] = partial(actions.move_along, name, -_MOVE)
            self._bindings[less + 1] = partial(actions.move_along, name, _MOVE)

    def has(self, event: QKeyEvent) -> bool:
        """Whether the map has a use for the key, so that no shortcut of the window gets it."""
        if event.modifiers() & ~_IGNORED_MODIFIERS:
            return False
        if event.key() == Qt.Key.Key_Escape:
            return self._actions.can_cancel
        return self._scene.map is not None and event.key() in self._bindings

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key is bound to; whether it is bound to anything."""
        if not self.has(event):
            return False
        if event.key() == Qt.Key.Key_Escape:
            self._actions.cancel()
        elif event.key() in self._shifted and event.modifiers() & _SHIFT:
            self._shifted[event.key()]()
        else:
            self._bindings[event.key()]()
        return True

    def _toggle_mode(self, mode: MouseMode) -> None:
        self._scene.set_mode(MouseMode.PICK if self._scene.mode == mode else mode)


class ContextMenu(QMenu):
    """The context menu of what is under the mouse. It is deleted when it closes."""

    def __init__(self, actions: MapActions, hit: Hit, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions, self._hit = actions, hit
        self.setToolTipsVisible(True)
        self.aboutToHide.connect(self.deleteLater)
        self.addAction("Hear", partial(actions.click, hit))
        if hit.row is not None:
            self.addAction("Hear as decoded latent", partial(actions.choose_decoded, hit.row))
        self.addSeparator()
        self._add_placing()
        self.addSeparator()
        for name in "AB":
            self.addAction(f"Set morph end {name} here", partial(actions.set_end_at, name, hit))
        self._add_moves()
        self.addSeparator()
        clear = self.addAction("Clear path, selection and highlights", actions.clear)
        clear.setEnabled(actions.can_cancel)

    def _add_placing(self) -> None:
        actions, hit = self._actions, self._hit
        several = len(actions.sources(hit)) > 1
        self.addAction(
            "Place the selection" if several else "Place on the timeline",
            partial(actions.place, hit, decoded=False),
        )
        if hit.row is not None:
            decoded = self.addAction(
                "Place as decoded latent", partial(actions.place, hit, decoded=True)
            )
            decoded.setToolTip("Dragging with Alt does the same")
        path = self.addAction("Path through the selection", actions.connect_selected)
        path.setToolTip("To compose along, in the panel Compose")
        path.setEnabled(actions.can_connect)

    def _add_moves(self) -> None:
        moves = self.addMenu("Move what is chosen")
        moves.setEnabled(self._actions.can_move)
        for name in AXES:
            moves.addAction(f"More {name}", partial(self._actions.move_along, name, _MOVE))
            moves.addAction(f"Less {name}", partial(self._actions.move_along, name, -_MOVE))
