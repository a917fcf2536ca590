"""Where the bars of a track lie in its spectrogram, and on which its segments start."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import settings
from core.library import gridding
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


def _sections(*lengths_in_bars: float, downbeat_bars: float = 0.0) -> BeatGrid:
    """Sections of these lengths, each with its first downbeat so many bars after its start."""
    sections, start = [], 0.0
    for bars in lengths_in_bars:
        end = start + bars * BAR
        sections.append(GridSection(start, end, BPM, start + downbeat_bars * BAR))
        start = end
    return BeatGrid(tuple(sections), confidence=0.9)


def test_a_section_without_four_bars_from_a_downbeat_has_them_from_another_beat() -> None:
    grid = _sections(4.6, downbeat_bars=0.75)  # 3.85 bars from the first downbeat on
    seconds = 4.6 * BAR
    assert not any(section.starts(1) for section in lay_out(grid, seconds))
    found = gridding.with_segment(grid, seconds)
    assert found.is_steady
    assert [list(section.starts(4)) for section in lay_out(found, seconds)] == [[0]]
    assert found.downbeat == pytest.approx(0.5 * BAR)  # the latest beat from which four bars fit


def test_cuts_that_leave_no_section_with_four_bars_leave_a_track_without_a_steady_beat() -> None:
    grid, seconds = _sections(3.4, 3.3, 2.9), 9.6 * BAR
    found = gridding.with_segment(grid, seconds)
    assert not found.is_steady
    assert any(section.starts(1) for section in lay_out(found, seconds))


def test_a_grid_on_which_a_segment_fits_stays() -> None:
    grid = _sections(3.4, 4.5)
    assert gridding.with_segment(grid, 7.9 * BAR) is grid


@given(
    st.lists(st.floats(0.6, 9.0), min_size=1, max_size=4),
    st.floats(0.0, 0.99),
)
def test_whatever_is_fitted_a_track_of_four_bars_at_any_tempo_gets_a_segment(
    lengths: list[float], downbeat_bars: float
) -> None:
    grid = _sections(*lengths, downbeat_bars=downbeat_bars * min(1.0, *lengths))
    seconds = sum(lengths) * BAR
    found = gridding.with_segment(grid, seconds)
    has = any(section.starts(1) for section in lay_out(found, seconds))
    assert has or seconds < settings.segment_seconds(found.bpm)


def test_a_reason_is_never_that_less_is_needed_than_there_is() -> None:
    assert gridding.too_short(7.51, 128.0) == "7.51 s long; no four whole bars at 128 BPM lie in it"
    assert gridding.too_short(7.49, 128.0) == "7.49 s long; a segment at 128 BPM needs 7.50 s"
