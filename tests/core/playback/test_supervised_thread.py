from __future__ import annotations

import logging
import threading

import pytest

from core.playback.supervised_thread import LONGEST_PAUSE, Backoff, SupervisedThread


class Worker(SupervisedThread):
    """Fails in its first `failures` rounds, and in `recover` and `clean_up` as well."""

    def __init__(self, failures: int) -> None:
        super().__init__("worker", "the work", longest_pause=0.01)
        self.failures = failures
        self.set_ups = self.rounds = self.recovered = 0
        self.succeeded = threading.Event()

    def set_up(self) -> None:
        self.set_ups += 1
        if self.set_ups == 1:
            raise OSError("not yet")

    def serve(self) -> None:
        self.rounds += 1
        if self.rounds <= self.failures:
            raise ValueError("one\n two")
        self.succeeded.set()
        self._stopping.wait(1.0)

    def recover(self, error: Exception) -> None:
        self.recovered += 1
        raise KeyError("again")

    def clean_up(self) -> None:
        raise RuntimeError("at the end")


def test_it_goes_on_after_any_error_and_reports_it(caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker(failures=5)
    with caplog.at_level(logging.ERROR):
        worker.start()
        try:
            assert worker.succeeded.wait(60)
            assert worker.problem == "the work failed (one two) and starts again by itself"
        finally:
            worker.stop()
    assert not worker.is_alive()
    assert (worker.set_ups, worker.rounds, worker.recovered) == (2, 6, 6)
    logged = [record.exc_info[0] for record in caplog.records if record.exc_info]
    assert (logged.count(OSError), logged.count(ValueError)) == (1, 5)
    assert logged[-1] is RuntimeError


def test_pauses_grow_and_begin_anew_after_a_healthy_time() -> None:
    backoff = Backoff()
    pauses = [backoff.failed(float(now)) for now in range(12)]
    assert pauses[:4] == [0.0, 0.05, 0.1, 0.2]
    assert pauses[-1] == LONGEST_PAUSE
    assert backoff.failed(100.0) == 0.0
    assert backoff.failed(101.0) == 0.05
    backoff.reset()
    assert backoff.failed(101.5) == 0.0
