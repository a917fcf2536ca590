"""Points of the map that can be played or placed: dots, and latents anywhere between them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.arrangement.clip import DEFAULT_RENDERER, ClipSource, LatentSource, RealSource
from core.library.latent_map import LatentMap

Array: TypeAlias = NDArray[np.float32]
XY: TypeAlias = tuple[float, float]
"""A position in units of the map, y upwards; the dots lie in about the unit square."""
_NEIGHBOURS = 6
_ISLAND_RADIUS = 0.08
_SECOND_TRACK_WEIGHT = 0.25
"""Share of the weight from which a second track is part of a point's name."""


@dataclass(frozen=True, eq=False)
class MapPoint:
    """A point of the map with all that is needed to play, place and show it.

    Attributes:
        source: what plays: a real segment, or a latent of the map's model.
        latent: (64,) the latent of the point; of a segment, the one that the model encodes it to.
        xy: position in units of the map.
        label: its name for people.
        segment_id: the segment that it is, or the nearest one.
    """

    source: ClipSource
    latent: Array
    xy: XY
    label: str
    segment_id: str

    @property
    def is_segment(self) -> bool:
        """Whether the point is a real segment, not a decoded latent."""
        return isinstance(self.source, RealSource)


def segment_point(latent_map: LatentMap, row: int) -> MapPoint:
    """A dot that plays the real segment.

    Args:
        latent_map: the map.
        row: of the dot.

    Returns:
        The point.
    """
    segment = latent_map.segments[row]
    x, y = latent_map.xy[row]
    return MapPoint(
        RealSource(segment.id),
        latent_map.latents[row],
        (float(x), float(y)),
        latent_map.title(segment),
        segment.id,
    )


def decoded_point(latent_map: LatentMap, row: int) -> MapPoint:
    """A dot that plays what the model decodes from its latent.

    Args:
        latent_map: the map.
        row: of the dot.

    Returns:
        The point.
    """
    point = segment_point(latent_map, row)
    source = latent_source(latent_map, point.latent)
    return replace(point, source=source, label=f"{point.label}, decoded")


def point_at(latent_map: LatentMap, xy: XY) -> MapPoint:
    """The latent at a position between the dots, named after the dots around it.

    Args:
        latent_map: the map.
        xy: any position, also outside the dots.

    Returns:
        The point; its segment is the one whose dot lies nearest to `xy`.
    """
    row = latent_map.inverse.nearest(xy)
    assert row is not None, "a map has at least one dot"
    latent = latent_map.inverse.latent([xy])[0]
    nearest = latent_map.segments[row]
    label = _name_between(latent_map, xy) or f"Near {latent_map.title(nearest)}"
    return MapPoint(latent_source(latent_map, latent), latent, xy, label, nearest.id)


def latent_point(
    latent_map: LatentMap, latent: ArrayLike, label: str, xy: XY | None = None
) -> MapPoint:
    """Any latent as a point of the map.

    Args:
        latent_map: the map, under whose model the latent is decoded.
        latent: (64,).
        label: its name for people.
        xy: where to show it; by default where `locate` finds it.

    Returns:
        The point; its segment is the one with the nearest latent.
    """
    row = np.asarray(latent, np.float32).reshape(-1)
    position = locate(latent_map, row) if xy is None else xy
    (nearest,) = latent_map.nearest(row[None])
    return MapPoint(latent_source(latent_map, row), row, position, label, nearest.id)


def latent_source(latent_map: LatentMap, latent: Array) -> LatentSource:
    """A latent as the source of a clip.

    Args:
        latent_map: the map, whose model decodes it.
        latent: (64,).

    Returns:
        The source, with the default renderer.
    """
    row = tuple(latent.tolist())
    return LatentSource((row,), renderer=DEFAULT_RENDERER, model_hash=latent_map.model_hash)


def locate(latent_map: LatentMap, latent: ArrayLike) -> XY:
    """Find the position of a latent on the map.

    It is the mean of the six dots with the nearest latents, weighted by the inverse squared
    distance. Dots that lie far from the nearest one on the map do not count: half-way between two
    islands of dots there is other music.

    Args:
        latent_map: the map.
        latent: (64,).

    Returns:
        The position in units of the map.
    """
    distances = ((latent_map.latents - np.asarray(latent, np.float32).reshape(-1)) ** 2).sum(axis=1)
    rows = distances.argsort()[:_NEIGHBOURS]
    near = np.hypot(*(latent_map.xy[rows] - latent_map.xy[rows[0]]).T) <= _ISLAND_RADIUS
    rows = rows[near]
    weights = 1.0 / (distances[rows] + 1e-6 * (1.0 + distances[rows[0]]))
    x, y = weights @ latent_map.xy[rows] / weights.sum()
    return float(x), float(y)


def _name_between(latent_map: LatentMap, xy: XY) -> str:
    """ "Between A and B" where two tracks contribute clearly, else an empty string."""
    indices, weights = latent_map.inverse.weights([xy])
    shares: defaultdict[str, float] = defaultdict(float)
    for row, weight in zip(indices[0], weights[0], strict=True):
        shares[latent_map.segments[row].track_id] += weight
    first, *others = sorted(shares, key=lambda track: -shares[track])[:2]
    if not others or shares[others[0]] < _SECOND_TRACK_WEIGHT:
        return ""
    return f"Between {latent_map.tracks[first].title} and {latent_map.tracks[others[0]].title}"
