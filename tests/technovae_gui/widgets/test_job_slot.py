"""A slot runs one job after the other, and none is lost."""

from __future__ import annotations

from typing import Any

import pytest

from core.workers import tasks
from technovae_gui.widgets.job_slot import JobSlot
from tests.technovae_gui.fakes import FakeJob


@pytest.fixture
def slot(qapp: object, fake_jobs: list[FakeJob]) -> JobSlot:
    return JobSlot("import")


def test_a_job_that_is_started_meanwhile_waits_and_is_reported(slot: JobSlot, qtbot: Any) -> None:
    results: list[object] = []
    slot.returned.connect(results.append)
    assert slot.start(tasks.import_audio, audio=["a"])
    with qtbot.waitSignal(slot.waiting) as waiting:
        assert not slot.start(tasks.import_audio, audio=["b"])
    assert waiting.args == ["Another import is under way; yours starts when it is done."]
    assert [job.arguments for job in FakeJob.running] == [{"audio": ["a"]}]
    with qtbot.waitSignal(slot.started):
        FakeJob.running[0].end("first")
    assert [job.arguments for job in FakeJob.running] == [{"audio": ["a"]}, {"audio": ["b"]}]
    assert slot.busy
    FakeJob.running[1].end("second")
    assert results == ["first", "second"]
    assert not slot.busy


def test_stopping_drops_what_waits_and_says_so(slot: JobSlot, qtbot: Any) -> None:
    slot.start(tasks.train)
    with qtbot.assertNotEmitted(slot.waiting):
        slot.cancel()
    slot.start(tasks.train)
    with qtbot.waitSignal(slot.waiting) as waiting:
        slot.cancel()
    assert "does not start either" in waiting.args[0]
    assert FakeJob.running[0].log == ["cancel", "cancel"]
    FakeJob.running[0].end("stopped")
    assert len(FakeJob.running) == 1
    assert not slot.busy


def test_closing_waits_for_nothing_that_was_not_started(slot: JobSlot) -> None:
    slot.start(tasks.train)
    slot.start(tasks.train)
    slot.close()
    assert FakeJob.running[0].log == ["close"]
    assert not slot.busy


def test_the_context_is_that_of_the_job_under_way(slot: JobSlot) -> None:
    seen: list[object] = []
    slot.started.connect(lambda: seen.append(slot.context))
    slot.returned.connect(lambda _: seen.append(slot.context))
    slot.start(tasks.train, context="first")
    slot.start(tasks.train, context="second")
    FakeJob.running[0].end(1)
    FakeJob.running[1].end(2)
    assert seen == ["first", "first", "second", "second"]
    assert slot.context is None
