"""Keys are brought near to one another by as few semitones as it takes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement.harmony import choose_home, fifths_apart, transposition, transposition_to
from core.dsp.key import Key

KEYS = [Key(tonic, minor) for tonic in range(12) for minor in (True, False)]


def moved(key: Key, semitones: int) -> int:
    return key.transposed(semitones).wheel


def test_distances_go_round_the_circle() -> None:
    assert [fifths_apart(12, other) for other in (12, 1, 2, 6, 7, 11)] == [0, 1, 2, 6, 5, 1]


@pytest.mark.parametrize("home", range(1, 13))
def test_two_semitones_bring_any_two_keys_within_two_fifths(home: int) -> None:
    reached = [moved(key, transposition(key, home)) for key in KEYS]
    assert all(fifths_apart(wheel, home) <= 1 for wheel in reached)
    assert all(fifths_apart(a, b) <= 2 for a, b in itertools.combinations(reached, 2))
    assert all(abs(transposition(key, home)) <= 2 for key in KEYS)


def test_what_is_near_stays_as_it_is() -> None:
    for key, step in itertools.product(KEYS, (-1, 0, 1)):
        assert transposition(key, (key.wheel + step - 1) % 12 + 1) == 0
    assert transposition(None, 5) == 0
    assert transposition(Key(0, True), None) == 0


def test_a_relative_has_the_same_notes_and_needs_no_transposition() -> None:
    a_minor, c_major = Key(9, True), Key(0, False)
    b_minor, e_flat_minor = Key(11, True), Key(3, True)
    assert transposition_to(a_minor, c_major) == transposition_to(c_major, a_minor) == 0
    assert transposition_to(b_minor, a_minor) == -2
    assert transposition_to(b_minor, a_minor, now=9) == 10
    assert transposition_to(b_minor, a_minor, now=12) == 10
    reached = [transposition_to(e_flat_minor, a_minor, now) for now in (-12, -1, 1, 12)]
    assert reached == [-6, -6, 6, 6]


@given(st.sampled_from(KEYS), st.sampled_from(KEYS), st.integers(-12, 12))
def test_any_key_is_reached_within_the_range_of_a_clip(key: Key, target: Key, now: int) -> None:
    semitones = transposition_to(key, target, now)
    assert moved(key, semitones) == target.wheel
    assert -12 <= semitones <= 12
    for octave in (semitones - 12, semitones + 12):
        assert abs(octave) > 12 or abs(octave - now) >= abs(semitones - now)


def test_home_is_where_most_of_the_music_is() -> None:
    a_minor, e_minor, far = Key(9, True), Key(4, True), Key(3, True)
    keys = [a_minor, a_minor, e_minor, None, far]
    for seed in range(5):
        home = choose_home(keys, np.ones(5), np.random.default_rng(seed))
        assert home is not None
        assert fifths_apart(home, a_minor.wheel) <= 1
    weights = np.array([0.0, 0.0, 0.0, 0.0, 1.0])
    assert choose_home(keys, weights, np.random.default_rng(0)) == far.wheel
    assert choose_home([None, None], np.ones(2), np.random.default_rng(0)) is None
