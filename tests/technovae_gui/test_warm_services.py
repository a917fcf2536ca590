"""A process goes from one window to the next, and only a whole one."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.workers.protocol import STOP, Call
from tests.systems import needs_kill
from tests.technovae_gui.warm_services import LentProcess, WarmServices

pytestmark = needs_kill


class Counter:
    """A service with a state."""

    def __init__(self) -> None:
        self.calls = 0

    def count(self) -> int:
        self.calls += 1
        return self.calls

    def hold(self, gate: Path) -> int:
        """Until somebody writes to `gate`, a named pipe."""
        gate.read_bytes()
        return self.count()


@pytest.fixture
def services() -> Iterator[WarmServices]:
    made = WarmServices()
    yield made
    made.close()


def lent(services: WarmServices) -> LentProcess:
    made = services.start(Counter, name="counter")
    assert isinstance(made, LentProcess)
    return made


def end(process: LentProcess) -> int | None:
    """As `core.workers.thread` does."""
    process.send(STOP)
    with contextlib.suppress(EOFError, OSError):
        while True:
            process.receive()
    return process.join()


def test_the_next_gets_the_same_process_and_no_answer_of_the_last(services: WarmServices) -> None:
    first = lent(services)
    first.send(Call(1, "count"))
    assert first.receive().value == 1
    first.send(Call(2, "count"))  # nobody takes the answer
    assert end(first) == 0
    second = lent(services)
    assert second.pid == first.pid
    second.send(Call(3, "count"))
    assert (found := second.receive()).id == 3
    assert found.value == 3
    other = lent(services)
    assert other.pid != second.pid
    for process in (second, other):
        assert end(process) == 0


def test_one_that_is_busy_goes_on_and_the_next_gets_nothing_of_it(
    services: WarmServices, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    first = lent(services)
    first.send(Call(1, "hold", {"gate": gate}))
    first.send(STOP)
    first.kill()
    with pytest.raises(EOFError):
        first.receive()
    assert first.join() == 0
    second = lent(services)
    assert second.pid == first.pid
    gate.write_bytes(b"go on")
    second.send(Call(2, "count"))
    assert second.receive().value == 2
    assert end(second) == 0


def test_one_that_is_killed_is_not_lent_again(services: WarmServices) -> None:
    first = lent(services)
    first.kill()
    assert end(first) == -signal.SIGKILL
    second = lent(services)
    assert second.pid != first.pid
    assert end(second) == 0
    os.kill(second.pid, signal.SIGKILL)
    os.waitid(os.P_PID, second.pid, os.WEXITED | os.WNOWAIT)
    third = lent(services)
    assert third.pid != second.pid
    third.kill()
    end(third)


def test_a_task_has_a_process_of_its_own(services: WarmServices) -> None:
    process = services.start(None, name="task")
    assert not isinstance(process, LentProcess)
    process.kill()
    assert process.join() != 0


def test_a_silent_one_ends_when_it_is_asked_to(services: WarmServices) -> None:
    services.silent = frozenset({Counter})
    for stop in (lambda it: it.send(STOP), lambda it: it.kill()):
        process = services.start(Counter, name="counter")
        process.send(Call(1, "count"))
        stop(process)
        with pytest.raises(EOFError):
            process.receive()
        assert process.join() == 0
