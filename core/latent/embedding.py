"""The 2-D map of a library's latents: PCA and t-SNE, aligned to the map of the former model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from core.errors import InputError
from core.latent import tsne

Doubles = NDArray[np.float64]
Array = NDArray[np.float32]
FEWEST_FOR_TSNE = 12
_MARGIN = 0.03
_OVERHANG = 0.1
_GAP = 0.25
_ROUNDS = 60


@dataclass(frozen=True, eq=False)
class PreviousMap:
    """The map of the former model.

    Attributes:
        ids: of its m segments.
        xy: (m, 2) their positions.
    """

    ids: Sequence[str]
    xy: ArrayLike


def embed(
    latents: ArrayLike,
    ids: Sequence[str] | None = None,
    previous: PreviousMap | None = None,
    *,
    seed: int = 0,
) -> Array:
    """Lay latents out on a map, so that neighbours in the latent space are neighbours on it.

    Fewer than 12 points are mapped by PCA, more by t-SNE (van der Maaten and Hinton, JMLR 9, 2008),
    which starts from the PCA, or from the former map where that holds at least half of the
    segments. Where the former map holds any of them, the result is rotated, mirrored, scaled and
    shifted to match it. Equal arguments give equal maps.

    Args:
        latents: (n, d).
        ids: n ids of the segments; needed to match `previous`.
        previous: the map of the former model.
        seed: of t-SNE and of the shifts that separate coinciding points.

    Returns:
        (n, 2) float32 in about the unit square, no two points at one position.

    Raises:
        InputError: no latents, values that are not finite, or ids that do not match.
    """
    points = _checked(latents, ids)
    shared = _shared(ids, previous)
    start = _start(points, shared)
    flat = start.positions
    if len(points) >= FEWEST_FOR_TSNE:
        flat = tsne.lay_out(points, flat, seed, settled=start.is_map)
    flat = fit_to_square(flat) if shared is None else align_to(flat, *shared)
    return separate(flat, np.random.default_rng(seed)).astype(np.float32)


def extend(
    latents: ArrayLike, ids: Sequence[str], previous: PreviousMap, *, seed: int = 0
) -> Array | None:
    """Lay out latents of which a map of the same model shows most: its dots stay where they are.

    Args:
        latents: (n, d).
        ids: n ids of the segments.
        previous: a map of latents of the same model.
        seed: of the shifts that separate new points which coincide with others.

    Returns:
        (n, 2) float32; None where the map shows less than half of the segments, or fewer than 12:
        `embed` them then.

    Raises:
        InputError: as `embed`.
    """
    points = _checked(latents, ids)
    shared = _shared(ids, previous)
    if shared is None or len(shared[0]) < max(FEWEST_FOR_TSNE, len(points) / 2):
        return None
    known, xy = shared
    new = np.setdiff1d(np.arange(len(points)), known)
    placed = np.empty((len(points), 2))
    placed[known] = xy
    if len(new):
        placed[new] = tsne.place(points[new], points[known], xy)
    return separate(placed, np.random.default_rng(seed), still=known).astype(np.float32)


def principal_components(points: Doubles, count: int) -> Doubles:
    """Scores of points on their principal axes.

    Args:
        points: (n, d).
        count: number of axes.

    Returns:
        (n, count); the largest loading of each axis is positive, scores beyond the rank are 0.
    """
    centred = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:count]
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
    scores = centred @ axes.T
    padded: Doubles = np.pad(scores, ((0, 0), (0, count - scores.shape[1])))
    return padded


def fit_to_square(points: Doubles) -> Doubles:
    """Shift and scale points (n, 2), both axes alike, to fill the unit square up to a margin."""
    lower, upper = points.min(axis=0), points.max(axis=0)
    side = float((upper - lower).max())
    scale = (1.0 - 2.0 * _MARGIN) / side if side > 0 else 1.0
    fitted: Doubles = (points - (lower + upper) / 2.0) * scale + 0.5
    return fitted


def align_to(points: Doubles, known: NDArray[np.int64], xy: Doubles) -> Doubles:
    """Rotate, mirror, scale and shift a map to match known positions (orthogonal Procrustes).

    The scale is the ratio of the spreads. Unlike the least-squares scale, it does not shrink the
    map where the two agree little. A result that would leave the unit square by more than a tenth
    is fitted to the square again.

    Args:
        points: (n, 2).
        known: (m,) rows of the points whose positions are known.
        xy: (m, 2) those positions.

    Returns:
        (n, 2), with `points[known]` near `xy`.
    """
    source, target = points[known], xy
    rotation = orthogonal_procrustes(source - source.mean(axis=0), target - target.mean(axis=0))
    spread = np.sqrt(source.var(axis=0).sum())
    target_spread = np.sqrt(target.var(axis=0).sum())
    if spread <= 0 or target_spread <= 0:
        return fit_to_square(points @ rotation)
    scale = target_spread / spread
    placed: Doubles = (points - source.mean(axis=0)) @ rotation * scale + target.mean(axis=0)
    inside = (placed >= -_OVERHANG).all() and (placed <= 1.0 + _OVERHANG).all()
    return placed if inside else fit_to_square(placed)


def orthogonal_procrustes(source: Doubles, target: Doubles) -> Doubles:
    """The rotation or reflection that brings points nearest to others (Schönemann 1966).

    Args:
        source: (m, 2).
        target: (m, 2), the point that each is to come to.

    Returns:
        (2, 2), the orthogonal Q for which source @ Q is nearest to target in the least-squares
        sense.
    """
    left, _, right = np.linalg.svd(source.T @ target)
    rotation: Doubles = left @ right
    return rotation


def separate(
    points: Doubles, rng: np.random.Generator, *, still: NDArray[np.int64] | None = None
) -> Doubles:
    """Move points apart that are nearer to each other than 1 / (4 sqrt(n)).

    Repeats of a loop have equal latents and would hide each other. After 60 rounds some pairs may
    still be nearer than that, but no two points coincide.

    Args:
        points: (n, 2).
        rng: draws the direction in which coinciding points part.
        still: rows of the points that are not moved.

    Returns:
        (n, 2).
    """
    gap = _GAP / np.sqrt(len(points))
    free = np.ones((len(points), 1))
    free[[] if still is None else still] = 0.0
    moved: Doubles = points + rng.uniform(-1e-3, 1e-3, points.shape) * gap * free
    for _ in range(_ROUNDS):
        pairs = cKDTree(moved).query_pairs(gap, output_type="ndarray")
        pairs = pairs[free[pairs, 0].any(axis=1)]
        if len(pairs) == 0:
            break
        moved += _pushes(moved, pairs, gap) * free
    return moved


@dataclass(frozen=True, eq=False)
class _Start:
    """Positions that t-SNE starts from, and whether they are a former map."""

    positions: Doubles
    is_map: bool


def _start(points: Doubles, shared: tuple[NDArray[np.int64], Doubles] | None) -> _Start:
    """The former map if it holds half of the points, new ones among neighbours; else the PCA."""
    if shared is None or 2 * len(shared[0]) < len(points) or len(points) < FEWEST_FOR_TSNE:
        return _Start(principal_components(points, 2), is_map=False)
    positions = _among_neighbours(points, *shared)
    return _Start(positions - positions.mean(axis=0), is_map=True)


def _among_neighbours(points: Doubles, known: NDArray[np.int64], xy: Doubles) -> Doubles:
    count = min(5, len(known))
    _, nearest = cKDTree(points[known]).query(points, k=range(1, count + 1))
    start: Doubles = xy[nearest].mean(axis=1)
    start[known] = xy
    return start


def _shared(
    ids: Sequence[str] | None, previous: PreviousMap | None
) -> tuple[NDArray[np.int64], Doubles] | None:
    """Rows of the points that the former map holds, and their positions there; None if none."""
    if ids is None or previous is None:
        return None
    xy = np.asarray(previous.xy, np.float64).reshape(-1, 2)
    former = {name: k for k, name in enumerate(previous.ids)}
    known = np.array([k for k, name in enumerate(ids) if name in former], np.int64)
    if len(known) == 0:
        return None
    return known, xy[[former[ids[k]] for k in known]]


def _checked(latents: ArrayLike, ids: Sequence[str] | None) -> Doubles:
    points = np.asarray(latents, np.float64)
    if points.ndim != 2 or len(points) == 0:
        raise InputError("there is nothing to map; import some music first")
    if not np.isfinite(points).all():
        raise InputError("the library's latents are not finite; train the model again")
    if ids is not None and len(ids) != len(points):
        raise InputError(f"{len(ids)} segments do not match {len(points)} latents; encode again")
    return points


def _pushes(points: Doubles, pairs: NDArray[np.intp], gap: float) -> Doubles:
    """Moves (n, 2) that push each pair apart to the gap, half of it to either side."""
    first, second = pairs.T
    between = points[first] - points[second]
    distance = np.maximum(np.linalg.norm(between, axis=1, keepdims=True), 1e-12)
    push = between / distance * (gap * 1.01 - distance) / 2.0
    total = np.zeros_like(points)
    np.add.at(total, first, push)
    np.add.at(total, second, -push)
    return total
