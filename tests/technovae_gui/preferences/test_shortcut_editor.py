"""The table of shortcuts: searched, changed, and conflicts shown before keys are taken."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from technovae_gui.preferences.shortcut_editor import ShortcutEditor
from technovae_gui.shortcuts import Command, Scope, Shortcuts


@pytest.fixture
def shortcuts(qapp: object) -> Shortcuts:
    made = Shortcuts()
    for command in (
        Command("save", "Save", Scope.WINDOW, ("Ctrl+S",)),
        Command("stop", "Stop", Scope.WINDOW, ("Esc",), "Esc also ends drags"),
        Command("split", "Split", Scope.TIMELINE, ("S",)),
        Command("zoom", "Zoom", Scope.TIMELINE, ("+", "=")),
        Command("fit", "Show all", Scope.MAP, ("F",)),
    ):
        made.add(command)
    return made


@pytest.fixture
def editor(shortcuts: Shortcuts, qtbot: Any) -> ShortcutEditor:
    made = ShortcutEditor(shortcuts)
    qtbot.addWidget(made)
    made.show()
    return made


def select(editor: ShortcutEditor, text: str) -> None:
    (item,) = editor.table.findItems(text, Qt.MatchFlag.MatchExactly)
    editor.table.setCurrentItem(item)


def lines(editor: ShortcutEditor) -> dict[str, str]:
    root = editor.table.invisibleRootItem()
    items = [root.child(number) for number in range(root.childCount())]
    return {item.text(0): item.text(1) for item in items if not item.isHidden()}


def test_it_lists_every_command_and_finds_them_by_name_key_or_place(editor: ShortcutEditor) -> None:
    assert lines(editor)["Zoom"] == "+, ="
    for words, found in (("split", {"Split"}), ("ctrl+s", {"Save"}), ("map", {"Show all"})):
        editor.search.setText(words)
        assert set(lines(editor)) == found
        assert editor.command is not None
        assert editor.command.text in found
    editor.search.setText("nothing like it")
    assert editor.command is None
    assert not editor.assign.isEnabled()


def test_a_key_is_pressed_and_assigned(
    editor: ShortcutEditor, shortcuts: Shortcuts, qtbot: Any
) -> None:
    select(editor, "Split")
    assert not editor.assign.isEnabled()
    qtbot.keyClick(editor.keys, Qt.Key.Key_K)
    assert not editor.message.text()
    editor.assign.click()
    assert shortcuts.keys("split") == ("K",)
    assert lines(editor)["Split"] == "K"
    editor.reset.click()
    assert lines(editor)["Split"] == "S"
    assert not editor.reset.isEnabled()


def test_a_conflict_is_shown_before_it_is_taken(
    editor: ShortcutEditor, shortcuts: Shortcuts, qtbot: Any
) -> None:
    select(editor, "Zoom")
    editor.layout().activate()
    where = editor.assign.pos()
    qtbot.keyClick(editor.keys, Qt.Key.Key_S)
    editor.layout().activate()
    assert "Split" in editor.message.text()
    assert shortcuts.keys("split") == ("S",)
    assert editor.assign.pos() == where  # the mouse is on its way to it
    editor.assign.click()
    assert (shortcuts.keys("zoom"), shortcuts.keys("split")) == (("S",), ())
    editor.reset_all.click()
    assert (shortcuts.keys("zoom"), shortcuts.keys("split")) == (("+", "="), ("S",))


def test_keys_that_stay_cannot_be_taken(editor: ShortcutEditor, qtbot: Any) -> None:
    select(editor, "Stop")
    assert not editor.keys.isEnabled()
    assert "Esc" in editor.message.text()
    select(editor, "Show all")
    editor.keys.setKeySequence("Esc")
    assert "Stop" in editor.message.text()
    assert not editor.assign.isEnabled()


def test_a_key_is_taken_away(editor: ShortcutEditor, shortcuts: Shortcuts) -> None:
    select(editor, "Save")
    editor.keys.clear()
    editor.assign.click()
    assert shortcuts.keys("save") == ()
