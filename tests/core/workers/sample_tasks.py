"""Functions for the worker processes of the tests."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from core.errors import InputError
from core.progress import CancelFlag, Progress, check


def count(to: int, progress: Progress, emit: Callable[[Any], None]) -> int:
    for number in range(to):
        emit(number)
        progress(number + 1, to, f"at {number}")
    return to


def refuse() -> None:
    raise InputError("give another number")


def break_down() -> None:
    raise ZeroDivisionError("inside")


def end_early() -> None:
    raise EOFError("a file that ends too early")


def wait_until_cancelled(cancel: CancelFlag, emit: Callable[[Any], None]) -> None:
    emit("waiting")
    while True:
        check(cancel)
        time.sleep(0.01)


def ignore_cancelling(emit: Callable[[Any], None]) -> None:
    emit("waiting")
    while True:
        time.sleep(1.0)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def matrix_threads() -> str | None:
    """How many threads this process multiplies matrices on."""
    return os.environ.get("OPENBLAS_NUM_THREADS")
