"""Anchors of a walk: latents near real segments, spread out, along a curve where one is given."""

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
    targets: Doubles | None = None,
    reach: float = 0.5,
) -> Indices:
    """Draw segments to place the anchors of a walk near.

    A segment is drawn once, unless there are fewer than `count`. Near-repeats of a drawn segment,
    as loops have many, are avoided while others are left.

    Args:
        latents: (n, d) of the library's segments.
        count: number of anchors.
        rng: random generator.
        start: row of the first segment.
        ranks: (n,) rank of each segment in an attribute, 0..1; None for no preference.
        targets: (count,) rank that is preferred for each anchor, 0..1; None for no preference.
        reach: share of the library, nearest to the start, to draw from.

    Returns:
        (count,) rows of `latents`, `start` first.
    """
    to_start = np.linalg.norm(latents - latents[start], axis=1)
    size = int(np.clip(np.ceil(reach * len(latents)), min(2 * count, len(latents)), len(latents)))
    pool = np.argsort(to_start, kind="stable")[:size]
    gap = _typical_gap(latents[pool])
    chosen = [start]
    for number in range(1, count):
        left = np.setdiff1d(pool, chosen)
        left = pool if len(left) == 0 else left
        weights = _preference(ranks, targets, left, number)
        tries = rng.choice(left, size=min(12, len(left)), replace=False, p=weights)
        chosen.append(_first_apart(latents, tries, chosen, gap))
    return np.array(chosen, np.int64)


def anchors_near(
    latents: Array, segments: Indices, novelty: float, rng: np.random.Generator
) -> Array:
    """Draw anchors in the neighbourhood of segments.

    Args:
        latents: (n, d) of the library's segments.
        segments: (r,) rows of `latents`.
        novelty: how far from the segments, 0 (on them) to 1 (anywhere in their neighbourhood).
        rng: random generator.

    Returns:
        (r, d); the first anchor is the first segment itself.
    """
    anchors: Array = latents[segments].copy()
    if len(latents) > 1 and novelty > 0:
        posterior = AggregatePosterior.fit(latents)
        anchors[1:] = posterior.around(anchors[1:], rng, spread=novelty)
    return anchors


def _first_apart(latents: Array, tries: Indices, chosen: list[int], gap: float) -> int:
    """The first of `tries` that keeps `gap` from all `chosen`, else the one farthest from them."""
    clear = cdist(latents[tries], latents[chosen]).min(axis=1)
    apart = np.flatnonzero(clear >= gap)
    return int(tries[apart[0]] if len(apart) else tries[clear.argmax()])


def _typical_gap(latents: Array) -> float:
    """Half the median distance of a latent to the nearest one that is not a repeat of it."""
    if len(latents) < 3:
        return 0.0
    distances = cdist(latents[:500], latents)
    distances[distances < 1e-6] = np.inf
    nearest = distances.min(axis=1)
    nearest = nearest[np.isfinite(nearest)]
    return 0.5 * float(np.median(nearest)) if len(nearest) else 0.0


def _preference(
    ranks: Doubles | None, targets: Doubles | None, left: Indices, number: int
) -> Doubles | None:
    if ranks is None or targets is None:
        return None
    off = (ranks[left] - targets[number]) / _CURVE_WIDTH
    weights: Doubles = np.exp(-0.5 * np.minimum(off**2, 60.0))
    weights /= weights.sum()
    return weights


def ranks_of(values: Doubles) -> Doubles:
    """Rank of each value (n,) among all, 0 (lowest) to 1 (highest)."""
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    ranks: Doubles = order / max(len(values) - 1, 1)
    return ranks


def target_ranks(curve: ArrayLike | None, count: int) -> Doubles | None:
    """Sample a drawn curve at anchors.

    Args:
        curve: heights 0..1 at any number of points, evenly spread over the walk; None: no curve.
        count: number of anchors.

    Returns:
        (count,) wanted ranks 0..1; None without a curve.
    """
    if curve is None:
        return None
    heights = np.atleast_1d(np.asarray(curve, np.float64))
    spread: Doubles = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(heights)), heights)
    return spread
