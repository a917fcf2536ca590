"""Messages over the map."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from technovae_gui.widgets.banners import Banners


def test_a_banner_has_its_actions_and_goes_when_dismissed(qtbot: QtBot) -> None:
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


def test_at_most_three_banners_and_one_a_key(qtbot: QtBot) -> None:
    banners = Banners()
    qtbot.addWidget(banners)
    for number in range(5):
        banners.show_message(f"k{number}", f"line {number}")
    banners.show_message("k4", "again")
    assert banners.texts() == {"k2": "line 2", "k3": "line 3", "k4": "again"}


def test_over_a_small_pane_messages_do_not_reach_what_is_above_it(qtbot: QtBot) -> None:
    """Fault: three messages over the smallest map reached beyond the top of the window."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1024, 640)
    pane = QWidget(window)
    pane.setGeometry(0, 48, 280, 180)
    banners = Banners(window)
    banners.lie_over(pane)
    window.show()
    text = "The library that these clips are from is not where it was when this was saved."
    for key in "abc":
        buttons = ((name, list) for name in ("Find the library…", "Keep them silent"))
        banners.show_message(key, text, actions=tuple(buttons))
    qtbot.waitUntil(lambda: banners.height() > 100)
    assert banners.y() >= pane.y()
    assert window.rect().contains(banners.geometry())
