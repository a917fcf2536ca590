"""Messages, help, and work off the main thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from core.errors import InputError
from core.workers.background import Background
from technovae_gui.widgets.banners import Banners
from technovae_gui.widgets.overlays import ShortcutSheet, WelcomeCard


@pytest.fixture
def background(qapp: object) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


def test_a_result_is_applied_on_the_main_thread(background: Background, qtbot: Any) -> None:
    seen: list[tuple[int, str, str]] = []
    background.submit(
        lambda: threading.current_thread().name,
        lambda where: seen.append((1, where, threading.current_thread().name)),
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][1].startswith("background")
    assert seen[0][2] == threading.main_thread().name


@pytest.mark.parametrize(
    ("error", "text"),
    [(InputError("give a number"), "give a number"), (ZeroDivisionError("x"), "went wrong inside")],
)
def test_an_error_becomes_one_line(
    background: Background, qtbot: Any, error: Exception, text: str
) -> None:
    def work() -> None:
        raise error

    with qtbot.waitSignal(background.problem) as told:
        background.submit(work)
    assert text in told.args[0]
    assert "\n" not in told.args[0]


def test_nothing_arrives_after_closing(background: Background, qtbot: Any) -> None:
    seen: list[int] = []
    background.submit(lambda: 1, seen.append)
    background.close()
    qtbot.wait(30)
    background.submit(lambda: 2, seen.append)
    qtbot.wait(30)
    assert seen == []


def test_a_banner_has_its_actions_and_goes_when_dismissed(qtbot: Any) -> None:
    banners = Banners()
    qtbot.addWidget(banners)
    done: list[str] = []
    banners.show_message(
        "a", "Something is missing", actions=(("Find…", lambda: done.append("f")),)
    )
    banners.show_message("b", "Another thing", kind="info")
    assert set(banners.texts()) == {"a", "b"}
    button = next(b for b in banners.findChildren(QPushButton) if b.text() == "Find…")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == ["f"]
    assert set(banners.texts()) == {"b"}
    banners.dismiss("b")
    assert banners.isHidden()


def test_at_most_three_banners_and_one_a_key(qtbot: Any) -> None:
    banners = Banners()
    qtbot.addWidget(banners)
    for number in range(5):
        banners.show_message(f"k{number}", f"line {number}")
    banners.show_message("k4", "again")
    assert banners.texts() == {"k2": "line 2", "k3": "line 3", "k4": "again"}


def test_the_hint_names_three_steps_and_goes_for_good(qtbot: Any) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(900, 600)
    hint = WelcomeCard(parent)
    parent.show()
    hint.show()
    with qtbot.waitSignal(hint.dismissed):
        qtbot.mouseClick(hint.button, Qt.MouseButton.LeftButton)
    assert hint.isHidden()


def test_any_key_closes_the_sheet(qtbot: Any) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(1000, 700)
    parent.show()
    sheet = ShortcutSheet(parent)
    sheet.toggle()
    assert sheet.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_X)
    assert sheet.isHidden()
