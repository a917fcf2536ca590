from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from core.latent.tour import short_tour


def tour_length(order: list[int], distances: np.ndarray) -> float:
    return float(distances[order[:-1], order[1:]].sum())


def _places(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(count, 2))


@given(st.integers(1, 30), st.integers(0, 20), st.data())
@settings(max_examples=40, deadline=None)
def test_visits_each_point_once_from_the_start(count: int, seed: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, count - 1))
    places = _places(count, seed)
    order = short_tour(cdist(places, places), start=start)
    assert sorted(order) == list(range(count))
    assert order[0] == start


@pytest.mark.parametrize("seed", range(8))
def test_is_nearly_the_shortest(seed: int) -> None:
    places = _places(8, seed)
    distances = cdist(places, places)
    best = min(tour_length([0, *rest], distances) for rest in itertools.permutations(range(1, 8)))
    assert tour_length(short_tour(distances), distances) <= 1.03 * best


@pytest.mark.parametrize("count", [40, 150])
def test_beats_the_greedy_tour(count: int) -> None:
    places = _places(count, 1)
    distances = cdist(places, places)
    order, left = [0], set(range(1, count))
    while left:
        order.append(min(left, key=lambda k: distances[order[-1], k]))
        left.remove(order[-1])
    assert tour_length(short_tour(distances), distances) < 0.97 * tour_length(order, distances)


def test_points_on_a_line_are_visited_in_order() -> None:
    line = np.random.default_rng(0).permutation(30)[:, None].astype(float)
    start = int(line.argmin())
    order = short_tour(cdist(line, line), start=start)
    assert (np.diff(line[order, 0]) > 0).all()


def test_wanted_places_are_kept_where_they_cost_more_than_the_way() -> None:
    places = _places(12, 3)
    wanted = np.random.default_rng(0).permutation(11) + 1
    costs = 100.0 * np.abs(np.arange(12)[None, :] - np.concatenate([[0], wanted])[:, None])
    order = short_tour(cdist(places, places), place_costs=costs)
    assert order == [0, *(np.argsort(wanted) + 1)]
