"""Work in a process of its own: what it reports, how it stops, how it fails, how all end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QObject

from core.workers import jobs
from core.workers.jobs import Job
from core.workers.protocol import Alive, Priority
from core.workers.queue import Request
from core.workers.thread import close_workers
from tests.core.workers import sample_tasks
from tests.systems import needs_kill

PATIENCE = 240_000


class Log:
    """Writes down all signals of a job, in order."""

    def __init__(self, job: Job) -> None:
        self.all: list[tuple[str, Any]] = []
        for name in ("started", "cancelled", "finished"):
            getattr(job, name).connect(lambda it=name: self.all.append((it, None)))
        for name in ("emitted", "returned", "errored"):
            getattr(job, name).connect(lambda value, it=name: self.all.append((it, value)))

    def names(self) -> list[str]:
        return [name for name, _ in self.all]

    def value(self, name: str) -> Any:
        return next(value for found, value in self.all if found == name)


def run(qtbot: Any, job: Job) -> Log:
    log = Log(job)
    with qtbot.waitSignal(job.finished, timeout=PATIENCE):
        job.start()
    return log


def test_it_reports_and_returns(qtbot: Any) -> None:
    log = run(qtbot, Job(sample_tasks.count, {"to": 3}))
    assert log.names() == ["started", *["emitted"] * 3, "returned", "finished"]
    assert log.value("returned") == 3


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (sample_tasks.refuse, "give another number"),
        pytest.param(sample_tasks.die, "SIGKILL", marks=needs_kill),
    ],
)
def test_failures_are_one_line(qtbot: Any, function: Callable[..., Any], text: str) -> None:
    log = run(qtbot, Job(function, {}))
    assert log.names() == ["started", "errored", "finished"]
    assert text in log.value("errored")
    assert "\n" not in log.value("errored")


def test_it_stops_when_asked(qtbot: Any) -> None:
    job = Job(sample_tasks.wait_until_cancelled, {})
    log = Log(job)
    job.emitted.connect(lambda _: job.cancel())
    with qtbot.waitSignal(job.finished, timeout=PATIENCE):
        job.start()
    assert log.names() == ["started", "emitted", "cancelled", "finished"]


@needs_kill
@pytest.mark.parametrize(
    ("silence_ms", "most_cpu_seconds"),
    [
        pytest.param(1_500, jobs._MOST_CPU_SECONDS, id="does nothing"),
        pytest.param(40 * PATIENCE, -1.0, id="computes for ever"),
    ],
)
def test_what_does_not_stop_is_killed(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, silence_ms: int, most_cpu_seconds: float
) -> None:
    """By one of the limits alone: the other one lies beyond the test's patience."""
    monkeypatch.setattr(jobs, "_SILENCE_MS", silence_ms)
    monkeypatch.setattr(jobs, "_MOST_CPU_SECONDS", most_cpu_seconds)
    job = Job(sample_tasks.ignore_cancelling, {})
    log = Log(job)
    job.emitted.connect(lambda _: job.cancel())
    with qtbot.waitSignal(job.finished, timeout=PATIENCE):
        job.start()
    assert log.names() == ["started", "emitted", "cancelled", "finished"]


def test_what_was_asked_to_stop_has_time_as_long_as_it_works(qapp: Any) -> None:
    """A training on a busy machine measures and writes its best model for minutes."""
    job = Job(sample_tasks.wait_until_cancelled, {})
    request = Request(sample_tasks.wait_until_cancelled, {}, Priority.TASK, [])
    restarts: list[float] = []
    for cpu_seconds in (10.0, 10.001, 10.2, 10.21, 11.0):
        job._silence.start(1_000_000)
        job.on_alive(request, Alive(1, cpu_seconds))
        if job._silence.interval() != 1_000_000:
            restarts.append(cpu_seconds)
    assert restarts == [10.2, 11.0]


def test_all_are_asked_to_end_together_and_those_that_do_not_are_killed(qtbot: Any) -> None:
    window, room = QObject(), QObject()
    room.setParent(window)
    willing = Job(sample_tasks.wait_until_cancelled, {}, room)
    stubborn = Job(sample_tasks.ignore_cancelling, {}, window)
    logs = [Log(job) for job in (willing, stubborn)]
    with qtbot.waitSignals([willing.emitted, stubborn.emitted], timeout=PATIENCE):
        willing.start()
        stubborn.start()
    close_workers(window, 0.2)
    for job in (willing, stubborn):
        assert job.wait(0.0)  # there is nothing to wait for any more
    assert all(log.names() == ["started", "emitted"] for log in logs)
