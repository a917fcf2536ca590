"""Lines through folded attacks: exact period and phase, and how sure they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rhythm.onsets import RATE, Floats
from core.rhythm.phase import fit_line, fold, held, robust_line

NOISE = 0.2


def pulses(period: float, origin: float, seconds: float, *, missing: float = 0.0) -> Floats:
    """An envelope with a bump of 10 ms on every beat (some missing), on noise."""
    rng = np.random.default_rng(3)
    time = np.arange(round(seconds * RATE)) / RATE
    beat = np.round((time - origin) / period)
    away = time - origin - beat * period
    bump = np.exp(-0.5 * (away / 0.005) ** 2)
    there = rng.random(int(beat.max() - beat.min()) + 1)[(beat - beat.min()).astype(int)] >= missing
    return (3.0 * bump * there + NOISE * rng.random(len(time))).astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(st.floats(88.0, 176.0), st.floats(0.0, 0.3), st.floats(-0.001, 0.001), st.floats(0.0, 0.5))
def test_period_and_phase_to_the_last_beat(
    bpm: float, origin: float, coarse: float, missing: float
) -> None:
    period, seconds = 60.0 / bpm, 150.0
    line = fit_line(
        pulses(period, origin, seconds, missing=missing), 0.0, seconds, period * (1 + coarse)
    )
    assert abs(line.bpm - bpm) < 0.002
    last = round((seconds - line.origin) / line.period)
    first = np.round((line.origin - origin) / period)
    # The origin is the place in the fold where windows agree, not yet the beat: only lags count.
    drift = (line.origin + last * line.period) - (origin + (first + last) * period)
    start = line.origin - (origin + first * period)
    assert abs(drift - start) < 0.002
    assert held(line) > 0.95


def test_a_part_of_a_track_is_fitted_where_it_is() -> None:
    envelope = pulses(0.5, 0.1, 120.0)
    line = fit_line(envelope, 30.0, 90.0, 0.5001)
    assert line.period == pytest.approx(0.5, rel=2e-6)
    assert (line.start, line.end) == (30.0, 90.0)
    assert line.centres[0] > 27.0
    assert line.centres[-1] < 93.0


def test_another_tempo_turns_about_the_pivot() -> None:
    line = fit_line(pulses(0.46, 0.1, 100.0), 0.0, 100.0, 0.46)
    turned = line.at_tempo(130.5)
    beats = (line.pivot - line.origin) / line.period
    assert turned.origin + beats * turned.period == pytest.approx(line.pivot)
    assert turned.bpm == pytest.approx(130.5)


def test_noise_holds_to_no_line(rng: np.random.Generator) -> None:
    noise = rng.random(round(100 * RATE)).astype(np.float32)
    assert held(fit_line(noise, 0.0, 100.0, 0.46)) < 0.5


def test_a_robust_line_ignores_outliers(rng: np.random.Generator) -> None:
    x = np.arange(100.0)
    y = 0.003 * x + 1.0 + 1e-4 * rng.standard_normal(100)
    y[::5] += 3.0
    slope, level, pivot, error = robust_line(x, y, np.ones(100))
    assert slope == pytest.approx(0.003, abs=5 * error)
    assert level - slope * pivot == pytest.approx(1.0, abs=1e-3)
    assert error < 1e-5


def test_folding_puts_each_frame_where_it_belongs() -> None:
    period = 0.4637
    frames = np.zeros((round(60 * RATE), 1), np.float32)
    frames[np.round((0.1 + 0.25 * period + np.arange(120) * period) * RATE).astype(int)] = 1.0
    profile = fold(frames, period, 0.1, 64)[:, 0]
    assert np.argmax(profile) == 16
    assert profile[14:19].sum() > 0.95 * profile.sum()
