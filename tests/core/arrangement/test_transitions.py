"""Where clips give way to each other."""

from __future__ import annotations

import numpy as np
import pytest

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, RealSource
from core.arrangement.transitions import (
    SWAP_FRAMES,
    TOUCH_FRAMES,
    band_gains,
    continues,
    find_transitions,
    nearest_downbeat,
)
from core.settings import SAMPLE_RATE, TICKS_PER_BAR

BAR = TICKS_PER_BAR


def clip(name: str, bar: float, bars: float, **fields: object) -> Clip:
    return Clip(name, RealSource(name), round(bar * BAR), round(bars * BAR)).changed(**fields)


def found(*lanes: list[Clip]) -> list[tuple[str, str, float, float]]:
    rows = tuple(Lane(f"l{n}", clips=tuple(clips)) for n, clips in enumerate(lanes))
    transitions = find_transitions(Arrangement(130.0, rows))
    return [(t.outgoing.id, t.incoming.id, t.start / BAR, t.end / BAR) for t in transitions]


def test_overlaps_and_touching_clips_of_a_lane() -> None:
    assert found([clip("a", 0, 4), clip("b", 3, 4), clip("c", 7, 4), clip("d", 12, 4)]) == [
        ("a", "b", 3, 4),
        ("b", "c", 7, 7),
    ]


def test_fades_over_each_other_on_two_lanes() -> None:
    out = clip("a", 0, 8, fade_out=2 * BAR)
    assert found([out], [clip("b", 6, 8, fade_in=2 * BAR)]) == [("a", "b", 6, 8)]
    assert found([out], [clip("b", 6, 8, fade_in=BAR)]) == []


def test_a_fade_has_one_partner() -> None:
    out = clip("a", 0, 8, fade_out=2 * BAR)
    into = [[clip(name, 6, 8, fade_in=2 * BAR)] for name in ("b", "c")]
    assert len(found([out], *into)) == 1


def test_parts_of_one_clip_are_no_transition() -> None:
    left = clip("a", 0, 3)
    right = clip("a", 3, 1).changed(id="right", offset=3 * BAR)
    assert continues(left, right)
    assert found([left, right]) == []
    louder = right.changed(gain_db=3.0)
    assert not continues(left, louder)
    assert len(found([left, louder])) == 1


@pytest.mark.parametrize(
    ("start", "end", "downbeat"), [(0, 2, 1), (0.5, 1.4, 1), (0.2, 0.8, 0.5), (3, 6, 5)]
)
def test_the_downbeat_of_a_bass_swap(start: float, end: float, downbeat: float) -> None:
    assert nearest_downbeat(round(start * BAR), round(end * BAR)) == round(downbeat * BAR)


def test_touching_clips_are_joined_before_the_attack() -> None:
    rows = (Lane("l", clips=(clip("a", 0, 4), clip("b", 4, 4))),)
    arrangement = Arrangement(130.0, rows)
    (transition,) = find_transitions(arrangement)
    first, after = transition.frames(130.0)
    assert after == arrangement.frame(4 * BAR)
    assert after - first == TOUCH_FRAMES


def test_a_clip_that_is_shorter_than_the_joint_keeps_half_of_itself() -> None:
    first, second = clip("a", 0, 4).changed(length=10), clip("b", 10 / BAR, 4)
    (transition,) = find_transitions(Arrangement(130.0, (Lane("l", clips=(first, second)),)))
    start, end = transition.frames(130.0)
    assert start == end // 2 < end < TOUCH_FRAMES


def test_a_swap_changes_the_lows_before_its_frame(rng: np.random.Generator) -> None:
    shape = (SAMPLE_RATE, 2)
    sides = [[rng.standard_normal(shape).astype(np.float32) for _ in range(3)] for _ in range(2)]
    swap = SAMPLE_RATE // 2
    out, into = band_gains(sides[0], sides[1], beat_frames=20_000.0, swap=swap)
    assert out.shape == into.shape == (SAMPLE_RATE, 3)
    assert into[: swap - SWAP_FRAMES - 1, 0].max() < 1e-3
    assert out[swap:, 0].max() < 1e-3
    assert into[swap - SWAP_FRAMES - 1, 1] > 0.3
