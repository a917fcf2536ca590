"""Processes of services that outlive a window: the next one of the same file of tests goes on with
them.

Starting a renderer takes seconds, and each window has its own. Its process is not ended with the
window but lent to the next, which opens a session of its own in it. Where nothing is to be heard or
seen of it, none is started at all.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import Any

from core.workers.process import Service, WorkerProcess
from core.workers.protocol import STOP, Call

_LAST = -1
"""Id of the call whose answer says that nothing of this window is under way any more."""


class WarmServices:
    """Makes what `core.workers.thread` takes for worker processes.

    Attributes:
        silent: services that no process is started for; they never answer.
    """

    def __init__(self) -> None:
        self.silent: frozenset[Service] = frozenset()
        self._idle: list[tuple[Service, WorkerProcess, int]] = []
        self._lock = threading.Lock()

    def start(
        self, service: Service | None, *, name: str, niceness: int = 0
    ) -> WorkerProcess | LentProcess | SilentProcess:
        """In the place of `WorkerProcess`: one that is lent, or a new one of a task."""
        if service in self.silent:
            return SilentProcess()
        if service is None:
            return WorkerProcess(service, name=name, niceness=niceness)
        process, unfinished = self._take(service) or (
            WorkerProcess(service, name=name, niceness=niceness),
            0,
        )
        return LentProcess(process, unfinished, partial(self._give, service, process))

    def close(self) -> None:
        """End those that are not lent."""
        with self._lock:
            for _, process, _ in self._idle:
                process.kill()
                process.join()
            self._idle.clear()

    def _take(self, service: Service) -> tuple[WorkerProcess, int] | None:
        with self._lock:
            for it in self._idle:
                if it[0] is service and _is_alive(it[1]):
                    self._idle.remove(it)
                    return it[1:]
        return None

    def _give(self, service: Service, process: WorkerProcess, unfinished: int) -> None:
        with self._lock:
            self._idle.append((service, process, unfinished))


class LentProcess:
    """A `WorkerProcess` for one window, until `STOP`.

    If it is still at something then, it is not waited for: the next one drops what comes of that.
    """

    def __init__(
        self, process: WorkerProcess, unfinished: int, give_back: Callable[[int], None]
    ) -> None:
        """
        Args:
            process: the real one.
            unfinished: how many windows before have stopped and got no answer to that yet.
            give_back: takes the number of windows that have none now.
        """
        self._process, self._before, self._give_back = process, unfinished, give_back
        self._stopping = self._returned = self._finished = False
        self._left, self._leave = Pipe(duplex=False)

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: Call | None) -> None:
        if self._stopping:
            return
        if message is STOP:
            self._stopping = True
            message = Call(_LAST, os.getpid)
        self._process.send(message)

    def receive(self) -> Any:
        while self._left not in wait([self._left, self._process.connection]):
            message = self._process.receive()
            if message.id == _LAST and self._before == 0:
                self._finished = True
                break
            if self._before == 0:
                return message
            self._before -= message.id == _LAST
        self._returned = True
        raise EOFError

    def kill(self) -> None:
        if self._stopping:
            with contextlib.suppress(OSError):  # it has left already
                self._leave.send(None)
        else:  # as if it had died
            self._process.kill()

    def join(self) -> int | None:
        self._left.close()
        self._leave.close()
        if not self._returned:
            return self._process.join()
        self._give_back(self._before + (not self._finished))
        return 0


class SilentProcess:
    """Takes calls and answers none, like a process that is not ready yet."""

    pid = None

    def __init__(self) -> None:
        self._ended = threading.Event()

    def send(self, message: Call | None) -> None:
        if message is STOP:
            self._ended.set()

    def receive(self) -> Any:
        self._ended.wait()
        raise EOFError

    def kill(self) -> None:
        self._ended.set()

    def join(self) -> int:
        return 0


def _is_alive(process: WorkerProcess) -> bool:
    """A test may have ended it since, or the machine."""
    return process._process.is_alive()
