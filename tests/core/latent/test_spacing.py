from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from core.latent.spacing import RadiusField, dot_spacing


@given(st.integers(1, 300), st.integers(1, 12), st.integers(0, 20))
@settings(max_examples=40, deadline=None)
def test_the_radius_reaches_the_kth_dot_from_anywhere(count: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    dots = rng.uniform(size=(count, 2)) ** 2
    tree = cKDTree(dots)
    places = rng.uniform(-1.5, 2.5, (400, 2))
    to_kth, _ = tree.query(places, k=[min(k, count)])
    assert (RadiusField(tree, k)(places) >= to_kth[:, 0]).all()


def test_the_radius_is_not_much_larger_than_it_has_to_be() -> None:
    rng = np.random.default_rng(0)
    tree = cKDTree(rng.uniform(size=(2000, 2)))
    places = rng.uniform(0.05, 0.95, (500, 2))
    to_kth, _ = tree.query(places, k=[8])
    ratio = RadiusField(tree, 8)(places) / to_kth[:, 0]
    assert np.median(ratio) < 1.8


def test_spacing_of_a_grid_is_its_step() -> None:
    axis = np.arange(12) * 0.05
    tree = cKDTree(np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2))
    assert np.median(dot_spacing(tree)) == pytest.approx(0.05)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_spacing_of_few_or_equal_dots_is_positive(count: int) -> None:
    assert (dot_spacing(cKDTree(np.full((count, 2), 0.5))) > 0).all()
