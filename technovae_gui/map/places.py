"""What can be chosen on the map: a dot, a point between, or a latent that lies near a place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.arrangement.clip import LatentSource, RealSource
from core.library.latent_map import LatentMap
from technovae_gui.mime import DraggedSource

Array = NDArray[np.float32]
XY = tuple[float, float]
RENDERER = "guided"
_AROUND = 6
_SAME_ISLAND = 0.08
_CLEARLY = 0.25
"""Share of the weight from which a second track is named."""


@dataclass(frozen=True, eq=False)
class Place:
    """Where on the map, and what is there.

    xy:     in units of the map
    label:  for people
    row:    of the dot, None between dots
    latent: (64,), where it is not the map's own at `xy`
    """

    xy: XY
    label: str
    row: int | None = None
    latent: Array | None = None


def dot(latent_map: LatentMap, row: int) -> Place:
    """The dot in `row`."""
    x, y = latent_map.xy[row]
    return Place((float(x), float(y)), latent_map.title(latent_map.segments[row]), row)


def point(latent_map: LatentMap, xy: XY) -> Place:
    """Any place, named after what lies around."""
    return Place(xy, _between(latent_map, xy))


def latent_place(latent_map: LatentMap, latent: ArrayLike, label: str) -> Place:
    """`latent` (64,) where the dots with the most similar latents are."""
    return Place(whereabouts(latent_map, latent), label, None, _row(latent))


def latent_of(latent_map: LatentMap, place: Place) -> Array:
    """The latent (64,) of `place`."""
    if place.latent is not None:
        return place.latent
    if place.row is not None:
        return latent_map.latents[place.row]
    return latent_map.inverse.latent(place.xy)[0]


def dragged(latent_map: LatentMap, place: Place, *, decoded: bool = False) -> DraggedSource:
    """What `place` is as a clip: a dot's own music unless `decoded`, else its latent."""
    if place.row is not None and place.latent is None and not decoded:
        return DraggedSource(RealSource(latent_map.segments[place.row].id), place.label)
    name = f"{place.label}, decoded" if place.row is not None else place.label
    return DraggedSource(latent_source(latent_map, latent_of(latent_map, place)), name)


def latent_source(latent_map: LatentMap, latent: ArrayLike) -> LatentSource:
    """`latent` (64,) as the source of a clip."""
    row = tuple(_row(latent).tolist())
    return LatentSource((row,), renderer=RENDERER, model_hash=latent_map.model_hash)


def whereabouts(latent_map: LatentMap, latent: ArrayLike) -> XY:
    """Where on the map `latent` (64,) belongs: among the dots whose latents are nearest.

    Only those on the same island as the nearest one count: the middle between two islands is far
    from both.
    """
    distances = ((latent_map.latents - _row(latent)) ** 2).sum(axis=1)
    rows = distances.argsort()[:_AROUND]
    near = np.hypot(*(latent_map.xy[rows] - latent_map.xy[rows[0]]).T) <= _SAME_ISLAND
    rows = rows[near]
    weights = 1.0 / (distances[rows] + 1e-6 * (1.0 + distances[rows[0]]))
    x, y = weights @ latent_map.xy[rows] / weights.sum()
    return float(x), float(y)


def _between(latent_map: LatentMap, xy: XY) -> str:
    indices, weights = latent_map.inverse.weights([xy])
    shares: defaultdict[str, float] = defaultdict(float)
    for row, weight in zip(indices[0], weights[0], strict=True):
        shares[latent_map.segments[row].track_id] += weight
    first, *others = sorted(shares, key=lambda track: -shares[track])[:2]
    title = latent_map.tracks[first].title
    if others and shares[others[0]] >= _CLEARLY:
        return f"Between {title} and {latent_map.tracks[others[0]].title}"
    return f"Near {title}"


def _row(latent: ArrayLike) -> Array:
    return np.asarray(latent, np.float32).reshape(-1)
