"""Which dot is meant: the nearest, those inside a lasso, the next one in a direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.library.latent_map import LatentMap

Points = NDArray[np.float64]
Rows = NDArray[np.int64]
_CONE = 0.5
"""Cosine: a dot lies in a direction if it is at most 60 degrees off."""


class Picker:
    """Finds dots of a map by plain numpy, and by its k-d tree once `use_tree` was called."""

    def __init__(self, latent_map: LatentMap) -> None:
        self._map = latent_map
        self._has_tree = False

    def use_tree(self) -> None:
        """The map's inverse is there: it was built off the main thread."""
        self._has_tree = True

    def nearest(self, place: tuple[float, float], radius: float) -> int | None:
        """Row of the dot nearest to `place`, None if none lies within `radius` of the map."""
        if self._has_tree:
            return self._map.inverse.nearest(place, radius)
        distances = ((self._map.xy - place) ** 2).sum(axis=1)
        row = int(distances.argmin())
        return row if distances[row] <= radius**2 else None

    def next_row(self, place: tuple[float, float], dx: float, dy: float) -> int | None:
        """Row of the next dot from `place` in the direction (dx, dy), y upwards; None at the rim.

        Near and straight ahead wins; dots on `place` itself are where one already is.
        """
        offsets = self._map.xy - place
        distances = np.hypot(offsets[:, 0], offsets[:, 1])
        ahead = offsets @ (dx, dy)
        with np.errstate(invalid="ignore", divide="ignore"):
            cosines = ahead / (distances * np.hypot(dx, dy))
            costs = np.where((distances > 1e-9) & (cosines > _CONE), distances / cosines**2, np.inf)
        row = int(costs.argmin())
        return row if np.isfinite(costs[row]) else None


def inside(polygon: ArrayLike, places: Points) -> Rows:
    """Rows of `places` (n, 2) inside `polygon` (m, 2), closed by itself, by the even-odd rule."""
    corners = np.asarray(polygon, np.float64)
    within = np.zeros(len(places), bool)
    x, y = places.T
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 != y1:
            crosses = (y0 <= y) != (y1 <= y)
            within ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return np.flatnonzero(within)
