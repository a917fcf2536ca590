from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement.form import FormSection, plan, plan_curve
from core.errors import InputError

curves = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def check(parts: list[FormSection], bars: int) -> None:
    assert parts[0].start == 0
    assert parts[0].entry == "open"
    assert parts[-1].end == bars
    for before, after in itertools.pairwise(parts):
        assert after.start == before.end
        assert after.start % 4 == 0
        assert after.entry in ("mix", "cut")
    assert all(part.bars > 0 for part in parts)


@given(st.integers(1, 3000))
def test_parts_fill_the_track_in_whole_phrases(bars: int) -> None:
    parts = plan(bars)
    check(parts, bars)
    if bars >= 64:
        assert all(part.start % 8 == 0 and part.bars >= 8 for part in parts)


@given(st.integers(1, 1000), curves)
def test_parts_follow_a_curve(bars: int, curve: list[float]) -> None:
    parts = plan_curve(bars, curve)
    check(parts, bars)
    assert all(part.bars <= 40 for part in parts)
    assert all(0 <= height <= 1 for part in parts for height in part.energy)


def test_three_minutes_have_the_whole_form() -> None:
    names = [part.name for part in plan(98)]
    assert names == ["intro", "build", "drop", "break", "rise", "drop", "outro"]


def test_drops_are_cut_in_after_something_calmer() -> None:
    for bars in (32, 64, 98, 300):
        for before, after in itertools.pairwise(plan(bars)):
            if after.name == "drop":
                assert after.entry == "cut"
                assert before.energy[1] < after.energy[0] - 0.1


def test_a_sudden_rise_of_the_curve_is_a_drop() -> None:
    parts = plan_curve(64, [0.2] * 32 + [0.9] * 32)
    drop = next(part for part in parts if part.entry == "cut")
    assert drop.start == 32
    assert drop.energy[0] > 0.8


def test_a_flat_curve_still_moves_on() -> None:
    assert [part.bars for part in plan_curve(96, [0.5])] == [32, 32, 32]


@pytest.mark.parametrize("curve", [[], [1.1], [-0.1], [float("nan")], [[0.5]]])
def test_curves_that_cannot_be(curve: list[float]) -> None:
    with pytest.raises(InputError, match="energy curve"):
        plan_curve(64, curve)


def test_no_bars_no_track() -> None:
    for make in (lambda: plan(0), lambda: plan_curve(0, [0.5])):
        with pytest.raises(InputError, match="at least one bar"):
            make()
