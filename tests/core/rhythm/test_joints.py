"""Where two grids meet in a break without kicks."""

from __future__ import annotations

import pytest

from core.rhythm.fit import fit_grid
from core.rhythm.onsets import features_of
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
    assert after.start == pytest.approx(32 * BAR, abs=BAR)
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
