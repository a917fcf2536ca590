"""Processes of this program: how each one is started, made quiet and nice, and ended.

A process ignores Ctrl-C (its parent decides), writes nothing to the terminal, and ends with the
process that started it, whatever ends that.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, Future
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from core import log

P = ParamSpec("P")
T = TypeVar("T")

MOST_NICE = "TECHNOVAE_MOST_NICE"
"""Environment variable: how nice long work is at most."""
_OPEN_FILES = 10_240
"""What macOS allows at most."""


class Process(SpawnProcess):
    """A spawned process that is killed when this one exits. It may start processes of its own."""

    def start(self) -> None:
        """Start it; takes some milliseconds. Raises `OSError` if the system has no room for it."""
        super().start()
        _LIVING.add(self)


class Context(SpawnContext):
    """A `multiprocessing` context whose processes are `Process`; it knows those it made."""

    def __init__(self) -> None:
        super().__init__()
        self.processes: weakref.WeakSet[Process] = weakref.WeakSet()

    def Process(self, *args: Any, **kwargs: Any) -> Process:  # type: ignore[override]  # noqa: N802
        """As `multiprocessing.Process`."""
        made = Process(*args, **kwargs)
        self.processes.add(made)
        return made


def allow_many_files() -> None:
    """Let this process, and those it starts, have as many files open as an hour of arrangement has
    loops, each of which is mapped from a file. Many systems stop at 1,024 unless they are asked."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # a system with a limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def prepare(niceness: int) -> None:
    """Make this spawned process quiet and nice, and let it end with its parent.

    Args:
        niceness: 0 where somebody waits for it, 10 for long work; at most the number in
            `MOST_NICE`, for machines on which nobody plays meanwhile.
    """
    log.configure()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    _be_quiet()
    if hasattr(os, "nice"):
        os.nice(min(niceness, _most_nice()))


def _most_nice() -> int:
    stated = os.environ.get(MOST_NICE, "")
    return int(stated) if stated.isdecimal() else 19


def usable_cores() -> int:
    """How many cores this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


def exit_message(what: str, exit_code: int | None) -> str:
    """One line for the user about a process that died.

    Args:
        what: which process, as the beginning of a sentence ("the decoder").
        exit_code: negative for a signal; None for a process that could not be started.

    Returns:
        The line.
    """
    if exit_code is None:
        return f"{what} could not be started; free some memory. Details are in {log.path()}"
    if exit_code < 0:
        return f"{what} was ended ({signal_name(exit_code)}; perhaps memory ran out)"
    return f"{what} ended by itself (status {exit_code}); details may be in {log.path()}"


def signal_name(exit_code: int) -> str:
    """The name of the signal behind a negative exit code, else "status" and the code."""
    with contextlib.suppress(ValueError):
        if exit_code < 0:
            return signal.Signals(-exit_code).name
    return f"status {exit_code}"


def peak_bytes() -> int:
    """Largest memory of this process so far, in bytes; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    # `ru_maxrss` of a new process begins at what the one that started it had.
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:"))
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


class ProcessExecutor(Executor):
    """Processes of this machine as a `concurrent.futures.Executor`, by pebble's pool.

    A process that dies fails only the call that it was at, with `pebble.ProcessExpired`, which has
    its exit code; another process takes its place. If processes cannot be started at all, calls
    fail with `concurrent.futures.BrokenExecutor`.
    """

    def __init__(self, processes: int, *, niceness: int = 0) -> None:
        """Start nothing yet: processes come with the first call.

        Args:
            processes: how many.
            niceness: of each.
        """
        from pebble import ProcessPool

        self._context = Context()
        self._pool = ProcessPool(
            processes,
            initializer=prepare,
            initargs=(niceness,),
            context=self._context,
        )

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As `Executor.submit`; `fn` is a function of a module."""
        future: Future[T] = self._pool.schedule(fn, args, kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; nothing can be submitted any more.

        Args:
            wait: come back only when they have ended.
            cancel_futures: kill processes at work and drop what waits; else both are finished
                first.
        """
        if cancel_futures:
            self._pool.stop()  # type: ignore[no-untyped-call]
            for process in list(self._context.processes):
                if process.pid is not None:
                    process.kill()
        else:
            self._pool.close()  # type: ignore[no-untyped-call]
        if wait:
            self._pool.join()


_LIVING: weakref.WeakSet[Process] = weakref.WeakSet()


def _kill_all() -> None:
    """Before multiprocessing waits for processes that nobody asked to end."""
    for process in list(_LIVING):
        if process.is_alive():
            process.kill()


atexit.register(_kill_all)


def _end_with_parent() -> None:
    """End this process when the one that started it has died, even by SIGKILL."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _be_quiet() -> None:
    """Decoders in C and tensorflow write remarks to the terminal that help nobody."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
