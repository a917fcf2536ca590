"""The inverse of the map: from a position on it to a latent, and how close that is to the music."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from core.errors import InputError

Array = NDArray[np.float32]
Points = NDArray[np.float64]
NEIGHBOURS = 6
_MOST = 32
_LEAST_DISTANCE = 1e-12
_PADDING = 0.25
_CELLS = (16, 192)
_GROWTH = 1.25
"""The k-th dot still counts a little: the radius reaches so much beyond it."""
_NODE_DISTANCE = float(np.sqrt(2.0 / 3.0))
"""Root mean square distance, in cells, of the nodes that a bicubic B-spline blends."""


class MapInverse:
    """Interpolates latents between the dots of a map: z(x, y), exact on every dot, smooth between.

    The latent of a position is the mean of the latents of the dots around it, with the weights of
    Franke and Little for Shepard's method, w_i = ((R - d_i)+ / (R d_i))^2, normalised. d_i is the
    distance to dot i, and R(x) a smooth radius that holds at least `neighbours` dots
    (`RadiusField`). The weights are not negative, sum to 1, are 1 on their dot, and have continuous
    first derivatives, which are 0 on the dots. Franke and Nielson, "Smooth interpolation of large
    sets of scattered data", 1980; Renka, ACM TOMS 14, 1988.

    Attributes:
        xy: (n, 2) positions of the dots.
        latents: (n, d) float32.

    Example:
        >>> inverse = MapInverse(xy, latents)
        >>> inverse.latent([(0.4, 0.6)]).shape
        (1, 64)
    """

    def __init__(self, xy: ArrayLike, latents: ArrayLike, *, neighbours: int = NEIGHBOURS) -> None:
        """Index the dots.

        Args:
            xy: (n, 2) positions of the dots, n >= 1.
            latents: (n, d) their latents.
            neighbours: how many dots contribute to a position at least.

        Raises:
            InputError: no dots, or shapes that do not match.
        """
        self.xy: Points = np.asarray(xy, np.float64)
        self.latents: Array = np.asarray(latents, np.float32)
        _require(self.xy, self.latents)
        self._tree = cKDTree(self.xy)
        self._radius = RadiusField(self._tree, neighbours)
        self._spacing = dot_spacing(self._tree)

    def __len__(self) -> int:
        return len(self.xy)

    def weights(self, points: ArrayLike) -> tuple[NDArray[np.int64], Points]:
        """Find the dots around positions, and how much each of them counts.

        Args:
            points: (m, 2) positions, also outside the dots.

        Returns:
            Rows of the dots (m, k), the nearest first, and their weights (m, k), k = min(n, 32).
            The weights of a position sum to 1; those of dots beyond the radius are 0.

        Raises:
            InputError: another shape, or positions that are not finite.
        """
        positions = _positions(points)
        distances, indices = self._query(positions, min(len(self), _MOST))
        radius = self._radius(positions)[:, None]
        # A distance this small outweighs all others in double precision, so a dot gets its own
        # latent exactly, and two dots at one position share it.
        distances = np.maximum(distances, _LEAST_DISTANCE)
        raw = (np.maximum(radius - distances, 0.0) / (radius * distances)) ** 2
        return indices, raw / raw.sum(axis=1, keepdims=True)

    def latent(self, points: ArrayLike) -> Array:
        """Interpolate: positions (m, 2) -> latents (m, d) float32."""
        indices, weights = self.weights(points)
        blended: Array = np.einsum("mk,mkd->md", weights, self.latents[indices]).astype(np.float32)
        return blended

    def confidence(self, points: ArrayLike) -> Points:
        """How close positions are to the user's music.

        exp(-max(0, d / s - 1)^2 / 2), where d is the distance to the nearest dot and s the spacing
        of the dots around: 1 on and between dots, .61 two spacings away, .01 at four.

        Args:
            points: (m, 2) positions.

        Returns:
            (m,) 0..1.
        """
        positions = _positions(points)
        distances, _ = self._query(positions, 1)
        indices, weights = self.weights(positions)
        spacing = np.einsum("mk,mk->m", weights, self._spacing[indices])
        excess = np.maximum(distances[:, 0] / spacing - 1.0, 0.0)
        confidence: Points = np.exp(-0.5 * excess**2)
        return confidence

    def nearest(self, point: ArrayLike, radius: float = np.inf) -> int | None:
        """Find the dot nearest to a position.

        Args:
            point: (2,) position.
            radius: in units of the map.

        Returns:
            The dot's row, or None if there is no dot within `radius`.
        """
        distance, index = self._tree.query(np.asarray(point, np.float64), k=1)
        return int(index) if distance <= radius else None

    def within(self, point: ArrayLike, radius: float) -> list[int]:
        """Find the dots around a position.

        Args:
            point: (2,).
            radius: on the map.

        Returns:
            Their rows, in ascending order.
        """
        return sorted(self._tree.query_ball_point(np.asarray(point, np.float64), radius))

    def _query(self, positions: Points, k: int) -> tuple[Points, NDArray[np.int64]]:
        distances, indices = self._tree.query(positions, k=range(1, k + 1))
        return distances, indices


class RadiusField:
    """A radius R(x) around any position that holds at least k dots; twice differentiable in x.

    The distance to the k-th nearest dot has kinks where two dots change their order. So it is
    sampled on a grid, and the samples are blended by uniform cubic B-splines. That distance changes
    by at most the distance moved; adding the root mean square distance of the blended nodes
    therefore makes the blend an upper bound of it. Outside the grid, which reaches a quarter of the
    map's size around the map, the distance to the grid is added.
    """

    def __init__(self, tree: cKDTree, k: int) -> None:
        """Sample the radius.

        Args:
            tree: of the dots, 2-D.
            k: number of dots that the radius holds; at most all of them.
        """
        lower, upper = tree.mins, tree.maxes
        side = max(float((upper - lower).max()), 1e-6)
        cells = int(np.clip(2.0 * np.sqrt(tree.n), *_CELLS))
        self._step = side * (1.0 + 2.0 * _PADDING) / cells
        self._origin = (lower + upper) / 2.0 - self._step * cells / 2.0
        self._cells = cells
        self._values = self._sampled(tree, min(k, tree.n))

    def __call__(self, points: Points) -> Points:
        """The radius at positions (m, 2): (m,)."""
        inside = np.clip(points, self._origin, self._origin + self._step * self._cells)
        position = (inside - self._origin) / self._step
        cell = np.minimum(position.astype(np.int64), self._cells - 1)
        across, up = _cubic_weights(position - cell).transpose(1, 0, 2)
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
        reach = distances.reshape(nodes.shape[:2]) + _NODE_DISTANCE * self._step
        grown: Points = _GROWTH * reach
        return grown


def dot_spacing(tree: cKDTree, *, neighbour: int = 3, limit: float = 3.0) -> Points:
    """Distance from each dot to its neighbours.

    Args:
        tree: of the dots, 2-D.
        neighbour: which neighbour counts, 1 for the nearest.
        limit: largest distance that is returned, as a multiple of the median, because a dot far
            from all others is no wide region of music.

    Returns:
        (n,) positive distances.
    """
    if tree.n < 2:
        return np.full(tree.n, 1.0)
    distances, _ = tree.query(tree.data, k=[min(neighbour, tree.n - 1) + 1])
    spacing = distances[:, 0]
    middle = max(float(np.percentile(spacing, 50.0)), 1e-9)  # np.median imports masked arrays
    limited: Points = np.clip(spacing, 0.1 * middle, limit * middle)
    return limited


def _positions(points: ArrayLike) -> Points:
    positions = np.atleast_2d(np.asarray(points, np.float64))
    if positions.ndim != 2 or positions.shape[1] != 2 or not np.isfinite(positions).all():
        raise InputError(f"positions on the map are finite (m, 2), not {positions.shape}")
    return positions


def _require(xy: Points, latents: Array) -> None:
    if len(xy) == 0:
        raise InputError("a map needs at least one segment; import some music")
    if xy.shape != (len(latents), 2) or latents.ndim != 2:
        raise InputError(
            f"map positions {xy.shape} and latents {latents.shape} do not match; embed them again"
        )


def _cubic_weights(t: Points) -> Points:
    """Weights (..., 4) of the four nodes around by the uniform cubic B-spline; t is 0..1."""
    rest = 1.0 - t
    weights: Points = np.stack(
        [rest**3, 3 * t**3 - 6 * t**2 + 4, 3 * rest**3 - 6 * rest**2 + 4, t**3], axis=-1
    )
    weights /= 6.0
    return weights
