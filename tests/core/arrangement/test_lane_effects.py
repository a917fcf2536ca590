"""Effects of lanes: what they may be, and that they sound alike wherever and however rendered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, RealSource
from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from core.arrangement.lane_effects import LaneEffects
from core.arrangement.lane_sound import WARM_UP
from core.arrangement.mixdown import Mixdown
from core.errors import InputError
from core.settings import TICKS_PER_BAR as BAR
from tests.core.arrangement.strategies import loop_of, rendered

BPM = 130.0
KILLED = LaneEffects(bass_kill=True, mid_db=-6.0)
SWEPT = LaneEffects(treble_db=3.0, low_pass_hz=900.0, high_pass_hz=90.0, resonance=0.5)


def arrangement(*effects: LaneEffects) -> Arrangement:
    lanes = tuple(
        Lane(
            f"l{number}",
            clips=(
                Clip(f"a{number}", RealSource(f"s{number}"), number * BAR, 4 * BAR),
                Clip(f"b{number}", RealSource(f"t{number}"), (3 + number) * BAR, 3 * BAR),
            ),
            gain_db=-3.0,
            pan=0.3,
            effects=it,
        )
        for number, it in enumerate(effects)
    )
    return Arrangement(BPM, lanes)


def mixdown(whole: Arrangement) -> Mixdown:
    return Mixdown(whole, lambda clip: loop_of(clip.source, BPM))


@pytest.mark.parametrize(
    "fields",
    [{"bass_db": 7.0}, {"treble_db": float("nan")}, {"low_pass_hz": 5.0}, {"resonance": 1.1}],
)
def test_what_they_cannot_be(fields: dict[str, float]) -> None:
    with pytest.raises(InputError, match="must lie between"):
        LaneEffects().changed(**fields)


def test_as_they_are_at_first_they_change_no_bit() -> None:
    plain = arrangement(LaneEffects(), LaneEffects())
    assert not LaneEffects().is_on
    assert not LaneEffects(resonance=0.7).is_on
    quiet = arrangement(LaneEffects(resonance=0.7), LaneEffects())
    np.testing.assert_array_equal(
        mixdown(plain).render(0, 200_000), mixdown(quiet).render(0, 200_000)
    )


@pytest.mark.parametrize("block", [64, 512, 40_000])
def test_blocks_make_no_difference(block: int) -> None:
    mix = mixdown(arrangement(KILLED, SWEPT, LaneEffects()))
    np.testing.assert_array_equal(rendered(mix, 0, 60_000, block), mix.render(0, 60_000))


def test_entered_in_the_middle_it_is_the_same_sound() -> None:
    mix = mixdown(arrangement(KILLED, SWEPT))
    whole = mix.render(0, 120_000)
    mix.prepare()
    entered = rendered(mix, 100_000, 20_000, 512)
    np.testing.assert_allclose(entered, whole[100_000:], atol=2e-5)
    np.testing.assert_array_equal(rendered(mix, WARM_UP, 5000, 512), whole[WARM_UP:][:5000])


def test_only_the_lane_that_has_them_changes() -> None:
    plain: dict[str, np.ndarray] = {}
    changed: dict[str, np.ndarray] = {}
    peaks: dict[str, float] = {}
    mixdown(arrangement(LaneEffects(), LaneEffects())).render(90_000, 9000, lanes=plain)
    mix = mixdown(arrangement(LaneEffects(), SWEPT))
    out = mix.render(90_000, 9000, lanes=changed, peaks=peaks)
    np.testing.assert_array_equal(changed["l0"], plain["l0"])
    assert np.abs(changed["l1"]).max() < np.abs(plain["l1"]).max()
    assert peaks["l1"] == pytest.approx(np.abs(changed["l1"]).max())
    np.testing.assert_allclose(sum(changed.values()), out, atol=1e-6)


def test_nothing_rings_beyond_the_end() -> None:
    mix = mixdown(arrangement(SWEPT))
    assert not mix.render(mix.frames - 100, 300)[100:].any()


def test_an_export_has_them_and_its_stems_too(tmp_path: Path) -> None:
    whole = arrangement(KILLED, SWEPT)
    written = export(
        whole,
        lambda clip: loop_of(clip.source, BPM),
        tmp_path / "a.wav",
        ExportOptions(bit_depth=32, lufs=None, lane_stems=True),
    )
    sound, _ = soundfile.read(written.path, dtype="float32")
    np.testing.assert_array_equal(sound, mixdown(whole).render(0, len(sound)))
    stems = [soundfile.read(path, dtype="float32")[0] for path in written.stems]
    gain = 10 ** (written.stems_db / 20)
    np.testing.assert_allclose(sum(stems), sound * gain, atol=1e-5)
