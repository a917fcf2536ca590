from __future__ import annotations

import pytest

from core.rhythm.tap_tempo import TapTempo


def test_the_median_of_taps_is_the_tempo() -> None:
    taps = TapTempo()
    assert [taps.tap(0.5 * number) for number in range(3)] == [None] * 3
    assert taps.tap(1.5) == pytest.approx(120.0)
    assert taps.tap(2.02) == pytest.approx(120.0)


def test_a_pause_begins_anew() -> None:
    taps = TapTempo()
    for number in range(5):
        taps.tap(0.5 * number)
    assert taps.tap(10.0) is None
    assert taps.count == 1
