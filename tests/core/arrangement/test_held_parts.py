"""Kicks that stay while the rest walks on, and basses that come in later."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement.form import FormSection
from core.arrangement.held_parts import KickHolder, LowParts

NAMES = ("intro", "groove", "build", "drop", "break", "rise", "outro")


class Chance(np.random.Generator):
    """Gives these numbers, one after the other."""

    def __init__(self, *numbers: float) -> None:
        super().__init__(np.random.PCG64(0))
        self._numbers = list(numbers)

    def random(self) -> float:  # type: ignore[override]
        return self._numbers.pop(0)


def section(name: str, bars: int = 16) -> FormSection:
    return FormSection(name, 0, bars, (0.5, 0.5), 0.5, "mix")


def test_the_kick_stays_while_the_bass_walks_on() -> None:
    holder = KickHolder(Chance(0, 1, 0, 1, 0, 1, 1, 1))
    assert holder.plan(section("groove"), [5, 5]) == [None, None]
    assert holder.plan(section("drop"), [7, 8]) == [LowParts(5, 7), LowParts(5, 8)]
    assert holder.plan(section("break"), [None, None]) == [None, None]
    assert holder.plan(section("drop"), [9, 5]) == [None, None]  # by chance not held


def test_a_kick_that_does_not_fit_gives_way_to_that_of_the_segment() -> None:
    holder = KickHolder(Chance(0, 1, 0, 1, 0, 0))
    holder.plan(section("groove"), [5, 5])
    found = holder.plan(section("drop"), [7, 8], fits=lambda low: low.kick != 5)
    assert found == [None, LowParts(7, 8)]
    assert holder.plan(section("outro"), [9, 9], fits=lambda low: not low.alone) == [
        *(LowParts(7, 9), None)
    ]


def test_it_stays_over_a_break() -> None:
    holder = KickHolder(Chance(0, 1, 0, 1, 0, 1))
    holder.plan(section("drop"), [5])
    holder.plan(section("break"), [None])
    assert holder.plan(section("drop"), [9, 5]) == [LowParts(5, 9), None]


def test_the_bass_enters_eight_bars_later() -> None:
    holder = KickHolder(Chance(0, 0, 0, 0))
    late = [LowParts(5, 5, alone=True)] * 2
    assert holder.plan(section("intro"), [None, 5, 5, 5, 6]) == [None, *late, None, LowParts(5, 6)]
    assert holder.plan(section("groove"), [7, 7, 7, 7]) == [
        *[LowParts(5, 7, alone=True)] * 2,
        *[LowParts(5, 7)] * 2,
    ]


def test_it_leaves_before_its_kick() -> None:
    holder = KickHolder(Chance(0, 0))
    alone = LowParts(5, 5, alone=True)
    assert holder.plan(section("outro"), [5, 5, 5, 5]) == [None, None, alone, alone]


def test_an_opening_that_the_user_chose_stays_whole() -> None:
    holder = KickHolder(Chance(0, 0))
    planned = holder.plan(section("intro"), [5, 5, 5, 5, 5], keep_first=True)
    assert planned[0] is None
    assert planned[1] == LowParts(5, 5, alone=True)


@pytest.mark.parametrize("name", NAMES)
@given(st.lists(st.none() | st.integers(0, 3), max_size=12), st.integers(0, 99))
def test_the_bass_is_heard_in_every_section_that_has_one(
    name: str, rows: list[int | None], seed: int
) -> None:
    holder = KickHolder(np.random.default_rng(seed))
    holder.plan(section("groove"), [2])
    planned = holder.plan(section(name), rows)
    assert len(planned) == len(rows)
    heard = [low for low, row in zip(planned, rows, strict=True) if row is not None]
    assert all(low is None for low, row in zip(planned, rows, strict=True) if row is None)
    assert not heard or any(low is None or not low.alone for low in heard)
    if name in ("build", "drop"):
        assert not any(low and low.alone for low in heard)
