"""The latent map of a library under a model, made in a process beside the map that is played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from core.workers import tasks
from technovae_gui.widgets.job_slot import JobSlot


@dataclass(frozen=True)
class _Request:
    """A library, a model, and the task that is done with them."""

    library: Path
    model: Path
    task: Callable[..., object]


class MapPlacement(QObject):
    """Has the segments of a library encoded and placed by a job at low priority, and those of a
    large library refined after that.

    Of several requests the newest counts: it starts when the job under way has ended, and the
    result of that one is dropped. What a job has encoded is kept in the library in any case.

    Signals:
        placed(Path, Path): the library that has its map now, and the model it is under.
        failed(str): why there is no map, in one line.
        refined(Path): the library whose latents are refined now.
        unrefined(str): why they are not, in one line.
    """

    placed = Signal(object, object)
    failed = Signal(str)
    refined = Signal(object)
    unrefined = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot("map", self)
        self._next: _Request | None = None
        self._running: _Request | None = None
        self.job.returned.connect(self._returned)
        self.job.errored.connect(self._errored)
        self.job.finished.connect(self._start_next)

    def request(self, library: Path, model: Path) -> None:
        """Place the segments of a library, after the job under way.

        Args:
            library: its folder.
            model: the file of the model that encodes them.
        """
        self._next = _Request(library, model, tasks.place)
        if self.job.busy and not self.placing:
            self.job.cancel()  # what it has refined is kept; the rest is, when it is asked for next
        self._start_next()

    def refine(self, library: Path, model: Path) -> None:
        """Refine the latents of a library whose map is there, after the job under way.

        Args:
            library: its folder.
            model: the file of the model that encoded them.
        """
        self._next = _Request(library, model, tasks.refine)
        self._start_next()

    @property
    def placing(self) -> bool:
        """Whether a map is being made; refining its latents is not that."""
        return self.job.busy and (self._running is None or self._running.task is tasks.place)

    def cancel(self) -> None:
        """Stop the job under way and drop the one that waits; neither is reported."""
        self._next = self._running = None
        self.job.cancel()

    def close(self) -> None:
        """Stop the job and wait for its end."""
        self._next = self._running = None
        self.job.close()

    @Slot()
    def _start_next(self) -> None:
        if self._next is None or self.job.busy:
            return
        self._running, self._next = self._next, None
        self.job.start(self._running.task, library=self._running.library, model=self._running.model)

    @Slot(object)
    def _returned(self, result: object) -> None:
        request = self._running
        if request is None or self._next is not None:
            return
        if request.task is tasks.place:
            self.placed.emit(request.library, request.model)
        else:
            self.refined.emit(request.library)

    @Slot(str)
    def _errored(self, line: str) -> None:
        if self._running is None or self._next is not None:
            return
        if self._running.task is tasks.place:
            self.failed.emit(line)
        else:
            self.unrefined.emit(line)
