"""Walks through the latent space: from anchor to anchor near real music, in steps that sound equal.

Functions take the decoder as a callback, `decode(latents (n, d)) -> spectra (n, 512, 128) dB`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from core.errors import InputError
from core.latent.anchors import draw_anchors, moved_off, ranks_of, wanted_ranks
from core.latent.metric import Decode, fingerprints
from core.latent.tour import short_tour

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]

_PIECES = 6
_CURVE_WEIGHT = 4.0


@dataclass(frozen=True, eq=False)
class Walk:
    """Points of the latent space to be played one after another.

    Attributes:
        latents: (steps, d); the first is the first anchor, the last the last.
        anchors: (a, d) in the order of the walk.
        segments: (a,) the row of the library's latents that each anchor was drawn near.
        anchor_steps: (a,) the step that each anchor is.
        step_db: (steps - 1,) mean absolute difference in dB from step to step, as decoded.
    """

    latents: Array
    anchors: Array
    segments: Indices
    anchor_steps: Indices
    step_db: Doubles

    @property
    def step_ratio(self) -> float:
        """Largest over mean step; at most 2 by construction."""
        mean = float(self.step_db.mean()) if len(self.step_db) else 0.0
        return float(self.step_db.max()) / mean if mean > 0 else 1.0


def walk(
    latents: ArrayLike,
    decode: Decode,
    *,
    steps: int,
    rng: np.random.Generator,
    anchors: int | None = None,
    start: int | None = None,
    values: ArrayLike | None = None,
    curve: ArrayLike | None = None,
    novelty: float = 0.4,
    reach: float = 0.5,
) -> Walk:
    """A walk of `steps` points among the library's `latents` (n, d).

    steps: 1 or more.
    anchors: how many points near real music to pass, each once; at most (steps + 1) // 2, so that
        every stretch has two steps on average and no step is over twice the mean. Default: one
        for four steps.
    start: row of `latents` to start on exactly; default: one drawn at random.
    values, curve: an attribute of each of `latents` (n,), and how high it should be along the
        walk, any number of points, 0 (the library's lowest) to 1 (its highest).
    novelty: how far anchors after the first lie from the segments they were drawn near, 0 (on
        them) to 1 (anywhere in their neighbourhood).
    reach: the share of the library, nearest to the start, that anchors are drawn from.

    Raises:
        InputError: no latents, or arguments out of range.
    """
    points = np.asarray(latents, np.float32)
    _require(points, steps, start)
    first = int(rng.integers(len(points))) if start is None else start
    count = _anchor_count(anchors, steps)
    wanted = wanted_ranks(curve, count)
    ranks = None if values is None else ranks_of(np.asarray(values, np.float64))
    segments = draw_anchors(
        points, count, rng, start=first, ranks=ranks, wanted=wanted, reach=reach
    )
    places = moved_off(points, segments, novelty, rng)
    order = _order(places, decode, None if ranks is None else ranks[segments], wanted)
    route = equal_steps(places[order], decode, steps, centre=points.mean(axis=0))
    return Walk(route.latents, places[order], segments[order], route.anchor_steps, route.step_db)


@dataclass(frozen=True, eq=False)
class Route:
    """Points along a path: `latents` (steps, d), `anchor_steps` (a,), `step_db` (steps - 1,)."""

    latents: Array
    anchor_steps: Indices
    step_db: Doubles


def equal_steps(anchors: Array, decode: Decode, steps: int, *, centre: Array) -> Route:
    """`steps` points along the path through `anchors` (a, d), which are among them.

    The steps of one stretch are equal in decoded dB; how many each stretch gets makes the largest
    step as small as can be. With a - 1 <= (steps - 1) / 2 stretches no step exceeds twice the
    mean: rounding up the stretches' shares at that size takes no more steps than there are.

    Raises:
        InputError: fewer steps than anchors.
    """
    stretches = len(anchors) - 1
    if steps <= stretches:
        raise InputError(f"{steps} steps cannot pass {len(anchors)} anchors; give more steps")
    if stretches == 0:
        return Route(np.repeat(anchors, steps, 0), np.zeros(1, np.int64), np.zeros(steps - 1))
    fine = np.linspace(0.0, 1.0, _PIECES + 1)
    pairs = list(itertools.pairwise(anchors))
    travelled = [_travelled(slerp(a, b, fine, centre), decode) for a, b in pairs]
    counts = apportion(np.array([way[-1] for way in travelled]), steps - 1)
    parts, sizes = [anchors[:1]], []
    for (a, b), way, count in zip(pairs, travelled, counts, strict=True):
        shares = np.arange(1, count + 1) / count
        parts.append(slerp(a, b, _at_shares(way, fine, shares), centre))
        sizes.append(np.full(count, way[-1] / count))
    anchor_steps = np.concatenate([[0], np.cumsum(counts)])
    return Route(np.concatenate(parts), anchor_steps, np.concatenate(sizes))


def slerp(a: Array, b: Array, shares: Doubles, centre: Array) -> Array:
    """Points (m, d) from `a` to `b` at `shares` (m,) of the way, on an arc around `centre`.

    Directions from the centre are interpolated on the sphere (Shoemake 1985) and distances from
    it linearly: a straight line would cut through the middle, where the average music lies.
    """
    t = shares[:, None]
    from_a, from_b = (np.asarray(end - centre, np.float64) for end in (a, b))
    size_a, size_b = np.linalg.norm(from_a), np.linalg.norm(from_b)
    if min(size_a, size_b) < 1e-9:
        return np.asarray(a + t * (b - a), np.float32)
    unit_a, unit_b = from_a / size_a, from_b / size_b
    angle = float(np.arccos(np.clip(unit_a @ unit_b, -1.0, 1.0)))
    if not 1e-4 < angle < np.pi - 1e-2:
        return np.asarray(a + t * (b - a), np.float32)
    turned = (np.sin((1.0 - t) * angle) * unit_a + np.sin(t * angle) * unit_b) / np.sin(angle)
    points = np.asarray(centre + turned * (size_a + t * (size_b - size_a)), np.float32)
    points[shares <= 0.0] = a
    points[shares >= 1.0] = b
    return points


def apportion(lengths: Doubles, total: int) -> Indices:
    """Whole numbers of steps, 1 or more each, `total` in all, that keep the largest step small."""
    counts = np.ones(len(lengths), np.int64)
    for _ in range(total - len(lengths)):
        counts[(lengths / counts).argmax()] += 1
    return counts


def spectral_distance(a: Array, b: Array) -> Doubles:
    """Mean absolute difference in dB of spectra (n, 512, 128), one by one: (n,)."""
    distances: Doubles = np.abs(a - b).mean(axis=(1, 2), dtype=np.float64)
    return distances


def _travelled(points: Array, decode: Decode) -> Doubles:
    """Way from the first of `points` to each, in decoded dB; rises everywhere."""
    spectra = decode(points)
    ways = spectral_distance(spectra[1:], spectra[:-1])
    way: Doubles = np.concatenate([[0.0], np.cumsum(np.maximum(ways, 1e-6))])
    return way


def _at_shares(way: Doubles, fine: Doubles, shares: Doubles) -> Doubles:
    at: Doubles = np.interp(shares * way[-1], way, fine)
    at[-1] = 1.0
    return at


def _order(
    places: Array, decode: Decode, ranks: Doubles | None, wanted: Doubles | None
) -> list[int]:
    """A short tour from the first place, keeping to the curve where there is one."""
    prints = fingerprints(places, decode)
    distances = cdist(prints, prints, "cityblock") / prints.shape[1]
    if ranks is None or wanted is None:
        return short_tour(distances)
    off_curve = np.abs(ranks[:, None] - wanted[None, :])
    typical = float(distances.mean())
    return short_tour(distances, place_costs=_CURVE_WEIGHT * typical * off_curve)


def _anchor_count(anchors: int | None, steps: int) -> int:
    count = (steps + 3) // 4 + 1 if anchors is None else anchors
    return int(np.clip(count, 1, max(1, (steps + 1) // 2)))


def _require(latents: Array, steps: int, start: int | None) -> None:
    if latents.ndim != 2 or len(latents) == 0:
        raise InputError("there is no music to walk through; import some first")
    if steps < 1:
        raise InputError(f"a walk of {steps} steps cannot be; give 1 or more")
    if start is not None and not 0 <= start < len(latents):
        raise InputError(f"the walk cannot start on segment {start} of {len(latents)}")
