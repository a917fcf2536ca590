"""One job at a time for a panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from core.workers.child_job import ChildJob

_WAIT_MS = 8000


class Running(QObject):
    """Starts a `ChildJob`, passes its signals on, and forgets it when it is over.

    Signals: as `ChildJob` has them.
    """

    started = Signal()
    progress = Signal(float, float, str)
    event_received = Signal(object)
    returned = Signal(object)
    errored = Signal(str)
    cancelled = Signal()
    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: ChildJob | None = None

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    def start(self, work: Callable[..., Any], **arguments: Any) -> bool:
        """Begin, unless one is under way."""
        if self._job is not None:
            return False
        job = ChildJob(work, **arguments)
        job.setParent(self)
        self._job = job
        job.started.connect(self.started)
        job.progress.connect(self.progress)
        job.emitted.connect(self.event_received)
        job.returned.connect(self.returned)
        job.errored.connect(self.errored)
        job.cancelled.connect(self.cancelled)
        job.finished.connect(self._over)
        job.start()
        return True

    @Slot()
    def cancel(self) -> None:
        """Ask the job to stop."""
        if self._job is not None:
            self._job.cancel()

    def close(self) -> None:
        """Stop the job and wait for it."""
        if self._job is not None:
            self._job.cancel()
            self._job.wait(_WAIT_MS)

    @Slot()
    def _over(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        self.finished.emit()
