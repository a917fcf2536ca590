"""Parts become sums of few spectra; what is one already stays."""

from __future__ import annotations

import numpy as np
import pytest

from core.dsp.bank import bank
from core.dsp.spectrogram import power_to_db
from core.parts.low_rank import factorised, of_few_spectra

NOTES = 3
BASS, REST = 1, 3


@pytest.fixture
def powers(rng: np.random.Generator) -> np.ndarray:
    """(512, 128, 4): a bass of three notes and a pad that swells, together all the time."""
    found = np.zeros((512, 128, 4), np.float32)
    notes = rng.uniform(0.1, 1.0, (NOTES, 128)) ** 6
    found[..., BASS] = 0.1 * np.repeat(notes[rng.integers(NOTES, size=32)], 16, axis=0)
    swell = 1.2 + np.sin(np.linspace(0.0, 4.0 * np.pi, 512))
    found[..., REST] = 0.1 * np.outer(swell, rng.uniform(0.1, 1.0, 128) ** 6)
    return found


def shares_of(powers: np.ndarray) -> np.ndarray:
    floor = powers + np.float32(1e-6)
    return floor / floor.sum(axis=-1, keepdims=True)


def decibels(powers: np.ndarray) -> np.ndarray:
    return power_to_db(powers.sum(axis=-1) / bank().areas)


def error(shares: np.ndarray, powers: np.ndarray) -> float:
    """Power of what the bass has too much or too little, against all of it."""
    wrong = (shares[..., BASS] - shares_of(powers)[..., BASS]) ** 2 * powers.sum(axis=-1)
    return float(wrong.sum() / powers[..., BASS].sum())


def test_what_goes_to_another_part_in_places_comes_back(powers: np.ndarray) -> None:
    shares = shares_of(powers)
    for first in range(40, 500, 60):  # here a third of the bass is taken for the rest
        lost = 0.33 * shares[first : first + 10, :, BASS]
        shares[first : first + 10, :, BASS] -= lost
        shares[first : first + 10, :, REST] += lost
    found = of_few_spectra(shares, decibels(powers))
    assert error(found, powers) < 0.6 * error(shares, powers)
    np.testing.assert_allclose(found.sum(axis=-1), 1.0, atol=1e-5)
    assert found.min() >= 0.0


def test_what_is_a_sum_of_few_spectra_stays(powers: np.ndarray) -> None:
    assert error(of_few_spectra(shares_of(powers), decibels(powers)), powers) < 1e-3


def test_parts_that_are_silent_stay_silent(powers: np.ndarray) -> None:
    shares = shares_of(powers)
    shares[..., 0] = shares[..., 2] = 0.0
    shares /= shares.sum(axis=-1, keepdims=True)
    found = of_few_spectra(shares, decibels(powers))
    assert not found[..., 0].any()
    assert not found[..., 2].any()
    silence = np.full((512, 128), -90.0, np.float32)
    np.testing.assert_allclose(of_few_spectra(shares, silence).sum(axis=-1), 1.0, atol=1e-5)


def test_the_level_does_not_matter(powers: np.ndarray) -> None:
    mix, shares = decibels(powers), shares_of(powers)
    found = of_few_spectra(shares, mix)
    np.testing.assert_allclose(of_few_spectra(shares, mix + 9.0), found, atol=1e-3)


def test_where_a_loop_begins_does_not_matter(powers: np.ndarray) -> None:
    mix, shares = decibels(powers), shares_of(powers)
    shares[100:110, :, BASS] *= 0.6
    shares /= shares.sum(axis=-1, keepdims=True)
    later = of_few_spectra(np.roll(shares, 77, axis=0), np.roll(mix, 77, axis=0))
    np.testing.assert_allclose(later, np.roll(of_few_spectra(shares, mix), 77, axis=0), atol=1e-3)


def test_a_sum_of_two_spectra_is_found(rng: np.random.Generator) -> None:
    levels = rng.uniform(0.0, 1.0, (64, 2)).astype(np.float32)
    levels[:8, 0] = levels[8:16, 1] = 0.0
    whole = levels @ rng.uniform(0.0, 1.0, (2, 32)).astype(np.float32)
    spectra, found = factorised(whole, 2, 300)
    assert spectra.shape == (2, 32)
    assert found.shape == (64, 2)
    assert spectra.min() >= 0.0
    assert found.min() >= 0.0
    assert np.abs(found @ spectra - whole).max() < 0.02
