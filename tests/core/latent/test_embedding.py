from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

from core.errors import InputError
from core.latent.embedding import PreviousMap, embed, principal_components


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
def test_five_thousand_segments() -> None:
    rng = np.random.default_rng(0)
    latents = rng.standard_normal((100, 64))[rng.integers(0, 100, 5000)]
    latents += 0.4 * rng.standard_normal((5000, 64))
    xy = embed(latents)
    assert xy.shape == (5000, 2)
    assert _gaps(xy).min() > 0.0
