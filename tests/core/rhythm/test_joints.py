"""Where two grids meet in a break without kicks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from core.rhythm.fit import fit_grid
from core.rhythm.joints import joined_at
from core.rhythm.onsets import RATE, Floats, features_of
from core.rhythm.phase import Line
from core.rhythm.tempo import COARSE_RATE
from tests.core.rhythm.known import outcome
from tests.synthetic import LAYERS, Part, Spec, Track, cut, render

BPM = 124.0
BAR = 240.0 / BPM


def broken_down(still: frozenset[str], *, at_bar: float, beats: float, **changes: object) -> Track:
    """Sixteen bars, sixteen without kicks in which some beats are cut out, sixteen bars."""
    parts = (Part(16), Part(16, still), Part(16))
    spec = Spec(bpm=BPM, parts=parts, seed=21, **changes)  # type: ignore[arg-type]
    return cut(render(spec), at_bar * BAR, beats * 60.0 / BPM)


@pytest.mark.parametrize("beats", [0.25, 0.3, 0.5])
@pytest.mark.parametrize("at_bar", [19.4, 24.0, 28.2])
def test_a_cut_in_a_breakdown_is_found_where_it_is(beats: float, at_bar: float) -> None:
    track = broken_down(frozenset({"pad", "stab"}), at_bar=at_bar, beats=beats)
    result = outcome(fit_grid(features_of(track.samples)), track.stretches)
    assert result.sections == (2, 2)
    assert result.joint_error < BAR
    assert result.worst < 0.002
    assert result.downbeat_right
    assert result.claimed > 0.99


def test_bars_of_which_nobody_can_tell_the_beat_are_in_no_section() -> None:
    track = broken_down(frozenset({"hats"}), at_bar=24.0, beats=0.5, hats="eighths")
    grid = fit_grid(features_of(track.samples))
    before, after = grid.sections
    assert before.end == pytest.approx(16 * BAR, abs=1.5 * BAR)
    assert after.start == pytest.approx(32 * BAR, abs=1.5 * BAR)
    assert outcome(grid, track.stretches).worst < 0.002


def test_a_silent_break_goes_with_what_was_before_it() -> None:
    track = broken_down(frozenset(), at_bar=24.0, beats=0.4)
    before, after = fit_grid(features_of(track.samples)).sections
    assert before.end == after.start == pytest.approx(32 * BAR, abs=BAR)


def test_what_plays_elsewhere_tells_a_cut_at_the_edge_of_a_breakdown() -> None:
    """All bars of the break lie on one grid: they are as alike on the other."""
    track = broken_down(LAYERS & {"stab", "hats"}, at_bar=16.2, beats=0.37)
    result = outcome(fit_grid(features_of(track.samples)), track.stretches)
    assert result.sections == (2, 2)
    assert result.worst < 0.002
    assert result.claimed > 0.99


def attacks(*stretches: tuple[float, float, float, float]) -> tuple[Floats, Floats]:
    """Envelopes of stretches (start, end, first, apart) with an attack every `apart` seconds."""
    seconds = stretches[-1][1]
    fine = np.zeros((round(seconds * RATE), 4), np.float32)
    coarse = np.zeros((3, round(seconds * COARSE_RATE)), np.float32)
    for start, end, first, apart in stretches:
        for time in start + first + np.arange(0.0, end - start - first, apart):
            fine[round(time * RATE)] = 1.0
            coarse[:, round(time * COARSE_RATE)] = 1.0
    return fine, coarse


def line_of(start: float, end: float, origin: float, sure: tuple[float, float]) -> Line:
    """120 BPM, with windows of four beats that are sure between two times."""
    centres = np.arange(start + 1.0, end, 2.0)
    weights = ((centres > sure[0]) & (centres < sure[1])).astype(float)
    return Line(start, end, 0.5, origin, 1e-5, start, centres, 0 * centres, weights)


def test_a_passage_that_lies_on_both_grids_alike_is_in_no_section() -> None:
    """Kicks on every eighth between two parts that are half a beat apart: anywhere is the cut."""
    bands, coarse = attacks((0, 40, 0.0, 0.5), (40, 60, 0.0, 0.25), (60, 100, 0.25, 0.5))
    lines = [line_of(0, 50, 0.0, (0, 40)), line_of(50, 100, 0.25, (60, 100))]
    before, after = joined_at(bands, coarse, lines)
    assert before.end == pytest.approx(40.0, abs=2.5)
    assert after.start == pytest.approx(60.0, abs=2.5)


def test_a_passage_that_lies_on_one_grid_belongs_to_it() -> None:
    bands, coarse = attacks((0, 40, 0.0, 0.5), (40, 60, 0.25, 0.5), (60, 100, 0.25, 0.5))
    lines = [line_of(0, 50, 0.0, (0, 40)), line_of(50, 100, 0.25, (60, 100))]
    before, after = joined_at(bands, coarse, lines)
    assert before.end == after.start == pytest.approx(40.0, abs=0.5)


def test_a_line_that_its_own_attacks_speak_against_is_joined_all_the_same() -> None:
    """A real track, cut by half a beat, ended in an index error."""
    bands, coarse = attacks((0, 50, 0.0, 0.5), (50, 100, 0.25, 0.5))
    before = dataclasses.replace(line_of(0, 50, 0.0, (0, 45)), period=0.503)
    after = line_of(50, 100, 0.25, (55, 100))
    first, second = joined_at(bands, coarse, [before, after])
    assert 40.0 < first.end <= second.start < 60.0
