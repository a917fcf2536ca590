"""The written form of the demo's music: catalogue, keys, patterns, and events on the sample."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.demo import notation
from core.demo.catalogue import catalogue, find, styles
from core.demo.render import song_of
from core.demo.sequencer import play
from core.demo.song import Voice
from core.demo.spec import TrackSpec
from core.demo.stage import Event, Stage
from core.demo.theory import MODES, Key, hertz
from core.errors import InputError
from core.settings import SAMPLE_RATE

SPEC = TrackSpec("test", "none", 120.0, "A minor", 1, 4)
"""A beat is exactly 22050 samples."""
BAR = 4 * 22_050


def silent(events: list[Event], stage: Stage, rng: np.random.Generator) -> np.ndarray:
    return np.zeros((stage.frames, 1), np.float32)


def voice(pattern: str, bars: str = "A4", **how: object) -> Voice:
    return Voice("voice", silent, bars, {"A": pattern}, **how)  # type: ignore[arg-type]


def starts(pattern: str, bars: str = "A4", swing: float = 0.5, **how: object) -> list[int]:
    return [event.start for event in play(voice(pattern, bars, **how), Stage(SPEC, swing))]


def test_every_track_of_the_catalogue_is_written() -> None:
    specs = catalogue()
    assert len({spec.name for spec in specs}) == len(specs) == 24
    assert len({spec.seed for spec in specs}) == len(specs)
    assert styles() == list(dict.fromkeys(spec.style for spec in specs))
    for spec in specs:
        song = song_of(spec)
        stage = Stage(spec, song.swing, song.harmony)
        assert sum(len(play(one, stage)) for one in song.voices) > 100, spec.name


def test_a_track_is_found_by_its_name() -> None:
    assert find("northerngate") is find("  Northern GATE ")
    assert find("northerngate").name == "Northern Gate"
    with pytest.raises(InputError, match="--list"):
        find("Southern Gate")


def test_a_spec_knows_its_length() -> None:
    assert SPEC.seconds == 8.0
    assert SPEC.frames == 8 * SAMPLE_RATE


@pytest.mark.parametrize(
    ("text", "degree", "octave", "shift", "pitch"),
    [
        ("A minor", 0, 0, 0, 45),
        ("A minor", 2, 0, 0, 48),
        ("A minor", 7, 0, 0, 57),
        ("A minor", -1, 0, 0, 43),
        ("F# minor", 4, 1, 1, 62),
        ("C locrian", 4, 0, 0, 42),
        ("Bb lydian", 3, -1, 0, 40),
    ],
)
def test_degrees_of_a_key(text: str, degree: int, octave: int, shift: int, pitch: int) -> None:
    assert Key(text).pitch(degree, octave=octave, shift=shift) == pitch


@given(st.sampled_from(sorted(MODES)), st.integers(-20, 20))
def test_seven_degrees_are_an_octave_and_all_rise(mode: str, degree: int) -> None:
    key = Key(f"D {mode}")
    assert key.pitch(degree + 7) == key.pitch(degree) + 12
    assert key.pitch(degree + 1) > key.pitch(degree)


@pytest.mark.parametrize("text", ["H minor", "A", "A loud", "a minor", "A##"])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(InputError, match="F# minor"):
        Key(text)


def test_concert_pitch() -> None:
    assert hertz(69) == 440.0
    assert hertz(57) == pytest.approx(220.0)
    assert hertz(60) == pytest.approx(261.6256, abs=1e-4)


@given(st.lists(st.tuples(st.sampled_from("ABz."), st.integers(1, 12)), min_size=1, max_size=9))
def test_an_arrangement_is_as_long_as_it_says(runs: list[tuple[str, int]]) -> None:
    text = " ".join(f"{letter}{count}" for letter, count in runs)
    assert notation.letters(text) == "".join(letter * count for letter, count in runs)


@pytest.mark.parametrize("text", ["A-3", "3A", "", "A 4 !"])
def test_what_is_no_arrangement(text: str) -> None:
    with pytest.raises(InputError, match="not an arrangement"):
        notation.letters(text)


def test_an_automation_is_read_as_bars_and_values() -> None:
    bars, values = notation.curve("0:.2 16:.9")
    assert bars.tolist() == [0.0, 16.0]
    assert values.tolist() == [0.2, 0.9]
    with pytest.raises(InputError, match="not an automation"):
        notation.curve("0:.2 16")


def test_a_curve_is_a_line_from_point_to_point() -> None:
    stage = Stage(SPEC)
    line = stage.curve("0:0 2:1")
    assert line[BAR] == pytest.approx(0.5)
    assert line[3 * BAR] == 1.0
    octaves = stage.hertz("0:100 2:400")
    assert octaves[BAR] == pytest.approx(200.0, rel=1e-4)


def test_chords_accents_and_slides() -> None:
    ((first, second, third),) = notation.parse("0! . 3+5'+7 - 2b,~ .")
    assert first.accent
    assert first.velocity == 1.0
    assert second.degrees == ((3, 0, 0), (5, 0, 1), (7, 0, 0))
    assert second.length == pytest.approx(2 / 6)
    assert third.slide
    assert third.degrees == ((2, -1, -1),)
    with pytest.raises(InputError, match="not a note"):
        notation.parse("0 x7")


def test_four_to_the_floor_is_on_the_beats() -> None:
    assert starts("X...X...X...X...") == [22_050 * beat for beat in range(16)]


def test_triplets_divide_the_bar_by_twelve() -> None:
    assert starts("x" * 12, "A.3") == [round(BAR * k / 12) for k in range(12)]


def test_swing_moves_every_second_sixteenth() -> None:
    straight, swung = starts("x" * 16, "A.3"), starts("x" * 16, "A.3", swing=0.6)
    assert swung[::2] == straight[::2]
    assert [b - a for a, b in itertools.pairwise(swung)][::2] == [round(0.6 * BAR / 8)] * 8


def test_a_run_walks_through_the_bars_of_a_pattern() -> None:
    assert starts("X... | .X.. | ..X.", "A4") == [0, BAR + BAR // 4, 2 * BAR + BAR // 2, 3 * BAR]


def test_a_tie_holds_over_the_bar_line() -> None:
    (event,) = play(voice("0 - - - | - - . .", "A2.2"), Stage(SPEC))
    assert event.start == 0
    assert event.frames == BAR + BAR // 2


def test_following_voices_move_with_the_harmony() -> None:
    stage = Stage(SPEC, harmony=(0, 3))
    pitches = [e.pitches[0] for e in play(voice("0 . . .", follow=True), stage)]
    assert pitches == [45, 50, 45, 50]


def test_loose_hits_stray_a_little_and_always_alike() -> None:
    exact, loose = starts("x" * 16), starts("x" * 16, loose=3.0)
    strays = np.abs(np.subtract(loose, exact))
    assert 0 < strays.max() <= 2 * 0.003 * SAMPLE_RATE + 1
    assert loose == starts("x" * 16, loose=3.0)
    other = Stage(replace(SPEC, seed=2))
    assert loose != [event.start for event in play(voice("x" * 16, loose=3.0), other)]


def test_varied_bars_keep_their_loud_hits() -> None:
    varied = starts("X.o.X.o.X.o.X.o.", vary=1.0)
    assert set(range(0, 4 * BAR, 22_050)) <= set(varied)
    assert BAR // 8 not in varied


def test_a_voice_has_a_letter_for_every_bar() -> None:
    with pytest.raises(InputError, match="one letter a bar"):
        starts("x...", "A3")
    with pytest.raises(InputError, match="no pattern 'B'"):
        starts("x...", "A3B")
