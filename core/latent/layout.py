"""Laying points out on the map's square: fitting, turning one map over another, spreading dots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Doubles = NDArray[np.float64]
_MARGIN = 0.03
_OVERHANG = 0.1
_GAP = 0.25
_ROUNDS = 60


def fitted_to_square(points: Doubles) -> Doubles:
    """`points` (n, 2) shifted and scaled, both axes alike, to fill the unit square but a margin."""
    lower, upper = points.min(axis=0), points.max(axis=0)
    side = float((upper - lower).max())
    scale = (1.0 - 2.0 * _MARGIN) / side if side > 0 else 1.0
    fitted: Doubles = (points - (lower + upper) / 2.0) * scale + 0.5
    return fitted


def placed_like(points: Doubles, known: NDArray[np.int64], xy: Doubles) -> Doubles:
    """`points` (n, 2) turned, mirrored, scaled and shifted so that `points[known]` lie near `xy`.

    Orthogonal Procrustes for the turn; the scale is the ratio of the spreads, which, unlike the
    least-squares one, does not shrink the map where the two agree little. A map that would leave
    the square by more than a tenth is fitted into it again.
    """
    source, target = points[known], xy
    turn = orthogonal_procrustes(source - source.mean(axis=0), target - target.mean(axis=0))
    spread = np.sqrt(source.var(axis=0).sum())
    wanted = np.sqrt(target.var(axis=0).sum())
    if spread <= 0 or wanted <= 0:
        return fitted_to_square(points @ turn)
    scale = wanted / spread
    placed: Doubles = (points - source.mean(axis=0)) @ turn * scale + target.mean(axis=0)
    inside = (placed >= -_OVERHANG).all() and (placed <= 1.0 + _OVERHANG).all()
    return placed if inside else fitted_to_square(placed)


def orthogonal_procrustes(source: Doubles, target: Doubles) -> Doubles:
    """Q (2, 2), a turn or mirroring: source @ Q lies nearest to target (Schoenemann 1966)."""
    left, _, right = np.linalg.svd(source.T @ target)
    turn: Doubles = left @ right
    return turn


def spread_apart(points: Doubles, rng: np.random.Generator) -> Doubles:
    """`points` (n, 2) moved as little as it takes to leave a gap of 1 / 4 sqrt(n) between any two.

    Repeats of a loop have one latent and would hide each other. Best effort: after 60 rounds of
    pushing pairs apart some may still be nearer, but no two lie on one place.
    """
    gap = _GAP / np.sqrt(len(points))
    # Points on one place have no direction to part in: give them one.
    moved: Doubles = points + rng.uniform(-1e-3, 1e-3, points.shape) * gap
    for _ in range(_ROUNDS):
        pairs = cKDTree(moved).query_pairs(gap, output_type="ndarray")
        if len(pairs) == 0:
            break
        moved += _pushes(moved, pairs, gap)
    return moved


def _pushes(points: Doubles, pairs: NDArray[np.intp], gap: float) -> Doubles:
    """Half of what each pair lacks for the gap, to either side; averaged where a dot has many."""
    first, second = pairs.T
    between = points[first] - points[second]
    distance = np.maximum(np.linalg.norm(between, axis=1, keepdims=True), 1e-12)
    push = between / distance * (gap * 1.01 - distance) / 2.0
    total = np.zeros_like(points)
    np.add.at(total, first, push)
    np.add.at(total, second, -push)
    return total
