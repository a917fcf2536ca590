from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

from core.errors import InputError
from core.latent.metric import PerceptualMetric, fingerprints

Decode = Callable[[np.ndarray], np.ndarray]


def test_fingerprints_are_block_means(decode: Decode) -> None:
    latents = np.random.default_rng(0).standard_normal((40, 64)).astype(np.float32)
    prints = fingerprints(latents, decode)
    assert prints.shape == (40, 1024)
    block = decode(latents[35:36])[0, 16:32, 4:8].mean()
    assert prints[35, 32 + 1] == pytest.approx(block, rel=1e-5)


def test_distances_come_to_match_what_is_heard(
    music: tuple[np.ndarray, np.ndarray], decode: Decode
) -> None:
    latents = music[0][::4]
    decoded = pdist(decode(latents).reshape(len(latents), -1), "cityblock")

    def match(weight: float) -> float:
        metric = PerceptualMetric.fit(music[0], decode, weight=weight)
        return float(spearmanr(pdist(metric.transform(latents)), decoded).statistic)

    assert match(0.0) < match(0.5) < match(1.0)
    assert match(1.0) > 0.98


def test_without_weight_distances_stay(
    music: tuple[np.ndarray, np.ndarray], decode: Decode
) -> None:
    latents = music[0]
    metric = PerceptualMetric.fit(latents, decode, weight=0.0)
    np.testing.assert_allclose(pdist(metric.transform(latents)), pdist(latents), rtol=1e-4)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_metric_of_few_segments_is_finite(decode: Decode, count: int) -> None:
    latents = np.random.default_rng(0).standard_normal((count, 64))
    assert np.isfinite(PerceptualMetric.fit(latents, decode).transform(latents)).all()


def test_a_model_that_says_the_same_of_everything(decode: Decode) -> None:
    flat = PerceptualMetric.fit(
        np.eye(64), lambda z: np.full((len(z), 512, 128), -40.0, np.float32)
    )
    assert np.isfinite(flat.transform(np.eye(64))).all()


def test_refuses_no_latents(decode: Decode) -> None:
    with pytest.raises(InputError):
        PerceptualMetric.fit(np.zeros((0, 64)), decode)
