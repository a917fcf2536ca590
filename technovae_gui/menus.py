"""The menu bar: every command of the window, with its shortcut."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

Command = tuple[str, str, Callable[[], object]]
"""A menu's text, its shortcut (empty for none), and what it does."""
SEPARATOR: Command = ("", "", lambda: None)


def add_commands(window: QMainWindow, menu: QMenu, commands: Sequence[Command]) -> None:
    """Add commands to a menu; their shortcuts work in the whole window.

    Args:
        window: whose shortcuts they are.
        menu: where they are added, in order.
        commands: `SEPARATOR` draws a line.
    """
    for command in commands:
        if command is SEPARATOR:
            menu.addSeparator()
        else:
            add_command(window, menu, *command)


def add_command(
    window: QMainWindow, menu: QMenu, text: str, keys: str, act: Callable[[], object]
) -> QAction:
    """Add a command to a menu.

    Args:
        window: owns the action; its shortcut works everywhere in it.
        menu: gets it at its end.
        text: in the menu; `&` marks the letter that chooses it.
        keys: the shortcut, such as "Ctrl+S"; empty for none.
        act: called when it is chosen.

    Returns:
        The action.
    """
    action = QAction(text, window)
    action.setObjectName(command_id(text))
    if keys:
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    action.triggered.connect(lambda _=False: act())
    menu.addAction(action)
    return action


def command_id(text: str) -> str:
    """What the command of a menu's text is called in the user's settings."""
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    return "-".join(words)


def add_toggle(
    window: QMainWindow, menu: QMenu, text: str, keys: str, act: Callable[[bool], object]
) -> QAction:
    """Add a command that is on or off to a menu, on at first.

    Args:
        window, menu, text, keys: as for `add_command`.
        act: called with its new state.

    Returns:
        The action.
    """
    action = add_command(window, menu, text, keys, lambda: None)
    action.setCheckable(True)
    action.setChecked(True)
    action.triggered.connect(act)
    return action


def add_recent(
    window: QMainWindow,
    menu: QMenu,
    recent: Callable[[], Sequence[Path]],
    open_project: Callable[[Path], object],
) -> None:
    """Add a menu of the projects that were open last, read anew each time it is shown.

    Args:
        window: owns the actions.
        menu: gets it at its end.
        recent: gives their files, the last one first.
        open_project: called with the one that is chosen.
    """
    submenu = menu.addMenu("Recent projects")

    def fill() -> None:
        submenu.clear()
        for path in recent():
            add_command(window, submenu, path.stem, "", partial(open_project, path))
        if submenu.isEmpty():
            submenu.addAction("none yet").setEnabled(False)

    submenu.aboutToShow.connect(fill)


def add_undo(window: QMainWindow, menu: QMenu, undo: QAction, redo: QAction) -> None:
    """Add the two actions of an undo stack with the keys that people expect.

    Args:
        window: for which the keys hold.
        menu: gets them at its end, and a separator.
        undo: the action that takes an edit back.
        redo: the action that makes it again.
    """
    undo.setObjectName("undo")
    redo.setObjectName("redo")
    undo.setShortcut(QKeySequence("Ctrl+Z"))
    redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
    menu.addActions([undo, redo])
    menu.addSeparator()


def add_actions(menu: QMenu, actions: Mapping[str, QAction]) -> None:
    """Add actions that a panel has made.

    Args:
        menu: gets them at its end.
        actions: by name, in the order in which they are shown.
    """
    menu.addActions(list(actions.values()))
