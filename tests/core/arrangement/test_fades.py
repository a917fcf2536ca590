"""Gain curves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement import fades


@given(st.integers(1, 500))
def test_fades_mirror_exactly(frames: int) -> None:
    np.testing.assert_allclose(fades.ramp(frames) + fades.ramp(frames)[::-1], 1.0, atol=1e-6)
    fade = fades.fade_in(frames)
    np.testing.assert_allclose(fade**2 + fade[::-1] ** 2, 1.0, atol=1e-5)
    edge = fades.edge_fade(frames)
    np.testing.assert_allclose(edge + edge[::-1], 1.0, atol=1e-5)


@given(st.floats(-0.7, 1.0), st.floats(0.0, 1.0))
def test_a_crossfade_keeps_the_power(correlation: float, position: float) -> None:
    out, into = fades.crossfade(np.array([position], np.float32), correlation)
    power = out**2 + into**2 + 2.0 * correlation * out * into
    assert float(power[0]) == pytest.approx(1.0, abs=1e-4)


def test_opposed_signals_are_not_raised_without_end() -> None:
    out, _ = fades.crossfade(np.array([0.5], np.float32), -1.0)
    assert float(out[0]) < 1.4


def test_a_sound_is_amplified_to_the_bit_as_by_numpy(rng: np.random.Generator) -> None:
    sound = rng.standard_normal((1000, 2)).astype(np.float32)
    gains, channels = rng.random((1000, 1), np.float32), np.float32([0.3, 1.7])
    np.testing.assert_array_equal(fades.amplified(sound, gains), sound * gains)
    wanted = sound * channels
    assert fades.amplified(sound, channels, sound) is sound
    np.testing.assert_array_equal(sound, wanted)
