"""Walks through the latent space, from anchor to anchor near real music, in equal audible steps."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from core.errors import InputError
from core.latent.anchors import anchors_near, draw_anchors, ranks_of, target_ranks
from core.latent.metric import Decode, fingerprints
from core.latent.tour import short_tour

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]

_PIECES = 6
_CURVE_WEIGHT = 4.0


@dataclass(frozen=True, eq=False)
class Walk:
    """Latents to be played one after another.

    Attributes:
        latents: (steps, d), from the first anchor to the last one.
        anchors: (a, d) in the order of the walk.
        segments: (a,) row of the library's latents that each anchor is near.
        anchor_steps: (a,) row of `latents` that each anchor is.
        step_db: (steps - 1,) mean absolute difference of successive decoded spectrograms in dB;
            the largest is at most twice their mean.
    """

    latents: Array
    anchors: Array
    segments: Indices
    anchor_steps: Indices
    step_db: Doubles


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
    """Walk through a library's latent space.

    Anchors are drawn near segments and ordered to a short tour, by the distance of their decoded
    spectrograms. The path through them is divided into steps that sound equally large.

    Args:
        latents: (n, d) of the library's segments.
        decode: latents (n, d) -> spectrograms (n, 512, 128) dB.
        steps: number of latents of the walk, 1 or more.
        rng: random generator.
        anchors: number of anchors, each passed once. At most (steps + 1) // 2, so that no step is
            over twice the mean. Default: one for four steps.
        start: row of `latents` to start on exactly. Default: drawn at random.
        values: (n,) an attribute of the segments, for `curve`.
        curve: any number of points, 0 (the library's lowest value) to 1 (its highest): how high
            the attribute should be along the walk.
        novelty: how far the anchors after the first are from their segments, 0 (on them) to 1
            (anywhere in their neighbourhood).
        reach: share of the library, nearest to the start, from which segments are drawn.

    Returns:
        The walk.

    Raises:
        InputError: no latents, or arguments out of range.

    Example:
        >>> path = walk(latents, codec.decode, steps=16, rng=np.random.default_rng(0))
        >>> path.latents.shape
        (16, 64)
    """
    points = np.asarray(latents, np.float32)
    _require(points, steps, start)
    first = int(rng.integers(len(points))) if start is None else start
    count = _anchor_count(anchors, steps)
    targets = target_ranks(curve, count)
    ranks = None if values is None else ranks_of(np.asarray(values, np.float64))
    segments = draw_anchors(
        points, count, rng, start=first, ranks=ranks, targets=targets, reach=reach
    )
    near = anchors_near(points, segments, novelty, rng)
    order = _order(near, decode, None if ranks is None else ranks[segments], targets)
    route = equal_steps(near[order], decode, steps, centre=points.mean(axis=0))
    return Walk(route.latents, near[order], segments[order], route.anchor_steps, route.step_db)


@dataclass(frozen=True, eq=False)
class Route:
    """A path in equal steps; see `Walk` for the attributes."""

    latents: Array
    anchor_steps: Indices
    step_db: Doubles


def equal_steps(anchors: Array, decode: Decode, steps: int, *, centre: Array) -> Route:
    """Divide the path through anchors into steps that sound equally large.

    The steps between two anchors are equal in decoded dB, and the numbers of steps between anchors
    are those that make the largest step as small as possible. With a - 1 <= (steps - 1) / 2
    stretches, no step exceeds twice the mean, because rounding up each stretch's share of steps of
    that size takes no more steps than there are.

    Args:
        anchors: (a, d), which the path passes in this order.
        decode: latents (n, d) -> spectrograms (n, 512, 128) dB.
        steps: number of latents on the path, at least a.
        centre: (d,) the mean of the latents, around which the path goes in arcs (`slerp`).

    Returns:
        The path; the anchors are among its latents.

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
    distances = [_distance_along(slerp(a, b, fine, centre), decode) for a, b in pairs]
    counts = apportion(np.array([along[-1] for along in distances]), steps - 1)
    parts, sizes = [anchors[:1]], []
    for (a, b), along, count in zip(pairs, distances, counts, strict=True):
        shares = np.arange(1, count + 1) / count
        parts.append(slerp(a, b, _at_shares(along, fine, shares), centre))
        sizes.append(np.full(count, along[-1] / count))
    anchor_steps = np.concatenate([[0], np.cumsum(counts)])
    return Route(np.concatenate(parts), anchor_steps, np.concatenate(sizes))


def slerp(a: Array, b: Array, shares: Doubles, centre: Array) -> Array:
    """Interpolate between two latents on an arc around a centre.

    Directions from the centre are interpolated on the sphere (slerp; Shoemake, "Animating rotation
    with quaternion curves", 1985) and distances from it linearly. A straight line would pass the
    middle of the latent space, where the average of all music is.

    Args:
        a: (d,) latent at 0.
        b: (d,) latent at 1.
        shares: (m,) where to interpolate, 0..1.
        centre: (d,) of the arc, usually the mean of the library's latents.

    Returns:
        (m, d) float32; exactly `a` and `b` at the ends. Where the two are in the same or in
        opposite directions, or one is at the centre, the line is straight.
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
    unit = (np.sin((1.0 - t) * angle) * unit_a + np.sin(t * angle) * unit_b) / np.sin(angle)
    points = np.asarray(centre + unit * (size_a + t * (size_b - size_a)), np.float32)
    points[shares <= 0.0] = a
    points[shares >= 1.0] = b
    return points


def apportion(lengths: Doubles, total: int) -> Indices:
    """Distribute steps over stretches so that the largest step is as small as possible.

    Args:
        lengths: (n,) of the stretches.
        total: number of steps, at least n.

    Returns:
        (n,) steps for each stretch, 1 or more, with the sum `total`.
    """
    counts = np.ones(len(lengths), np.int64)
    for _ in range(total - len(lengths)):
        counts[(lengths / counts).argmax()] += 1
    return counts


def spectral_distance(a: Array, b: Array) -> Doubles:
    """How far spectrograms are from each other, pair by pair.

    Args:
        a: (n, 512, 128) dB.
        b: (n, 512, 128) dB.

    Returns:
        (n,) mean absolute differences, dB.
    """
    distances: Doubles = np.abs(a - b).mean(axis=(1, 2), dtype=np.float64)
    return distances


def _distance_along(points: Array, decode: Decode) -> Doubles:
    """Cumulative distance from the first of `points` to each, in decoded dB; strictly rising."""
    spectra = decode(points)
    steps = spectral_distance(spectra[1:], spectra[:-1])
    along: Doubles = np.concatenate([[0.0], np.cumsum(np.maximum(steps, 1e-6))])
    return along


def _at_shares(along: Doubles, fine: Doubles, shares: Doubles) -> Doubles:
    at: Doubles = np.interp(shares * along[-1], along, fine)
    at[-1] = 1.0
    return at


def _order(
    anchors: Array, decode: Decode, ranks: Doubles | None, targets: Doubles | None
) -> list[int]:
    """A short tour from the first anchor, close to the curve where there is one."""
    prints = fingerprints(anchors, decode)
    distances = cdist(prints, prints, "cityblock") / prints.shape[1]
    if ranks is None or targets is None:
        return short_tour(distances)
    off_curve = np.abs(ranks[:, None] - targets[None, :])
    typical = float(distances.mean())
    return short_tour(distances, place_costs=_CURVE_WEIGHT * typical * off_curve)


def _anchor_count(anchors: int | None, steps: int) -> int:
    count = (steps + 3) // 4 + 1 if anchors is None else anchors
    return int(np.clip(count, 1, max(1, (steps + 1) // 2)))


def _require(latents: Array, steps: int, start: int | None) -> None:
    if latents.ndim != 2 or len(latents) == 0:
        raise InputError("there is no music to walk through; import some first")
    if steps < 1:
        raise InputError(f"a walk of {steps} steps is not possible; give 1 or more")
    if start is not None and not 0 <= start < len(latents):
        raise InputError(f"the walk cannot start on segment {start} of {len(latents)}")
