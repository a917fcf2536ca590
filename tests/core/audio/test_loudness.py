"""Loudness against an independent meter."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio import loudness
from core.audio.limiter import Limiter, limited_gains
from tests.core.audio.loud_sounds import RATE, kicks_in_noise, noise


def test_a_full_scale_sine_at_1_khz_is_minus_3_lufs() -> None:
    """ITU-R BS.1770-4: 997 Hz at 0 dBFS in one channel reads -3.01 LKFS."""
    sine = np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE)[:, None].astype(np.float32)
    assert loudness.integrated_lufs(sine) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_pyloudnorm_where_the_gates_work(seed: int) -> None:
    parts = [noise(3, seed), 0.02 * noise(4, seed + 10), 0.5 * noise(2, seed + 20)]
    samples = np.concatenate(parts)
    expected = pyloudnorm.Meter(RATE).integrated_loudness(samples.astype(np.float64))
    assert loudness.integrated_lufs(samples) == pytest.approx(expected, abs=0.05)


def test_near_silence_does_not_let_what_is_quiet_count() -> None:
    """Under -70 LUFS it is out before the mean is taken that the relative gate lies below."""
    samples = np.concatenate([noise(2), 0.15 * noise(2, 1), 0.001 * noise(20, 2)])
    expected = pyloudnorm.Meter(RATE).integrated_loudness(samples.astype(np.float64))
    assert loudness.integrated_lufs(samples) == pytest.approx(expected, abs=0.05)
    assert loudness.integrated_lufs(samples) > loudness.integrated_lufs(noise(2)) - 0.5


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 30_000), min_size=1, max_size=8))
def test_blocks_make_no_difference(sizes: list[int]) -> None:
    samples, lufs, peak = _measured_whole()
    meter = loudness.LoudnessMeter()
    start = 0
    for size in [*sizes, len(samples)]:
        meter.feed(samples[start : start + size])
        start += size
    assert meter.integrated == pytest.approx(lufs, abs=1e-9)
    assert meter.true_peak_dbtp == pytest.approx(peak, abs=0.1)


@cache
def _measured_whole() -> tuple[np.ndarray, float, float]:
    """Some noise, its loudness in LUFS and its true peak in dBTP."""
    samples = noise(1.5)
    return samples, loudness.integrated_lufs(samples), loudness.true_peak_dbtp(samples)


@settings(max_examples=10, deadline=None)
@given(st.floats(-20.0, 20.0))
def test_gain_moves_loudness_by_itself(gain: float) -> None:
    samples = noise(1.0)
    louder = samples * np.float32(10 ** (gain / 20))
    difference = loudness.integrated_lufs(louder) - loudness.integrated_lufs(samples)
    assert difference == pytest.approx(gain, abs=1e-3)


def test_true_peak_sees_between_the_samples() -> None:
    """A quarter-rate sine at 45 degrees: samples of .707, peaks of 1."""
    sine = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)[:, None].astype(np.float32)
    assert np.abs(sine).max() == pytest.approx(0.7071, abs=1e-3)
    assert loudness.true_peak_dbtp(sine) == pytest.approx(0.0, abs=0.2)


def test_silence_has_no_loudness() -> None:
    silence = np.zeros((RATE, 2), np.float32)
    assert loudness.integrated_lufs(silence) == -math.inf
    assert loudness.true_peak_dbtp(silence) == -math.inf


@pytest.mark.parametrize("phase", [0, 7])
def test_steps_know_the_loudness_of_what_a_limiter_makes(phase: int) -> None:
    samples, gain, ceiling = kicks_in_noise(), 2.5, 0.89
    measured = loudness.SoundMeasurement(phase)
    measured.feed(samples)
    measured.finish()
    limited = Limiter(measured.envelope, gain, ceiling, phase).process(samples)
    gains = limited_gains(measured.envelope, gain, ceiling)

    assert measured.energies.lufs() == pytest.approx(measured.lufs, abs=1e-3)
    assert loudness.integrated_lufs(limited) < measured.lufs + loudness.decibels(gain) - 1.0
    assert measured.energies.lufs(gains) == pytest.approx(
        loudness.integrated_lufs(limited), abs=0.04
    )
