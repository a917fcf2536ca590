"""Curves of volume are added up."""

from __future__ import annotations

import math

import pytest

from core.arrangement.automation import SILENCE_DB, VOLUME, Automation, Breakpoint
from core.arrangement.curve_sums import fade_curve, summed


def curve(*points: Breakpoint) -> Automation:
    return Automation(VOLUME.name, points)


def test_a_sum_bends_and_jumps_where_its_curves_do() -> None:
    bent = curve(Breakpoint(0, -20.0, 0.7), Breakpoint(1000, 0.0))
    jumping = curve(Breakpoint(200, -6.0), Breakpoint(600, -6.0), Breakpoint(600, 3.0))
    both = summed([bent, jumping])
    for tick in range(0, 1200, 7):
        assert both.value(tick) == pytest.approx(bent.value(tick) + jumping.value(tick), abs=0.2)
    assert both.value(600) - both.value(599.99) == pytest.approx(9.0, abs=0.01)
    assert summed([bent]) is bent


def test_a_sum_stays_in_range_and_silent_where_one_is() -> None:
    loud = curve(Breakpoint(0, 6.0), Breakpoint(100, 6.0))
    dipping = curve(Breakpoint(0, 6.0), Breakpoint(100, SILENCE_DB))
    both = summed([loud, dipping])
    assert (both.value(0), both.value(100)) == (6.0, SILENCE_DB)


@pytest.mark.parametrize(("start", "end"), [(0, 7680), (9000, 1320), (0, 3)])
def test_a_fade_is_a_quarter_sine(start: int, end: int) -> None:
    fade = fade_curve(start, end)
    assert fade.value(start) == SILENCE_DB
    assert fade.value(end) == 0.0
    for share in (0.01, 0.05, 0.3, 0.5, 0.9) if abs(end - start) > 100 else ():
        wanted = 20.0 * math.log10(math.sin(0.5 * math.pi * share))
        assert fade.value(start + share * (end - start)) == pytest.approx(wanted, abs=0.9)
