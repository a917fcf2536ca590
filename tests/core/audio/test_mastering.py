"""Masters that keep their promises: loud enough, nothing over the ceiling, no clicks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.audio import loudness, mastering
from core.audio.mastering import master, master_blocks
from tests.core.audio.loud_sounds import RATE, kicks_in_noise, noise


def measured(samples: np.ndarray) -> loudness.SoundMeasurement:
    found = loudness.SoundMeasurement()
    found.feed(samples)
    found.finish()
    return found


def test_silence_stays_silence() -> None:
    silence = np.zeros((RATE, 2), np.float32)
    assert not master(silence).any()
    _, levels = master_blocks(lambda: [silence], measured(silence))
    assert levels == (-math.inf, -math.inf)


@pytest.mark.parametrize("level", [0.02, 0.3, 3.0])
def test_master_reaches_loudness_under_the_ceiling(level: float) -> None:
    rng = np.random.default_rng(1)
    samples = level * noise(8.0)
    for start in rng.integers(0, len(samples) - 4000, 40):
        click = np.exp(-np.arange(4000) / 700) * np.sin(np.arange(4000) / 9)
        samples[start : start + 4000] += (level * 2.5 * click[:, None]).astype(np.float32)
    out = master(samples)
    assert out.dtype == np.float32
    assert loudness.integrated_lufs(out) == pytest.approx(-14.0, abs=0.1)
    assert loudness.true_peak_dbtp(out) <= -1.0 + 0.01


def test_the_limiter_does_not_click() -> None:
    """A sine with one loud burst: the gain moves slower than the tone itself."""
    sine = 0.2 * np.sin(2 * np.pi * 100 * np.arange(4 * RATE) / RATE)[:, None].astype(np.float32)
    sine[2 * RATE : 2 * RATE + 200] *= 8
    out = master(sine, lufs=-12.0)
    steps = np.abs(np.diff(out[:, 0], n=2))
    quiet = steps[: 2 * RATE - 1000].max()
    around = steps[2 * RATE - 1000 : 2 * RATE - 10].max()
    # A click would be a step of the wave itself, a hundred times this.
    assert around < 5.0 * quiet


def test_mastering_reads_a_sound_at_most_twice_to_tune_the_limiter() -> None:
    samples, read = kicks_in_noise(), 0

    def blocks() -> list[np.ndarray]:
        nonlocal read
        read += 1
        return [samples]

    made, _ = master_blocks(blocks, measured(samples), -9.0)
    (whole,) = made()
    assert read <= 3
    assert loudness.integrated_lufs(whole) == pytest.approx(-9.0, abs=0.03)


@pytest.mark.parametrize("lufs", [-20.0, -9.0, 3.0])
def test_levels_of_a_master_are_those_that_a_meter_shows(lufs: float) -> None:
    samples = kicks_in_noise()
    made, levels = master_blocks(lambda: [samples], measured(samples), lufs)
    (whole,) = made()
    assert levels.lufs == pytest.approx(loudness.integrated_lufs(whole), abs=1e-4)
    assert levels.true_peak_dbtp == pytest.approx(loudness.true_peak_dbtp(whole), abs=1e-4)


def test_a_gain_is_found_whatever_the_limiter_takes_of_it() -> None:
    asked: list[float] = []

    def lufs_at(gain_db: float) -> float:
        """Above 4 dB, limiting takes three quarters of each dB away."""
        asked.append(gain_db)
        return -20.0 + min(gain_db, 4.0) + 0.25 * max(gain_db - 4.0, 0.0)

    found = mastering.gain_before_limiter(lufs_at, -14.0, 6.0, 30.0, 0.01)
    assert found == pytest.approx(12.0, abs=0.05)
    assert len(asked) <= 6
    assert mastering.gain_before_limiter(lufs_at, -14.0, 6.0, 9.0, 0.01) == 9.0


def test_what_cannot_be_as_loud_is_not_crushed_for_it() -> None:
    low = np.sin(2 * np.pi * 20 * np.arange(3 * RATE) / RATE)[:, None].astype(np.float32)
    made = master(0.5 * low, 0.0)
    assert loudness.true_peak_dbtp(made) <= -1.0
    assert loudness.integrated_lufs(made) > loudness.integrated_lufs(0.8 * low) - 0.5
