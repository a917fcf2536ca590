"""A slot runs one job after the other, and none is lost."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from PySide6.QtCore import QObject, Signal

from core.workers import tasks
from technovae_gui.widgets import job_slot
from technovae_gui.widgets.job_slot import JobSlot


class FakeJob(QObject):
    """Ends when the test says so."""

    started = Signal()
    progress = Signal(float, float, str)
    emitted = Signal(object)
    returned = Signal(object)
    errored = Signal(str)
    cancelled = Signal()
    finished = Signal()
    running: ClassVar[list[FakeJob]] = []

    def __init__(
        self, function: Any, arguments: Any, generation: int = 0, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.arguments = arguments
        self.log: list[str] = []

    def start(self) -> None:
        FakeJob.running.append(self)
        self.started.emit()

    def cancel(self) -> None:
        self.log.append("cancel")

    def close(self, seconds: float) -> None:
        self.log.append("close")

    def end(self, result: object) -> None:
        self.returned.emit(result)
        self.finished.emit()


@pytest.fixture
def slot(qapp: object, monkeypatch: pytest.MonkeyPatch) -> JobSlot:
    monkeypatch.setattr(job_slot, "Job", FakeJob)
    monkeypatch.setattr(FakeJob, "running", [])
    return JobSlot()


def test_a_job_that_is_started_meanwhile_waits_and_the_user_is_told(
    slot: JobSlot, qtbot: Any
) -> None:
    results: list[object] = []
    slot.returned.connect(results.append)
    assert slot.start(tasks.import_audio, audio=["a"])
    with qtbot.waitSignal(slot.waiting) as waiting:
        assert not slot.start(tasks.import_audio, audio=["b"])
    assert "import audio" in waiting.args[0]
    assert [job.arguments for job in FakeJob.running] == [{"audio": ["a"]}]
    with qtbot.waitSignal(slot.started):
        FakeJob.running[0].end("first")
    assert [job.arguments for job in FakeJob.running] == [{"audio": ["a"]}, {"audio": ["b"]}]
    assert slot.busy
    FakeJob.running[1].end("second")
    assert results == ["first", "second"]
    assert not slot.busy


def test_stopping_drops_what_waits(slot: JobSlot) -> None:
    slot.start(tasks.train)
    slot.start(tasks.train)
    slot.cancel()
    assert FakeJob.running[0].log == ["cancel"]
    FakeJob.running[0].end("stopped")
    assert len(FakeJob.running) == 1
    assert not slot.busy


def test_closing_waits_for_nothing_that_was_not_begun(slot: JobSlot) -> None:
    slot.start(tasks.train)
    slot.start(tasks.train)
    slot.close()
    assert FakeJob.running[0].log == ["close"]
    assert not slot.busy
