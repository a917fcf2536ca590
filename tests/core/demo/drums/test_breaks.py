"""Sampled loops, grains and the felt kick."""

from __future__ import annotations

import numpy as np
import pytest

from core.demo.drums.breaks import Break, Burst, Thump
from core.demo.spec import TrackSpec
from core.demo.stage import Event, Stage
from core.settings import SAMPLE_RATE

pytestmark = pytest.mark.slow  # numba compiles for half a minute where nothing is cached
STAGE = Stage(TrackSpec("test", "none", 120.0, "A minor", 1, 1))


def play(loop: Break, *starts: int, frames: int = 9000) -> np.ndarray:
    events = [Event(start, frames, 1.0) for start in starts]
    return loop(events, STAGE, np.random.default_rng(1))


def test_an_event_plays_its_slice() -> None:
    loop = Break(order=(0, 4, 0), human=0.0)
    out = play(loop, 1000, 30_000, 60_000)
    assert out.shape == (STAGE.frames, 1)
    assert not out[:1000].any()
    first, second, third = (out[start : start + 9000] for start in (1000, 30_000, 60_000))
    np.testing.assert_allclose(first, third, atol=1e-6)
    assert np.abs(first - second).max() > 0.1
    assert not out[1000 + 9000 : 30_000].any()


def test_a_slice_is_pitched_and_turned_round() -> None:
    plain = play(Break(order=(2,)), 0, frames=40_000)
    fast = play(Break(order=(2,), pitch=2.0), 0, frames=40_000)
    length = np.flatnonzero(plain)[-1] + 2  # the fades make the first and the last sample 0
    assert np.flatnonzero(fast)[-1] == pytest.approx(length / 2, rel=0.01)
    turned = play(Break(order=(-3,)), 0, frames=40_000)
    inner = slice(500, length - 500)
    np.testing.assert_allclose(turned[:length][::-1][inner], plain[:length][inner], atol=1e-5)


@pytest.mark.parametrize("drum", [Burst(), Burst(300.0, 900.0, 0.02, 6000.0), Thump()])
def test_hits_are_whole(drum: Burst | Thump) -> None:
    hit = drum(0.8, np.random.default_rng(0))
    assert hit.dtype == np.float32
    assert np.abs(hit).max() <= 1.0
    assert np.abs(hit).max() > 0.5
    assert np.abs(hit[-1]).max() < 1e-3


def test_a_thump_rests_on_its_tone() -> None:
    hit = Thump(60.0, 0.3, beater=0.0, air=0.0)(1.0, np.random.default_rng(0))[:, 0]
    tail = hit[SAMPLE_RATE // 10 :]
    spectrum = np.abs(np.fft.rfft(tail, 8 * SAMPLE_RATE))
    assert spectrum.argmax() / 8 == pytest.approx(60.0, abs=2.0)
