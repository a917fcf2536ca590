"""Keys are brought near to one another by as few semitones as it takes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.arrangement.harmony import choose_home, fifths_apart, transposition
from core.dsp.key import Key

KEYS = [Key(tonic, minor) for tonic in range(12) for minor in (True, False)]


def moved(key: Key, semitones: int) -> int:
    return Key((key.tonic + semitones) % 12, key.minor).wheel


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
