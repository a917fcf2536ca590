"""What of the picture outlives another map: what has the same meaning on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.library.latent_map import LatentMap
from technovae_gui.map import moving, places
from technovae_gui.map.choosing import Choosing
from technovae_gui.map.morph import End, Morph
from technovae_gui.map.places import Place
from technovae_gui.map.scene import Scene

Followed = dict[str, NDArray[np.float32]]
_PLACE = "place"


@dataclass(frozen=True, eq=False)
class Carried:
    """A scene before its map is replaced."""

    map: LatentMap | None
    xy: NDArray[np.float64]
    place: Place | None
    heard: str
    selected: tuple[str, ...]
    tracks: frozenset[str]
    ends: dict[str, End]
    amount: float

    @classmethod
    def of(cls, scene: Scene, morph: Morph) -> Self:
        """What `scene` and `morph` show."""
        segments = scene.map.segments if scene.map else ()
        selected = tuple(segments[row].id for row in scene.selected)
        place, sounding = scene.place, scene.sounding
        heard = sounding[1] if sounding and place and sounding[0] == place.xy else ""
        ends, amount = dict(morph.ends), morph.amount
        return cls(scene.map, scene.xy, place, heard, selected, scene.tracks, ends, amount)

    def into(self, choosing: Choosing, scene: Scene, morph: Morph, mover: moving.Mover) -> None:
        """Show on the new map of `scene` what is still true; dots glide to their new places.

        A chosen dot stays chosen; latents follow the segments that they lie between.
        """
        choosing.clear()
        if self.map is None or scene.map is None:
            return
        scene.set_dots(tracks=self.tracks & set(scene.map.tracks))
        scene.select(scene.map.rows[i] for i in self.selected if i in scene.map.rows)
        followed = self._followed(self.map, scene.map)
        place = self._place(self.map, scene.map, followed)
        if place is not None:
            choosing.keep(place)
            scene.set_overlay(sounding=(place.xy, self.heard) if self.heard else None)
        ends = self._ends(scene.map, followed)
        if ends:
            morph.restore(ends, self.amount)
        start = moving.former_places(self.map, self.xy, scene.map)
        if start is not None:
            mover.glide(start)

    def _place(self, before: LatentMap, after: LatentMap, followed: Followed) -> Place | None:
        place = self.place
        if place is None:
            return None
        if place.row is not None:
            row = after.rows.get(before.segments[place.row].id)
            return None if row is None else places.dot(after, row)
        latent = followed.get(_PLACE)
        return None if latent is None else places.latent_place(after, latent, place.label)

    def _ends(self, after: LatentMap, followed: Followed) -> dict[str, End]:
        return {
            name: End(places.whereabouts(after, followed[name]), followed[name], end.label)
            for name, end in self.ends.items()
            if name in followed
        }

    def _followed(self, before: LatentMap, after: LatentMap) -> Followed:
        """What is between the dots, under the new model: all at once, for ten thousand dots take
        20 ms."""
        latents = {name: end.latent for name, end in self.ends.items()}
        if self.place is not None and self.place.row is None:
            latents[_PLACE] = places.latent_of(before, self.place)
        moved = after.align(before, np.stack([*latents.values()])) if latents else None
        return {} if moved is None else dict(zip(latents, moved, strict=True))
