"""One job at a time for a panel; what is started meanwhile waits for its turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from core.workers.jobs import Job


class JobSlot(QObject):
    """Starts a `Job`, passes its signals on, and forgets it when it is over.

    Nothing that is started is lost: a job that is started while another one is under way waits, and
    `waiting` says so.

    Args:
        name: of its jobs, as a musician calls them: "import".

    Attributes:
        context: what `start` was given for the job under way, also while its last signals arrive;
            None without a job.

    Signals: as `Job` has them (`event_received` for its `emitted`), once for each job; and
        waiting(str): a job waits for the one under way, or no longer; a line for the user.
    """

    started = Signal()
    waiting = Signal(str)
    progress = Signal(float, float, str)
    event_received = Signal(object)
    returned = Signal(object)
    errored = Signal(str)
    cancelled = Signal()
    finished = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.context: Any = None
        self._job: Job | None = None
        self._queue: deque[tuple[Job, Any]] = deque()

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    def start(
        self,
        function: Callable[..., Any],
        *,
        context: Any = None,
        **arguments: Any,
    ) -> bool:
        """Run a job, after those that were started before.

        Args:
            function: one of `core.workers.tasks`.
            context: what its starter needs to know when the job reports, such as the request.
            arguments: its keyword arguments.

        Returns:
            True if it has begun; False if it waits: `started` comes when it begins.
        """
        from core.workers.jobs import Job  # here: the first paint needs no processes

        job = Job(function, arguments, parent=self)
        job.started.connect(self.started)
        job.progress.connect(self.progress)
        job.emitted.connect(self.event_received)
        job.returned.connect(self.returned)
        job.errored.connect(self.errored)
        job.cancelled.connect(self.cancelled)
        job.finished.connect(self._end)
        if self._job is not None:
            self._queue.append((job, context))
            self.waiting.emit(f"Another {self._name} is under way; yours starts when it is done.")
            return False
        self._begin(job, context)
        return True

    @Slot()
    def cancel(self) -> None:
        """Ask the job under way to stop, and drop those that wait; `waiting` says so."""
        if self._queue:
            self.waiting.emit(f"Stopping; the {self._name} that waited does not start either.")
        self._drop_waiting()
        if self._job is not None:
            self._job.cancel()

    def close(self, seconds: float = 1.0) -> None:
        """Stop the job within `seconds`, and drop those that wait; nothing more is reported."""
        self._drop_waiting()
        if self._job is not None:
            self._job.close(seconds)
            self._job = None

    def _begin(self, job: Job, context: Any) -> None:
        self._job, self.context = job, context
        job.start()

    def _drop_waiting(self) -> None:
        while self._queue:
            self._queue.pop()[0].deleteLater()

    @Slot()
    def _end(self) -> None:
        job, self._job, self.context = self._job, None, None
        if job is not None:
            job.deleteLater()
        self.finished.emit()
        if self._job is None and self._queue:
            self._begin(*self._queue.popleft())
