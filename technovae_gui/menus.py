"""The menu bar: every command of the window, with its shortcut."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from technovae_gui.main_window import MainWindow


def build(window: MainWindow) -> None:
    """Fill the menu bar of `window`."""
    bar = window.menuBar()
    _file(window, bar.addMenu("&File"))
    _edit(window, bar.addMenu("&Edit"))
    _transport(window, bar.addMenu("&Transport"))
    _view(window, bar.addMenu("&View"))
    help_menu = bar.addMenu("&Help")
    add(window, help_menu, "Shortcuts", "F1", window.sheet.toggle)
    add(window, help_menu, "First steps", "", window.show_hint)


def add(
    window: MainWindow, menu: QMenu, text: str, keys: str, act: Callable[[], object]
) -> QAction:
    """An action in `menu` that works in the whole window."""
    action = QAction(text, window)
    if keys:
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    action.triggered.connect(lambda _=False: act())
    menu.addAction(action)
    return action


def _file(window: MainWindow, menu: QMenu) -> None:
    add(window, menu, "New project", "Ctrl+N", window.projects.new)
    add(window, menu, "Open project…", "Ctrl+O", window.filing.ask_open)
    recent = menu.addMenu("Recent projects")
    recent.aboutToShow.connect(lambda: _fill_recent(window, recent))
    add(window, menu, "Save", "Ctrl+S", window.filing.save)
    add(window, menu, "Save as…", "Ctrl+Shift+S", window.filing.ask_save)
    menu.addSeparator()
    add(window, menu, "Import audio…", "Ctrl+I", window.filing.ask_import)
    add(window, menu, "Export…", "Ctrl+E", window.show_export)
    menu.addSeparator()
    add(window, menu, "Quit", "Ctrl+Q", window.close)


def _fill_recent(window: MainWindow, menu: QMenu) -> None:
    menu.clear()
    for path in window.projects.recent():
        add(window, menu, path.stem, "", lambda it=path: window.projects.open(it))
    if menu.isEmpty():
        menu.addAction("none yet").setEnabled(False)


def _edit(window: MainWindow, menu: QMenu) -> None:
    stack = window.document.undo_stack
    undo = stack.createUndoAction(window, "Undo")
    undo.setShortcut(QKeySequence("Ctrl+Z"))
    redo = stack.createRedoAction(window, "Redo")
    redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
    menu.addActions([undo, redo])
    menu.addSeparator()
    menu.addActions(list(window.timeline.actions().values()))


def _transport(window: MainWindow, menu: QMenu) -> None:
    add(window, menu, "Play / pause", "Space", window.play_or_pause)
    add(window, menu, "Stop, silence the map", "Esc", window.stop)
    add(window, menu, "Back to the first bar", "Home", window.to_start)
    add(window, menu, "Repeat the loop region", "Ctrl+L", window.transport.loop.toggle)


def _view(window: MainWindow, menu: QMenu) -> None:
    for number in range(window.panels.side.count()):
        name = window.panels.side.tabText(number)
        act = partial(window.panels.show_tab_at, number)
        add(window, menu, name, f"Ctrl+{number + 1}", act)
    menu.addSeparator()
    add(window, menu, "Full screen", "F11", window.toggle_full_screen)
