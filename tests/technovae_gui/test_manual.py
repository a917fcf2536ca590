"""What the manual and the README say of keys, menus and words on the screen is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction

from core import resources
from technovae_gui.main_window import MainWindow

ROOT = Path(__file__).parents[2]
DOCUMENTS = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "docs/manual.md")}
PROSE = re.sub(r"```.*?```|`[^`\n]*`|\s+", " ", "\n".join(DOCUMENTS.values()), flags=re.S)
COMBINED = re.compile(r"\b(?:(?:Ctrl|Alt|Shift)\+)+\w+|\bF\d+\b")
MOUSE = ("click", "drag")
SINGLE = {
    "R goes to a random place": {"R": "map-random"},
    "A and B make the place the ends of a morph": {"A": "map-a", "B": "map-b"},
    "Z X C V mute kick, bass, drums and rest": {
        "Z": "map-part-kick",
        "X": "map-part-bass",
        "C": "map-part-drums",
        "V": "map-part-rest",
    },
    "keys Z X C V) mute kick, bass, drums and rest": {"Z": "map-part-kick"},
    "P draws a path": {"P": "map-path"},
    "G: a point at the playhead": {"G": "timeline-gain_point"},
    "S splits at the playhead, 0 mutes": {"S": "timeline-split", "0": "timeline-mute_clip"},
    "M puts a marker at the playhead": {"M": "timeline-add_marker"},
    "Keys 1 to 9 go there": {"1": "timeline-marker_1", "9": "timeline-marker_9"},
    "The curve button (or A) opens": {"A": "timeline-automation"},
    "automation that is drawn below them (A)": {"A": "timeline-automation"},
}
"""Where documents name keys of one letter, and the commands that they have."""
COMBINATIONS = {
    "Ctrl+2": "panel-library",
    "Ctrl+3": "panel-train",
    "Ctrl+4": "panel-compose",
    "Ctrl+6": "panel-history",
    "Ctrl+E": "export",
    "Ctrl+J": "timeline-consolidate",
    "Ctrl+R": "timeline-reverse",
    "Ctrl+S": "save",
    "Ctrl+Shift+A": "timeline-automation_follows",
    "Ctrl+Shift+D": "timeline-repeat_time",
    "Ctrl+Shift+J": "timeline-take_apart",
    "Ctrl+comma": "preferences",
    "F1": "shortcuts",
}
"""What the documents say that these keys do."""
TYPED = {"8A"}
"""What is set in italics and typed by the user."""
PUT_TOGETHER = {
    "A training learns from 212 of 240 segments, 12 of them more often": "a training learns",
    "Kick alike": " alike",
}
"""What is set in italics and has numbers or names in it, and a piece of it in the code."""


@pytest.fixture
def window(qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The window, before any library is opened."""
    monkeypatch.setattr(resources, "has_parts_model", lambda: True)
    made = MainWindow(tmp_path / "sessions")
    qtbot.addWidget(made)
    return made


def test_keys_do_what_the_documents_say(window: MainWindow) -> None:
    named = {key for key in COMBINED.findall(PROSE) if not key.endswith(MOUSE)}
    assert named == set(COMBINATIONS)
    assert not [phrase for phrase in SINGLE if phrase not in PROSE]
    keys = {command.id: command.default for command in window.shortcuts.commands}
    for key, command in COMBINATIONS.items():
        assert key.replace("comma", ",") in keys[command], command
    for commands in SINGLE.values():
        for key, command in commands.items():
            assert key in keys[command], command
    window.close()


def test_menus_that_the_documents_name_are_there(window: MainWindow) -> None:
    named = re.findall(r"(File|Edit|Transport|View|Help) > ([A-Z]\w+)", PROSE)
    assert named
    for title, entry in named:
        (menu,) = [it for it in window.menuBar().actions() if plain(it) == title]
        assert entry in [plain(action) for action in menu.menu().actions()]
    window.close()


def test_words_in_italics_are_on_the_screen() -> None:
    words = set(re.findall(r"(?<![*\w])\*([^*]+)\*(?!\*)", DOCUMENTS["docs/manual.md"])) - TYPED
    assert words
    shown = constants()
    assert not [it for it in words if PUT_TOGETHER.get(it, it).lower() not in shown]


def plain(action: QAction) -> str:
    """What an entry of a menu is called."""
    return action.text().replace("&", "").rstrip("…")


def constants() -> set[str]:
    """Every text in the window's code, and the pieces of those that are put together; in small
    letters."""
    return {
        node.value.replace("&", "").lower()
        for path in (ROOT / "technovae_gui").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
