"""Automation as it is heard: as it was drawn, the same in all blocks and exports, and no click."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.arrangement import fades
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import PARAMETERS, Automation, Breakpoint
from core.arrangement.clip import Clip, RealSource
from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from core.arrangement.lane_effects import LaneEffects
from core.arrangement.mixdown import Mixdown
from core.arrangement.values import db_to_gain
from core.settings import SAMPLE_RATE, segment_frames
from core.settings import TICKS_PER_BAR as BAR
from tests.core.arrangement.strategies import loop_of, rendered

BPM = 130.0
ALL = tuple(
    Automation(
        name,
        (
            Breakpoint(0, kind.default),
            Breakpoint(BAR, kind.value(0.3), 0.4),
            Breakpoint(2 * BAR, kind.value(0.8)),
            Breakpoint(2 * BAR, kind.value(0.5)),
        ),
    )
    for name, kind in PARAMETERS.items()
)


def arrangement(*curves: Automation, **fields: object) -> Arrangement:
    lane = Lane("l", clips=(Clip("c", RealSource("s"), 0, 8 * BAR),), automation=curves)
    return Arrangement(BPM, (lane.changed(**fields),))


def constant(level: float = 0.5) -> np.ndarray:
    return np.full((segment_frames(BPM), 2), level, np.float32)


def test_a_volume_is_followed_to_the_sample() -> None:
    whole = arrangement(Automation("volume", (Breakpoint(0, -24.0), Breakpoint(2 * BAR, 0.0))))
    sound = Mixdown(whole, lambda clip: constant()).render(0, whole.frame(3 * BAR))
    places = np.arange(1000, whole.frame(2 * BAR), 997)
    floor = db_to_gain(-60.0)
    for place in places:
        gain = db_to_gain(-24.0 + 24.0 * place / whole.frame(2 * BAR))
        expected = 0.5 * (gain - floor) / (1.0 - floor)
        assert sound[place] == pytest.approx(expected, rel=1e-3)
    np.testing.assert_allclose(sound[whole.frame(2 * BAR) + 1 :], 0.5, rtol=1e-6)


def test_the_lowest_volume_is_silence_and_is_on_top_of_the_gain() -> None:
    silent = arrangement(Automation("volume", (Breakpoint(0, -60.0),)))
    assert not Mixdown(silent, lambda clip: constant()).render(0, 50_000).any()
    level = arrangement(Automation("volume", (Breakpoint(0, 0.0),)), gain_db=-6.0)
    sound = Mixdown(level, lambda clip: constant()).render(0, 50_000)
    np.testing.assert_allclose(sound[5000:], 0.5 * db_to_gain(-6.0), rtol=1e-6)


def test_a_pan_takes_the_place_of_the_lane_s() -> None:
    for pan in (-1.0, 0.0, 0.4):
        whole = arrangement(Automation("pan", (Breakpoint(0, pan),)), pan=0.9)
        sound = Mixdown(whole, lambda clip: constant()).render(0, 20_000)
        np.testing.assert_allclose(sound[5000], 0.5 * fades.pan_gains(0.0, pan), atol=1e-6)


def test_a_steady_cutoff_is_that_of_the_knob() -> None:
    drawn = arrangement(
        Automation("low_pass", (Breakpoint(0, 700.0),)),
        Automation("high_pass", (Breakpoint(0, 90.0),)),
        Automation("resonance", (Breakpoint(0, 0.5),)),
    )
    turned = arrangement(effects=LaneEffects(low_pass_hz=700, high_pass_hz=90, resonance=0.5))
    a, b = (Mixdown(it, lambda clip: loop_of(clip.source, BPM)) for it in (drawn, turned))
    np.testing.assert_allclose(a.render(0, 90_000), b.render(0, 90_000), atol=1e-6)


def test_a_sweep_opens() -> None:
    noise = np.random.default_rng(1).standard_normal((segment_frames(BPM), 2)).astype(np.float32)
    whole = arrangement(
        Automation("low_pass", (Breakpoint(0, 100.0), Breakpoint(4 * BAR, 20_000.0)))
    )
    sound = Mixdown(whole, lambda clip: noise).render(0, whole.frame(4 * BAR))
    quarters = [np.sqrt((part**2).mean()) for part in np.array_split(sound, 4)]
    assert quarters == sorted(quarters)
    assert quarters[3] > 5 * quarters[0]


@pytest.mark.parametrize("block", [64, 512, 40_000])
def test_blocks_make_no_difference_to_any_bit(block: int) -> None:
    mix = Mixdown(arrangement(*ALL), lambda clip: loop_of(clip.source, BPM))
    np.testing.assert_array_equal(rendered(mix, 0, 200_000, block), mix.render(0, 200_000))


def test_entered_in_the_middle_it_is_the_same_sound() -> None:
    """But for echo and reverb, which hold only what was heard."""
    dry = [curve for curve in ALL if curve.parameter not in ("echo", "reverb")]
    mix = Mixdown(arrangement(*dry), lambda clip: loop_of(clip.source, BPM))
    whole = mix.render(0, 200_000)
    mix.prepare()
    np.testing.assert_allclose(rendered(mix, 150_001, 9000, 512), whole[150_001:159_001], atol=2e-5)


def test_a_jump_does_not_click() -> None:
    frames = segment_frames(BPM)
    cycles = round(50 * frames / SAMPLE_RATE)
    sine = 0.5 * np.sin(2 * np.pi * cycles * np.arange(frames) / frames)
    loop = np.repeat(sine[:, None], 2, 1).astype(np.float32)
    whole = arrangement(
        Automation("volume", (Breakpoint(BAR, 0.0), Breakpoint(BAR, -60.0))),
    )
    sound = Mixdown(whole, lambda clip: loop).render(0, whole.frame(2 * BAR))
    steps = np.abs(np.diff(sound[5000:], axis=0))
    assert steps.max() < np.abs(np.diff(loop, axis=0)).max() + 0.5 / 200
    assert not sound[whole.frame(BAR) + 1 :].any()
    assert np.abs(sound[: whole.frame(BAR) - 300]).max() > 0.45


def test_a_lane_that_is_not_automated_keeps_every_bit() -> None:
    curve = Automation("resonance", (Breakpoint(0, 0.3),))
    plain, drawn = (
        Mixdown(it, lambda clip: loop_of(clip.source, BPM)).render(0, 50_000)
        for it in (arrangement(), arrangement(curve))
    )
    np.testing.assert_array_equal(plain, drawn)


def test_an_export_is_what_is_played_and_its_stems_sum_to_it(tmp_path: Path) -> None:
    def sound_of(clip: Clip) -> np.ndarray:
        return loop_of(clip.source, BPM)

    one = arrangement(*ALL).lanes[0]
    other = Lane("m", clips=(Clip("d", RealSource("t"), BAR, 4 * BAR),))
    whole = Arrangement(BPM, (one, other))
    written = export(
        whole,
        sound_of,
        tmp_path / "a.wav",
        ExportOptions(bit_depth=32, lufs=None, ceiling_dbtp=20, lane_stems=True),
    )
    sound, _ = soundfile.read(written.path, dtype="float32")
    np.testing.assert_array_equal(sound, rendered(Mixdown(whole, sound_of), 0, len(sound), 512))
    stems = [soundfile.read(path, dtype="float32")[0] for path in written.stems]
    gain = 10 ** (written.stems_db / 20)
    np.testing.assert_allclose(sum(stems), sound * gain, atol=1e-5)
