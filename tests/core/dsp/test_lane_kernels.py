"""The filters of lanes: what they let through, and that blocks make no difference."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from core.dsp import lane_kernels as kernels
from core.settings import SAMPLE_RATE

Sound = NDArray[np.float32]


def warped(hertz: float) -> float:
    return math.tan(math.pi * hertz / SAMPLE_RATE)


def isolated(sound: Sound, bass: float, mid: float, treble: float, block: int = 1 << 20) -> Sound:
    out, state = sound.copy(), np.zeros(kernels.ISOLATOR_STATE)
    for at in range(0, len(out), block):
        part = out[at : at + block]
        kernels.isolate(part, state, warped(200.0), warped(2500.0), bass, mid, treble)
    return out


def cut(sound: Sound, hertz: float, *, high: bool = False, damping: float = math.sqrt(2)) -> Sound:
    out, state = sound.copy(), np.zeros(kernels.CUT_STATE)
    kernels.cut(out, state, np.array([warped(hertz)]), 0, np.array([damping]), high)
    return out


def response_db(impulse_response: Sound) -> dict[int, float]:
    """Level at a few frequencies."""
    spectrum = np.abs(np.fft.rfft(impulse_response[:, 0].astype(np.float64)))
    hertz = np.fft.rfftfreq(len(impulse_response), 1 / SAMPLE_RATE)
    found = {f: float(spectrum[np.abs(hertz - f).argmin()]) for f in (40, 200, 700, 2500, 12_000)}
    return {f: 20 * math.log10(max(value, 1e-9)) for f, value in found.items()}


@pytest.fixture
def impulse() -> Sound:
    sound = np.zeros((1 << 15, 2), np.float32)
    sound[0] = 1.0
    return sound


def noise(frames: int) -> Sound:
    return np.random.default_rng(1).standard_normal((frames, 2), np.float32)


def test_the_bands_sum_to_what_went_in_but_for_its_phase(impulse: Sound) -> None:
    assert max(map(abs, response_db(isolated(impulse, 1, 1, 1)).values())) < 0.01


def test_a_killed_band_is_gone_and_the_others_stay(impulse: Sound) -> None:
    no_bass = response_db(isolated(impulse, 0, 1, 1))
    assert no_bass[40] < -50
    assert no_bass[200] == pytest.approx(-6.0, abs=0.3)
    assert no_bass[2500] == pytest.approx(0.0, abs=0.3)
    assert no_bass[12_000] == pytest.approx(0.0, abs=0.1)
    no_mid = response_db(isolated(impulse, 1, 0, 1))
    assert no_mid[700] < -15
    no_treble = response_db(isolated(impulse, 1, 1, 0))
    assert no_treble[12_000] < -40
    assert no_treble[40] == pytest.approx(0.0, abs=0.1)


def test_cutoffs_and_slopes(impulse: Sound) -> None:
    low = response_db(cut(impulse, 700))
    assert low[40] == pytest.approx(0.0, abs=0.1)
    assert low[700] == pytest.approx(-3.0, abs=0.2)
    assert low[12_000] < -45
    high = response_db(cut(impulse, 700, high=True))
    assert high[12_000] == pytest.approx(0.0, abs=0.1)
    assert high[40] < -45


def test_resonance_raises_the_cutoff(impulse: Sound) -> None:
    assert response_db(cut(impulse, 700, damping=0.1))[700] == pytest.approx(20.0, abs=0.5)


@pytest.mark.parametrize("block", [1, 97, 512])
def test_blocks_make_no_difference_to_any_bit(block: int) -> None:
    sound = noise(3000)
    np.testing.assert_array_equal(isolated(sound, 0.5, 0, 2, block), isolated(sound, 0.5, 0, 2))
    cutoffs = np.array([warped(f) for f in np.geomspace(60, 9000, 60)])
    whole, parts = sound.copy(), sound.copy()
    kernels.cut(whole, np.zeros(kernels.CUT_STATE), cutoffs, 100, np.full(60, 0.3), False)
    state = np.zeros(kernels.CUT_STATE)
    for at in range(0, len(parts), block):
        kernels.cut(parts[at : at + block], state, cutoffs, 100 + at, np.full(60, 0.3), False)
    np.testing.assert_array_equal(parts, whole)


def test_a_moving_cutoff_does_not_click() -> None:
    """A sine well below all cutoffs stays smooth while they sweep."""
    time = np.arange(8000) / SAMPLE_RATE
    sine = np.repeat(np.sin(2 * np.pi * 50 * time)[:, None], 2, 1).astype(np.float32)
    cutoffs = np.array([warped(f) for f in np.geomspace(2000, 15_000, 250)])
    swept = sine.copy()
    kernels.cut(swept, np.zeros(kernels.CUT_STATE), cutoffs, 0, np.full(250, math.sqrt(2)), False)
    assert np.abs(np.diff(swept, 2, axis=0))[200:].max() < 1e-4


def test_what_fades_away_ends_in_zeros() -> None:
    sound = np.zeros((60_000, 2), np.float32)
    sound[:100] = noise(100)
    state = np.zeros(kernels.CUT_STATE)
    kernels.cut(sound, state, np.array([warped(2000.0)]), 0, np.ones(1), False)
    assert not state.any()
