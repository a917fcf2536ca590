"""Which keys and which entries of the context menu do what on the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from core.library.training_weights import WEIGHTS
from core.settings import PARTS
from technovae_gui.map.actions import MapActions
from technovae_gui.map.camera import Viewport
from technovae_gui.map.chosen_point import AXES
from technovae_gui.map.gestures import Hit
from technovae_gui.map.part_buttons import KEYS
from technovae_gui.map.scene import MapScene, MouseMode
from technovae_gui.map.tool_bar import ToolBar

_ARROWS = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, 1), "Down": (0, -1)}
_MOVE = 0.5
"""Standard deviations by which a key or a menu entry moves the chosen point."""
_ZOOM = 1.25
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


@dataclass(frozen=True)
class MapCommand:
    """Something that keys do on the map: its name, how it is called, its keys at first."""

    name: str
    text: str
    keys: tuple[str, ...]
    run: Callable[[], object]


class KeyBindings:
    """The keys of the map. Enter is not among them; the space bar is the canvas's.

    Attributes:
        commands: what keys do.
    """

    def __init__(
        self, scene: MapScene, actions: MapActions, viewport: Viewport, tools: ToolBar
    ) -> None:
        self._scene, self._actions = scene, actions
        lasso = partial(self._toggle_mode, MouseMode.LASSO)
        path = partial(self._toggle_mode, MouseMode.PATH)
        self.commands = [
            MapCommand("fit", "Show all of the map", ("F",), viewport.fit),
            MapCommand("random", "A random point", ("R",), actions.choose_random),
            MapCommand("lasso", "Lasso", ("L",), lasso),
            MapCommand("path", "Draw a path", ("P",), path),
            MapCommand("attributes", "Attribute sliders", ("M",), tools.attributes.toggle),
            MapCommand("a", "Set the end A of the morph", ("A",), partial(actions.set_end, "A")),
            MapCommand("b", "Set the end B of the morph", ("B",), partial(actions.set_end, "B")),
            MapCommand("search", "Find a track on the map", ("/",), tools.search.setFocus),
            MapCommand("zoom-in", "Zoom into the map", ("+", "="), partial(viewport.zoom, _ZOOM)),
            MapCommand(
                "zoom-out", "Zoom out of the map", ("-",), partial(viewport.zoom, 1 / _ZOOM)
            ),
        ]
        for number, part in enumerate(PARTS):
            key, toggle = chr(KEYS[number]), partial(actions.parts.toggle, number)
            alone, lock = (
                partial(run, number) for run in (actions.parts.solo, actions.toggle_lock)
            )
            self.commands += [
                MapCommand(f"part-{part}", f"Hear the {part}", (key,), toggle),
                MapCommand(f"solo-{part}", f"Hear the {part} alone", (f"Alt+{key}",), alone),
                MapCommand(f"lock-{part}", f"Lock the {part}", (f"Shift+{key}",), lock),
            ]
        for arrow, (dx, dy) in _ARROWS.items():
            step = partial(actions.step, dx, dy)
            text = f"Next dot {arrow.lower()}"
            self.commands.append(MapCommand(f"step-{arrow.lower()}", text, (arrow,), step))
        for number, name in enumerate(AXES):
            for sign, more in enumerate(("less", "more")):
                move = partial(actions.move_along, name, _MOVE * (2 * sign - 1))
                key = str(2 * number + sign + 1)
                text = f"{more.capitalize()} {name}"
                self.commands.append(MapCommand(f"{more}-{name}", text, (key,), move))
        self._keys = {command.name: command.keys for command in self.commands}
        self._bindings: dict[tuple[int, int], Callable[[], object]] = {}
        self._bind()

    def set_keys(self, name: str, keys: Sequence[str]) -> None:
        """Give a command other keys.

        Args:
            name: of the command.
            keys: as `QKeySequence` reads them.
        """
        self._keys[name] = tuple(keys)
        self._bind()

    def has(self, event: QKeyEvent) -> bool:
        """Whether the map has a use for the key, so that no shortcut of the window gets it."""
        return self._command(event) is not None

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key is bound to; whether it is bound to anything."""
        run = self._command(event)
        if run is None:
            return False
        run()
        return True

    def _bind(self) -> None:
        self._bindings = {}
        for command in self.commands:
            for key in self._keys[command.name]:
                combination = QKeySequence(key)[0]  # type: ignore[index]
                held = combination.keyboardModifiers().value
                self._bindings[held, combination.key()] = command.run

    def _command(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does now. Shift counts only where keys with it have a use: some keyboards need
        it for a slash."""
        held = event.modifiers() & _MODIFIERS
        if event.key() == Qt.Key.Key_Escape and not held:
            return self._actions.cancel if self._actions.can_cancel else None
        if self._scene.map is None:
            return None
        plain = self._bindings.get((held.value, event.key()))
        if event.modifiers() & _SHIFT:
            return self._bindings.get(((held | _SHIFT).value, event.key()), plain)
        return plain

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
            self.addAction("Hear as the model decodes it", partial(actions.choose_decoded, hit.row))
        self.addSeparator()
        self._add_placing()
        self.addSeparator()
        for name in "AB":
            self.addAction(f"Set morph end {name} here", partial(actions.set_end_at, name, hit))
        self._add_moves()
        self._add_learning()
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
                "Place as the model decodes it", partial(actions.place, hit, decoded=True)
            )
            decoded.setToolTip("Dragging with Ctrl does the same")
        path = self.addAction("Path through the selection", actions.connect_selected)
        path.setToolTip("To compose along, in the panel Compose")
        path.setEnabled(actions.can_connect)
        paths = self.addMenu("Paths")
        paths.setToolTipsVisible(True)
        actions.presets.fill(paths)

    def _add_learning(self) -> None:
        """What a training makes of the dot or of the selection."""
        actions, meant = self._actions, self._actions.meant(self._hit)
        count = f" ({len(meant):,} segments)" if len(meant) > 1 else ""
        learning = self.addMenu(f"Training{count}")
        learning.setToolTipsVisible(True)
        learning.setEnabled(bool(meant))
        for text, weight in WEIGHTS:
            learning.addAction(text, partial(actions.weigh, meant, weight))
        learning.addSeparator()
        only = learning.addAction("Learn from these alone…", partial(actions.learn, meant))
        only.setToolTip("Choose them for the next training, in the panel Train")

    def _add_moves(self) -> None:
        moves = self.addMenu("Move what is chosen")
        moves.setEnabled(self._actions.can_move)
        for name in AXES:
            moves.addAction(f"More {name}", partial(self._actions.move_along, name, _MOVE))
            moves.addAction(f"Less {name}", partial(self._actions.move_along, name, -_MOVE))
