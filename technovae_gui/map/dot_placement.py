"""Where the dots of the map lie: by the whole sound, or by one part of it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from core.library.latent_map import LatentMap
from core.settings import PARTS
from technovae_gui.map.part_positions import PartPositions

WHOLE = "whole"
CHOICES = (WHOLE, *PARTS)
"""What the dots can lie by."""


class DotPlacement(QObject):
    """Lays the map of the session out as the user chooses.

    A map by part has the same dots, and latents between them, elsewhere. Until their positions are
    there the map lies as it did.

    Args:
        positions: finds them.

    Attributes:
        by: one of `CHOICES`.

    Signals:
        placed(LatentMap): the map is to be shown like this; None without one.
        changed(): `by` is different.
    """

    placed = Signal(object)
    changed = Signal()

    def __init__(self, positions: PartPositions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.by = WHOLE
        self._positions = positions
        self._map: LatentMap | None = None
        self._by_part: dict[str, LatentMap] = {}
        positions.found.connect(self._found)
        positions.failed.connect(self._failed)

    def set_map(self, latent_map: LatentMap | None) -> None:
        """Place the dots of another map of a session."""
        if latent_map is self._map:
            return
        self._map, self._by_part = latent_map, {}
        self._positions.set_map(latent_map)
        self.placed.emit(latent_map)
        if self.by != WHOLE:
            self._place()

    def choose(self, by: str) -> None:
        """Let the dots lie by `by`, one of `CHOICES`."""
        if by != WHOLE and not self._positions.can_be_made():
            by = WHOLE
        was, self.by = self.by, by
        self.changed.emit()
        if was != by:
            self._place()

    def _place(self) -> None:
        by = self.by
        xy = self._positions.want(self, None if by == WHOLE else by)
        if self._map is None:
            return
        if by == WHOLE:
            self.placed.emit(self._map)
        elif xy is not None:
            if by not in self._by_part:
                self._by_part[by] = replace(self._map, xy=xy)
            self.placed.emit(self._by_part[by])

    @Slot(str)
    def _found(self, part: str) -> None:
        if part == self.by:
            self._place()

    @Slot(str)
    def _failed(self, part: str) -> None:
        if part == self.by:
            self.by = WHOLE
            self.changed.emit()
            self._place()
