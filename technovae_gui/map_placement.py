"""The latent map of a library under a model, made in a process beside the map that is played."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from core.workers import tasks
from technovae_gui.widgets.job_slot import JobSlot


class MapPlacement(QObject):
    """Has the segments of a library encoded and placed by a job at low priority.

    Of several requests the newest counts: it starts when the job under way has ended, and the
    result of that one is dropped. What a job has encoded is kept in the library in any case.

    Signals:
        placed(Path, Path): the library that has its map now, and the model it is under.
        failed(str): why there is no map, in one line.
    """

    placed = Signal(object, object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot("map", self)
        self._next: tuple[Path, Path] | None = None
        self._running: tuple[Path, Path] | None = None
        self.job.returned.connect(self._returned)
        self.job.errored.connect(self._errored)
        self.job.finished.connect(self._start_next)

    def request(self, library: Path, model: Path) -> None:
        """Place the segments of a library, after the job under way.

        Args:
            library: its folder.
            model: the file of the model that encodes them.
        """
        self._next = library, model
        self._start_next()

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
        (library, model), self._next = self._next, None
        self._running = library, model
        self.job.start(tasks.place, library=library, model=model)

    @Slot(object)
    def _returned(self, result: object) -> None:
        if self._running is not None and self._next is None:
            self.placed.emit(*self._running)

    @Slot(str)
    def _errored(self, line: str) -> None:
        if self._running is not None and self._next is None:
            self.failed.emit(line)
