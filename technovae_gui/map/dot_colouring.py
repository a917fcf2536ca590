"""What the dots of the map are coloured by: tracks, an attribute, or one part that is alike."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from core.dsp.key import Key
from core.library.latent_map import LatentMap
from technovae_gui.map.colouring import (
    KEY,
    PART_ALIKE,
    TRACK,
    colour_alike,
    colour_dots,
    colour_keys,
)
from technovae_gui.map.part_positions import PartPositions
from technovae_gui.map.scene import MapScene


class DotColouring(QObject):
    """Colours the dots of a scene as the user chooses, whatever they lie by.

    Until the positions by a part, or the keys, are there the dots have the colours that they had.

    Args:
        scene: whose dots.
        positions: finds those by part of the same dots.

    Attributes:
        by: one of `colouring.CHOICES`.

    Signals:
        changed(): `by`, or the colours of the scene, are different.
        keys_wanted(): the keys of the dots are to be given to `show_keys`.
    """

    changed = Signal()
    keys_wanted = Signal()

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
        if self.by == KEY:
            self.keys_wanted.emit()
        elif latent_map is not None and part is None:
            self._scene.set_colours(colour_dots(latent_map, self.by))
        elif latent_map is not None and xy is not None:
            self._scene.set_colours(colour_alike(self.by, xy))
        self.changed.emit()

    def show_keys(self, latent_map: LatentMap, keys: Sequence[Key | None]) -> None:
        """Colour the dots by their keys, unless the user has chosen something else by now.

        Args:
            latent_map: whose dots they are of; another one may be shown by now.
            keys: (n,), None for a dot without a key.
        """
        if self.by == KEY and latent_map is self._scene.map:
            self._scene.set_colours(colour_keys(keys))
            self.changed.emit()

    @Slot(str)
    def _found(self, part: str) -> None:
        if part == PART_ALIKE.get(self.by):
            self.colour()

    @Slot(str)
    def _failed(self, part: str) -> None:
        if part == PART_ALIKE.get(self.by):
            self.choose(TRACK)
