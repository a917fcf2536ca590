"""Loops at one loudness, whatever they were, with nothing clipped and no seam."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio import loudness
from core.audio.levelling import (
    MOST_LIMITED_DB,
    level_loop,
    loop_gain_db,
    rough_gain_db,
)
from core.audio.limiter import LATENCY, StreamingLimiter
from core.audio.mastering import limiter_ceiling

FRAMES = 80_000


def beat(level: float = 1.0, noise: float = 0.05, seed: int = 0) -> np.ndarray:
    """A loop of four kicks over noise."""
    rng = np.random.default_rng(seed)
    at = np.arange(FRAMES) % (FRAMES // 4)
    kick = np.exp(-at / 6000) * np.sin(2 * np.pi * (50 * at / 44_100 - 2 * np.exp(-at / 900)))
    both = np.stack([kick, 0.9 * kick], axis=1) + noise * rng.standard_normal((FRAMES, 2))
    return (level * both).astype(np.float32)


@settings(max_examples=12, deadline=None)
@given(st.floats(0.1, 8.0), st.floats(0.0, 0.3), st.integers(0, 5))
def test_every_loop_has_the_same_loudness_and_room(level: float, noise: float, seed: int) -> None:
    made = level_loop(beat(level, noise, seed))
    assert made.samples.shape == (FRAMES, 2)
    assert made.samples.dtype == np.float32
    assert loudness.true_peak_dbtp(made.samples) <= -1.0 + 0.01
    assert loudness.integrated_lufs(made.samples) == pytest.approx(-14.0, abs=0.5)
    assert made.missing_db == 0.0


def test_where_nothing_passes_the_ceiling_it_is_a_gain_and_nothing_else() -> None:
    rng = np.random.default_rng(3)
    loop = (0.3 * rng.uniform(-1, 1, (FRAMES, 2))).astype(np.float32)
    made = level_loop(loop)
    expected = loop * np.float32(10.0 ** (made.gain_db / 20.0))
    np.testing.assert_array_equal(made.samples, expected)
    assert made.gain_db == loop_gain_db(loop)


@settings(max_examples=12, deadline=None)
@given(st.floats(0.1, 8.0), st.floats(0.0, 0.3), st.integers(0, 5))
def test_a_rough_gain_lacks_only_what_limiting_takes(level: float, noise: float, seed: int) -> None:
    loop = beat(level, noise, seed)
    exact, rough = loop_gain_db(loop), rough_gain_db(loop)
    assert exact - 2.5 <= rough <= exact + 0.1
    room = -1.0 - loudness.true_peak_dbtp(loop)
    if exact <= room:
        assert rough == exact


def test_a_rough_gain_of_a_passage_is_for_the_loop_and_within_the_same_bounds() -> None:
    passage = 0.1 * beat(1.0, 0.0)
    alone = rough_gain_db(passage)
    assert rough_gain_db(passage, 3.0) == pytest.approx(alone - 3.0)
    room = -1.0 - loudness.true_peak_dbtp(passage)
    assert rough_gain_db(passage, -30.0) <= min(20.0, room + MOST_LIMITED_DB) + 1e-6
    assert rough_gain_db(0.05 * passage, -30.0) == 20.0
    assert rough_gain_db(0.0 * passage, -30.0) == 0.0


def test_a_loop_of_lone_clicks_stays_quieter_and_says_so() -> None:
    loop = np.zeros((FRAMES, 2), np.float32)
    loop[:: FRAMES // 4] = 0.9
    made = level_loop(loop)
    assert made.missing_db > 3.0
    assert made.lufs == pytest.approx(-14.0 - made.missing_db)
    assert made.gain_db - (-1.0 - loudness.true_peak_dbtp(loop)) <= MOST_LIMITED_DB + 0.1


def test_silence_stays_silence() -> None:
    silence = np.zeros((FRAMES, 2), np.float32)
    made = level_loop(silence)
    assert not made.samples.any()
    assert (made.gain_db, made.missing_db) == (0.0, 0.0)
    assert rough_gain_db(silence) == 0.0


def test_hiss_is_not_brought_to_the_loudness_of_music() -> None:
    assert loop_gain_db(beat(2e-3)) == 20.0


def test_the_limiter_leaves_no_seam() -> None:
    """Its gain moves from the end to the start as smoothly as anywhere: it knows of both."""
    loop = beat(0.3, 0.1)
    loop[:40] += 1.5
    loop += np.where(loop >= 0, 0.01, -0.01).astype(np.float32)  # never 0, for the ratio
    made = level_loop(loop)
    gain = np.median(made.samples / loop, axis=1)
    steps = np.abs(np.diff(np.append(gain, gain[0])))
    assert gain.min() < 0.9 * gain.max()
    assert steps[-1] <= steps.max(initial=0.0, where=np.arange(FRAMES) < FRAMES - 1)


def test_repeated_through_the_limiter_of_the_player_it_sounds_like_the_file() -> None:
    loop = beat(1.0, 0.0)
    made = level_loop(loop)
    assert loop_gain_db(loop) == made.gain_db
    gain = np.float32(10.0 ** (made.gain_db / 20.0))
    limiter = StreamingLimiter(limiter_ceiling())
    heard = limiter.process(np.tile(loop, (3, 1)) * gain)[LATENCY:]
    np.testing.assert_allclose(heard[FRAMES : 2 * FRAMES], made.samples, atol=5e-3)
