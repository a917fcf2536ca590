"""Waiting while the window lives on, for scripts that drive it from outside its event loop."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

_LOOK_SECONDS = 0.003


def until(done: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Let the window go on until `done()`, for `seconds` at most; says whether it was."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        if done():
            return True
        time.sleep(_LOOK_SECONDS)
    return done()


def pause(seconds: float) -> None:
    """Let the window go on for `seconds`."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() > end, seconds + 1)
