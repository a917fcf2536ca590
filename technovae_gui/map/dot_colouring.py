"""What the dots of the map are coloured by: tracks, an attribute, or one part that is alike."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from technovae_gui.map.colouring import PART_ALIKE, TRACK, colour_alike, colour_dots
from technovae_gui.map.part_positions import PartPositions
from technovae_gui.map.scene import MapScene


class DotColouring(QObject):
    """Colours the dots of a scene as the user chooses, whatever they lie by.

    Until the positions by a part are there the dots have the colours that they had.

    Args:
        scene: whose dots.
        positions: finds those by part of the same dots.

    Attributes:
        by: one of `colouring.CHOICES`.

    Signals:
        changed(): `by`, or the colours of the scene, are different.
    """

    changed = Signal()

    def __init__(
        self, scene: MapScene, positions: PartPositions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.by = TRACK
        self._scene, self._positions = scene, positions
        positions.found.connect(self._found)
        positions.failed.connect(self._failed)

    def choose(self, by: str) -> None:
        """Colour the dots by `by`, one of `colouring.CHOICES`."""
        if by in PART_ALIKE and not self._positions.can_be_made():
            by = TRACK
        self.by = by
        self.colour()

    def colour(self) -> None:
        """Colour the dots of the scene's map, which may be another one."""
        part, latent_map = PART_ALIKE.get(self.by), self._scene.map
        xy = self._positions.want(self, part)
        if latent_map is not None and part is None:
            self._scene.set_colours(colour_dots(latent_map, self.by))
        elif latent_map is not None and xy is not None:
            self._scene.set_colours(colour_alike(self.by, xy))
        self.changed.emit()

    @Slot(str)
    def _found(self, part: str) -> None:
        if part == PART_ALIKE.get(self.by):
            self.colour()

    @Slot(str)
    def _failed(self, part: str) -> None:
        if part == PART_ALIKE.get(self.by):
            self.choose(TRACK)
