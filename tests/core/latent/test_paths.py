from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.latent.paths import apportion, equal_steps, slerp, walk
from core.latent.sampling import AggregatePosterior

Decode = Callable[[np.ndarray], np.ndarray]


def _decoded_steps(latents: np.ndarray, decode: Decode) -> np.ndarray:
    return np.abs(np.diff(decode(latents), axis=0)).mean(axis=(1, 2))


@pytest.mark.parametrize(("steps", "anchors"), [(98, 25), (25, 13), (33, None), (7, 4)])
def test_steps_sound_equal(
    music: tuple[np.ndarray, np.ndarray], decode: Decode, steps: int, anchors: int | None
) -> None:
    rng = np.random.default_rng(0)
    found = walk(music[0], decode, steps=steps, anchors=anchors, rng=rng, start=0)
    step_sizes = _decoded_steps(found.latents, decode)
    assert step_sizes.max() / step_sizes.mean() <= 2.0
    np.testing.assert_allclose(found.step_db, step_sizes, rtol=0.25)
    assert found.step_db.max() <= 2.0 * found.step_db.mean()


def test_a_walk_passes_each_anchor_once_from_the_given_start(
    music: tuple[np.ndarray, np.ndarray], decode: Decode
) -> None:
    latents = music[0]
    found = walk(latents, decode, steps=60, anchors=15, rng=np.random.default_rng(2), start=7)
    assert found.latents.shape == (60, 64)
    np.testing.assert_array_equal(found.latents[0], latents[7])
    assert found.segments[0] == 7
    assert len(set(found.segments)) == len(found.segments) == 15
    np.testing.assert_allclose(found.latents[found.anchor_steps], found.anchors, atol=1e-6)
    assert found.anchor_steps[-1] == 59


def test_a_walk_stays_near_the_music(music: tuple[np.ndarray, np.ndarray], decode: Decode) -> None:
    latents = music[0]
    posterior = AggregatePosterior.fit(latents)
    found = walk(latents, decode, steps=80, rng=np.random.default_rng(0), reach=0.3)
    on_anchors = np.median(posterior.log_density(found.anchors))
    straight = (found.anchors[1:] + found.anchors[:-1]) / 2
    centre = latents.mean(axis=0)
    length = np.linalg.norm(found.latents - centre, axis=1)
    assert length.min() > 0.8 * np.linalg.norm(found.anchors - centre, axis=1).min()
    assert np.linalg.norm(straight - centre, axis=1).mean() < 0.9 * length.mean()
    assert np.median(posterior.log_density(found.latents)) > on_anchors - 60


def test_equal_seeds_give_equal_walks(music: tuple[np.ndarray, np.ndarray], decode: Decode) -> None:
    one, two, other = (
        walk(music[0], decode, steps=20, rng=np.random.default_rng(seed)) for seed in (4, 4, 5)
    )
    np.testing.assert_array_equal(one.latents, two.latents)
    assert (one.segments != other.segments).any()


def test_a_walk_follows_a_curve(music: tuple[np.ndarray, np.ndarray], decode: Decode) -> None:
    latents = music[0]
    energy = latents[:, 3]
    found = walk(
        latents,
        decode,
        steps=60,
        anchors=20,
        rng=np.random.default_rng(0),
        start=int(energy.argmin()),
        values=energy,
        curve=[0.0, 1.0, 0.0],
        novelty=0.0,
        reach=1.0,
    )
    heights = energy[found.segments]
    wanted = np.interp(np.linspace(0, 1, 20), [0, 0.5, 1], [0, 1, 0])
    assert np.corrcoef(heights, wanted)[0, 1] > 0.8


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("steps", [1, 2, 9])
def test_small_libraries(decode: Decode, count: int, steps: int) -> None:
    latents = np.random.default_rng(0).standard_normal((count, 64)).astype(np.float32)
    found = walk(latents, decode, steps=steps, anchors=8, rng=np.random.default_rng(0))
    assert found.latents.shape == (steps, 64)
    assert np.isfinite(found.latents).all()


def test_repeats_of_a_loop_can_be_walked(decode: Decode) -> None:
    found = walk(np.ones((9, 64)), decode, steps=12, rng=np.random.default_rng(0), novelty=0.0)
    np.testing.assert_allclose(found.latents, 1.0, atol=1e-5)


def test_an_arc_keeps_its_distance_from_the_centre() -> None:
    rng = np.random.default_rng(0)
    a, b, centre = rng.standard_normal((3, 64)).astype(np.float32)
    points = slerp(a, b, np.linspace(0, 1, 9), centre)
    np.testing.assert_allclose(points[[0, -1]], [a, b])
    lengths = np.linalg.norm(points - centre, axis=1)
    ends = np.linspace(np.linalg.norm(a - centre), np.linalg.norm(b - centre), 9)
    np.testing.assert_allclose(lengths, ends, rtol=1e-5)


@pytest.mark.parametrize("other", ["same", "opposite", "centre"])
def test_arcs_that_have_no_plane_are_straight(other: str) -> None:
    centre = np.zeros(64, np.float32)
    a = np.ones(64, np.float32)
    b = {"same": a, "opposite": -a, "centre": centre}[other]
    points = slerp(a, b, np.array([0.0, 0.25, 1.0]), centre)
    np.testing.assert_allclose(points[1], a + 0.25 * (b - a), atol=1e-6)


@given(
    st.lists(st.floats(0.01, 50), min_size=1, max_size=12),
    st.integers(0, 60),
)
@settings(max_examples=60)
def test_steps_are_shared_out_so_that_none_is_over_twice_the_mean(
    lengths: list[float], more: int
) -> None:
    total = 2 * len(lengths) + more
    counts = apportion(np.array(lengths), total)
    assert counts.sum() == total
    assert counts.min() >= 1
    assert (np.array(lengths) / counts).max() <= 2.0 * sum(lengths) / total + 1e-9


def test_refuses_fewer_steps_than_anchors(decode: Decode) -> None:
    with pytest.raises(InputError, match="give more steps"):
        equal_steps(np.zeros((4, 64), np.float32), decode, 3, centre=np.zeros(64, np.float32))


@pytest.mark.parametrize(
    ("count", "steps", "start"), [(0, 4, None), (5, 0, None), (5, 4, 5), (5, 4, -1)]
)
def test_refuses_what_cannot_be_walked(
    decode: Decode, count: int, steps: int, start: int | None
) -> None:
    with pytest.raises(InputError):
        walk(np.zeros((count, 64)), decode, steps=steps, start=start, rng=np.random.default_rng(0))
