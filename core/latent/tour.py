"""The order in which to visit points: a short open tour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
_WINDOW = 40
_MOST_TRIES = 4000
_SWEEPS = 30
_LEAST_GAIN = 1e-9


def short_tour(
    distances: Doubles, *, start: int = 0, place_costs: Doubles | None = None
) -> list[int]:
    """Find a short open tour through points (a path variant of the travelling salesman problem).

    A greedy nearest-neighbour tour is improved by reversals (2-opt, Croes 1958) and moves of up to
    three points (Or-opt, Or 1976) within stretches of 40 points (fewer from 100 points on), until
    nothing gets better.

    Args:
        distances: (n, n).
        start: the first point.
        place_costs: (n, n) cost [i, p] of visiting point i as the p-th one; None for none.

    Returns:
        Every point once, `start` first.

    Example:
        >>> short_tour(np.abs(np.subtract.outer([0, 5, 1], [0, 5, 1])), start=0)
        [0, 2, 1]
    """
    count = len(distances)
    costs = np.zeros((count, count)) if place_costs is None else place_costs
    order = _greedy(distances, costs, start)
    for _ in range(_SWEEPS):
        gained = _reverse_stretches(order, distances, costs)
        gained |= _move_points(order, distances, costs)
        if not gained:
            break
    return [int(point) for point in order]


def _greedy(distances: Doubles, costs: Doubles, start: int) -> NDArray[np.int64]:
    order = np.full(len(distances), start, np.int64)
    left = np.ones(len(distances), bool)
    left[start] = False
    for place in range(1, len(order)):
        rest = np.flatnonzero(left)
        best = rest[(distances[order[place - 1], rest] + costs[rest, place]).argmin()]
        order[place] = best
        left[best] = False
    return order


def _reverse_stretches(order: NDArray[np.int64], distances: Doubles, costs: Doubles) -> bool:
    gained = False
    for first in range(1, len(order) - 1):
        for last in range(first + 1, min(first + _window(order), len(order))):
            stretch = order[first : last + 1]
            gained |= _take_if_better(order, first, stretch[::-1].copy(), distances, costs)
    return gained


def _move_points(order: NDArray[np.int64], distances: Doubles, costs: Doubles) -> bool:
    """Move one to three neighbouring points along the tour: a rotation of the stretch between."""
    gained = False
    for first in range(1, len(order) - 1):
        for last in range(first + 1, min(first + _window(order), len(order))):
            for size in range(1, min(4, last - first + 1)):
                for shift in (size, -size):
                    moved = np.roll(order[first : last + 1], shift)
                    gained |= _take_if_better(order, first, moved, distances, costs)
    return gained


def _window(order: NDArray[np.int64]) -> int:
    return int(np.clip(_MOST_TRIES // len(order), 8, _WINDOW))


def _take_if_better(
    order: NDArray[np.int64],
    first: int,
    stretch: NDArray[np.int64],
    distances: Doubles,
    costs: Doubles,
) -> bool:
    """Put `stretch` in place of as many points from `first` on, if that makes the tour cheaper."""
    last = first + len(stretch)
    places = np.arange(first, last)
    before = _cost(order[first - 1 : last + 1], places, distances, costs)
    around = order[first - 1 : last + 1].copy()
    around[1 : 1 + len(stretch)] = stretch
    if _cost(around, places, distances, costs) >= before - _LEAST_GAIN:
        return False
    order[first:last] = stretch
    return True


def _cost(
    around: NDArray[np.int64], places: NDArray[np.int64], distances: Doubles, costs: Doubles
) -> float:
    """Cost of the stretch at `places`; `around` holds it, the point before and, if any, after."""
    inside = around[1 : 1 + len(places)]
    way = distances[around[:-1], around[1:]].sum()
    return float(way + costs[inside, places].sum())
