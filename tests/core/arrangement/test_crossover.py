"""The crossover sums to what went in."""

from __future__ import annotations

import numpy as np
import pytest

from core.arrangement.crossover import CONTEXT, CROSSOVERS_HZ, split_bands, sum_bands
from core.settings import SAMPLE_RATE


def test_bands_sum_to_the_piece(rng: np.random.Generator) -> None:
    padded = rng.standard_normal((2 * CONTEXT + 5000, 2)).astype(np.float32)
    bands = split_bands(padded)
    np.testing.assert_allclose(sum(bands), padded[CONTEXT:-CONTEXT], atol=1e-5)
    np.testing.assert_allclose(sum_bands(padded, (True, False, False)), bands[0], atol=1e-5)


@pytest.mark.parametrize(("hertz", "band"), [(40.0, 0), (600.0, 1), (8000.0, 2)])
def test_a_tone_lies_in_its_band(hertz: float, band: int) -> None:
    times = np.arange(2 * CONTEXT + 20_000) / SAMPLE_RATE
    tone = np.sin(2 * np.pi * hertz * times)[:, None].astype(np.float32)
    powers = [float(np.mean(part**2)) for part in split_bands(tone)]
    assert powers[band] > 0.9 * sum(powers)


def test_at_a_crossover_both_sides_have_half_the_level() -> None:
    times = np.arange(2 * CONTEXT + 40_000) / SAMPLE_RATE
    tone = np.sin(2 * np.pi * CROSSOVERS_HZ[1] * times)[:, None].astype(np.float32)
    _, middle, high = split_bands(tone)
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.03)
    assert np.abs(high).max() == pytest.approx(0.5, abs=0.03)
