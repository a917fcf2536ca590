"""The question boxes: every button means what it says, Escape means stay."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from technovae_gui.project.questions import Leaving, MessageBoxes, OtherLibrary


@pytest.fixture
def no_questions() -> None:
    """Here they are asked."""


@pytest.fixture
def boxes(qtbot: Any) -> MessageBoxes:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return MessageBoxes(window)


def press(qtbot: Any, text: str) -> None:
    """Press the button of that text of the box that comes up next; "" is Escape."""

    def now() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(10, now)
        elif text:
            next(it for it in box.buttons() if it.text() == text).click()
        else:
            qtbot.keyClick(box, Qt.Key.Key_Escape)

    QTimer.singleShot(0, now)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Save", Leaving.SAVE),
        ("Don't save", Leaving.DISCARD),
        ("Cancel", Leaving.CANCEL),
        ("", Leaving.CANCEL),
    ],
)
def test_each_button_is_its_answer_before_leaving(
    boxes: MessageBoxes, qtbot: Any, text: str, answer: Leaving
) -> None:
    press(qtbot, text)
    assert boxes.ask_leaving("night") is answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("New project", OtherLibrary.NEW_PROJECT),
        ("Keep this arrangement", OtherLibrary.KEEP),
        ("Cancel", OtherLibrary.CANCEL),
        ("", OtherLibrary.CANCEL),
    ],
)
def test_another_library(boxes: MessageBoxes, qtbot: Any, text: str, answer: OtherLibrary) -> None:
    press(qtbot, text)
    assert boxes.ask_other_library("berlin", "built-in demo") is answer
