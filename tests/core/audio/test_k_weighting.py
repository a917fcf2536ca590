"""The filter gives what scipy's gives, however the stream is cut."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

from core.audio.k_weighting import KWeighting, k_weighting


@pytest.mark.parametrize("block", [1, 100, 128, 512, 1000])
def test_it_filters_as_scipy_does(rng: np.random.Generator, block: int) -> None:
    samples = rng.standard_normal((5000, 2)).astype(np.float32)
    weighting = KWeighting(2)
    found = [weighting.filter(samples[at : at + block]) for at in range(0, len(samples), block)]
    wanted = scipy.signal.sosfilt(k_weighting(), samples, axis=0)
    np.testing.assert_allclose(np.concatenate(found), wanted, rtol=0, atol=1e-10)


def test_an_empty_block_changes_nothing(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((300, 2))
    once, twice = KWeighting(2), KWeighting(2)
    assert twice.filter(samples[:0]).shape == (0, 2)
    np.testing.assert_array_equal(once.filter(samples), twice.filter(samples))
