"""Where the bars of a track lie in its spectrogram, and on which its segments start."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import settings
from core.library.segments import lay_out
from core.rhythm.grid import BeatGrid, GridSection

BPM = 120.0
BAR = 2.0


def _grid(bars: float, phrase_bar: int) -> BeatGrid:
    section = GridSection(0.0, bars * BAR, BPM, 0.0, phrase_bar * BAR)
    return BeatGrid((section,), confidence=1.0)


@pytest.mark.parametrize(
    ("bars", "phrase_bar", "starts"),
    [(5, 3, [0]), (4, 1, [0]), (6, 3, [0]), (7, 3, [3]), (12, 2, [2, 6]), (3, 2, [])],
)
def test_segments_start_with_phrases_and_a_short_section_still_has_one(
    bars: int, phrase_bar: int, starts: list[int]
) -> None:
    (section,) = lay_out(_grid(bars, phrase_bar), bars * BAR)
    assert list(section.starts(settings.BARS_PER_SEGMENT)) == starts


@given(st.floats(0.5, 40.0), st.integers(0, 3))
def test_whoever_has_four_bars_has_a_segment(bars: float, phrase_bar: int) -> None:
    (section,) = lay_out(_grid(bars, phrase_bar), bars * BAR)
    starts = section.starts(settings.BARS_PER_SEGMENT)
    assert bool(starts) == bool(section.starts(1))
    assert all(start + settings.BARS_PER_SEGMENT <= section.bars for start in starts)
