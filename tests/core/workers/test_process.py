"""What a worker process does with calls, and what it finds when it starts."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core import log
from core.workers.process import WorkerProcess, perform
from core.workers.protocol import STOP, Call, Cancel, Error, Partial, Progress, Result
from tests.core.workers import sample_tasks


@pytest.fixture
def process() -> Iterator[WorkerProcess]:
    made = WorkerProcess(None, name="sample")
    yield made
    made.kill()
    made.join()


def answers(function: Callable[..., Any], **arguments: Any) -> list[Any]:
    """What `perform` sends, here."""
    sent: list[Any] = []
    perform(Call(3, function, arguments), None, sent.append, threading.Event())
    return sent


def test_a_function_gets_what_it_asks_for() -> None:
    sent = answers(sample_tasks.count, to=3)
    assert [answer.value for answer in sent if isinstance(answer, Partial)] == [0, 1, 2]
    assert sent[-2] == Progress(3, 3.0, 3.0, "at 2")
    assert isinstance(sent[-1], Result)
    assert sent[-1].value == 3
    assert {answer.id for answer in sent} == {3}


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (sample_tasks.refuse, "give another number"),
        (sample_tasks.break_down, "ZeroDivisionError: inside"),
        (sample_tasks.end_early, "EOFError: a file that ends too early"),
    ],
)
def test_failures_are_one_line(function: Callable[..., Any], text: str) -> None:
    (error,) = answers(function)
    assert isinstance(error, Error)
    assert not error.cancelled
    assert text in error.message
    assert "\n" not in error.message


def test_what_broke_inside_is_logged_in_full(caplog: pytest.LogCaptureFixture) -> None:
    (error,) = answers(sample_tasks.break_down)
    assert str(log.path()) in error.message
    assert "break_down" in caplog.text


def test_a_function_that_stops_as_asked_says_so() -> None:
    sent: list[Any] = []
    cancel = threading.Event()
    cancel.set()
    perform(Call(1, sample_tasks.wait_until_cancelled), None, sent.append, cancel)
    assert sent[-1].cancelled


def test_a_call_is_given_up_and_the_next_one_done(process: WorkerProcess) -> None:
    process.send(Call(1, sample_tasks.wait_until_cancelled))
    process.send(Call(2, sample_tasks.wait_until_cancelled))
    process.send(Cancel(2))  # before it was begun
    process.send(Call(3, sample_tasks.count, {"to": 1}))
    assert process.receive().value == "waiting"
    process.send(Cancel(1))
    answers = {}
    while 3 not in answers:
        answer = process.receive()
        if isinstance(answer, Result | Error):
            answers[answer.id] = answer
    assert answers[1].cancelled
    assert answers[2].cancelled
    assert answers[3].value == 1
    process.send(Cancel(3))  # long done: nothing to give up
    process.send(Call(4, sample_tasks.matrix_threads))
    assert process.receive().id == 4


def test_a_process_does_one_call_after_the_other(process: WorkerProcess) -> None:
    for number in range(2):
        process.send(Call(number, sample_tasks.matrix_threads))
        assert process.receive().id == number
    if os.name == "posix":  # Windows would end it
        os.kill(process.pid, signal.SIGINT)  # Ctrl-C reaches all: the parent decides
    process.send(Call(2, sample_tasks.wait_until_cancelled))
    assert process.receive().value == "waiting"
    process.send(STOP)
    assert process.receive().cancelled
    assert process.join() == 0


def matrix_threads() -> object:
    process = WorkerProcess(None, name="sample")
    process.send(Call(1, sample_tasks.matrix_threads))
    told = process.receive().value
    process.send(STOP)
    assert process.join() == 0
    return told


def test_matrices_are_multiplied_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert matrix_threads() == "1"
    assert "OPENBLAS_NUM_THREADS" not in os.environ


def test_the_user_s_own_choice_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    assert matrix_threads() == "3"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "3"
