"""The course of the beat: what is a jump of it, and what only looks like one."""

from __future__ import annotations

import numpy as np
import pytest

from core.rhythm.beat_course import Course
from core.rhythm.fit import fit_grid
from core.rhythm.onsets import features_of
from tests.core.rhythm.known import Outcome, outcome
from tests.synthetic import LAYERS, SAMPLE_RATE, Part, Spec, Track, cut, render, varied

DRUMS = frozenset({"kick", "clap", "hats"})


def result_of(track: Track) -> Outcome:
    return outcome(fit_grid(features_of(track.samples)), track.stretches)


def test_a_cut_is_found_where_the_mix_hides_a_part_of_each_kick() -> None:
    parts = (Part(16, frozenset({"kick", "hats"})), Part(24, LAYERS), Part(20, LAYERS))
    spec = Spec(bpm=113.0, parts=parts, kick="soft", bass="rolling", bass_gain=0.7, seed=19)
    result = result_of(cut(render(spec), 85.4, 0.5 * 60.0 / 113.0))
    assert result.sections == (2, 2)
    assert result.worst < 0.002


@pytest.mark.parametrize("bass", ["rolling", "acid"])
@pytest.mark.parametrize("beats", [0.25, 0.5])
def test_a_cut_of_whole_sixteenths_is_found_in_a_broken_beat(bass: str, beats: float) -> None:
    """Kicks and a bass on other sixteenths lie where the beat was before, too."""
    parts = (Part(36, DRUMS | {"bass"}),)
    spec = Spec(126.0, parts, kick_pattern="broken", bass=bass, bass_gain=0.5, seed=2)
    grid = fit_grid(features_of(cut(render(spec), 33.3, beats * 60.0 / 126.0).samples))
    assert len(grid.sections) == 2
    assert grid.sections[1].start == pytest.approx(33.3, abs=1.0)
    assert grid.is_steady


def test_an_instrument_that_begins_off_the_beat_is_no_edit() -> None:
    parts = (Part(16, DRUMS), Part(16, DRUMS | {"bass", "ride"}), Part(20, LAYERS))
    spec = Spec(
        bpm=153.0,
        parts=parts,
        kick="boom",
        kick_pattern="sparse",
        kick_gain=0.57,
        bass="gallop",
        bass_gain=0.42,
        hat_gain=0.11,
        swing=0.6,
        hats="offbeat",
        backbeat="snare",
        bar_chords=2,
        seed=5900,
    )
    result = result_of(render(spec))
    assert result.sections == (1, 1)
    assert result.worst < 0.002


def test_vague_windows_do_not_add_up_to_a_part_of_their_own() -> None:
    """A bass that is late in an ending without drums takes over the grid of the drums."""
    drums = Spec(
        bpm=164.2,
        parts=(Part(64, DRUMS | {"bass", "pad"}),),
        kick="snap",
        bass="gallop",
        hats="offbeat",
        backbeat="snare",
        bar_chords=4,
        seed=5016,
    )
    bare = (Part(32, frozenset({"bass", "stab"})),)
    ending = varied(drums, parts=bare, stab_steps=(2, 5, 10, 13), timing_ms=9.3)
    late = np.zeros((round(0.0371 * SAMPLE_RATE), 1), np.float32)
    sure, vague = (render(spec).samples for spec in (drums, ending))
    grid = fit_grid(features_of(np.concatenate([sure, late, vague])))
    assert len(grid.sections) == 1
    assert grid.bpm == pytest.approx(164.2, abs=0.01)


def test_windows_that_say_nothing_still_lie_on_a_line() -> None:
    """Between two jumps in a breakdown; a track of the benchmark ended in a division by zero."""
    beats = np.arange(12) * 4.0
    line = Course(beats, 1.0 + 0.5 * beats, np.zeros(12)).line(0.0, 24.0)
    assert (line.period, line.origin) == (pytest.approx(0.5), pytest.approx(1.0))


def test_one_sure_window_alone_is_no_line() -> None:
    """A real track, cut by a tenth of a beat, ended in a division by zero."""
    beats = np.arange(12) * 4.0
    line = Course(beats, 1.0 + 0.5 * beats, np.eye(12)[8]).line(0.0, 24.0)
    assert (line.period, line.origin) == (pytest.approx(0.5), pytest.approx(1.0))
