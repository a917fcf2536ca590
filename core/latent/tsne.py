"""t-SNE by openTSNE, whose cost grows as n log n: whole maps, and new points on a map.

Van der Maaten and Hinton, JMLR 9, 2008; Linderman et al., Nature Methods 16, 2019 (interpolation);
Policar, Strazar and Zupan, Machine Learning 112, 2023 (new points on a map).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Doubles = NDArray[np.float64]
_PERPLEXITY: Final = 30.0
_LARGE_PERPLEXITY: Final = 20.0
_FRESH_SPREAD: Final = 1e-4
_EXAGGERATION: Final = 4.0
_EARLY_ITERATIONS: Final = 250
_ITERATIONS: Final = 500
_LARGE_ITERATIONS: Final = (150, 350)
_LARGE: Final = 10_000
"""Points. From there on interpolation is faster than the Barnes-Hut tree; the grid that it needs
costs some 30 ms a step whatever their number. A lower perplexity and fewer steps halve the cost:
2,000 segments kept as many of their ten neighbours with them, of thirty .67 instead of .69."""
# A map that starts from the former one begins near the size that t-SNE ends at, and without
# exaggeration, which would collapse it again: of 500 segments of a retrained model, half moved by
# .05 instead of .21.
_SETTLED_SPREAD: Final = 0.6
_SETTLED_ITERATIONS: Final = 400
_PLACING_ITERATIONS: Final = 150
_PLACING_RATE: Final = 0.1
"""Larger ones throw new points out of the map (Policar et al.)."""
_STARTING_NEIGHBOURS: Final = 5
_AT_ONCE: Final = 128
"""Points whose distances to all others are in memory together: 33 MB for 32,000."""


def lay_out(points: Doubles, start: Doubles, seed: int, *, settled: bool) -> Doubles:
    """Lay points out on a plane so that neighbours stay neighbours.

    Args:
        points: (n, d), n >= 12.
        start: (n, 2), of any size, around 0.
        seed: of the search for neighbours.
        settled: whether `start` is a map already, which is to change as little as need be.

    Returns:
        (n, 2), of any size. Equal arguments give equal maps.
    """
    from openTSNE import TSNEEmbedding, affinity

    spread = float(start[:, 0].std()) or 1.0
    wanted = _SETTLED_SPREAD * np.sqrt(len(points)) if settled else _FRESH_SPREAD
    # One thread: sums come out the same on any number of cores, and threads that wait for each
    # other on a busy machine made it 17 times slower (500 points, two cores: 24 s, alone 1.4 s).
    neighbours = affinity.PerplexityBasedNN(
        points, perplexity=_perplexity(len(points)), n_jobs=1, random_state=seed
    )
    found = TSNEEmbedding(start / spread * wanted, neighbours, **_options(len(points)))
    if settled:
        found = found.optimize(_SETTLED_ITERATIONS, momentum=0.8)
    else:
        large = len(points) >= _LARGE
        early, late = _LARGE_ITERATIONS if large else (_EARLY_ITERATIONS, _ITERATIONS)
        found = found.optimize(early, exaggeration=_EXAGGERATION, momentum=0.5)
        found = found.optimize(late, momentum=0.8)
    return np.array(found, np.float64)


def place(points: Doubles, known: Doubles, xy: Doubles) -> Doubles:
    """Find the places of new points on a map, whose own points stay where they are.

    Args:
        points: (m, d), the new ones.
        known: (n, d), those of the map, n >= 12.
        xy: (n, 2), where these are.

    Returns:
        (m, 2), in the units of `xy`.
    """
    from openTSNE import PartialTSNEEmbedding, TSNEEmbedding, affinity

    perplexity = _perplexity(len(known))
    count = min(len(known), round(3 * perplexity))
    distances, nearest = _nearest(points, known, count)
    attraction = affinity.joint_probabilities_nn(
        nearest,
        distances,
        [perplexity],
        symmetrize=False,
        normalization="point-wise",
        n_reference_samples=len(known),
        n_jobs=1,
    )
    scale = _SETTLED_SPREAD * np.sqrt(len(known)) / (float(xy[:, 0].std()) or 1.0)
    # By the tree whatever their number: with the grid new points were thrown to other regions (of
    # ten neighbours of 320 among 32,000 they kept 1.5 instead of 6.3), and it took twice as long.
    options = {"negative_gradient_method": "bh", "n_jobs": 1}
    # Its own points attract each other no more: they stay.
    unmoved = affinity.PrecomputedAffinities(
        sparse.identity(len(known), format="csr"), normalize=False
    )
    start = np.median(xy[nearest[:, :_STARTING_NEIGHBOURS]], axis=1)
    found = PartialTSNEEmbedding(
        start * scale, TSNEEmbedding(xy * scale, unmoved, **options), attraction, **options
    )
    moved = found.optimize(_PLACING_ITERATIONS, learning_rate=_PLACING_RATE, momentum=0.8)
    placed: Doubles = np.array(moved, np.float64) / scale
    return placed


def _nearest(points: Doubles, among: Doubles, count: int) -> tuple[Doubles, NDArray[np.int64]]:
    """Distances (m, count) of points to their nearest of others, and which these are (m, count).

    By products of matrices: a k-d tree looks at nearly all of them, too, in 64 dimensions, and
    takes three times as long.
    """
    squares = (among**2).sum(axis=1)
    distances, nearest = np.empty((len(points), count)), np.empty((len(points), count), np.int64)
    for first in range(0, len(points), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        apart = squares - 2.0 * points[some] @ among.T + (points[some] ** 2).sum(axis=1)[:, None]
        rows = np.argpartition(apart, count - 1, axis=1)[:, :count]
        found = np.take_along_axis(apart, rows, axis=1)
        order = np.argsort(found, axis=1, kind="stable")
        nearest[some] = np.take_along_axis(rows, order, axis=1)
        distances[some] = np.sqrt(np.maximum(np.take_along_axis(found, order, axis=1), 0.0))
    return distances, nearest


def _perplexity(count: int) -> float:
    wanted = _LARGE_PERPLEXITY if count >= _LARGE else _PERPLEXITY
    return min(wanted, (count - 1) / 3.0)


def _options(count: int) -> dict[str, Any]:
    method = "fft" if count >= _LARGE else "bh"
    return {"negative_gradient_method": method, "n_jobs": 1}
