"""The algebra of beat grids: corrections, bars, JSON."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.rhythm.grid import STEADY, Bar, BeatGrid, GridSection
from core.settings import TEMPO_MAX, TEMPO_MIN

tempi = st.floats(TEMPO_MIN, TEMPO_MAX)
seconds = st.floats(0.0, 8000.0)


@st.composite
def sections(draw: st.DrawFn, start: float = 0.0) -> GridSection:
    end = start + draw(st.floats(0.1, 600.0))
    return GridSection.through(start, end, draw(tempi), draw(seconds))


@st.composite
def grids(draw: st.DrawFn) -> BeatGrid:
    parts: list[GridSection] = []
    for _ in range(draw(st.integers(1, 4))):
        parts.append(draw(sections(start=parts[-1].end if parts else 0.0)))
    return BeatGrid(tuple(parts), draw(st.floats(0.0, 1.0)))


def one(bpm: float = 120.0, downbeat: float = 0.5, end: float = 20.0) -> BeatGrid:
    return BeatGrid((GridSection(0.0, end, bpm, downbeat),), 0.9)


def phase_distance(a: float, b: float, period: float) -> float:
    """Distance of two times on a grid of `period`."""
    return abs(math.remainder(a - b, period))


@given(grids())
def test_json_round_trip_is_exact(grid: BeatGrid) -> None:
    assert BeatGrid.from_json(grid.to_json()) == grid


@given(grids())
def test_doubling_then_halving_changes_nothing(grid: BeatGrid) -> None:
    assert grid.doubled().halved().sections == grid.sections
    assert grid.halved().doubled().sections == grid.sections


@given(grids())
def test_every_downbeat_is_the_first_of_its_section(grid: BeatGrid) -> None:
    for section in (*grid.sections, *grid.doubled().sections, *grid.halved().sections):
        assert section.start <= section.downbeat < section.start + section.bar_seconds + 1e-5


@given(grids(), st.floats(-0.5, 0.5))
def test_nudging_moves_every_beat_by_as_much(grid: BeatGrid, by: float) -> None:
    for old, new in zip(grid.sections, grid.nudged(by).sections, strict=True):
        assert new.bpm == old.bpm
        assert phase_distance(new.downbeat, old.downbeat + by, old.bar_seconds) < 2e-6


@given(grids(), st.integers(-16, 16))
def test_shifting_moves_downbeats_by_beats(grid: BeatGrid, beats: int) -> None:
    for old, new in zip(grid.sections, grid.shifted(beats).sections, strict=True):
        moved = old.downbeat + beats * old.beat_seconds
        assert phase_distance(new.downbeat, moved, old.bar_seconds) < 2e-6
        assert phase_distance(new.downbeat, old.downbeat, old.beat_seconds) < 2e-6


@given(grids())
def test_shifting_by_a_phrase_changes_nothing(grid: BeatGrid) -> None:
    for old, new in zip(grid.sections, grid.shifted(16).sections, strict=True):
        assert new.phrase_bar == old.phrase_bar
        assert new.downbeat == pytest.approx(old.downbeat, abs=2e-6)


@given(grids())
def test_bars_lie_in_their_sections_without_gaps(grid: BeatGrid) -> None:
    for number, section in enumerate(grid.sections):
        bars = [bar for bar in grid.bars() if bar.section == number]
        assert [bar.bar for bar in bars] == list(range(section.bars))
        for bar in bars:
            assert section.start <= bar.start
            assert bar.start + section.bar_seconds * 63 / 64 <= section.end + 1e-9
        left = section.end - section.bar_start(len(bars))
        assert left < section.bar_seconds


@given(grids())
def test_corrections_are_the_users_and_keep_the_confidence(grid: BeatGrid) -> None:
    for corrected in (grid.doubled(), grid.halved(), grid.nudged(0.01), grid.shifted(1)):
        assert corrected.origin == "user"
        assert corrected.is_steady
        assert corrected.confidence == grid.confidence


def test_bars_of_a_known_grid() -> None:
    assert one(end=6.5).bars() == [
        Bar(0, 0, 0.5, 120.0),
        Bar(0, 1, 2.5, 120.0),
        Bar(0, 2, 4.5, 120.0),
    ]


def test_a_bar_cut_by_a_few_milliseconds_still_counts_but_not_a_beat() -> None:
    assert len(one(end=6.475).bars()) == 3
    assert len(one(end=6.0).bars()) == 2


def test_a_section_reaches_back_to_its_first_whole_bar() -> None:
    section = GridSection.through(0.0, 100.0, 120.0, 9.0)
    assert section.downbeat == 1.0
    assert section.phrase_bar == 0
    assert GridSection.through(0.0, 100.0, 120.0, 5.0).phrase_bar == 2


def test_a_phrase_start_on_the_first_sample_is_kept_in_spite_of_rounding() -> None:
    assert GridSection.through(0.0, 10.0, 130.0, -1e-9).downbeat == 0.0


def test_doubling_fills_the_bar_before_the_first() -> None:
    doubled = one(bpm=88.0, downbeat=2.0).doubled()
    assert doubled.bpm == 176.0
    assert doubled.downbeat == pytest.approx(2.0 - 240 / 176)


def test_setting_by_hand_makes_one_section() -> None:
    two = BeatGrid((GridSection(0.0, 60.0, 120.0, 0.0), GridSection(60.0, 100.0, 140.0, 60.5)), 0.8)
    assert two.moves
    assert two.bpm == 120.0
    grid = two.with_tempo(128.0, 30.0)
    assert (grid.sections[0].start, grid.sections[0].end) == (0.0, 100.0)
    assert not grid.moves
    assert phase_distance(grid.downbeat, 30.0, 240 / 128) < 1e-9
    assert two.with_tempo(128.0).downbeat == 0.0


def test_steady_is_confident_or_set_by_hand() -> None:
    assert one().is_steady
    unsure = dataclasses.replace(one(), confidence=STEADY - 0.01)
    assert not unsure.is_steady
    assert unsure.shifted(1).is_steady
    assert not BeatGrid.default(10.0).is_steady


def test_the_default_grid_starts_at_once() -> None:
    grid = BeatGrid.default(8.0, bpm=120.0)
    assert (grid.downbeat, grid.bpm, grid.origin, len(grid.bars())) == (0.0, 120.0, "default", 4)
    assert BeatGrid.default(0.0).bars() == []


BAD = [
    lambda: GridSection(0.0, 0.0, 120.0, 0.0),
    lambda: GridSection(-1.0, 5.0, 120.0, 0.0),
    lambda: GridSection(0.0, 5.0, 43.9, 0.0),
    lambda: GridSection(0.0, 5.0, 353.0, 0.0),
    lambda: GridSection(0.0, 5.0, math.nan, 0.0),
    lambda: GridSection(0.0, 5.0, 120.0, 2.5),
    lambda: GridSection(0.0, 5.0, 120.0, -0.1),
    lambda: GridSection(0.0, 5.0, "fast", 0.0),  # type: ignore[arg-type]
    lambda: GridSection.through(0.0, 5.0, 0.0, 0.0),
    lambda: BeatGrid((), 0.5),
    lambda: BeatGrid(one().sections, 1.5),
    lambda: BeatGrid(one().sections, 0.5, "guess"),  # type: ignore[arg-type]
    lambda: BeatGrid((*one().sections, *one().sections), 0.5),
    lambda: one(bpm=176.0).doubled().doubled(),
    lambda: one(bpm=88.0).halved().halved(),
    lambda: one().nudged(2.1),
    lambda: one().nudged(math.inf),
    lambda: one().shifted(65),
    lambda: one().with_tempo(20.0),
    lambda: one().with_tempo(120.0, 21.0),
    lambda: BeatGrid.from_json("{"),
    lambda: BeatGrid.from_json("[]"),
    lambda: BeatGrid.from_json('{"version": 1}'),
    lambda: BeatGrid.from_json(json.dumps({**json.loads(one().to_json()), "version": 2})),
    lambda: BeatGrid.from_json(json.dumps({**json.loads(one().to_json()), "sections": [{}]})),
]


@pytest.mark.parametrize("make", BAD)
def test_what_makes_no_sense_is_refused_in_one_line(make: object) -> None:
    with pytest.raises(InputError) as caught:
        make()  # type: ignore[operator]
    assert "\n" not in str(caught.value)
