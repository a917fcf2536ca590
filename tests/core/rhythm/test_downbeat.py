"""What speaks for a step as the one that bars and phrases begin on, each alone."""

from __future__ import annotations

import numpy as np
import pytest

from core.rhythm import downbeat
from core.rhythm.kicks import Kicks
from core.rhythm.onsets import POWER_RATE, OnsetFeatures
from core.rhythm.steps import PHRASE_STEPS, Steps
from core.settings import SAMPLE_RATE, SIXTEENTHS_PER_BAR

BARS = 24
NO_KICKS = Kicks(np.zeros(4), np.zeros(4), np.zeros(4))
BEAT_KICKS = Kicks(np.zeros(4), np.array([1.0, 0.1, 0.2, 0.1]), np.array([3.0, 0.1, 0.1, 0.1]))


def still_steps(first: int) -> Steps:
    """Steps in which nothing happens, the first of them being step `first` of the grid."""
    count = BARS * SIXTEENTHS_PER_BAR
    attacks, levels = np.zeros((count, 4)), np.zeros((count, 4))
    return Steps(first, attacks, levels, np.zeros((count, 28)), np.zeros((count, 12)))


def heard(powers: np.ndarray) -> OnsetFeatures:
    """What is known of a track with these powers, (n, 4)."""
    nothing = np.zeros((len(powers), 36), np.float32)
    frames = round(len(powers) / POWER_RATE * SAMPLE_RATE)
    return OnsetFeatures(np.zeros((len(powers), 4), np.float16), powers, nothing, frames)


def place_in_bar(steps: Steps, start: int) -> np.ndarray:
    """(n,) which step of its bar each is, where bars begin on step `start` of the grid."""
    return (np.arange(len(steps)) + steps.first - start) % SIXTEENTHS_PER_BAR


def best_in_bar(steps: Steps, kicks: Kicks = NO_KICKS) -> int:
    return downbeat.best_position(downbeat.position_scores(steps, kicks)) % SIXTEENTHS_PER_BAR


@pytest.mark.parametrize("first", [0, 5])
@pytest.mark.parametrize("start", [0, 3, 8])
def test_claps_are_on_two_and_four(first: int, start: int) -> None:
    steps = still_steps(first)
    claps = np.isin(place_in_bar(steps, start), [4, 12])
    steps.attacks[claps, 2:] = 2.0
    steps.levels[claps, 2:] = 3.0
    assert best_in_bar(steps) % 8 == start % 8


def test_kicks_on_two_and_four_are_no_claps() -> None:
    steps = still_steps(0)
    hits = np.isin(place_in_bar(steps, 0), [4, 12])
    steps.attacks[hits] = 2.0
    steps.levels[hits] = 3.0
    assert best_in_bar(steps) % 8 == 4


@pytest.mark.parametrize("start", [0, 6, 12])
def test_a_bar_keeps_to_one_chord(start: int) -> None:
    steps = still_steps(0)
    chords = np.random.default_rng(1).normal(size=(BARS + 1, 12))
    bar = (np.arange(len(steps)) - start) // SIXTEENTHS_PER_BAR
    steps.chroma[:] = chords[bar]
    assert best_in_bar(steps) == start


@pytest.mark.parametrize("start", [0, 4, 8])
def test_kicks_come_back_on_the_downbeat(start: int) -> None:
    steps = still_steps(0)
    place = place_in_bar(steps, start)
    bar = (np.arange(len(steps)) - start) // SIXTEENTHS_PER_BAR
    gap = (place == 12) & (bar % 4 == 3)
    steps.attacks[(place % 4 == 0) & ~gap, :2] = 2.0
    assert best_in_bar(steps, BEAT_KICKS) == start


@pytest.mark.parametrize("start", [0, 16, 40])
def test_sections_begin_on_phrases(start: int) -> None:
    steps = still_steps(0)
    section = (np.arange(len(steps)) - start) // PHRASE_STEPS
    sounds = np.random.default_rng(2).normal(scale=3.0, size=(section.max() + 2, 28))
    steps.timbre[:] = sounds[section]
    assert downbeat.best_position(downbeat.position_scores(steps, BEAT_KICKS)) == start


def test_a_quarter_with_kicks_is_the_beat() -> None:
    for quarter in range(4):
        kicks = Kicks(*(np.roll(row, quarter) for row in vars(BEAT_KICKS).values()))
        assert best_in_bar(still_steps(0), kicks) % 4 == quarter


def test_nothing_speaks_for_any_step_of_silence() -> None:
    assert not downbeat.opening_scores(heard(np.zeros((99, 4), np.float32)), 0.5, 0.0).any()
    assert not downbeat.opening_scores(heard(np.zeros((0, 4), np.float32)), 0.5, 0.0).any()


class TestOpening:
    PERIOD = 0.5
    """Seconds a beat: steps of an eighth of a second."""

    def scores(self, silence: float, seconds: float) -> np.ndarray:
        powers = np.ones((round(seconds * POWER_RATE), 4), np.float32)
        powers[: round(silence * POWER_RATE)] = 0.0
        return downbeat.opening_scores(heard(powers), self.PERIOD, 0.0)

    def test_the_first_sound_is_likely_a_downbeat(self) -> None:
        scores = self.scores(silence=5 * 0.125, seconds=19.3)
        assert downbeat.best_position(scores) == 5
        assert (scores[1::4] > scores[0::4]).all()  # and all quarters of its kind likely beats

    def test_a_file_of_whole_bars_begins_with_one(self) -> None:
        assert downbeat.best_position(self.scores(silence=5 * 0.125, seconds=20.0)) == 0


def test_after_an_edit_counting_goes_on() -> None:
    scores = downbeat.continued_scores(0.0)
    assert downbeat.best_position(scores) == 0
    assert downbeat.best_position(downbeat.continued_scores(2.0)) == 8
    assert scores[-1] > scores[-2] > scores[-3]  # a sixteenth is missing, or two, or three


def test_a_beat_that_comes_in_may_begin_any_bar_of_the_phrase() -> None:
    scores = downbeat.entry_scores(21.0)
    assert set(np.flatnonzero(scores > 0.9 * scores.max())) == {5, 21, 37, 53}


class TestSureness:
    SCORES = np.array([4.0, 0.0, 0.0, 0.0])

    def test_a_clear_lead_is_sure(self) -> None:
        assert downbeat.sureness(self.SCORES, BEAT_KICKS) == 1.0
        assert downbeat.sureness(np.ones(4), BEAT_KICKS) == 0.0

    def test_twice_the_tempo_is_the_same_beat(self) -> None:
        both = Kicks(np.zeros(4), np.array([1.0, 0.1, 1.0, 0.1]), np.array([3.0, 0.1, 3.0, 0.1]))
        assert downbeat.sureness(np.array([4.0, 0.0, 4.0, 0.0]), both) == 1.0

    def test_a_sixteenth_with_the_same_kick_may_be_the_beat(self) -> None:
        broken = Kicks(np.zeros(4), np.array([1.0, 0.95, 0.2, 0.1]), np.array([3.0, 2.9, 0.1, 0.1]))
        scores = np.array([4.0, 3.0, 0.0, 0.0])
        assert 0.0 < downbeat.sureness(scores, broken) < 1.0
        assert downbeat.sureness(scores, BEAT_KICKS) == 1.0
