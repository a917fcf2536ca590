"""What benchmarks of a running window wait for, and how much memory it takes meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def until(done: Callable[[], bool], seconds: float) -> None:
    """Let the event loop run until something is so.

    Args:
        done: whether it is so; asked again and again.
        seconds: how long at most.

    Raises:
        TimeoutError: it is not so by then.
    """
    from technovae_gui.event_loop import wait_until  # a benchmark asks for Qt when it measures

    if not wait_until(done, seconds):
        raise TimeoutError(f"not within {seconds:g} seconds")


def for_seconds(seconds: float) -> None:
    """Let the event loop run for so long."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() > end, seconds + 60.0)


def megabytes(field: str) -> float:
    """Memory of this process in MiB, by a field of `/proc/self/status` as `VmRSS`; Linux only."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))
