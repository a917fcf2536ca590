"""Keys that go together: distances on the circle of fifths, and transposing to a common key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement.clip import MAX_TRANSPOSE
from core.dsp.key import Key

_FIFTHS_PER_SEMITONE: Final = 7
_NEAR: Final = 1
"""Fifths from the home key: two keys that are both this near are at most two apart."""
_SEMITONES: Final = (0, -1, 1, -2, 2)


def fifths_apart(a: int, b: int) -> int:
    """How far two keys are from each other on the circle of fifths.

    Args:
        a: place of a key, `Key.wheel`.
        b: place of the other.

    Returns:
        Steps, 0 .. 6.
    """
    steps = abs(a - b) % 12
    return min(steps, 12 - steps)


def transposition(key: Key | None, home: int | None) -> int:
    """The fewest semitones, up or down, that bring a key within a fifth of the home key.

    Two semitones reach that from any key: one moves it five fifths, two move it two.

    Args:
        key: None where there is no pitch; it stays as it is.
        home: place on the wheel; None: no key is wanted.

    Returns:
        -2 .. 2.
    """
    if key is None or home is None:
        return 0
    wheel = key.wheel
    return min(
        _SEMITONES,
        key=lambda semitones: (
            max(_NEAR, fifths_apart(wheel + _FIFTHS_PER_SEMITONE * semitones, home)),
            abs(semitones),
        ),
    )


def transposition_to(key: Key, target: Key, now: int = 0) -> int:
    """The transposition that brings a key to a target with the smallest change.

    Args:
        key: of the music as it was recorded.
        target: is reached by itself and by its relative major or minor, which has the same notes.
        now: semitones by which the music is transposed already, -12 .. 12.

    Returns:
        Semitones, -12 .. 12; the nearest to `now` that are in that range, and of two as near, those
        that alter the music less.
    """
    fitting = [
        semitones
        for semitones in range(-MAX_TRANSPOSE, MAX_TRANSPOSE + 1)
        if key.transposed(semitones).wheel == target.wheel
    ]
    return min(fitting, key=lambda semitones: (abs(semitones - now), abs(semitones)))


def choose_home(
    keys: Sequence[Key | None], weights: NDArray[np.float64], rng: np.random.Generator
) -> int | None:
    """Choose the key that most of the music is near to, with a little chance.

    Args:
        keys: of the segments.
        weights: (n,) how welcome each segment is.
        rng: shifts the weights of keys by up to about a fifth.

    Returns:
        Place on the wheel; None where nothing has a key.
    """
    votes = np.zeros(12)
    for key, weight in zip(keys, weights, strict=True):
        if key is not None:
            for step in (-_NEAR, 0, _NEAR):
                votes[(key.wheel - 1 + step) % 12] += weight * (1.0 if step == 0 else 0.7)
    if not votes.any():
        return None
    return int(np.argmax(votes * rng.uniform(0.8, 1.0, 12))) + 1
