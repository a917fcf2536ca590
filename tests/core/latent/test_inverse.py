"""Latents at positions between the dots, and how close these are to the music."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from core.errors import InputError
from core.latent.inverse import MapInverse, RadiusField, dot_spacing


def _map(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    xy = rng.uniform(size=(count, 2))
    return xy, rng.standard_normal((count, 64)).astype(np.float32)


@given(st.integers(1, 120), st.integers(0, 50))
@settings(max_examples=30, deadline=None)
def test_is_exact_on_every_dot(count: int, seed: int) -> None:
    xy, latents = _map(count, seed)
    np.testing.assert_array_equal(MapInverse(xy, latents).latent(xy), latents)


@given(st.integers(1, 120), st.floats(-2, 3), st.floats(-2, 3))
@settings(max_examples=60, deadline=None)
def test_weights_are_shares_of_the_nearest(count: int, x: float, y: float) -> None:
    xy, latents = _map(count)
    indices, weights = MapInverse(xy, latents).weights([[x, y]])
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0)
    distances = np.linalg.norm(xy[indices[0]] - [x, y], axis=1)
    assert (np.diff(distances) >= -1e-12).all()
    assert (np.diff(weights[0]) <= 1e-12).all(), "nearer dots weigh more"


def test_is_smooth_between_dots() -> None:
    xy, latents = _map(300)
    inverse = MapInverse(xy, latents)
    way = np.linspace(0.1, 0.9, 20_001)
    values = inverse.latent(np.stack([way, 0.3 + 0.4 * way], axis=1))[:, :4].astype(np.float64)
    slope = np.gradient(values, way, axis=0)
    # A jump in the slope would show as a change between neighbours of the order of the slope.
    change = np.abs(np.diff(slope, axis=0)).max()
    assert change < 0.1 * np.abs(slope).max()


def test_blends_few_dots_only() -> None:
    xy, latents = _map(5000)
    _, weights = MapInverse(xy, latents).weights(np.random.default_rng(1).uniform(size=(500, 2)))
    effective = 1.0 / (weights**2).sum(axis=1)
    assert np.median(effective) < 6
    assert (weights[:, -1] == 0).mean() > 0.99, "the radius hardly ever holds more than are asked"


def test_dots_on_one_place_share_it() -> None:
    latents = np.eye(3, 64, dtype=np.float32)
    inverse = MapInverse([[0.2, 0.2], [0.2, 0.2], [0.8, 0.8]], latents)
    np.testing.assert_allclose(inverse.latent([[0.2, 0.2]])[0, :3], [0.5, 0.5, 0.0], atol=1e-6)


def test_confidence_falls_with_the_distance_from_the_music() -> None:
    axis = np.linspace(0.4, 0.6, 11)
    xy = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    inverse = MapInverse(xy, np.zeros((len(xy), 64)))
    inside = inverse.confidence(np.random.default_rng(0).uniform(0.4, 0.6, (50, 2)))
    assert inside.min() > 0.99
    away = inverse.confidence(np.stack([np.linspace(0.6, 1.0, 40), np.full(40, 0.5)], axis=1))
    assert (np.diff(away) <= 1e-9).all()
    assert away[-1] < 1e-6
    assert inverse.confidence(xy).min() == 1.0


def test_a_lone_dot_makes_no_wide_region_of_music() -> None:
    rng = np.random.default_rng(0)
    xy = np.concatenate([rng.uniform(0.0, 0.3, (200, 2)), [[0.9, 0.9]]])
    inverse = MapInverse(xy, np.zeros((201, 64)))
    assert inverse.confidence([[0.9, 0.9]])[0] == 1.0
    assert inverse.confidence([[0.6, 0.6]])[0] < 0.01


def test_nearest_dot_within_a_radius() -> None:
    inverse = MapInverse([[0.0, 0.0], [1.0, 0.0], [1.0, 0.1]], np.zeros((3, 64)))
    assert inverse.nearest([0.9, 0.01]) == 1
    assert inverse.nearest([0.9, 0.01], radius=0.05) is None
    assert inverse.within([1.0, 0.05], 0.06) == [1, 2]


@pytest.mark.parametrize(
    ("xy", "latents"),
    [
        (np.zeros((0, 2)), np.zeros((0, 64))),
        (np.zeros((3, 2)), np.zeros((2, 64))),
        (np.zeros((3, 3)), np.zeros((3, 64))),
    ],
)
def test_refuses_what_is_no_map(xy: np.ndarray, latents: np.ndarray) -> None:
    with pytest.raises(InputError):
        MapInverse(xy, latents)


@pytest.mark.parametrize("place", [[np.nan, 0.0], [0.0, np.inf], [0.0, 0.0, 0.0]])
def test_refuses_positions_that_are_none(place: list[float]) -> None:
    with pytest.raises(InputError, match="positions on the map"):
        MapInverse([[0.0, 0.0]], np.zeros((1, 64))).latent([place])


@given(st.integers(1, 300), st.integers(1, 12), st.integers(0, 20))
@settings(max_examples=40, deadline=None)
def test_the_radius_reaches_the_kth_dot_from_anywhere(count: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    dots = rng.uniform(size=(count, 2)) ** 2
    tree = cKDTree(dots)
    positions = rng.uniform(-1.5, 2.5, (400, 2))
    to_kth, _ = tree.query(positions, k=[min(k, count)])
    assert (RadiusField(tree, k)(positions) >= to_kth[:, 0]).all()


def test_the_radius_is_not_much_larger_than_it_has_to_be() -> None:
    rng = np.random.default_rng(0)
    tree = cKDTree(rng.uniform(size=(2000, 2)))
    positions = rng.uniform(0.05, 0.95, (500, 2))
    to_kth, _ = tree.query(positions, k=[8])
    ratio = RadiusField(tree, 8)(positions) / to_kth[:, 0]
    assert np.median(ratio) < 1.8


def test_spacing_of_a_grid_is_its_step() -> None:
    axis = np.arange(12) * 0.05
    tree = cKDTree(np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2))
    assert np.median(dot_spacing(tree)) == pytest.approx(0.05)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_spacing_of_few_or_equal_dots_is_positive(count: int) -> None:
    assert (dot_spacing(cKDTree(np.full((count, 2), 0.5))) > 0).all()
