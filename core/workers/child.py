"""A spawned process and the pipe to it: it ends with its parent, whatever ends that."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
import threading
import weakref
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from core.workers import wire
from core.workers.failures import log_failure

STOP = None
"""The message that asks a child to end."""


class Child:
    """A process that runs `body(connection, *arguments)`, a function of a module.

    It may start processes of its own, so it is no daemon; at exit of this process it is killed.
    """

    def __init__(
        self, body: Callable[..., None], arguments: tuple[Any, ...], *, name: str, niceness: int
    ) -> None:
        """Start it; takes some milliseconds. Raises `OSError` if the system has no room for it."""
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_run, args=(theirs, niceness, body, arguments), name=name
        )
        with _LAUNCHING, _one_thread_for_matrices():
            self._process.start()
        theirs.close()
        _LIVING.add(self)

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process.pid is not None
        return self._process.pid

    def send(self, message: object) -> None:
        """Send `message`; one that is dead does not get it."""
        with contextlib.suppress(OSError):
            wire.send(self.connection, message)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def reap(self) -> int | None:
        """Wait for its end; the exit status, negative for a signal."""
        wait([self._process.sentinel])
        self._process.join()
        self.connection.close()
        _LIVING.discard(self)
        return self._process.exitcode


_LAUNCHING = threading.Lock()
_MATRIX_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@contextlib.contextmanager
def _one_thread_for_matrices() -> Iterator[None]:
    """Processes started inside multiply matrices on one thread: the libraries read this when they
    are imported. Their threads wait for each other by spinning. With two busy processes on two
    cores that made a spectrogram take 120 ms, on one thread each 17; alone 18, and 16."""
    mine = [name for name in _MATRIX_THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(mine, "1"))
    try:
        yield
    finally:
        for name in mine:
            os.environ.pop(name, None)


_LIVING: weakref.WeakSet[Child] = weakref.WeakSet()


def _kill_all() -> None:
    """Before multiprocessing waits for children that nobody asked to end."""
    for child in list(_LIVING):
        child.kill()


atexit.register(_kill_all)


def _run(
    connection: Connection, niceness: int, body: Callable[..., None], arguments: tuple[Any, ...]
) -> None:
    """The whole life of the process. Leaves without tearing tensorflow down, which takes long."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent decides
    _end_with_parent()
    _be_quiet()
    if hasattr(os, "nice"):
        os.nice(niceness)
    status = 0
    try:
        body(connection, *arguments)
    except (EOFError, ConnectionError):
        pass  # the parent has gone, or does not listen any more
    except BaseException:
        log_failure(f"process {multiprocessing.current_process().name}")
        status = 1
    os._exit(status)


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
