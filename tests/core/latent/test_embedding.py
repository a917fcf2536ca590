"""The map of a library's latents: its layout, and how it follows the former map."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

from core.errors import InputError
from core.latent import tsne
from core.latent.embedding import (
    PreviousMap,
    align_to,
    embed,
    extend,
    fit_to_square,
    orthogonal_procrustes,
    principal_components,
    separate,
)


def _gaps(xy: np.ndarray) -> np.ndarray:
    return cKDTree(xy).query(xy, k=2)[0][:, 1]


@pytest.mark.parametrize("count", [1, 2, 3, 10, 13, 60])
def test_any_number_of_segments_gives_a_map(count: int) -> None:
    latents = np.random.default_rng(count).standard_normal((count, 64))
    xy = embed(latents)
    assert xy.shape == (count, 2)
    assert xy.dtype == np.float32
    assert np.isfinite(xy).all()
    assert (xy > -0.1).all()
    assert (xy < 1.1).all()
    if count > 1:
        assert np.ptp(xy, axis=0).max() > 0.8, "the map fills its square"


def test_repeats_of_a_loop_do_not_hide_each_other() -> None:
    latents = np.repeat(np.random.default_rng(0).standard_normal((8, 64)), 6, axis=0)
    xy = embed(latents)
    assert _gaps(xy).min() > 0.1 / np.sqrt(len(latents))
    assert len(np.unique(embed(np.zeros((5, 64))), axis=0)) == 5


def test_tracks_stay_together(music: tuple[np.ndarray, np.ndarray]) -> None:
    latents, tracks = music
    xy = embed(latents)
    _, near = cKDTree(xy).query(xy, k=4)
    assert (tracks[near[:, 1:]] == tracks[:, None]).mean() > 0.95


def test_equal_arguments_give_equal_maps(music: tuple[np.ndarray, np.ndarray]) -> None:
    latents = music[0][:80]
    np.testing.assert_array_equal(embed(latents), embed(latents))


def test_a_new_map_lies_over_the_last_one(music: tuple[np.ndarray, np.ndarray]) -> None:
    """Retrained: the latent space is turned, stretched and noisier, and there is new music."""
    latents, tracks = music
    ids = [f"s{k}" for k in range(len(latents))]
    rng = np.random.default_rng(5)
    turn = np.linalg.qr(rng.standard_normal((64, 64)))[0]
    retrained = latents @ turn * 1.3 + 0.05 * rng.standard_normal(latents.shape)
    known = slice(0, 180)
    last = embed(latents[known], ids[known])
    previous = PreviousMap(ids[known], last)
    xy = embed(retrained, ids, previous)
    moved = np.linalg.norm(xy[known] - last, axis=1)
    assert np.median(moved) < 0.1
    unaligned = embed(retrained[known])
    assert np.median(moved) < 0.5 * np.median(np.linalg.norm(unaligned - last, axis=1))
    _, near = cKDTree(xy).query(xy, k=4)
    assert (tracks[near[:, 1:]] == tracks[:, None]).mean() > 0.95


@pytest.mark.parametrize("large", [False, True])
def test_new_music_is_placed_among_dots_that_stay(
    music: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    if large:
        monkeypatch.setattr(tsne, "_LARGE", 12)
    latents, tracks = music
    known = np.flatnonzero(np.arange(len(latents)) % 20 < 15)
    ids = [f"s{k}" for k in range(len(latents))]
    middles = np.random.default_rng(0).uniform(0.1, 0.9, (10, 2))
    last = separate(middles[tracks[known]], np.random.default_rng(1))
    xy = extend(latents, ids, PreviousMap([ids[k] for k in known], last))
    assert xy is not None
    np.testing.assert_array_equal(xy[known], last.astype(np.float32))
    new = np.setdiff1d(np.arange(len(latents)), known)
    nearest = np.linalg.norm(xy[new, None] - middles, axis=2).argmin(axis=1)
    assert (nearest == tracks[new]).mean() > 0.9
    assert _gaps(xy)[new].min() > 0.1 / np.sqrt(len(latents))


def test_the_nearest_points_are_those_of_a_tree() -> None:
    points = np.random.default_rng(0).standard_normal((700, 64))
    points[:300:7] = points[300]
    distances, nearest = tsne._nearest(points[:300], points[300:], 17)
    expected, tree = cKDTree(points[300:]).query(points[:300], k=17)
    np.testing.assert_allclose(distances, expected, atol=1e-6)
    np.testing.assert_array_equal(nearest, tree)


def test_a_map_of_less_than_half_is_not_extended(music: tuple[np.ndarray, np.ndarray]) -> None:
    latents = music[0]
    ids = [f"s{k}" for k in range(len(latents))]
    assert extend(latents, ids, PreviousMap(ids[:80], np.zeros((80, 2)))) is None
    assert extend(latents, ids, PreviousMap([], np.zeros((0, 2)))) is None
    assert extend(latents[:8], ids[:8], PreviousMap(ids[:6], np.zeros((6, 2)))) is None


def test_a_map_that_lost_music_keeps_the_rest() -> None:
    ids = [str(k) for k in range(20)]
    last = separate(np.random.default_rng(0).uniform(size=(25, 2)), np.random.default_rng(0))
    xy = extend(np.eye(20), ids, PreviousMap([*ids, *"abcde"], last))
    np.testing.assert_array_equal(xy, last[:20].astype(np.float32))


def test_a_small_map_is_turned_over_the_last_one() -> None:
    latents = np.random.default_rng(0).standard_normal((6, 64))
    ids = list("abcdef")
    first = embed(latents, ids)
    turned = np.stack([1.0 - first[:, 1], first[:, 0]], axis=1)
    again = embed(latents, ids, PreviousMap(ids, turned))
    np.testing.assert_allclose(again, turned, atol=0.01)


def test_a_map_of_other_music_is_no_guide() -> None:
    latents = np.random.default_rng(0).standard_normal((20, 64))
    ids = [str(k) for k in range(20)]
    other = PreviousMap(["x", "y"], [[0.0, 0.0], [1.0, 1.0]])
    np.testing.assert_array_equal(embed(latents, ids, other), embed(latents))


def test_principal_components_are_ordered_signed_and_padded() -> None:
    rng = np.random.default_rng(0)
    points = rng.standard_normal((50, 3)) * [1.0, 5.0, 0.2]
    scores = principal_components(points, 2)
    assert scores.std(axis=0) == pytest.approx(
        np.sqrt(np.linalg.eigvalsh(np.cov(points.T, bias=True))[::-1][:2])
    )
    np.testing.assert_allclose(pdist(principal_components(points, 3)), pdist(points))
    assert np.corrcoef(scores[:, 0], points[:, 1])[0, 1] > 0.9, "largest loading positive"
    assert principal_components(points[:1], 2).tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize(
    ("latents", "ids"),
    [
        (np.zeros((0, 64)), None),
        (np.full((3, 64), np.nan), None),
        (np.zeros((3, 64)), ["a"]),
        (np.zeros(64), None),
    ],
)
def test_refuses_what_cannot_be_mapped(latents: np.ndarray, ids: list[str] | None) -> None:
    with pytest.raises(InputError):
        embed(latents, ids)


@pytest.mark.slow
def test_two_thousand_segments() -> None:
    rng = np.random.default_rng(0)
    latents = rng.standard_normal((40, 64))[rng.integers(0, 40, 2000)]
    latents += 0.4 * rng.standard_normal((2000, 64))
    xy = embed(latents)
    assert xy.shape == (2000, 2)
    assert _gaps(xy).min() > 0.0


@given(st.floats(0, 6.28), st.booleans(), st.floats(0.1, 20), st.floats(-9, 9))
@settings(max_examples=40, deadline=None)
def test_any_similarity_is_undone(angle: float, mirror: bool, scale: float, shift: float) -> None:
    target = np.random.default_rng(0).uniform(0.1, 0.9, (30, 2))
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    source = target @ rotation * scale + shift
    if mirror:
        source[:, 0] *= -1
    np.testing.assert_allclose(align_to(source, np.arange(30), target), target, atol=1e-6)


def test_new_points_are_placed_with_the_known_ones() -> None:
    target = np.random.default_rng(0).uniform(0.2, 0.8, (30, 2))
    known = np.arange(0, 30, 2)
    placed = align_to(target * 3 - 1, known, target[known])
    np.testing.assert_allclose(placed, target, atol=1e-9)


def test_a_map_that_would_leave_its_square_is_fitted_into_it() -> None:
    points = np.random.default_rng(0).uniform(0, 1, (40, 2))
    points[20:] += [5.0, 0.0]
    placed = align_to(points, np.arange(20), points[:20])
    assert (placed >= 0).all()
    assert (placed <= 1).all()


def test_poorly_matching_maps_do_not_shrink() -> None:
    rng = np.random.default_rng(0)
    target = rng.uniform(0, 1, (200, 2))
    placed = align_to(rng.uniform(0, 1, (200, 2)), np.arange(200), target)
    assert np.ptp(placed, axis=0).min() > 0.9


def test_fitting_keeps_the_shape() -> None:
    fitted = fit_to_square(np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 5.0]]))
    assert np.ptp(fitted[:, 0]) == 2 * np.ptp(fitted[:, 1])
    assert ((fitted > 0) & (fitted < 1)).all()
    assert fit_to_square(np.full((2, 2), 7.0)).tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_procrustes_is_orthogonal() -> None:
    rng = np.random.default_rng(0)
    rotation = orthogonal_procrustes(rng.standard_normal((9, 2)), rng.standard_normal((9, 2)))
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(2), atol=1e-12)


def test_separating_leaves_gaps_and_moves_little() -> None:
    rng = np.random.default_rng(0)
    points = np.repeat(rng.uniform(size=(100, 2)), 3, axis=0)
    moved = separate(points, np.random.default_rng(1))
    gap = 0.25 / np.sqrt(300)
    assert cKDTree(moved).query(moved, k=2)[0][:, 1].min() > 0.9 * gap
    assert np.linalg.norm(moved - points, axis=1).max() < 4 * gap
