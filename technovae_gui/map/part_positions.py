"""Where the dots of the map lie by one part of their sound: read from the library, else made."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core import resources
from core.library import latent_map as latent_maps
from core.library.latent_map import LatentMap
from core.workers.background import Background
from technovae_gui.widgets.job_slot import JobSlot

Points: TypeAlias = NDArray[np.float64]
_Request: TypeAlias = tuple[LatentMap, str]
_TOPIC: Final = "map by part"


class PartPositions(QObject):
    """Finds the positions of the session's segments on the maps by one part, one after the other.

    They are read where the library keeps them, else made by a job at low priority, as long as
    somebody wants them.

    Signals:
        found(str): the positions by this part, which somebody wants, are there.
        failed(str): there are none by this part; nobody wants them any more.
        status(str): what is going on, for the status bar; empty when it is over.
        problem(str, str): a topic, and why there are none, in one line.
    """

    found = Signal(str)
    failed = Signal(str)
    status = Signal(str)
    problem = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._map: LatentMap | None = None
        self._known: dict[str, Points] = {}
        self._wanted: dict[object, str] = {}
        self._request: _Request | None = None
        self._background = Background(self, workers=1)
        self.job = JobSlot(_TOPIC, self)
        self.job.progress.connect(self._progressed)
        self.job.returned.connect(self._made)
        self.job.errored.connect(self._not_made)

    def set_map(self, latent_map: LatentMap | None) -> None:
        """Find positions of the segments of another map; what was wanted still is.

        Of a map that is not whole none are looked for: they come with the next one.
        """
        if latent_map is not self._map:
            self._map, self._known = latent_map, {}
            self._stop()
            self._go_on()

    def can_be_made(self) -> bool:
        """Whether parts can be told apart; `problem` says so where they cannot."""
        possible = resources.has_parts_model()
        if not possible:
            self.problem.emit(_TOPIC, resources.PARTS_MISSING)
        return possible

    def want(self, who: object, part: str | None) -> Points | None:
        """Ask for positions, in place of those that the same one asked for before.

        Args:
            who: asks.
            part: one of `settings.PARTS`; None where none are wanted any more.

        Returns:
            (n, 2) in the order of the map's segments; None until `found` comes, or `failed`.
        """
        if part is None:
            self._wanted.pop(who, None)
        else:
            self._wanted[who] = part
        if self._request is not None and self._request[1] not in self._wanted.values():
            self._stop()
        self._go_on()
        return None if part is None else self._known.get(part)

    def close(self) -> None:
        """Stop what is under way; nothing is reported any more."""
        self._map = self._request = None
        self.job.close()
        self._background.close()

    def _stop(self) -> None:
        self._request = None
        self.job.cancel()
        self.status.emit("")

    def _go_on(self) -> None:
        if self._request is not None or self._map is None:
            return
        if not len(self._map) or not self._map.whole:
            return
        missing = [part for part in self._wanted.values() if part not in self._known]
        if missing:
            self._request = (self._map, missing[0])
            self._read(self._request, make=True)

    def _read(self, request: _Request, *, make: bool) -> None:
        """Take the positions that the library keeps; `make` them where there are none."""

        def taken(xy: Points | None) -> None:
            if request is not self._request:
                return
            if xy is not None:
                self._request, self._known[request[1]] = None, xy
                self.status.emit("")
                self.found.emit(request[1])
                self._go_on()
            elif make:
                self._make(request)
            else:
                self._fail(request, "it could not be kept; make room in your data folder")

        self._background.submit(
            lambda: latent_maps.part_positions(*request),
            taken,
            lambda line: self._fail(request, line),
        )

    def _make(self, request: _Request) -> None:
        from core.workers import tasks

        self.status.emit(f"comparing all segments by {request[1]}…")
        self.job.start(
            tasks.place_by_part,
            context=request,
            library=request[0].library_path,
            model=request[0].model_path,
            part=request[1],
        )

    def _fail(self, request: _Request, line: str) -> None:
        if request is not self._request:
            return
        self._request = None
        self._wanted = {who: part for who, part in self._wanted.items() if part != request[1]}
        self.status.emit("")
        self.problem.emit(_TOPIC, line)
        self.failed.emit(request[1])
        self._go_on()

    @Slot(float, float, str)
    def _progressed(self, done: float, total: float, message: str) -> None:
        if self.job.context is self._request and total:
            percent = f"{100 * done / total:.0f} %"
            self.status.emit(f"comparing all segments: {message}, {percent}")

    @Slot(object)
    def _made(self, _result: object) -> None:
        if self._request is not None and self.job.context is self._request:
            self._read(self._request, make=False)

    @Slot(str)
    def _not_made(self, line: str) -> None:
        self._fail(self.job.context, line)
