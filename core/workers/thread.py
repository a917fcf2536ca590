"""A thread of the window's process for each worker process: it starts it, listens, sees it end."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from core.workers.process import WorkerProcess
from core.workers.protocol import STOP, Order
from core.workers.worker import Listener, Worker, WorkerConfig

_LOG = logging.getLogger(__name__)
_RUNNING: set[WorkerThread] = set()
"""Kept alive while they run: a QThread that is destroyed before ends the whole process."""


class WorkerThread(QThread):
    """`worker.Channel` to one process, from its start to its end.

    Signals carry the thread itself, so that a receiver who has moved on to another one knows late
    messages of this one.

    Signals:
        received(WorkerThread, protocol.Answer)
        ended(WorkerThread, int | None): the exit code, None if it could not be started; the last.
    """

    received = Signal(object, object)
    ended = Signal(object, object)

    def __init__(self, config: WorkerConfig) -> None:
        super().__init__()
        self.setObjectName(config.name)
        self._config = config
        self._process: WorkerProcess | None = None
        self._early: deque[Order] | None = deque()
        self._lock = threading.Lock()
        self._killed = False

    @property
    def pid(self) -> int | None:
        """Of the process, once it is there."""
        return None if self._process is None else self._process.pid

    def begin(self) -> None:
        """Start thread and process."""
        _RUNNING.add(self)
        self.start()

    def send(self, message: Order) -> None:
        """Send a message, or keep it until the process is there."""
        with self._lock:
            if self._early is not None:
                self._early.append(message)
                return
        if self._process is not None:
            self._process.send(message)

    def kill(self) -> None:
        """End the process at once."""
        with self._lock:
            self._killed = True
            if self._process is not None and self.isRunning():
                self._process.kill()

    def finish(self, seconds: float) -> bool:
        """Let the process end, and the thread with it.

        Args:
            seconds: after which it is killed.

        Returns:
            Whether it ended by itself.
        """
        self.send(STOP)
        ended = self.wait(max(0, round(1000 * seconds)))
        if not ended:
            self.kill()
            self.wait()
        _RUNNING.discard(self)
        return ended

    def run(self) -> None:
        """Body of the thread."""
        try:
            process = self._started()
        except Exception:  # no room for it, or the program cannot be started a second time
            _LOG.exception("%s could not be started", self.objectName())
            self.ended.emit(self, None)
            return
        try:
            while True:
                self.received.emit(self, process.receive())
        except (EOFError, OSError):
            pass
        except Exception:  # a message that cannot be read: there is no talking to it any more
            _LOG.exception("a message of %s could not be read", self.objectName())
            process.kill()
        self.ended.emit(self, process.join())

    def _started(self) -> WorkerProcess:
        config = self._config
        process = WorkerProcess(config.service, name=config.name, niceness=config.niceness)
        with self._lock:
            self._process = process
            if self._killed:
                process.kill()
        while (early := self._next_early()) is not None:
            process.send(early[0])  # without the lock: it may be large, and the process be killed
        return process

    def _next_early(self) -> tuple[Order] | None:
        """What was sent before the process was there, one by one; then None."""
        with self._lock:
            if self._early:
                return (self._early.popleft(),)
            self._early = None
            return None


class QtWorker(QObject):
    """A `Worker` whose messages arrive on the thread of this object."""

    def __init__(
        self, config: WorkerConfig, listener: Listener, parent: QObject | None = None
    ) -> None:
        """Start nothing yet; see `Worker`.

        Args:
            config: what it is.
            listener: gets the answers.
            parent: the Qt parent.
        """
        super().__init__(parent)
        self._thread: WorkerThread | None = None
        self.worker = Worker(
            config, listener, self._connect_thread, lambda do: QTimer.singleShot(0, self, do)
        )

    def close(self, seconds: float) -> bool:
        """End the process within `seconds`; says whether it ended by itself."""
        thread = self.release()
        return True if thread is None else thread.finish(seconds)

    def release(self) -> WorkerThread | None:
        """Ask the process to end, and report nothing more; its thread, if there is one."""
        self.worker.close()
        thread, self._thread = self._thread, None
        return thread

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the process, then kill it; says whether it ended by itself."""
        return True if self._thread is None else self._thread.finish(seconds)

    def kill(self) -> None:
        """End the process at once, as if it had died."""
        if self._thread is not None:
            self._thread.kill()

    def _connect_thread(self, worker: Worker) -> WorkerThread:
        if self._thread is not None:
            self._thread.finish(0.0)
        self._thread = WorkerThread(worker.config)
        self._thread.received.connect(self._received)
        self._thread.ended.connect(self._ended)
        return self._thread

    @Slot(object, object)
    def _received(self, thread: WorkerThread, message: object) -> None:
        self.worker.receive(thread, message)  # type: ignore[arg-type]

    @Slot(object, object)
    def _ended(self, thread: WorkerThread, exit_code: int | None) -> None:
        thread.finish(0.0)
        self.worker.ended(thread, exit_code)


def close_workers(owner: QObject, seconds: float = 1.0) -> None:
    """End all workers that belong to an object, however deep.

    Nothing is reported of them any more. What a job has finished by then is kept: a training has
    saved its best model, an import the files that are in.

    Args:
        owner: the window.
        seconds: what they have in all: they are asked together, then killed.
    """
    workers = owner.findChildren(QtWorker)
    _finish([thread for worker in workers if (thread := worker.release()) is not None], seconds)


def kill_all() -> None:
    """End every worker of this process at once."""
    _finish(list(_RUNNING), 0.0)


def _finish(threads: Sequence[WorkerThread], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.send(STOP)
    for thread in threads:
        thread.wait(max(0, round(1000 * (deadline - time.monotonic()))))
    for thread in threads:
        thread.kill()
    for thread in threads:
        thread.finish(0.0)


atexit.register(kill_all)
