"""One long piece of work in a process of its own: it reports, can be stopped, and may die alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from core.workers.protocol import Error, Priority, Progress
from core.workers.queue import Request
from core.workers.thread import QtWorker
from core.workers.worker import task_config

_GRACE_MS: Final = 120_000
"""From asking to killing: training measures and writes its best model in that time, which on a slow
or busy machine is more than twenty seconds."""


class Job(QObject):
    """Runs a function of `tasks` in a worker process.

    Work that was stopped and has something to show for it (a training, an import) returns it.

    Signals, in this order; `finished` always comes last and once:
        started()
        progress(float done, float total, str message), emitted(object)
        returned(object) | errored(str: one line) | cancelled()
        finished()
    """

    started = Signal()
    progress = Signal(float, float, str)
    emitted = Signal(object)
    returned = Signal(object)
    errored = Signal(str)
    cancelled = Signal()
    finished = Signal()

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: dict[str, Any],
        parent: QObject | None = None,
    ) -> None:
        """Prepare it.

        Args:
            function: of a module; see `process.perform` for how it reports and is stopped.
            arguments: its keyword arguments.
            parent: the Qt parent.
        """
        super().__init__(parent)
        self._request = Request(function, arguments, Priority.TASK, [])
        self._process = QtWorker(task_config(function), self, self)
        self._stopping = False

    def start(self) -> None:
        """Begin; comes back at once."""
        self._process.worker.submit(self._request)
        self.started.emit()

    def cancel(self) -> None:
        """Ask it to stop; it is killed if it does not."""
        if not self._stopping:
            self._stopping = True
            self._process.worker.stop()
            QTimer.singleShot(_GRACE_MS, self, self._process.kill)

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the process, then kill it; says whether it ended by itself."""
        return self._process.wait(seconds)

    def close(self, seconds: float = 1.0) -> None:
        """Stop it within `seconds`; nothing more is reported."""
        self._process.close(seconds)

    @property
    def pid(self) -> int | None:
        """Of the process, once it is there."""
        return self._process.worker.pid

    # `worker.Listener`

    def on_opened(self, value: Any) -> None:
        """A task has no session."""

    def on_refused(self, message: str) -> None:
        """A task has no session."""

    def on_died(self, message: str) -> None:
        """A task is not started again; see `on_failed`."""

    def on_progress(self, request: Request, progress: Progress) -> None:
        """Pass it on as `progress`."""
        self.progress.emit(progress.done, progress.total, progress.message)

    def on_partial(self, request: Request, value: Any) -> None:
        """Pass it on as `emitted`."""
        self.emitted.emit(value)

    def on_result(self, request: Request, value: Any) -> None:
        """Pass it on as `returned`."""
        self.returned.emit(value)

    def on_failed(self, request: Request, error: Error) -> None:
        """Pass it on as `cancelled`, or as `errored` if it failed or died."""
        if error.cancelled:
            self.cancelled.emit()
        else:
            self.errored.emit(error.message)

    def on_ended(self) -> None:
        """The process has ended."""
        self.finished.emit()
