"""The keyboard shortcuts of the window: one table of all commands, which the user can change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEvent, QObject, QSettings, Signal
from PySide6.QtGui import QAction, QHelpEvent, QKeySequence
from PySide6.QtWidgets import QToolTip, QWidget

_SETTING = "shortcuts"


class Scope(Enum):
    """Where keys of a command work; its value is what the user reads."""

    WINDOW = "Everywhere"
    TIMELINE = "Timeline"
    MAP = "Map"

    def meets(self, other: Scope) -> bool:
        """Whether one key for a command of each would mean two things at once."""
        return self is other or Scope.WINDOW in (self, other)


@dataclass(frozen=True)
class Command:
    """What a shortcut does.

    Attributes:
        id: no other command has it; stays the same from version to version.
        text: as menus call it.
        scope: where its keys work.
        default: its keys at first, as `QKeySequence` writes them on all systems.
        fixed: why they cannot be changed; empty where they can.
    """

    id: str
    text: str
    scope: Scope
    default: tuple[str, ...]
    fixed: str = ""


class Shortcuts(QObject):
    """Knows the keys of every command, and keeps those that the user has changed.

    Signals:
        changed(): a command has other keys.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: dict[str, Command] = {}
        self._apply: dict[str, Callable[[Sequence[str]], object]] = {}
        self._own = _kept()

    @property
    def commands(self) -> tuple[Command, ...]:
        """All commands, in the order in which they were added."""
        return tuple(self._commands.values())

    def add(
        self, command: Command, apply: Callable[[Sequence[str]], object] = lambda _keys: None
    ) -> None:
        """Add a command.

        Args:
            command: with an id of its own.
            apply: gives it other keys; called now if the user has changed them.
        """
        assert command.id not in self._commands, f"the command {command.id!r} was added twice"
        self._commands[command.id] = command
        self._apply[command.id] = apply
        if command.id in self._own:
            apply(self._own[command.id])

    def add_action(self, command_id: str, action: QAction, scope: Scope) -> None:
        """Add a command that is an action; its keys now are those at first.

        Args:
            command_id: of its own.
            action: gets the keys that the user chooses.
            scope: where its keys work.
        """
        text = action.text().replace("&", "").partition("\t")[0]
        default = tuple(key.toString() for key in action.shortcuts())
        self.add(
            Command(command_id, text, scope, default),
            lambda keys: action.setShortcuts([QKeySequence(key) for key in keys]),
        )

    def keys(self, command_id: str) -> tuple[str, ...]:
        """The keys of a command, as `QKeySequence` writes them on all systems."""
        return self._own.get(command_id, self._commands[command_id].default)

    def text(self, command_id: str) -> str:
        """The first keys of a command as this system writes them; empty where it has none."""
        return native(self.keys(command_id)[:1])

    def is_changed(self, command_id: str) -> bool:
        """Whether a command has other keys than at first."""
        return command_id in self._own

    def conflicts(self, command_id: str, key: str) -> list[Command]:
        """Find the other commands that a key belongs to, where it would work for this one, too.

        Args:
            command_id: the command that is to get the key.
            key: as `QKeySequence` writes it on all systems.

        Returns:
            The commands, in the order in which they were added.
        """
        scope = self._commands[command_id].scope
        return [
            other
            for other in self.commands
            if other.id != command_id and scope.meets(other.scope) and key in self.keys(other.id)
        ]

    def set_keys(self, command_id: str, keys: Iterable[str]) -> None:
        """Give a command other keys, and take them from the commands that they conflict with.

        Args:
            command_id: which command.
            keys: as `QKeySequence` writes them on all systems; none leaves it without.
        """
        keys = tuple(keys)
        for key in keys:
            for other in self.conflicts(command_id, key):
                self._set(other.id, tuple(it for it in self.keys(other.id) if it != key))
        self._set(command_id, keys)
        self._keep()

    def reset(self, command_id: str) -> None:
        """Give a command the keys that it had at first, see `set_keys`."""
        self.set_keys(command_id, self._commands[command_id].default)

    def reset_all(self) -> None:
        """Give every command the keys that it had at first."""
        for command_id in tuple(self._own):
            if command_id in self._commands:
                self._set(command_id, self._commands[command_id].default)
        self._keep()

    def show_in_tip(self, widget: QWidget, *mentions: Sequence[str]) -> None:
        """Let a tool tip that names keys name those that commands have now.

        Args:
            widget: its tool tip, which may change, holds the keys at first in brackets: "(F)", or
                of several commands "(1, 2)".
            mentions: ids of the commands in each of the brackets.
        """
        _KeysInTip(widget, self, [[self._commands[name] for name in names] for names in mentions])

    def _set(self, command_id: str, keys: tuple[str, ...]) -> None:
        if keys == self._commands[command_id].default:
            self._own.pop(command_id, None)
        else:
            self._own[command_id] = keys
        self._apply[command_id](keys)

    def _keep(self) -> None:
        QSettings().setValue(_SETTING, {name: list(keys) for name, keys in self._own.items()})
        self.changed.emit()


class _KeysInTip(QObject):
    """Shows the tool tip of a widget with the keys that commands have now."""

    def __init__(
        self, widget: QWidget, shortcuts: Shortcuts, mentions: Sequence[Sequence[Command]]
    ) -> None:
        super().__init__(widget)
        self._widget, self._shortcuts, self._mentions = widget, shortcuts, mentions
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if not isinstance(event, QHelpEvent) or event.type() != QEvent.Type.ToolTip:
            return False
        text = self._widget.toolTip()
        for commands in self._mentions:
            before = ", ".join(native(it.default[:1]) for it in commands)
            now = ", ".join(filter(None, (self._shortcuts.text(it.id) for it in commands)))
            text = text.replace(f" ({before})", f" ({now})" if now else "")
        if text == self._widget.toolTip():
            return False
        QToolTip.showText(event.globalPos(), text, self._widget)
        return True


def native(keys: Iterable[str]) -> str:
    """Keys as this system writes them."""
    form = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(form) for key in keys)


def _kept() -> dict[str, tuple[str, ...]]:
    """The keys that the user has changed; what cannot be read is left out."""
    kept = QSettings().value(_SETTING)
    if not isinstance(kept, dict):
        return {}
    return {
        str(name): tuple(str(key) for key in keys)
        for name, keys in kept.items()
        if isinstance(keys, list)
    }
