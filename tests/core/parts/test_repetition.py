"""Shares of what sounds alike agree; what comes once keeps its own."""

from __future__ import annotations

import numpy as np
import pytest

from core import resources
from core.dsp.spectrogram import db_to_power
from core.parts import model_file
from core.parts.inference import SharesNetwork
from core.parts.low_rank import of_few_spectra
from core.parts.model import PartsModel
from core.parts.repetition import agreed

BEAT = 32
LOW, HIGH = slice(0, 30), slice(80, 128)
KICK, DRUMS, REST = 0, 2, 3


@pytest.fixture
def loop(rng: np.random.Generator) -> np.ndarray:
    """(512, 128) dB: lows on every beat, a quiet tone between, which changes all the time."""
    spectrogram = np.full((512, 128), -80.0, np.float32)
    spectrogram[:, 30:80] = -55.0 + rng.normal(0.0, 4.0, (512, 50))
    for beat in range(16):
        spectrogram[beat * BEAT : beat * BEAT + 8, LOW] = -20.0
    return spectrogram


@pytest.fixture
def shares() -> np.ndarray:
    """(512, 128, 4): the lows are the kick's, the highs the drums', else all is the rest's."""
    found = np.full((512, 128, 4), 0.02, np.float32)
    found[..., REST] = 0.94
    for beat in range(16):
        found[beat * BEAT : beat * BEAT + 8, LOW, KICK] = 0.9
        found[beat * BEAT : beat * BEAT + 8, LOW, REST] = 0.06
    return found


def test_a_kick_that_is_found_fifteen_times_is_found_the_sixteenth_time(
    loop: np.ndarray, shares: np.ndarray
) -> None:
    hit = slice(9 * BEAT, 9 * BEAT + 8)
    shares[hit, LOW, KICK], shares[hit, LOW, REST] = 0.55, 0.41
    found = agreed(shares, loop)
    assert found[hit, LOW, KICK].mean() > 0.75
    elsewhere = slice(8 * BEAT, 8 * BEAT + 8)
    assert found[elsewhere, LOW, KICK].mean() > 0.85
    np.testing.assert_allclose(found.sum(axis=-1), 1.0, atol=1e-5)


def test_a_hit_that_comes_once_stays_a_hit(loop: np.ndarray, shares: np.ndarray) -> None:
    hit = slice(10 * BEAT + 12, 10 * BEAT + 20)
    loop[hit, HIGH] = -25.0
    shares[hit, HIGH, DRUMS], shares[hit, HIGH, REST] = 0.9, 0.06
    found = agreed(shares, loop)[hit, HIGH]
    np.testing.assert_allclose(found, shares[hit, HIGH], atol=0.05)


def test_the_level_does_not_matter_and_silence_keeps_its_shares(
    loop: np.ndarray, shares: np.ndarray
) -> None:
    found = agreed(shares, loop)
    np.testing.assert_allclose(agreed(shares, loop + 9.0), found, atol=1e-4)
    silence = np.full_like(loop, -90.0)
    np.testing.assert_allclose(agreed(shares, silence), shares, atol=1e-5)


def test_where_a_loop_begins_does_not_matter(loop: np.ndarray, shares: np.ndarray) -> None:
    shares[3 * BEAT : 3 * BEAT + 8, LOW] = 0.25
    later = agreed(np.roll(shares, 3 * BEAT, axis=0), np.roll(loop, 3 * BEAT, axis=0))
    expected = np.roll(agreed(shares, loop), 3 * BEAT, axis=0)
    np.testing.assert_allclose(later, expected, atol=1e-4)


def test_the_model_answers_with_shares_that_agree(loop: np.ndarray) -> None:
    path = resources.parts_model()
    alone = SharesNetwork(model_file.read(path).weights)(loop)
    together = PartsModel.load(path).shares(loop[None])[0]
    np.testing.assert_array_equal(together, of_few_spectra(agreed(alone, loop), loop))
    power = db_to_power(loop)
    beats = (power * together[..., KICK]).reshape(16, BEAT, 128)[:, :8].sum(axis=(1, 2))
    before = (power * alone[..., KICK]).reshape(16, BEAT, 128)[:, :8].sum(axis=(1, 2))
    assert np.ptp(beats) < 0.7 * np.ptp(before)
