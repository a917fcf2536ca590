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


@pytest.mark.parametrize("frames", [1, 28_671, 28_672, 28_673, 100_000])
def test_long_pieces_are_filtered_as_in_one_transform(
    frames: int, rng: np.random.Generator
) -> None:
    padded = rng.standard_normal((2 * CONTEXT + frames, 2)).astype(np.float32)
    hertz = np.fft.rfftfreq(len(padded), 1 / SAMPLE_RATE)
    response = 1.0 / (1.0 + (hertz / CROSSOVERS_HZ[0]) ** 4)
    spectrum = np.fft.rfft(padded, axis=0) * response[:, None]
    whole = np.fft.irfft(spectrum, len(padded), axis=0)[CONTEXT:-CONTEXT]
    np.testing.assert_allclose(split_bands(padded)[0], whole, atol=1e-5)
    np.testing.assert_allclose(sum_bands(padded, (True, False, False)), whole, atol=1e-5)
