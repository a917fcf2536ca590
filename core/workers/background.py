"""Short work off the main thread whose result is applied on it; and errors that nobody caught."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from core import log


@dataclass(frozen=True, eq=False)
class _Finished:
    """Work that has ended, and who gets its result or the line of its error."""

    future: Future[Any]
    then: Callable[[Any], None] | None
    failed: Callable[[str], None]


class Background(QObject):
    """Threads for work that takes milliseconds to seconds.

    Signals:
        problem(str): one line; work failed whose caller does not want to know.
    """

    problem = Signal(str)
    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None, *, workers: int = 2) -> None:
        """
        Args:
            parent: the Qt parent.
            workers: how many threads.
        """
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="background")
        self._open = True
        # Queued also for work that was done at once: `then` never runs inside `submit`.
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None] | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Run `work` on a thread.

        Args:
            work: without arguments.
            then: gets its result, on the thread of this object.
            failed: gets the one line of its error; by default `problem` does.
        """
        if self._open:
            future = self._pool.submit(work)
            future.add_done_callback(lambda it: self._announce(it, then, failed))

    def close(self) -> None:
        """Drop what has not begun, wait for the rest; nothing is delivered any more."""
        self._open = False
        self._pool.shutdown(cancel_futures=True)

    def _announce(
        self,
        future: Future[Any],
        then: Callable[[Any], None] | None,
        failed: Callable[[str], None] | None,
    ) -> None:
        if self._open and not future.cancelled():
            self._finished.emit(_Finished(future, then, failed or self.problem.emit))

    @Slot(object)
    def _deliver(self, finished: _Finished) -> None:
        if not self._open:
            return
        error = finished.future.exception()
        if error is not None:
            finished.failed(log.error_line(error, "work in the background"))
        elif finished.then is not None:
            finished.then(finished.future.result())


class UncaughtErrors(QObject):
    """Exceptions that nobody caught on any thread of this process; the log has them in full.

    Signals:
        reported(str): one line for the user, on the thread of this object.
    """

    reported = Signal(str)
    _caught = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._caught.connect(self._report, Qt.ConnectionType.QueuedConnection)
        self._stop = log.on_uncaught(self._caught.emit)

    def close(self) -> None:
        """Report nothing more."""
        self._stop()

    @Slot(str)
    def _report(self, line: str) -> None:
        self.reported.emit(line)
