"""Stems by part: they sum to the mix, whatever happens to clips in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import Automation, Breakpoint
from core.arrangement.clip import Clip, RealSource, with_parts
from core.arrangement.export import export
from core.arrangement.export_options import ExportOptions
from core.arrangement.lane_effects import LaneEffects
from core.arrangement.lane_sound import LaneStates
from core.arrangement.mixdown import Mixdown
from core.arrangement.part_stems import PartStems
from core.settings import PARTS, TICKS_PER_BAR
from tests.core.arrangement.strategies import loop_of

Sound = NDArray[np.float32]
BPM = 479.7
"""Four bars are no whole number of samples, so loops move by one now and then."""
BAR = TICKS_PER_BAR


def audio_of(clip: Clip) -> Sound:
    return loop_of(clip.source, BPM)


class Parts:
    """Parts that are different in every clip; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, clip: Clip) -> Sound:
        self.asked.append(clip.source.segment_id)  # type: ignore[union-attr]
        whole = audio_of(clip)
        rng = np.random.default_rng(len(clip.id) + ord(clip.id[0]))
        pieces = rng.uniform(-0.5, 0.8, (3, len(whole), 1)).astype(np.float32) * whole
        return np.stack([*pieces, whole - pieces.sum(axis=0)])


def clip(name: str, start: int, bars: int, **fields: object) -> Clip:
    return Clip(name, RealSource(name), start * BAR, bars * BAR, **fields)  # type: ignore[arg-type]


@pytest.fixture
def arrangement() -> Arrangement:
    """Crossfades, a bass swap, bands left out, a narrower clip, one backwards, fades, a lane with
    an equaliser, a muted one."""
    one = (
        clip("a", 0, 6, gain_db=-3.0),
        clip("b", 4, 6, bass_swap=True),
        clip("c", 10, 4, bass_cut=True, width=0.4),
    )
    two = (
        clip("d", 1, 5, fade_in=BAR, fade_out=BAR),
        clip("a2", 8, 3, treble_cut=True, reverse=True),
    )
    effects = LaneEffects(bass_db=-9.0, low_pass_hz=4000.0, resonance=0.4)
    lanes = (
        Lane("1", "One", one),
        Lane("2", "Two", two, gain_db=-6.0, pan=0.3, effects=effects),
        Lane("3", "Three", (clip("e", 0, 2),), mute=True),
    )
    return Arrangement(BPM, lanes, "Night")


def test_parts_sum_to_the_mix(arrangement: Arrangement) -> None:
    whole = Mixdown(arrangement, audio_of)
    parts, states = Parts(), LaneStates()
    stems = PartStems(whole, parts)
    for start in range(0, whole.frames, 40_000):
        mix = whole.render(start, 40_000, states=states)
        apart = stems.render(start, 40_000)
        assert list(apart) == [0, 1, 2, 3]
        np.testing.assert_allclose(sum(apart.values()), mix, atol=2e-5)
    assert sorted(parts.asked) == ["a", "a2", "b", "c", "d"]
    assert not stems._waiting


def test_parts_of_filters_that_move_and_of_echoes_sum_to_the_mix(arrangement: Arrangement) -> None:
    curves = (
        Automation("high_pass", (Breakpoint(2 * BAR, 100.0), Breakpoint(6 * BAR, 450.0))),
        Automation("echo", (Breakpoint(BAR, -1.0), Breakpoint(4 * BAR, -60.0))),
    )
    first, *others = arrangement.lanes
    moving = arrangement.changed(lanes=(first.changed(automation=curves), *others))
    whole, states = Mixdown(moving, audio_of), LaneStates()
    stems = PartStems(whole, Parts())
    for start in range(0, whole.frames, 40_000):
        mix = whole.render(start, 40_000, states=states)
        np.testing.assert_allclose(sum(stems.render(start, 40_000).values()), mix, atol=2e-5)


def test_parts_of_a_crossfade_by_parts_sum_to_the_mix() -> None:
    """Each part is faded with its own gains, in stems as in the mix, also where bands are left out
    and another crossfade, by bands, overlaps."""
    sources = {name: RealSource(name) for name in "abcd"}
    one = with_parts([sources["a"]] * 4, (False, False, True, False))
    two = with_parts([sources["a"], *[sources["b"]] * 3], gains_db=(0.0, -3.0, 0.0, 2.0))
    lane = Lane(
        "1",
        clips=(
            Clip("one", one, 0, 6 * BAR, gain_db=-3.0),
            Clip("two", two, 4 * BAR, 4 * BAR, bass_swap=True, width=0.5),
            Clip("three", sources["c"], 7 * BAR, 4 * BAR),
        ),
    )
    arrangement = Arrangement(BPM, (lane,))

    def parts_of(clip: Clip) -> Sound:
        rng = np.random.default_rng(len(clip.id))
        gains = rng.uniform(0.1, 0.8, (4, 1, 1)).astype(np.float32)
        return (
            np.stack([audio_of(Clip(str(k), RealSource(f"{clip.id}{k}"), 0)) for k in range(4)])
            * gains
        )

    whole = Mixdown(arrangement, parts_of)
    mix = whole.render(0, whole.frames)
    apart = PartStems(whole, parts_of).render(0, whole.frames)
    np.testing.assert_allclose(sum(apart.values()), mix, atol=2e-5)
    start, end = arrangement.frame(4 * BAR), arrangement.frame(6 * BAR)
    kick, rest = (np.abs(apart[k][start:end]).max(axis=1) for k in (0, 3))
    assert kick.max() > 0
    assert rest.max() > 0


def test_sound_that_has_passed_is_released(arrangement: Arrangement) -> None:
    whole, states = Mixdown(arrangement, audio_of), LaneStates()
    stems = PartStems(whole, Parts())
    for start in range(0, whole.frames, 40_000):
        mix = whole.render(start, 40_000, states=states)
        np.testing.assert_allclose(sum(stems.render(start, 40_000).values()), mix, atol=2e-5)
        whole.release(start)
        stems.release(start)


def test_a_file_for_each_part_beside_those_of_lanes(
    tmp_path: Path, arrangement: Arrangement
) -> None:
    path = tmp_path / "night.wav"
    result = export(
        arrangement,
        audio_of,
        path,
        ExportOptions(
            bit_depth=32, lane_stems=True, part_stems=True, lufs=None, span=(2 * BAR, 9 * BAR)
        ),
        parts_of=Parts(),
    )
    names = [stem.name for stem in result.stems]
    assert names[:2] == ["night-1-One.wav", "night-2-Two.wav"]
    assert names[2:] == [f"night-{part}.wav" for part in PARTS]
    read = {stem.name: soundfile.read(stem, dtype="float32")[0] for stem in result.stems}
    by_lane = sum(read[name] for name in names[:2])
    by_part = sum(read[name] for name in names[2:])
    level = np.sqrt(np.mean(by_lane**2))
    assert np.sqrt(np.mean((by_part - by_lane) ** 2)) < 1e-3 * level
