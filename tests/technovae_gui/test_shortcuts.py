"""The table of shortcuts: what is changed works at once, and in the next window."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QSettings
from PySide6.QtGui import QAction, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget

from core import resources
from technovae_gui.library.beat_grid_editor import BeatGridEditor
from technovae_gui.main_window import MainWindow
from technovae_gui.shortcuts import Command, Scope, Shortcuts, native


@pytest.fixture
def shortcuts(qapp: object) -> Shortcuts:
    return Shortcuts()


def test_one_key_may_mean_two_things_in_two_places(shortcuts: Shortcuts) -> None:
    shortcuts.add(Command("a", "A", Scope.TIMELINE, ("M",)))
    shortcuts.add(Command("b", "B", Scope.MAP, ("M",)))
    shortcuts.add(Command("c", "C", Scope.WINDOW, ()))
    assert shortcuts.conflicts("a", "M") == []
    assert [it.id for it in shortcuts.conflicts("c", "M")] == ["a", "b"]
    shortcuts.set_keys("c", ["M"])
    assert [shortcuts.keys(it) for it in "abc"] == [(), (), ("M",)]
    shortcuts.reset("a")
    assert [shortcuts.keys(it) for it in "abc"] == [("M",), (), ()]


def test_what_is_changed_is_found_again(shortcuts: Shortcuts) -> None:
    action = QAction("&Save…")
    action.setShortcut("Ctrl+S")
    shortcuts.add_action("save", action, Scope.WINDOW)
    shortcuts.set_keys("save", ["Ctrl+K"])
    assert action.shortcut().toString() == "Ctrl+K"
    again, later = QAction("Save…"), Shortcuts()
    again.setShortcut("Ctrl+S")
    later.add_action("save", again, Scope.WINDOW)
    assert again.shortcut().toString() == "Ctrl+K"
    assert later.commands[0].text == "Save…"
    later.reset_all()
    assert again.shortcut().toString() == "Ctrl+S"
    assert not Shortcuts().is_changed("save")


@pytest.mark.parametrize("kept", ["odd", {"save": "Ctrl+K"}, {"save": [3]}, {"gone": ["K"]}])
def test_odd_settings_do_no_harm(kept: object) -> None:
    QSettings().setValue("shortcuts", kept)
    shortcuts = Shortcuts()
    shortcuts.add(Command("save", "Save", Scope.WINDOW, ("Ctrl+S",)))
    shortcuts.reset_all()
    assert shortcuts.keys("save") == ("Ctrl+S",)


def test_tool_tips_name_the_keys_of_now(
    shortcuts: Shortcuts, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setToolTip("Fit the map (F), move it (1, 2)")
    for name, key in (("fit", "F"), ("left", "1"), ("right", "2")):
        shortcuts.add(Command(name, name, Scope.MAP, (key,)))
    shortcuts.show_in_tip(widget, ["fit"], ["left", "right"])
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, _widget: shown.append(text))
    for keys in (["K"], []):
        shortcuts.set_keys("fit", keys)
        shortcuts.set_keys("left", ["L" if keys else "3"])
        event = QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(1, 1), QPoint(1, 1))
        QApplication.sendEvent(widget, event)
    assert shown == ["Fit the map (K), move it (L, 2)", "Fit the map, move it (3, 2)"]


def test_every_tool_tip_names_the_keys_of_now(
    qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every one of the window, once all commands have other keys; but for the keys that only the
    editor of beat grids has."""
    monkeypatch.setattr(resources, "has_parts_model", lambda: True)
    window = MainWindow(tmp_path / "sessions")
    qtbot.addWidget(window)
    shortcuts = window.shortcuts
    changeable = [command for command in shortcuts.commands if not command.fixed]
    first = {native(command.default[:1]) for command in changeable} - {"", "Return"}
    first |= {f"{one}, {two}" for one, two in itertools.product(first, repeat=2)}
    monkeypatch.setattr(QSettings, "setValue", lambda *_: None)
    for number, command in enumerate(changeable):
        shortcuts._set(command.id, (f"Ctrl+Alt+F{number % 34 + 1}",))
    shortcuts.changed.emit()
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, _widget: told.append(text))
    for widget in window.findChildren(QWidget):
        if not widget.toolTip() or isinstance(widget.parent(), BeatGridEditor):
            continue
        before = len(told)
        QApplication.sendEvent(
            widget, QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(1, 1), QPoint(1, 1))
        )
        if len(told) == before:
            told.append(widget.toolTip())
    side = window.panels.side
    told += [side.tabToolTip(number) for number in range(side.count())]
    brackets = {found for tip in told for found in re.findall(r"\(([^()]+)\)", tip)}
    assert not brackets & first
    assert len(told) > 100
    window.close()


def test_the_window_takes_chosen_keys(qtbot: Any, tmp_path: Path) -> None:
    QSettings().setValue("shortcuts", {"timeline-split": ["K"], "map-random": ["Ctrl+Alt+R"]})
    window = MainWindow(tmp_path / "sessions")
    qtbot.addWidget(window)
    shortcuts = window.shortcuts
    assert window.timeline.actions_by_name["split"].shortcut().toString() == "K"
    for command in shortcuts.commands:
        taken = {key: shortcuts.conflicts(command.id, key) for key in shortcuts.keys(command.id)}
        assert not any(taken.values()), (command, taken)
    shortcuts.set_keys("map-fit", ["G"])
    texts = [action.text() for action in window.findChildren(QAction)]
    assert "Show all of the map\tG" in texts
    window.sheet.toggle()
    labels = {label.text() for label in window.sheet.findChildren(QLabel)}
    assert {"G", "Ctrl+Alt+R"} <= labels
    assert all("{" not in text for text in labels)
    window.close()
