"""A hand's stroke as a smooth line of even steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]
STEPS = 96
_WINDOW = 9
"""Steps that are averaged: trembling goes, corners stay corners."""


def smooth(points: ArrayLike, steps: int = STEPS) -> Points:
    """`points` (n >= 2, 2) as `steps` points at equal distances, both ends where they were."""
    even = even_steps(np.asarray(points, np.float64), steps)
    window = np.hanning(_WINDOW + 2)[1:-1]
    window /= window.sum()
    half = _WINDOW // 2
    # Mirrored in the ends themselves, the line still ends where the hand did.
    before = 2 * even[0] - even[half:0:-1]
    after = 2 * even[-1] - even[-2 : -half - 2 : -1]
    padded = np.concatenate([before, even, after])
    columns = [np.convolve(column, window, mode="valid") for column in padded.T]
    return even_steps(np.stack(columns, axis=1), steps)


def even_steps(points: Points, steps: int) -> Points:
    """(steps, 2) at equal distances along the polyline through `points` (n, 2)."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    wanted = np.linspace(0.0, along[-1], steps)
    return np.stack([np.interp(wanted, along, column) for column in points.T], axis=1)
