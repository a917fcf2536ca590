"""The map under another model, made beside the one that is being played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from core.workers import work
from technovae_gui.widgets.job_slot import Running


class Placing(QObject):
    """Has segments encoded and placed in a job of its own; the newest wish counts.

    Signals:
        placed(Path, Path): this library has its map under this model now.
        failed(str): it cannot have one; one line.
    """

    placed = Signal(object, object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = Running(self)
        self._wanted: tuple[Path, Path] | None = None
        self._now: tuple[Path, Path] | None = None
        self.job.returned.connect(self._returned)
        self.job.errored.connect(self._errored)
        self.job.finished.connect(self._next)

    def want(self, library: Path, model: Path) -> None:
        """Place the segments of `library` under `model`, after what is under way."""
        self._wanted = library, model
        self._next()

    def forget(self) -> None:
        """Another library is open: nobody waits for this one any more."""
        self._wanted = self._now = None
        self.job.cancel()

    def close(self) -> None:
        """Stop and wait for it."""
        self._wanted = self._now = None
        self.job.close()

    @Slot()
    def _next(self) -> None:
        if self._wanted is None or self.job.busy:
            return
        (library, model), self._wanted = self._wanted, None
        self._now = library, model
        self.job.start(work.place, library=library, model=model)

    @Slot(object)
    def _returned(self, result: Any) -> None:
        if self._now is not None and self._wanted is None:
            self.placed.emit(*self._now)

    @Slot(str)
    def _errored(self, line: str) -> None:
        if self._now is not None and self._wanted is None:
            self.failed.emit(line)
