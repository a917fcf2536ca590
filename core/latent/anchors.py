"""Anchors of a walk: places near real music, spread out, following a curve where there is one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from core.latent.sampling import AggregatePosterior

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]
_CURVE_WIDTH = 0.12


def draw_anchors(
    latents: Array,
    count: int,
    rng: np.random.Generator,
    *,
    start: int,
    ranks: Doubles | None = None,
    wanted: Doubles | None = None,
    reach: float = 0.5,
) -> Indices:
    """Rows of `latents` (n, d) to draw `count` anchors near, `start` first: (count,).

    Rows come once each, unless the library has fewer than `count`; near-repeats (loops!) are
    passed over while others are left. `ranks` (n,) and `wanted` (count,), both 0..1, prefer rows
    of the wanted rank at each place.
    """
    to_start = np.linalg.norm(latents - latents[start], axis=1)
    size = int(np.clip(np.ceil(reach * len(latents)), min(2 * count, len(latents)), len(latents)))
    pool = np.argsort(to_start, kind="stable")[:size]
    gap = _typical_gap(latents[pool])
    chosen = [start]
    for place in range(1, count):
        left = np.setdiff1d(pool, chosen)
        left = pool if len(left) == 0 else left
        weights = _preference(ranks, wanted, left, place)
        tries = rng.choice(left, size=min(12, len(left)), replace=False, p=weights)
        chosen.append(_first_apart(latents, tries, chosen, gap))
    return np.array(chosen, np.int64)


def moved_off(latents: Array, segments: Indices, novelty: float, rng: np.random.Generator) -> Array:
    """Places (r, d) in the neighbourhood of `segments` (r,); the first stays where it is."""
    places: Array = latents[segments].copy()
    if len(latents) > 1 and novelty > 0:
        posterior = AggregatePosterior.fit(latents)
        places[1:] = posterior.around(places[1:], rng, spread=novelty)
    return places


def _first_apart(latents: Array, tries: Indices, chosen: list[int], gap: float) -> int:
    """The first of `tries` that keeps `gap` from all `chosen`, else the one farthest from them."""
    clear = cdist(latents[tries], latents[chosen]).min(axis=1)
    apart = np.flatnonzero(clear >= gap)
    return int(tries[apart[0]] if len(apart) else tries[clear.argmax()])


def _typical_gap(latents: Array) -> float:
    """Half the median distance to the nearest that is not a repeat."""
    if len(latents) < 3:
        return 0.0
    distances = cdist(latents[:500], latents)
    distances[distances < 1e-6] = np.inf
    nearest = distances.min(axis=1)
    nearest = nearest[np.isfinite(nearest)]
    return 0.5 * float(np.median(nearest)) if len(nearest) else 0.0


def _preference(
    ranks: Doubles | None, wanted: Doubles | None, left: Indices, place: int
) -> Doubles | None:
    if ranks is None or wanted is None:
        return None
    off = (ranks[left] - wanted[place]) / _CURVE_WIDTH
    weights: Doubles = np.exp(-0.5 * np.minimum(off**2, 60.0))
    weights /= weights.sum()
    return weights


def ranks_of(values: Doubles) -> Doubles:
    """Place of each value among all, 0 (lowest) to 1 (highest)."""
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    ranks: Doubles = order / max(len(values) - 1, 1)
    return ranks


def wanted_ranks(curve: ArrayLike | None, count: int) -> Doubles | None:
    if curve is None:
        return None
    heights = np.atleast_1d(np.asarray(curve, np.float64))
    spread: Doubles = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(heights)), heights)
    return spread
