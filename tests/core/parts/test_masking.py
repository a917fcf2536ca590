"""Shares as filters: parts that sum to the mix, and the exact shares of known parts."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.parts import masking
from core.parts.material import spectrograms_of_parts
from tests.core.parts.conftest import BPM, parts_of


def sdr(part: np.ndarray, found: np.ndarray) -> float:
    """dB."""
    return float(10 * np.log10((part**2).sum() / ((part - found) ** 2).sum()))


@pytest.fixture(scope="module")
def parts() -> np.ndarray:
    return parts_of(5)


@pytest.fixture(scope="module")
def exact(parts: np.ndarray) -> np.ndarray:
    """(512, 128, 4): the true shares."""
    power = 10.0 ** (spectrograms_of_parts(parts, BPM)[0, :4].astype(np.float32) / 10.0)
    return np.moveaxis(power / power.sum(axis=0), 0, -1).astype(np.float32)


def test_exact_shares_find_the_parts(parts: np.ndarray, exact: np.ndarray) -> None:
    found = masking.separate(parts.sum(axis=0), exact)
    assert found.shape == parts.shape
    assert min(sdr(part, other) for part, other in zip(parts, found, strict=True)) > 10.0


def test_parts_sum_to_the_mix_whatever_the_shares(rng: np.random.Generator) -> None:
    mix = (0.3 * rng.standard_normal((300_001, 2)) + 0.1).astype(np.float32)  # with DC
    shares = rng.dirichlet([0.1] * 4, (512, 128)).astype(np.float32)
    error = masking.separate(mix, shares).sum(axis=0) - mix
    assert 10 * np.log10((error**2).mean() / (mix**2).mean()) < -100.0


def test_what_does_not_fit_is_refused(parts: np.ndarray, exact: np.ndarray) -> None:
    mix = parts.sum(axis=0)
    with pytest.raises(InputError, match="shape"):
        masking.separate(mix, exact[:100])
    with pytest.raises(InputError, match="loop"):
        masking.separate(mix[:, 0], exact)
