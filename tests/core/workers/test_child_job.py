"""Work in a child: what it tells, how it stops, how it fails."""

from __future__ import annotations

from typing import Any

import pytest

from core.workers.child_job import ChildJob
from tests.core.workers import jobs_to_run


class Heard:
    """Writes down all signals of a job, in order."""

    def __init__(self, job: ChildJob) -> None:
        self.all: list[tuple[str, Any]] = []
        for name in ("started", "cancelled", "finished"):
            getattr(job, name).connect(lambda it=name: self.all.append((it, None)))
        for name in ("emitted", "returned", "errored"):
            getattr(job, name).connect(lambda value, it=name: self.all.append((it, value)))

    def names(self) -> list[str]:
        return [name for name, _ in self.all]

    def value(self, name: str) -> Any:
        return next(value for found, value in self.all if found == name)


def run(qtbot: Any, job: ChildJob) -> Heard:
    heard = Heard(job)
    with qtbot.waitSignal(job.finished, timeout=30_000):
        job.start()
    return heard


def test_it_tells_and_returns(qtbot: Any) -> None:
    heard = run(qtbot, ChildJob(jobs_to_run.count, to=3))
    assert heard.names() == ["started", *["emitted"] * 3, "returned", "finished"]
    assert heard.value("returned") == 3


@pytest.mark.parametrize(
    ("work", "text"),
    [
        (jobs_to_run.refuse, "give another number"),
        (jobs_to_run.break_down, "ZeroDivisionError"),
        (jobs_to_run.die, "SIGKILL"),
    ],
)
def test_failures_are_one_line(qtbot: Any, work: Any, text: str) -> None:
    heard = run(qtbot, ChildJob(work))
    assert heard.names() == ["started", "errored", "finished"]
    assert text in heard.value("errored")
    assert "\n" not in heard.value("errored")


def test_it_stops_when_asked(qtbot: Any) -> None:
    job = ChildJob(jobs_to_run.wait_long)
    heard = Heard(job)
    job.emitted.connect(lambda _: job.cancel())
    with qtbot.waitSignal(job.finished, timeout=30_000):
        job.start()
    assert heard.names() == ["started", "emitted", "cancelled", "finished"]


def test_closing_waits_for_the_child(qtbot: Any) -> None:
    job = ChildJob(jobs_to_run.wait_long)
    with qtbot.waitSignal(job.emitted, timeout=30_000):
        job.start()
    job.cancel()
    assert job.wait(20_000)
    qtbot.wait(20)
