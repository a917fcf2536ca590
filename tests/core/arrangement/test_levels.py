from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement.levels import RANGE_DB, gains_db, loudness_db
from core.dsp.spectrogram import of_segment
from core.settings import SAMPLE_RATE, segment_frames


def level_of(hertz: float, amplitude: float = 0.5) -> float:
    seconds = np.arange(segment_frames(130.0)) / SAMPLE_RATE
    tone = amplitude * np.sin(2 * np.pi * hertz * seconds)
    return loudness_db(of_segment(tone[:, None].astype(np.float32)))


def test_loudness_is_weighted_as_bs_1770_says() -> None:
    at_1k = level_of(1000.0)
    assert level_of(1000.0, 0.25) - at_1k == pytest.approx(-6.02, abs=0.2)
    assert level_of(5000.0) - at_1k == pytest.approx(3.3, abs=0.7)
    # The high-pass of the K-weighting: -4.2 dB at 45 Hz against 1 kHz, as its formula gives.
    assert level_of(45.0) - at_1k == pytest.approx(-4.9, abs=1.0)


levels = st.lists(st.tuples(st.floats(-60, 0), st.floats(0, 1)), min_size=1, max_size=30)


@given(levels)
def test_gains_are_limited(steps: list[tuple[float, float]]) -> None:
    gains = gains_db([loudness for loudness, _ in steps], [energy for _, energy in steps])
    assert len(gains) == len(steps)
    assert all(abs(gain) <= 6.0 for gain in gains)


def test_gains_follow_the_form() -> None:
    assert gains_db([-20.0, -20.0], [0.3, 0.3]) == [0.0, 0.0]
    quiet, full = gains_db([-20.0, -20.0], [0.0, 1.0])
    assert full - quiet == pytest.approx(0.7 * RANGE_DB, abs=0.02)
    # A step that is already as much calmer as it should be is left alone.
    assert gains_db([-20.0, -20.0 + RANGE_DB], [0.0, 1.0]) == [0.0, 0.0]
