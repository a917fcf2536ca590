"""A failed test leaves no process behind: those that it started are killed, and theirs.

Tests end their processes themselves, but one that fails half-way may not come to it. Processes are
looked up where the system has `/proc`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

_PROC = Path("/proc")
_KEPT = b"resource_tracker"
"""Python's own helper, which stays for the life of the process that started it."""
_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Remember whether any part of a test failed."""
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """After a failed test, fixtures and all, kill what it started."""
    begun = ticks()
    done = yield
    if item.stash.get(_failed, False):
        kill_started_since(begun)
    return done


def ticks() -> int:
    """The time as `/proc` counts it: ticks since the system started."""
    if not _PROC.is_dir():
        return 0
    return int(time.clock_gettime(time.CLOCK_BOOTTIME) * os.sysconf("SC_CLK_TCK"))


def kill_started_since(begun: int) -> list[int]:
    """Kill this process's descendants that started at `begun` (in `ticks`) or later.

    Returns:
        Their ids.
    """
    found = _descendants(os.getpid(), _processes())
    young = [pid for pid, started in found if started >= begun and not _is_kept(pid)]
    for pid in young:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return young


def _processes() -> dict[int, tuple[int, int]]:
    """By id: parent and start in ticks."""
    found = {}
    for folder in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The name, in parentheses, may hold anything.
            fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            found[int(folder.name)] = int(fields[1]), int(fields[19])
    return found


def _descendants(parent: int, processes: dict[int, tuple[int, int]]) -> list[tuple[int, int]]:
    """Id and start of all processes below `parent`, parents first."""
    found: list[tuple[int, int]] = []
    for pid, (above, started) in processes.items():
        if above == parent:
            found += [(pid, started), *_descendants(pid, processes)]
    return found


def _is_kept(pid: int) -> bool:
    try:
        return _KEPT in (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return True
