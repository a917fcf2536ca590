"""Echo and reverb: when and how loud what comes back is, and that blocks make no difference."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from core.dsp import send_kernels as kernels
from core.settings import SAMPLE_RATE

Sound = NDArray[np.float32]
DELAY = 5000


def impulse(frames: int) -> Sound:
    sound = np.zeros((frames, 2), np.float32)
    sound[0] = 1.0
    return sound


def echoed(sound: Sound, feedback: float = 0.5, block: int = 1 << 20) -> Sound:
    out, state = np.zeros_like(sound), kernels.echo_state(DELAY)
    dark, thin = kernels.smoothing(4500.0), kernels.smoothing(160.0)
    for at in range(0, len(sound), block):
        part = slice(at, at + block)
        kernels.echo(sound[part], out[part], state, at, feedback, dark, thin, 1.0)
    return out


def reverberated(sound: Sound, seconds: float = 1.5, block: int = 1 << 20) -> Sound:
    out, states = np.zeros_like(sound), kernels.reverb_states()
    gains = kernels.line_gains(seconds)
    dark, thin = kernels.smoothing(9000.0), kernels.smoothing(180.0)
    for at in range(0, len(sound), block):
        part = slice(at, at + block)
        kernels.reverb(sound[part], out[part], *states, at, gains, dark, thin, 0.7)
    return out


def level_db(sound: Sound) -> float:
    return float(10 * np.log10((sound.astype(np.float64) ** 2).mean() + 1e-20))


def test_echoes_come_in_time_from_left_to_right_each_softer() -> None:
    out = np.abs(echoed(impulse(5 * DELAY)))
    assert not out[:DELAY].any()
    peaks = [out[n * DELAY : (n + 1) * DELAY].max(axis=0) for n in range(1, 5)]
    assert [int(peak.argmax()) for peak in peaks] == [0, 1, 0, 1]
    loudest = [float(peak.max()) for peak in peaks]
    assert all(0.2 < after / before < 0.55 for before, after in itertools.pairwise(loudest))
    assert out[DELAY, 0] == out[DELAY : 2 * DELAY, 0].max()


def test_a_reverb_falls_by_60_db_in_its_time() -> None:
    short, long = (reverberated(impulse(4 * SAMPLE_RATE), seconds) for seconds in (0.8, 3.0))
    for out, seconds in ((short, 0.8), (long, 3.0)):
        early = level_db(out[SAMPLE_RATE // 5 : SAMPLE_RATE // 5 + 4000])
        place = SAMPLE_RATE // 5 + round(seconds * SAMPLE_RATE / 2)
        later = level_db(out[place : place + 4000])
        assert early - later == pytest.approx(30.0, abs=8.0)


def test_a_reverb_is_dense_even_and_wide() -> None:
    rng = np.random.default_rng(2)
    mono = np.repeat(rng.standard_normal((SAMPLE_RATE, 1)).astype(np.float32), 2, 1)
    sound = np.concatenate([mono, np.zeros((SAMPLE_RATE, 2), np.float32)])
    tail = reverberated(sound, 2.5)[SAMPLE_RATE + 8000 :]
    left, right = tail[:, 0].astype(float), tail[:, 1].astype(float)
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.3
    spectrum = np.abs(np.fft.rfft(left * np.hanning(len(left)))) ** 2
    hertz = np.fft.rfftfreq(len(left), 1 / SAMPLE_RATE)
    bands = [spectrum[(hertz >= f) & (hertz < 1.26 * f)].mean() for f in (400, 800, 1600, 3200)]
    assert 10 * np.log10(max(bands) / min(bands)) < 14.0


@pytest.mark.parametrize("effect", [echoed, reverberated])
def test_blocks_make_no_difference_to_any_bit(effect: object) -> None:
    noise = np.random.default_rng(1).standard_normal((20_000, 2)).astype(np.float32)
    whole = effect(noise)  # type: ignore[operator]
    for block in (97, 512):
        np.testing.assert_array_equal(effect(noise, block=block), whole)  # type: ignore[operator]


@pytest.mark.parametrize(("effect", "setting"), [(echoed, 0.95), (reverberated, 12.0)])
def test_at_its_longest_it_still_dies_away(effect: object, setting: float) -> None:
    sound = np.zeros((8 * SAMPLE_RATE, 2), np.float32)
    sound[:SAMPLE_RATE] = np.random.default_rng(3).standard_normal((SAMPLE_RATE, 2))
    out = effect(sound, setting)  # type: ignore[operator]
    assert np.isfinite(out).all()
    assert level_db(out[-SAMPLE_RATE:]) < level_db(out[SAMPLE_RATE : 2 * SAMPLE_RATE]) - 10.0
