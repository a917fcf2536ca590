"""What of the picture outlives another map: what has the same meaning on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.latent_map import LatentMap
from technovae_gui.latent_map import moving
from technovae_gui.latent_map.choosing import Choosing
from technovae_gui.latent_map.places import Place
from technovae_gui.latent_map.scene import Scene


@dataclass(frozen=True, eq=False)
class Carried:
    """A scene before its map is replaced."""

    map: LatentMap | None
    xy: NDArray[np.float64]
    place: Place | None
    selected: tuple[str, ...]
    tracks: frozenset[str]

    @classmethod
    def of(cls, scene: Scene) -> Self:
        """What `scene` shows."""
        segments = scene.map.segments if scene.map else ()
        selected = tuple(segments[row].id for row in scene.selected)
        return cls(scene.map, scene.xy, scene.place, selected, scene.tracks)

    def into(self, choosing: Choosing, scene: Scene, mover: moving.Mover) -> None:
        """Show on the new map of `scene` what is still true; dots glide to their new places.

        A chosen dot stays chosen; a latent means something else under another model.
        """
        if self.map is None or scene.map is None:
            choosing.clear()
            return
        scene.set_dots(tracks=self.tracks & set(scene.map.tracks))
        scene.select(scene.map.rows[i] for i in self.selected if i in scene.map.rows)
        row = self._row(scene.map)
        if row is None:
            choosing.clear()
        else:
            choosing.keep_dot(row)
        start = moving.former_places(self.map, self.xy, scene.map)
        if start is not None:
            mover.glide(start)

    def _row(self, latent_map: LatentMap) -> int | None:
        if self.place is None or self.place.row is None or self.map is None:
            return None
        return latent_map.rows.get(self.map.segments[self.place.row].id)
