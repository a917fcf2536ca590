"""A client and its service in a process of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.arrangement.clip import RealSource
from core.workers.protocol import Priority
from core.workers.service_client import ServiceClient
from core.workers.worker import WorkerConfig
from tests.core.workers import sample_service
from tests.core.workers.sample_service import SampleService
from tests.systems import needs_kill

PATIENCE = 240_000


class Log:
    """What a client reports, in order."""

    def __init__(self, client: ServiceClient) -> None:
        self.all: list[tuple[str, Any]] = []
        for name in ("ready", "refused", "failed", "died"):
            self._write(client, name)
        for name in ("partial_loop", "loop_ready", "spectrogram_ready"):
            self._write(client, name)

    def of(self, name: str) -> list[Any]:
        return [value for found, value in self.all if found == name]

    def keys(self) -> list[Any]:
        return [(name, value.key) for name, value in self.all if hasattr(value, "key")]

    def _write(self, client: ServiceClient, name: str) -> None:
        getattr(client, name).connect(lambda value: self.all.append((name, value)))


@pytest.fixture
def client(qapp: object) -> Iterator[ServiceClient]:
    made = ServiceClient(WorkerConfig("pretender", SampleService))
    yield made
    made.close()


@needs_kill
def test_from_a_request_to_its_answer_over_a_death(client: ServiceClient, qtbot: Any) -> None:
    log = Log(client)
    client.render("clip", RealSource("x"), 120.0)
    client.render("same clip", RealSource("x"), 120.0)
    client.render("wrong", sample_service.WRONG, 120.0)
    client.spectrogram("picture", RealSource("x"))
    client.audition("bar by bar", RealSource("x"), 121.0, "phase", 3)
    with qtbot.waitSignal(client.failed, timeout=PATIENCE):
        client.open(Path("4"), None, 1)
    assert log.keys() == [
        ("partial_loop", "bar by bar"),
        ("loop_ready", "bar by bar"),
        ("spectrogram_ready", "picture"),
        ("loop_ready", "clip"),
        ("loop_ready", "same clip"),
        ("failed", "wrong"),
    ]
    (partial,) = log.of("partial_loop")
    audition, clip, _ = log.of("loop_ready")
    assert (partial.loop[0, 0], audition.loop[0, 0]) == (3.0, 121.0)
    assert (audition.bpm, audition.renderer, audition.priority) == (121.0, "phase", 0)
    assert clip.priority == Priority.CLIP
    assert audition.loop.shape == (50_000, 2)
    assert not audition.loop.flags.writeable
    assert (log.of("spectrogram_ready")[0].spectrogram == 4.0).all()
    assert log.of("failed")[0].message == "not this one"
    assert log.of("ready")[0].model_hash == "model 4"

    assert client.pid is not None
    os.kill(client.pid, signal.SIGKILL)
    with qtbot.waitSignal(client.loop_ready, timeout=PATIENCE):
        client.audition("again", RealSource("x"), 122.0)
    assert "SIGKILL" in log.of("died")[0]


def test_a_session_that_is_refused_fails_what_is_asked_for(
    client: ServiceClient, qtbot: Any
) -> None:
    log = Log(client)
    with qtbot.waitSignal(client.refused, timeout=PATIENCE):
        client.open(Path("none"), None, 1)
    with qtbot.waitSignal(client.failed, timeout=PATIENCE):
        client.spectrogram("picture", RealSource("x"))
    assert log.of("failed")[0].message == "no such library"
    with qtbot.waitSignal(client.ready, timeout=PATIENCE):
        client.open(Path("2"), None, 2)
    with qtbot.waitSignal(client.spectrogram_ready, timeout=PATIENCE):
        client.spectrogram("picture", RealSource("x"))
    client.close()
    assert client.pid is None


def test_a_process_that_cannot_be_started_is_reported(
    client: ServiceClient, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("no second start")

    monkeypatch.setattr("core.workers.thread.WorkerProcess", refuse)
    client.render("never", RealSource("x"), 120.0)
    with qtbot.waitSignal(client.failed, timeout=PATIENCE):
        client.open(Path("1"))
