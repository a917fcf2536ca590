from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from core.latent.layout import fitted_to_square, orthogonal_procrustes, placed_like, spread_apart


@given(st.floats(0, 6.28), st.booleans(), st.floats(0.1, 20), st.floats(-9, 9))
@settings(max_examples=40, deadline=None)
def test_any_similarity_is_undone(angle: float, mirror: bool, scale: float, shift: float) -> None:
    target = np.random.default_rng(0).uniform(0.1, 0.9, (30, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    source = target @ turn * scale + shift
    if mirror:
        source[:, 0] *= -1
    np.testing.assert_allclose(placed_like(source, np.arange(30), target), target, atol=1e-6)


def test_new_points_are_placed_with_the_known_ones() -> None:
    target = np.random.default_rng(0).uniform(0.2, 0.8, (30, 2))
    known = np.arange(0, 30, 2)
    placed = placed_like(target * 3 - 1, known, target[known])
    np.testing.assert_allclose(placed, target, atol=1e-9)


def test_a_map_that_would_leave_its_square_is_fitted_into_it() -> None:
    points = np.random.default_rng(0).uniform(0, 1, (40, 2))
    points[20:] += [5.0, 0.0]
    placed = placed_like(points, np.arange(20), points[:20])
    assert (placed >= 0).all()
    assert (placed <= 1).all()


def test_poorly_matching_maps_do_not_shrink() -> None:
    rng = np.random.default_rng(0)
    target = rng.uniform(0, 1, (200, 2))
    placed = placed_like(rng.uniform(0, 1, (200, 2)), np.arange(200), target)
    assert np.ptp(placed, axis=0).min() > 0.9


def test_fitting_keeps_the_shape() -> None:
    fitted = fitted_to_square(np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 5.0]]))
    assert np.ptp(fitted[:, 0]) == 2 * np.ptp(fitted[:, 1])
    assert ((fitted > 0) & (fitted < 1)).all()
    assert fitted_to_square(np.full((2, 2), 7.0)).tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_procrustes_is_orthogonal() -> None:
    rng = np.random.default_rng(0)
    turn = orthogonal_procrustes(rng.standard_normal((9, 2)), rng.standard_normal((9, 2)))
    np.testing.assert_allclose(turn @ turn.T, np.eye(2), atol=1e-12)


def test_spreading_leaves_gaps_and_moves_little() -> None:
    rng = np.random.default_rng(0)
    points = np.repeat(rng.uniform(size=(100, 2)), 3, axis=0)
    moved = spread_apart(points, np.random.default_rng(1))
    gap = 0.25 / np.sqrt(300)
    assert cKDTree(moved).query(moved, k=2)[0][:, 1].min() > 0.9 * gap
    assert np.linalg.norm(moved - points, axis=1).max() < 4 * gap
