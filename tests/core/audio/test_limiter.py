"""The limiter and its measurements in blocks, against the whole at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.audio.limiter import (
    LATENCY,
    STEP,
    Limiter,
    PeakEnvelope,
    StreamingLimiter,
    loop_peak,
    peak_envelope,
    step_peaks,
)

sizes = st.lists(st.integers(1, 90_000), min_size=1, max_size=12)


def peaky(frames: int) -> np.ndarray:
    rng = np.random.default_rng(frames)
    samples = 0.2 * rng.standard_normal((frames, 2)).astype(np.float32)
    samples[:: max(frames // 9, 1)] *= 6.0
    return samples


def blocks_of(samples: np.ndarray, sizes: list[int]) -> list[np.ndarray]:
    return np.split(samples, np.cumsum(sizes)[:-1])


@settings(max_examples=15, deadline=None)
@given(sizes)
@example([64, 262_144, 64])
@example([262_144] * 2)
def test_the_peaks_of_blocks_are_those_of_the_whole(sizes: list[int]) -> None:
    samples = peaky(sum(sizes))
    envelope = PeakEnvelope()
    for block in blocks_of(samples, sizes):
        envelope.feed(block)
    np.testing.assert_array_equal(envelope.finish(), peak_envelope(samples))


def test_a_step_has_the_same_peak_wherever_it_is_measured() -> None:
    step = np.random.default_rng(0).standard_normal((STEP, 2)).astype(np.float32)
    peaks = step_peaks(np.tile(step, (50, 1))[STEP - 12 : 12 - STEP])
    np.testing.assert_array_equal(peaks, np.full(48, peaks[0]))


@settings(max_examples=15, deadline=None)
@given(sizes, st.sampled_from([0.1, 1.0, 4.0]))
def test_blocks_are_limited_like_the_whole(sizes: list[int], gain: float) -> None:
    samples = peaky(sum(sizes))
    envelope = peak_envelope(samples)
    whole = Limiter(envelope, gain, 0.8).process(samples)
    limiter = Limiter(envelope, gain, 0.8)
    parts = [limiter.process(block) for block in blocks_of(samples, sizes)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_the_gain_is_exact_however_far_into_a_sound() -> None:
    """Positions beyond 2^24 frames, six minutes, do not fit float32."""
    envelope = np.ones((1 << 24) // 32 + 4000, np.float32)
    envelope[-3000] = 4.0
    start = (1 << 24) + 1
    tail = np.ones((40_000, 1), np.float32)
    limiter = Limiter(envelope, 1.0, 1.0)
    limiter.process(np.ones((start, 1), np.float32))
    late = limiter.process(tail)
    assert (np.diff(late[:, 0]) < 0).sum() > 32  # it moves on every frame while it falls
    falling = np.flatnonzero(np.diff(late[:, 0]) < 0)
    assert len(falling) >= falling[-1] - falling[0]


@settings(max_examples=15, deadline=None)
@given(sizes, st.sampled_from([0.02, 0.5, 1.0]))
def test_sound_that_is_not_known_beforehand_is_limited_alike(
    sizes: list[int], level: float
) -> None:
    samples = np.float32(level) * peaky(sum(sizes))
    expected = Limiter(peak_envelope(samples), 1.0, 0.8).process(samples)
    limiter = StreamingLimiter(0.8)
    tail = np.zeros((LATENCY, 2), np.float32)
    parts = [limiter.process(block) for block in [*blocks_of(samples, sizes), tail]]
    late = np.concatenate(parts)
    assert not late[:LATENCY].any()
    np.testing.assert_array_equal(late[LATENCY:], expected)
    assert peak_envelope(expected).max(initial=0.0) <= 0.8 * 1.01


def test_what_stays_below_the_ceiling_comes_out_bit_for_bit() -> None:
    samples = peaky(50_000)
    quiet = samples * np.float32(0.79 / peak_envelope(samples).max())
    limiter = StreamingLimiter(0.8)
    out = np.concatenate([limiter.process(block) for block in np.split(quiet, 100)])
    np.testing.assert_array_equal(out[LATENCY:], quiet[:-LATENCY])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100_000))
def test_entered_in_the_middle_it_is_the_same_after_a_second(start: int) -> None:
    samples = peaky(200_000)
    whole = Limiter(peak_envelope(samples), 1.0, 0.8).process(samples)
    limiter = StreamingLimiter(0.8, phase=start % STEP)
    heard = limiter.process(samples[start:])[LATENCY:]
    after = 44_100
    np.testing.assert_array_equal(heard[after:], whole[start + after : start + len(heard)])


@settings(max_examples=15, deadline=None)
@given(st.integers(100, 60_000), st.integers(0, 9))
def test_the_peak_of_a_loop_is_that_of_its_repetition(frames: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    loop = peaky(frames) * np.float32(rng.uniform(0.1, 2.0))
    around = np.take(loop, np.arange(-3 * STEP, frames + 3 * STEP), axis=0, mode="wrap")
    assert loop_peak(loop) == pytest.approx(peak_envelope(around)[2:-2].max(), rel=1e-6)


def test_the_peak_of_a_loop_between_samples_is_seen() -> None:
    """A quarter-rate sine at 45 degrees: samples of .707, peaks of 1."""
    sine = np.sin(np.pi / 2 * np.arange(44_000) + np.pi / 4)[:, None].astype(np.float32)
    assert loop_peak(sine) == pytest.approx(1.0, abs=0.01)
