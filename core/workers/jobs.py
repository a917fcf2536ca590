"""One long piece of work in a process of its own: it reports, can be stopped, and may die alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from core.workers.protocol import Alive, Error, Priority, Progress
from core.workers.queue import Request
from core.workers.thread import QtWorker
from core.workers.worker import task_config

_SILENCE_MS: Final = 120_000
"""A process that was asked to stop and shows no sign of work for so long is killed. What works is
left to it: a training measures and writes its best model, which takes long on a busy machine."""
_WORK_SECONDS: Final = 0.05
"""CPU time that is a sign of work; a process that only waits takes none."""
_MOST_CPU_SECONDS: Final = 900.0 * max(2, os.cpu_count() or 2)
"""CPU time after which what was asked to stop is taken to compute for ever, and is killed."""


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
        self._silence = QTimer(self, singleShot=True)
        self._silence.timeout.connect(self._process.kill)
        self._cpu_when_asked: float | None = None
        self._cpu_at_last_sign = 0.0

    def start(self) -> None:
        """Begin; comes back at once."""
        self._process.worker.submit(self._request)
        self.started.emit()

    def cancel(self) -> None:
        """Ask it to stop. It is killed if it goes on computing for ever, or does nothing at all."""
        if not self._stopping:
            self._stopping = True
            self._process.worker.stop()
            self._silence.start(_SILENCE_MS)

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
        self._show_sign_of_work()
        self.progress.emit(progress.done, progress.total, progress.message)

    def on_partial(self, request: Request, value: Any) -> None:
        """Pass it on as `emitted`."""
        self._show_sign_of_work()
        self.emitted.emit(value)

    def on_alive(self, request: Request, alive: Alive) -> None:
        """Give it more time if it works, but not for ever."""
        now = alive.cpu_seconds
        if self._cpu_when_asked is None:
            self._cpu_when_asked = self._cpu_at_last_sign = now
        elif now - self._cpu_when_asked > _MOST_CPU_SECONDS:
            self._process.kill()
        elif now - self._cpu_at_last_sign >= _WORK_SECONDS:
            self._cpu_at_last_sign = now
            self._show_sign_of_work()

    def _show_sign_of_work(self) -> None:
        if self._silence.isActive():
            self._silence.start(_SILENCE_MS)

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
