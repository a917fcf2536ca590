"""Effects on a whole mix: parts processed apart add up to their sum processed as one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.audio.loudness import integrated_lufs
from core.demo.effects.gated import GatedRoom
from core.demo.effects.masters import (
    BandLimit,
    Bits,
    Clip,
    Codec,
    Fader,
    Glue,
    Hold,
    Limit,
    Stutter,
    Sweep,
    Tone,
    Width,
    Wow,
)
from core.demo.song import MasterEffect
from core.demo.spec import TrackSpec
from core.demo.stage import Stage
from core.settings import SAMPLE_RATE

pytestmark = pytest.mark.slow  # numba compiles for half a minute where nothing is cached
Signal = NDArray[np.float32]
STAGE = Stage(TrackSpec("test", "none", 120.0, "A minor", 1, 1))
"""Two seconds."""
EFFECTS = [
    Tone(((300.0, 6.0, 1.0),), (90.0, -3.0), (5000.0, 4.0), 30.0, 12_000.0),
    BandLimit(9000.0),
    Glue(-10.0, 6.0, 0.002, 0.05),
    Clip(9.0, 0.5),
    Clip(9.0, 0.999),
    Clip(6.0, fine=True),
    Limit(-6.0),
    Bits(5.0),
    Hold(11_025.0),
    Wow(0.002, 3.0),
    Width(0.3, 0.5),
    Fader("0:-20 1:0"),
    Codec(20.0, 9000.0),
    Stutter((0.5,), 4.0, 0.5),
]


def four(seed: int = 0) -> Signal:
    """A thump, a tone, noise, and a silent part."""
    rng = np.random.default_rng(seed)
    t = np.arange(STAGE.frames) / SAMPLE_RATE
    beat = np.exp(-(t % 0.5) / 0.1)
    parts = np.zeros((4, STAGE.frames, 2), np.float32)
    parts[0] = (0.8 * beat * np.sin(2 * np.pi * 55 * t))[:, None]
    parts[1] = 0.4 * np.stack([np.sin(2 * np.pi * 220 * t), np.sin(2 * np.pi * 221 * t)], axis=1)
    parts[2] = 0.2 * rng.standard_normal((STAGE.frames, 2)) * (t % 0.25 < 0.05)[:, None]
    return parts


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: type(effect).__name__)
def test_parts_add_up_to_the_processed_mix(effect: MasterEffect) -> None:
    parts = four()
    made = effect(parts, STAGE)
    one = np.zeros_like(parts)
    one[3] = parts.sum(axis=0)
    whole = effect(one, STAGE)
    assert made.shape == parts.shape
    assert made.dtype == np.float32
    assert not made[3].any()
    assert not whole[:3].any()
    assert np.abs(made.sum(axis=0) - whole[3]).max() < 1e-4 * np.abs(whole).max()
    assert np.abs(whole[3] - one[3]).max() > 0.02
    assert not effect(np.zeros_like(parts), STAGE).any()


def test_a_sweep_moves_only_its_parts() -> None:
    parts = four()
    swept = Sweep("0:100", "low", parts=("drums",))(parts, STAGE)
    np.testing.assert_array_equal(swept[[0, 1, 3]], parts[[0, 1, 3]])
    assert swept[2].std() < 0.2 * parts[2].std()


@pytest.mark.parametrize(
    "effect", [Clip(6.0, parts=("kick", "bass")), Glue(-12.0, parts=("bass", "kick"))]
)
def test_a_group_goes_through_together_and_the_others_pass_by(effect: MasterEffect) -> None:
    parts = four()
    made = effect(parts, STAGE)
    np.testing.assert_array_equal(made[2:], parts[2:])
    group = np.zeros_like(parts)
    group[0] = parts[:2].sum(axis=0)
    np.testing.assert_allclose(made[:2].sum(axis=0), effect(group, STAGE)[0], atol=1e-4)
    assert np.abs(made[0] - parts[0]).max() > 0.02


def test_a_stutter_repeats_what_begins_it() -> None:
    made = Stutter((0.5,), 4.0, 1.0)(four(), STAGE)
    start, step = STAGE.frames // 2, round(STAGE.beat / 4)
    for turn in range(1, 4):
        at = start + turn * step
        np.testing.assert_array_equal(
            made[:, at : at + step - 1], made[:, start : start + step - 1]
        )
    np.testing.assert_array_equal(made[:, :start], four()[:, :start])


def test_a_limiter_reaches_its_loudness_under_its_ceiling() -> None:
    quiet = Limit(-24.0, -1.0)(four(), STAGE).sum(axis=0)
    assert integrated_lufs(quiet) == pytest.approx(-24.0, abs=0.1)
    loud = Limit(-4.0, -1.0)(four(), STAGE).sum(axis=0)
    assert np.abs(loud).max() < 10 ** (-1.0 / 20) * 1.02


def test_what_is_rounded_lies_on_the_steps() -> None:
    mix = Bits(5.0)(four(), STAGE).sum(axis=0)
    np.testing.assert_allclose(mix * 16, np.round(mix * 16), atol=1e-4)


def test_a_gated_room_is_cut_off() -> None:
    click = np.zeros((SAMPLE_RATE, 1), np.float32)
    click[1000] = 1.0
    out = GatedRoom(0.2, 1.0)(click, STAGE)
    power = (out**2).sum(axis=1)
    assert power[:900].max() < 1e-12
    assert power[4000:8000].sum() > 1e-4
    assert power[1000 + round(0.215 * SAMPLE_RATE) :].max() < 1e-12
