"""Geometry on the map: picking, the inside of a lasso, smooth paths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.library.latent_map import LatentMap
from technovae_gui.map.geometry import DotPicker, inside, path_through, resample_path, smooth_path


def test_a_lasso_may_be_concave() -> None:
    horseshoe = [(0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3)]
    points = np.array([(0.5, 2.0), (1.5, 2.0), (2.5, 2.0), (1.5, 0.5), (4.0, 1.0)])
    assert inside(horseshoe, points).tolist() == [0, 2, 3]


@pytest.mark.parametrize("with_tree", [False, True])
def test_picking_with_and_without_the_tree(
    demo_map: LatentMap, rng: np.random.Generator, with_tree: bool
) -> None:
    picker = DotPicker(demo_map)
    if with_tree:
        picker.use_tree()
    for row in rng.integers(0, len(demo_map), 20):
        assert picker.nearest(tuple(demo_map.xy[row] + 1e-6), 0.01) == row
    assert picker.nearest((9.0, 9.0), 0.1) is None


def test_a_trembling_hand_is_smoothed(rng: np.random.Generator) -> None:
    straight = np.linspace((0.0, 0.0), (1.0, 0.5), 60)
    drawn = straight + rng.normal(0, 0.004, straight.shape)
    path = smooth_path(drawn)
    assert path[0] == pytest.approx(drawn[0])
    assert path[-1] == pytest.approx(drawn[-1])
    off = (path @ (-0.5, 1.0)) / np.hypot(1.0, 0.5)
    assert off.std() < 0.6 * ((drawn @ (-0.5, 1.0)) / np.hypot(1.0, 0.5)).std()


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=2, max_size=40))
def test_any_line_has_as_many_points_as_wanted(line: list[tuple[float, float]]) -> None:
    path = smooth_path(line, 32)
    assert path.shape == (32, 2)
    assert np.isfinite(path).all()


def test_steps_of_a_path_are_even() -> None:
    path = resample_path(np.array([(0.0, 0.0), (3.0, 0.0), (3.0, 4.0)]), 8)
    np.testing.assert_allclose(np.abs(np.diff(path, axis=0)).sum(axis=1), 1.0)


def test_a_path_through_dots_touches_all_of_them(rng: np.random.Generator) -> None:
    dots = rng.uniform(size=(12, 2))
    path = path_through(dots)
    off = np.hypot(*(path[:, None] - dots[None]).transpose(2, 0, 1)).min(axis=0)
    assert off.max() < np.hypot(*np.diff(path, axis=0).T).max()
