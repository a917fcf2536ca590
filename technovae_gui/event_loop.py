"""Letting the window's event loop run, for scripts that drive the window without `app.exec()`."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

_INTERVAL_SECONDS = 0.003


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Process events until a condition holds.

    Args:
        condition: asked every few milliseconds.
        seconds: at most.

    Returns:
        Whether the condition holds.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        if condition():
            return True
        time.sleep(_INTERVAL_SECONDS)
    return condition()


def process_events_for(seconds: float) -> None:
    """Process events for `seconds`."""
    end = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() > end, seconds + 1)
