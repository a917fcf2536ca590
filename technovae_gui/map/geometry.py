"""Geometry on the map: finding dots, the inside of a lasso, smooth paths."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.latent.tour import short_tour
from core.library.latent_map import LatentMap

Points = NDArray[np.float64]
Rows = NDArray[np.int64]
_CONE = 0.5
"""Cosine: a dot lies in a direction if it is at most 60 degrees off."""
PATH_STEPS = 96
_WINDOW = 9
"""Steps that are averaged: small enough that corners stay corners."""


class DotPicker:
    """Finds dots of a map: by plain numpy, and by its k-d tree once `use_tree` was called."""

    def __init__(self, latent_map: LatentMap) -> None:
        self._map = latent_map
        self._has_tree = False

    def use_tree(self) -> None:
        """Use the tree of the map's inverse from now on; it must be built by then."""
        self._has_tree = True

    def nearest(self, xy: tuple[float, float], radius: float) -> int | None:
        """Find the dot nearest to a position.

        Args:
            xy: the position in units of the map.
            radius: in units of the map.

        Returns:
            The dot's row, or None if there is no dot within `radius`.
        """
        if self._has_tree:
            return self._map.inverse.nearest(xy, radius)
        distances = ((self._map.xy - xy) ** 2).sum(axis=1)
        row = int(distances.argmin())
        return row if distances[row] <= radius**2 else None

    def next_row(self, xy: tuple[float, float], dx: float, dy: float) -> int | None:
        """Find the next dot in a direction; near and straight ahead is preferred.

        Args:
            xy: the position to start from; dots on it are left out.
            dx: of the direction, positive to the right.
            dy: of the direction, positive upwards.

        Returns:
            The dot's row, or None if there is no dot in that direction.
        """
        offsets = self._map.xy - xy
        distances = np.hypot(offsets[:, 0], offsets[:, 1])
        ahead = offsets @ (dx, dy)
        with np.errstate(invalid="ignore", divide="ignore"):
            cosines = ahead / (distances * np.hypot(dx, dy))
            costs = np.where((distances > 1e-9) & (cosines > _CONE), distances / cosines**2, np.inf)
        row = int(costs.argmin())
        return row if np.isfinite(costs[row]) else None


def inside(polygon: ArrayLike, points: Points) -> Rows:
    """Find the points inside a polygon, by the even-odd rule.

    Args:
        polygon: (m, 2) corners; the last one is joined to the first one.
        points: (n, 2).

    Returns:
        Rows of the points inside, in ascending order.
    """
    corners = np.asarray(polygon, np.float64)
    within = np.zeros(len(points), bool)
    x, y = points.T
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 != y1:
            crosses = (y0 <= y) != (y1 <= y)
            within ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return np.flatnonzero(within)


def smooth_path(points: ArrayLike, steps: int = PATH_STEPS) -> Points:
    """Smooth a line that was drawn by hand.

    Args:
        points: (n, 2), n >= 2.
        steps: how many points the result has.

    Returns:
        (steps, 2) at equal distances, from the first to the last of `points`.
    """
    even = resample_path(np.asarray(points, np.float64), steps)
    window = np.hanning(_WINDOW + 2)[1:-1]
    window /= window.sum()
    half = _WINDOW // 2
    # Mirrored at its ends, the line still ends where the hand did.
    before = 2 * even[0] - even[half:0:-1]
    after = 2 * even[-1] - even[-2 : -half - 2 : -1]
    padded = np.concatenate([before, even, after])
    columns = [np.convolve(column, window, mode="valid") for column in padded.T]
    return resample_path(np.stack(columns, axis=1), steps)


def path_through(dots: Points, steps: int = PATH_STEPS) -> Points:
    """Draw a short path through dots, from one at the rim.

    Args:
        dots: (n, 2).
        steps: points of the path.

    Returns:
        (steps, 2), at equal distances along it.
    """
    offsets = dots[:, None] - dots[None]
    distances = np.hypot(offsets[..., 0], offsets[..., 1])
    rim = int(np.hypot(*(dots - dots.mean(axis=0)).T).argmax())
    return resample_path(dots[short_tour(distances, start=rim)], steps)


def resample_path(points: Points, steps: int) -> Points:
    """Put points at equal distances on a polyline.

    Args:
        points: (n, 2), its corners.
        steps: how many points.

    Returns:
        (steps, 2), the first and the last one where those of the polyline are.
    """
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    wanted = np.linspace(0.0, along[-1], steps)
    return np.stack([np.interp(wanted, along, column) for column in points.T], axis=1)
