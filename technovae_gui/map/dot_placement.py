"""Where the dots of the map lie: by the whole sound, or by one part of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core import resources
from core.library import latent_map as latent_maps
from core.library.latent_map import LatentMap
from core.settings import PARTS
from core.workers import tasks
from core.workers.background import Background
from technovae_gui.widgets.job_slot import JobSlot

WHOLE = "whole"
CHOICES = (WHOLE, *PARTS)
"""What the dots can lie by."""
_Wanted: TypeAlias = tuple[LatentMap, str]
_TOPIC = "map by part"


class DotPlacement(QObject):
    """Lays the map of the session out as the user chooses.

    A map by part has the same dots, and latents between them, elsewhere. It is read where the
    library keeps it, else made by a job at low priority; until it is there the map lies as it did.

    Attributes:
        by: one of `CHOICES`.

    Signals:
        placed(LatentMap): the map is to be shown like this; None without one.
        changed(): `by` is different.
        status(str): what is going on, for the status bar; empty when it is over.
        problem(str, str): a topic, and why there is no map by part, in one line.
    """

    placed = Signal(object)
    changed = Signal()
    status = Signal(str)
    problem = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.by = WHOLE
        self._map: LatentMap | None = None
        self._known: dict[str, LatentMap] = {}
        self._background = Background(self, workers=1)
        self.job = JobSlot("map by part", self)
        self.job.progress.connect(self._progressed)
        self.job.returned.connect(self._made)
        self.job.errored.connect(self._failed)

    def set_map(self, latent_map: LatentMap | None) -> None:
        """Place the dots of another map of a session."""
        if latent_map is self._map:
            return
        self._map, self._known = latent_map, {}
        self.job.cancel()
        self.placed.emit(latent_map)
        if self.by != WHOLE:
            self._place()

    def choose(self, by: str) -> None:
        """Let the dots lie by `by`, one of `CHOICES`."""
        if by != WHOLE and not resources.has_parts_model():
            self.problem.emit(_TOPIC, resources.PARTS_MISSING)
            by = WHOLE
        was, self.by = self.by, by
        self.changed.emit()
        if was != by:
            self.job.cancel()
            self.status.emit("")
            self._place()

    def close(self) -> None:
        """Stop what is under way; nothing is reported any more."""
        self._map = None
        self.job.close()
        self._background.close()

    def _place(self) -> None:
        if self._map is None or not len(self._map):
            return
        if self.by == WHOLE:
            self.placed.emit(self._map)
        elif self.by in self._known:
            self.placed.emit(self._known[self.by])
        else:
            self._read((self._map, self.by), make=True)

    def _read(self, wanted: _Wanted, *, make: bool) -> None:
        """Take the map by part that the library keeps; `make` it where there is none."""

        def found(xy: NDArray[np.float64] | None) -> None:
            if not self._is_wanted(wanted):
                return
            if xy is not None:
                placed = self._known[wanted[1]] = replace(wanted[0], xy=xy)
                self.status.emit("")
                self.placed.emit(placed)
            elif make:
                self._make(wanted)
            else:
                self._failed("it could not be kept; make room in your data folder")

        self._background.submit(
            lambda: latent_maps.part_positions(*wanted),
            found,
            lambda line: self._failed(line) if self._is_wanted(wanted) else None,
        )

    def _make(self, wanted: _Wanted) -> None:
        self.status.emit(f"laying the map out by {wanted[1]}…")
        self.job.start(
            tasks.place_by_part,
            context=wanted,
            library=wanted[0].library_path,
            model=wanted[0].model_path,
            part=wanted[1],
        )

    def _is_wanted(self, wanted: Any) -> bool:
        return wanted is not None and wanted[0] is self._map and wanted[1] == self.by

    @Slot(float, float, str)
    def _progressed(self, done: float, total: float, message: str) -> None:
        if self._is_wanted(self.job.context) and total:
            self.status.emit(f"laying the map out: {message}, {100 * done / total:.0f} %")

    @Slot(object)
    def _made(self, _result: object) -> None:
        if self._is_wanted(self.job.context):
            self._read(self.job.context, make=False)

    @Slot(str)
    def _failed(self, line: str) -> None:
        self.status.emit("")
        self.problem.emit(_TOPIC, line)
        self.by = WHOLE
        self.changed.emit()
