"""Gains per time-frequency cell of a loop."""

from __future__ import annotations

import numpy as np
import pytest

from core.dsp.bank import bank
from core.dsp.filtering import filtered

FRAMES = 44_100


@pytest.fixture
def loop(rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((FRAMES, 2)).astype(np.float32)


def test_no_gain_leaves_a_loop_as_it_is(loop: np.ndarray) -> None:
    np.testing.assert_allclose(filtered(loop, np.zeros((128, 128), np.float32)), loop, atol=1e-4)


def test_one_gain_for_all_cells_is_a_volume(loop: np.ndarray) -> None:
    quiet = filtered(loop, np.full((128, 128), -20.0, np.float32))
    np.testing.assert_allclose(quiet, 0.1 * loop, atol=1e-4)


def test_bands_are_filtered_by_themselves(loop: np.ndarray) -> None:
    gains = np.where(bank().centres_hz < 1000.0, -80.0, 0.0).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(filtered(loop, np.tile(gains, (128, 1)))[:, 0]))
    before = np.abs(np.fft.rfft(loop[:, 0]))
    hertz = np.fft.rfftfreq(FRAMES, 1.0 / 44_100)
    low, high = hertz < 800.0, hertz > 1500.0
    assert spectrum[low].mean() < 0.01 * before[low].mean()
    np.testing.assert_allclose(spectrum[high].mean(), before[high].mean(), rtol=0.01)


def test_a_gain_changes_over_time_and_across_the_seam(loop: np.ndarray) -> None:
    gains = np.zeros((128, 128), np.float32)
    gains[32:96] = -60.0
    quiet = np.abs(filtered(loop, gains)[:, 0])
    assert quiet[FRAMES * 2 // 5 : FRAMES * 3 // 5].max() < 0.05
    assert quiet[: FRAMES // 10].mean() > 0.9 * np.abs(loop[: FRAMES // 10, 0]).mean()
    assert quiet[-FRAMES // 10 :].mean() > 0.9 * np.abs(loop[-FRAMES // 10 :, 0]).mean()
