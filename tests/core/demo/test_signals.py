"""Oscillators, filters, echoes and levels of the demo's music, against what they must be."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.audio.loudness import integrated_lufs, true_peak_dbtp
from core.demo import kernels
from core.demo.effects.dynamics import compress, ducking, soft_clip_parts
from core.demo.effects.reverb import response
from core.demo.mastering import finish
from core.demo.signal import bell, decibels, faded, filtered, high_pass, low_pass, shelf
from core.demo.song import Finish, Hall
from core.settings import SAMPLE_RATE

pytestmark = pytest.mark.slow  # numba compiles for half a minute where nothing is cached
Signal = NDArray[np.float32]
SECOND = SAMPLE_RATE
HZ = 441.0
"""A hundred samples a cycle: every harmonic lies in the middle of a bin of a second."""


def levels(signal: Signal) -> NDArray[np.float64]:
    """Amplitudes of whole Hz, of one second."""
    return np.abs(np.fft.rfft(signal[:SECOND])) * 2 / SECOND


def steps(hz: float = HZ, frames: int = SECOND) -> Signal:
    return np.full(frames, hz / SAMPLE_RATE, np.float32)


def constant(value: float, frames: int = SECOND) -> Signal:
    return np.full(frames, value, np.float32)


def sine(hz: float, seconds: float = 1.0) -> Signal:
    return np.sin(2 * np.pi * hz * np.arange(round(seconds * SECOND)) / SECOND).astype(np.float32)


def test_the_harmonics_of_a_saw_fall_as_their_numbers() -> None:
    found = levels(kernels.saw(steps(), 0.0))
    for number in (1, 2, 3, 8):
        expected = 2 / (np.pi * number)
        assert found[round(HZ * number)] == pytest.approx(expected, rel=0.03)


def test_a_saw_hardly_aliases() -> None:
    found = levels(kernels.saw(steps(1237.0), 0.0))
    harmonics = np.arange(1237, SECOND // 2, 1237)
    found[np.concatenate([harmonics + k for k in (-1, 0, 1)])] = 0.0
    naive = levels(((np.arange(SECOND) * 1237 / SECOND) % 1 * 2 - 1).astype(np.float32))
    naive[np.concatenate([harmonics + k for k in (-1, 0, 1)])] = 0.0
    assert found[20:8000].max() < 0.1 * naive[20:8000].max()


@pytest.mark.parametrize("width", [0.5, 0.2])
def test_a_pulse_has_its_width_and_no_dc(width: float) -> None:
    made = kernels.pulse(steps(), constant(width), 0.0)
    assert abs(made.mean()) < 2e-3
    expected = 4 / np.pi * np.sin(np.pi * width)
    assert levels(made)[round(HZ)] == pytest.approx(expected, rel=0.03)


def test_the_ladder_lets_lows_through_and_falls_by_24_db_an_octave() -> None:
    def gain(hz: float) -> float:
        out = kernels.ladder(0.01 * sine(hz), constant(500.0), constant(0.0), SAMPLE_RATE, False)
        return 20 * np.log10(levels(out)[round(hz)] / 0.01)

    assert gain(30.0) == pytest.approx(0.0, abs=0.3)
    assert gain(3600.0) - gain(1800.0) == pytest.approx(-24.0, abs=2.0)


def test_the_ladder_sings_at_its_cutoff() -> None:
    struck = constant(0.0)
    struck[0] = 0.5
    out = kernels.ladder(struck, constant(700.0), constant(4.4), SAMPLE_RATE, False)
    assert levels(out).argmax() == pytest.approx(700, rel=0.03)
    damped = kernels.ladder(struck, constant(700.0), constant(3.0), SAMPLE_RATE, False)
    assert np.abs(out[-4410:]).max() > 100 * np.abs(damped[-4410:]).max()


@pytest.mark.parametrize(("mode", "low", "high"), [(0, 1.0, 0.0), (2, 0.0, 1.0), (3, 1.0, 1.0)])
def test_a_state_variable_filter_passes_its_band_alone(mode: int, low: float, high: float) -> None:
    def gain(hz: float) -> float:
        signal = sine(hz)[:, None]
        out = kernels.state_variable(signal, constant(1000.0), constant(1.4), mode)
        return float(levels(out[:, 0])[round(hz)])

    assert gain(30.0) == pytest.approx(low, abs=0.03)
    assert gain(18_000.0) == pytest.approx(high, abs=0.03)
    assert (gain(1000.0) < 0.02) == (mode == 3)


def test_an_echo_comes_after_exactly_its_time() -> None:
    click = np.zeros((SECOND, 2), np.float32)
    click[0, 0] = 0.1
    (out,) = kernels.echo(click[None], np.array([5000.0, 7000.0]), 0.5, 1.0, 0.0, 1.0, 0.0, 1.0)
    assert np.flatnonzero(np.abs(out[:, 0]) > 1e-3)[0] == 5000
    assert np.flatnonzero(np.abs(out[:, 1]) > 1e-3)[0] == 12_000
    assert np.abs(out[12_000, 1]) == pytest.approx(0.5 * np.abs(out[5000, 0]), rel=0.05)


def test_a_string_is_in_tune() -> None:
    pick = constant(0.0)
    pick[:200] = np.random.default_rng(0).standard_normal(200)
    found = levels(kernels.string(pick, SAMPLE_RATE / 220.5, 0.999, 0.9))
    assert found[150:300].argmax() + 150 == pytest.approx(220.5, abs=2.0)


def test_a_compressor_turns_what_is_over_down_by_its_ratio() -> None:
    found = kernels.gain_reduction(constant(-6.0, 4000), -16.0, 4.0, 10.0, 10.0)
    assert found[-1] == pytest.approx(7.5, abs=0.01)
    assert kernels.gain_reduction(constant(-20.0, 100), -16.0, 4.0, 10.0, 10.0).max() == 0.0
    loud = sine(1000.0)[:, None]
    quieter = compress(loud, threshold=-18.0, ratio=3.0, attack=0.005, release=0.05)
    change = 20 * np.log10(quieter[SECOND // 2 :].std() / loud[SECOND // 2 :].std())
    assert change == pytest.approx(-12.0, abs=0.7)


def test_what_is_clipped_stays_in_scale_and_what_is_soft_stays_itself() -> None:
    def clipped(signal: np.ndarray, drive_db: float) -> np.ndarray:
        (part,) = soft_clip_parts(signal[None], drive_db)
        return part

    soft = 0.3 * sine(100.0)[:, None]
    np.testing.assert_allclose(clipped(soft, 0.0)[500:-500], soft[500:-500], atol=2e-3)
    assert 0.66 < np.abs(clipped(sine(100.0)[:, None], 20.0)).max() < 1.05


def test_a_kick_pushes_at_once_and_lets_go_in_time() -> None:
    push = ducking([10_000], SECOND, 8_000.0)
    assert push[:9_800].max() == 0.0
    assert push[10_150] > 0.95
    assert push[18_200:].max() < 0.01
    assert ducking([], 10, 1.0).max() == 0.0
    assert ducking([2], 10, 0.0).max() == 0.0


def test_a_room_decays_by_60_db_in_its_time() -> None:
    tail = response(Hall(2.0, tone=50_000.0, before=0.0), np.random.default_rng(0))
    assert (tail**2).sum() / 2 == pytest.approx(1.0, rel=1e-3)
    mids = filtered(tail, high_pass(300.0))
    left = np.cumsum((mids**2).sum(axis=1)[::-1])[::-1]
    curve = 10 * np.log10(left / left[0])
    early, late = (int(np.argmax(curve < level)) for level in (-5.0, -25.0))
    assert 3 * (late - early) / SECOND == pytest.approx(2.0, rel=0.2)


def test_equalisers_do_what_they_say() -> None:
    def gain(sections: NDArray[np.float64], hz: float) -> float:
        out = filtered(sine(hz)[:, None], sections)[SECOND // 2 :]
        return float(20 * np.log10(out.std() * np.sqrt(2)))

    assert gain(bell(1000.0, 6.0, 1.0), 1000.0) == pytest.approx(6.0, abs=0.1)
    assert gain(bell(1000.0, 6.0, 1.0), 20.0) == pytest.approx(0.0, abs=0.1)
    assert gain(shelf(1000.0, -9.0, True), 15_000.0) == pytest.approx(-9.0, abs=0.2)
    assert gain(shelf(1000.0, -9.0, False), 40.0) == pytest.approx(-9.0, abs=0.2)
    assert gain(low_pass(1000.0), 1000.0) == pytest.approx(-3.0, abs=0.1)


def test_ends_are_faded_and_the_middle_is_not() -> None:
    out = faded(np.ones((SECOND, 2), np.float32), 0.01, 0.02)
    assert out[0].max() == 0.0
    assert out[-1].max() == 0.0
    assert (out[441:-882] == 1.0).all()
    assert decibels(-6.0206) == pytest.approx(0.5, abs=1e-4)


def test_the_master_has_its_loudness_and_a_bass_in_the_middle() -> None:
    rng = np.random.default_rng(1)
    music = (0.1 * rng.standard_normal((8 * SECOND, 2))).astype(np.float32)
    music[:, 0] += 0.4 * np.tile(sine(60.0), 8)
    out = finish(music, Finish(lufs=-14.0))
    assert integrated_lufs(out) == pytest.approx(-14.0, abs=0.3)
    assert true_peak_dbtp(out) <= -0.5
    middle, side = out[SECOND:].mean(axis=1), np.diff(out[SECOND:], axis=1)[:, 0] / 2
    assert levels(side)[60] < 0.35 * levels(middle)[60]
