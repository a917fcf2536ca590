"""From a place on the map back to a latent."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from core.errors import InputError
from core.latent.spacing import RadiusField, dot_spacing

Array = NDArray[np.float32]
Points = NDArray[np.float64]
NEIGHBOURS = 6
_MOST = 32
_NEAREST_DISTANCE = 1e-12


class MapInverse:
    """z(x, y): the blend of the latents of the dots around, exact on every dot, smooth between.

    Weights are those of Franke and Little for Shepard's method, w_i = ((R - d_i)+ / (R d_i))^2,
    normalised; R(x) is a smooth radius around at least `neighbours` dots (`RadiusField`). So they
    are positive, sum to 1, are 1 on their dot, and their first derivatives are continuous (flat
    on the dots). Source: Franke and Nielson 1980, "Smooth interpolation of large sets of
    scattered data"; Renka 1988, ACM TOMS 14.
    """

    def __init__(self, xy: ArrayLike, latents: ArrayLike, *, neighbours: int = NEIGHBOURS) -> None:
        """`xy` (n, 2) and `latents` (n, d) of n >= 1 dots.

        Raises:
            InputError: no dots, or the shapes do not match.
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
        """Dots around each of `points` (m, 2), nearest first, and their weights.

        Returns:
            indices (m, k) and weights (m, k), k = min(n, 32); rows sum to 1, unused ones are 0.
        """
        places = _places(points)
        distances, indices = self._query(places, min(len(self), _MOST))
        radius = self._radius(places)[:, None]
        # So small a distance outweighs all others in double precision: exact on the dot, and two
        # dots on one place share it.
        distances = np.maximum(distances, _NEAREST_DISTANCE)
        raw = (np.maximum(radius - distances, 0.0) / (radius * distances)) ** 2
        return indices, raw / raw.sum(axis=1, keepdims=True)

    def latent(self, points: ArrayLike) -> Array:
        """Latents (m, d) at `points` (m, 2)."""
        indices, weights = self.weights(points)
        blended: Array = np.einsum("mk,mkd->md", weights, self.latents[indices]).astype(np.float32)
        return blended

    def confidence(self, points: ArrayLike) -> Points:
        """How near `points` (m, 2) are to the user's music: (m,), 0..1.

        exp(-max(0, d / s - 1)^2 / 2), d being the distance to the nearest dot and s the spacing of
        the dots around: 1 on and between dots, .61 two spacings away, .01 at four.
        """
        places = _places(points)
        distances, _ = self._query(places, 1)
        indices, weights = self.weights(places)
        spacing = np.einsum("mk,mk->m", weights, self._spacing[indices])
        excess = np.maximum(distances[:, 0] / spacing - 1.0, 0.0)
        confidence: Points = np.exp(-0.5 * excess**2)
        return confidence

    def nearest(self, point: ArrayLike, radius: float = np.inf) -> int | None:
        """Index of the dot nearest to `point` (2,), None if none lies within `radius`."""
        distance, index = self._tree.query(np.asarray(point, np.float64), k=1)
        return int(index) if distance <= radius else None

    def within(self, point: ArrayLike, radius: float) -> list[int]:
        """Indices of the dots within `radius` of `point` (2,), in ascending order."""
        return sorted(self._tree.query_ball_point(np.asarray(point, np.float64), radius))

    def _query(self, places: Points, k: int) -> tuple[Points, NDArray[np.int64]]:
        distances, indices = self._tree.query(places, k=range(1, k + 1))
        return distances, indices


def _places(points: ArrayLike) -> Points:
    places = np.atleast_2d(np.asarray(points, np.float64))
    if places.ndim != 2 or places.shape[1] != 2 or not np.isfinite(places).all():
        raise InputError(f"places on the map are finite (m, 2), not {places.shape}")
    return places


def _require(xy: Points, latents: Array) -> None:
    if len(xy) == 0:
        raise InputError("a map needs at least one segment; import some music")
    if xy.shape != (len(latents), 2) or latents.ndim != 2:
        raise InputError(
            f"map positions {xy.shape} and latents {latents.shape} do not match; embed them again"
        )
