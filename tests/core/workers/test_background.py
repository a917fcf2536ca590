"""Work off the main thread, its results applied on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication

from core.errors import InputError
from core.workers.background import Background


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


def test_nothing_arrives_after_closing(background: Background) -> None:
    seen: list[int] = []
    background.submit(lambda: 1, seen.append)
    background.close()  # waits for the thread, so whatever is delivered lies in the queue now
    background.submit(lambda: 2, seen.append)
    QCoreApplication.processEvents()
    assert seen == []
