"""Work for the children of the tests."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from core.errors import InputError
from core.progress import check


def count(to: int, progress: Any, cancel: Any, emit: Any) -> int:
    for number in range(to):
        emit(number)
        progress(number + 1, to, f"at {number}")
    return to


def refuse(progress: Any, cancel: Any, emit: Any) -> None:
    raise InputError("give another number")


def break_down(progress: Any, cancel: Any, emit: Any) -> None:
    raise ZeroDivisionError("inside")


def wait_long(progress: Any, cancel: Any, emit: Any) -> None:
    emit("waiting")
    for _ in range(3000):
        check(cancel)
        time.sleep(0.01)


def die(progress: Any, cancel: Any, emit: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
