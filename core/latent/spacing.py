"""How far apart dots lie, as smooth functions of the place on the map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Points = NDArray[np.float64]
_PADDING = 0.25
_CELLS = (16, 192)
_GROWTH = 1.25
"""The k-th dot still counts a little: the radius reaches so much beyond it."""
_TO_SURE_REACH = float(np.sqrt(2.0 / 3.0))
"""Root mean square distance, in cells, of the nodes that a bicubic B-spline blends."""


class RadiusField:
    """A radius R(x) that holds at least the `k` nearest dots from anywhere, twice differentiable.

    The distance to the k-th nearest dot has kinks where dots change places in the order. It is
    sampled on a grid here and blended by uniform cubic B-splines (C2). A distance changes by at
    most the way moved, so adding the blended nodes' root mean square distance makes the blend an
    upper bound of what it smooths. Outside the grid (a quarter of the map's size around it) the
    way back to the grid is added.
    """

    def __init__(self, tree: cKDTree, k: int) -> None:
        lower, upper = tree.mins, tree.maxes
        side = max(float((upper - lower).max()), 1e-6)
        cells = int(np.clip(2.0 * np.sqrt(tree.n), *_CELLS))
        self._step = side * (1.0 + 2.0 * _PADDING) / cells
        self._origin = (lower + upper) / 2.0 - self._step * cells / 2.0
        self._cells = cells
        self._values = self._sampled(tree, min(k, tree.n))

    def __call__(self, points: Points) -> Points:
        """R at `points` (m, 2): (m,)."""
        inside = np.clip(points, self._origin, self._origin + self._step * self._cells)
        place = (inside - self._origin) / self._step
        cell = np.minimum(place.astype(np.int64), self._cells - 1)
        across, up = _cubic(place - cell).transpose(1, 0, 2)
        rows = cell[:, 0, None] + np.arange(4)
        columns = cell[:, 1, None] + np.arange(4)
        nodes = self._values[rows[:, :, None], columns[:, None, :]]
        radius: Points = np.einsum("mi,mj,mij->m", across, up, nodes)
        radius += _GROWTH * np.linalg.norm(points - inside, axis=1)
        return radius

    def _sampled(self, tree: cKDTree, k: int) -> Points:
        axis = self._step * np.arange(-1, self._cells + 2)
        nodes = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1) + self._origin
        distances, _ = tree.query(nodes.reshape(-1, 2), k=[k])
        reach = distances.reshape(nodes.shape[:2]) + _TO_SURE_REACH * self._step
        grown: Points = _GROWTH * reach
        return grown


def dot_spacing(tree: cKDTree, *, neighbour: int = 3, limit: float = 3.0) -> Points:
    """Distance from each dot to its `neighbour`-th nearest, at most `limit` times the median.

    A lone dot is no wide region of music, hence the limit. (n,), positive.
    """
    if tree.n < 2:
        return np.full(tree.n, 1.0)
    distances, _ = tree.query(tree.data, k=[min(neighbour, tree.n - 1) + 1])
    spacing = distances[:, 0]
    middle = max(float(np.median(spacing)), 1e-9)
    limited: Points = np.clip(spacing, 0.1 * middle, limit * middle)
    return limited


def _cubic(t: Points) -> Points:
    """Weights of the four nodes around by the uniform cubic B-spline, `t` in 0..1: (..., 4)."""
    rest = 1.0 - t
    weights: Points = np.stack(
        [rest**3, 3 * t**3 - 6 * t**2 + 4, 3 * rest**3 - 6 * rest**2 + 4, t**3], axis=-1
    )
    weights /= 6.0
    return weights
