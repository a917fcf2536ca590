from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from scipy.stats import multivariate_normal

from core.errors import InputError
from core.latent.sampling import AggregatePosterior, prior_sample


@given(st.integers(1, 30), st.integers(0, 9), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_any_library_can_be_sampled(count: int, draws: int, spread: float) -> None:
    rng = np.random.default_rng(count)
    latents = rng.standard_normal((count, 64))
    sample = AggregatePosterior.fit(latents).sample(draws, rng, spread=spread)
    assert sample.shape == (draws, 64)
    assert sample.dtype == np.float32
    assert np.isfinite(sample).all()


def test_the_seed_fixes_the_sample(music: tuple[np.ndarray, np.ndarray]) -> None:
    posterior = AggregatePosterior.fit(music[0])
    first, again, other = (posterior.sample(9, np.random.default_rng(s)) for s in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_samples_cannot_be_told_from_the_library(music: tuple[np.ndarray, np.ndarray]) -> None:
    """Nearest-neighbour two-sample test: half of the neighbours are of the own kind by chance."""
    latents = music[0]
    sample = AggregatePosterior.fit(latents).sample(len(latents), np.random.default_rng(0))
    both = np.concatenate([latents, sample])
    kind = np.repeat([0, 1], len(latents))
    distances = cdist(both, both)
    np.fill_diagonal(distances, np.inf)
    own_kind = (kind[distances.argmin(axis=1)] == kind).mean()
    assert own_kind < 0.65
    prior = np.concatenate([latents, prior_sample(len(latents), np.random.default_rng(0))])
    distances = cdist(prior, prior)
    np.fill_diagonal(distances, np.inf)
    assert (kind[distances.argmin(axis=1)] == kind).mean() > 0.75, "the test can tell the prior"


def test_mean_and_variance_are_kept(music: tuple[np.ndarray, np.ndarray]) -> None:
    latents = music[0]
    sample = AggregatePosterior.fit(latents).sample(20_000, np.random.default_rng(0))
    np.testing.assert_allclose(sample.mean(axis=0), latents.mean(axis=0), atol=0.1)
    ratio = sample.var(axis=0) / latents.var(axis=0)
    assert 0.85 < np.median(ratio) < 1.1


def test_no_spread_repeats_the_library(music: tuple[np.ndarray, np.ndarray]) -> None:
    latents = music[0]
    sample = AggregatePosterior.fit(latents).sample(20, np.random.default_rng(0), spread=0.0)
    assert cdist(sample, latents).min(axis=1).max() < 1e-4


def test_density_is_that_of_the_mixture(music: tuple[np.ndarray, np.ndarray]) -> None:
    """Against scipy, on so few points that all contribute."""
    rng = np.random.default_rng(0)
    points = rng.standard_normal((13, 3))
    posterior = AggregatePosterior.fit(points)
    draws = np.array(
        [posterior.around(p, np.random.default_rng(s)) for p in points for s in range(2)]
    )
    places = draws.reshape(-1, 3)
    spread = 0.7
    middle = points.mean(axis=0)
    scatter = np.cov(points.T, bias=True)
    covariance = spread**2 * (
        0.75 * scatter + 0.25 * np.diag(np.diag(scatter)) + 0.0025 * np.eye(3)
    )
    means = middle + np.sqrt(1 - spread**2) * (points - middle)
    expected = np.log(
        np.mean([multivariate_normal(m, covariance).pdf(places) for m in means], axis=0)
    )
    np.testing.assert_allclose(posterior.log_density(places, spread=spread), expected, rtol=1e-6)


def test_density_tells_music_from_noise(music: tuple[np.ndarray, np.ndarray]) -> None:
    latents = music[0]
    posterior = AggregatePosterior.fit(latents[::2])
    inside = posterior.log_density(latents[1::2])
    outside = posterior.log_density(prior_sample(50, np.random.default_rng(0)))
    assert np.percentile(inside, 5) > np.percentile(outside, 95)


def test_repeats_count_by_their_number() -> None:
    latents = np.concatenate([np.zeros((9, 64)), np.full((1, 64), 5.0)])
    sample = AggregatePosterior.fit(latents).sample(2000, np.random.default_rng(0), spread=0.1)
    assert (sample.mean(axis=1) < 2.5).mean() == pytest.approx(0.9, abs=0.03)


def test_prior_is_standard_normal() -> None:
    sample = prior_sample(4000, np.random.default_rng(0))
    assert sample.shape == (4000, 64)
    assert abs(float(sample.mean())) < 0.01
    assert float(sample.std()) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("latents", [np.zeros((0, 64)), np.full((2, 64), np.inf), np.zeros(64)])
def test_refuses_what_is_no_library(latents: np.ndarray) -> None:
    with pytest.raises(InputError):
        AggregatePosterior.fit(latents)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_few_latents_have_variations_around_them(count: int) -> None:
    rng = np.random.default_rng(1)
    latents = rng.standard_normal((count, 64))
    posterior = AggregatePosterior.fit(latents)
    drawn = posterior.sample(200, rng)
    assert np.isfinite(drawn).all()
    assert np.isfinite(posterior.log_density(drawn[:5])).all()
    off = np.linalg.norm(drawn[:, None] - latents[None], axis=2).min(axis=1)
    assert 0.8 < np.median(off) < 8.0


def test_a_lone_latent_varies_more_than_one_among_repeats_of_it() -> None:
    lone = AggregatePosterior.fit(np.zeros((1, 64))).sample(500, np.random.default_rng(0))
    assert lone.std() == pytest.approx(0.85 * 0.25, rel=0.05)
