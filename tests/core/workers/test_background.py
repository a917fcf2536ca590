"""Work on a thread, and errors that nobody caught, as they reach the main thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from core import log
from core.errors import InputError
from core.workers.background import Background, UncaughtErrors


@pytest.fixture
def background(qapp: object) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


def test_the_result_is_applied_on_the_main_thread(background: Background, qtbot: Any) -> None:
    threads: list[tuple[str, str]] = []
    background.submit(
        lambda: threading.current_thread().name,
        lambda name: threads.append((name, threading.current_thread().name)),
    )
    assert threads == []
    qtbot.waitUntil(lambda: bool(threads))
    ((worked, applied),) = threads
    assert worked.startswith("background")
    assert applied == threading.current_thread().name


def test_an_error_is_one_line_for_whoever_asked(background: Background, qtbot: Any) -> None:
    lines: list[str] = []

    def refuse() -> None:
        raise InputError("give another")

    background.submit(refuse, failed=lines.append)
    qtbot.waitUntil(lambda: bool(lines))
    assert lines == ["give another"]


def test_an_error_that_nobody_asks_for_is_a_problem(background: Background, qtbot: Any) -> None:
    def break_down() -> None:
        raise ZeroDivisionError("inside")

    with qtbot.waitSignal(background.problem) as problem:
        background.submit(break_down)
    assert "ZeroDivisionError: inside" in problem.args[0]
    assert str(log.path()) in problem.args[0]


def test_nothing_is_delivered_after_closing(background: Background, qtbot: Any) -> None:
    results: list[object] = []
    background.submit(lambda: 1, results.append)
    background.close()
    qtbot.wait(1)
    assert results == []


def test_an_uncaught_error_of_any_thread_reaches_the_main_one(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, name, lambda *_: None)
    log._install_hooks()
    errors = UncaughtErrors()
    reported_on: list[str] = []
    errors.reported.connect(lambda _: reported_on.append(threading.current_thread().name))

    def break_down() -> None:
        raise ZeroDivisionError("on a thread")

    with qtbot.waitSignal(errors.reported) as report:
        threading.Thread(target=break_down).start()
    assert "ZeroDivisionError: on a thread" in report.args[0]
    assert reported_on == [threading.current_thread().name]
    errors.close()
