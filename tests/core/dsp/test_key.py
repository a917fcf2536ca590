"""Chroma and keys: chords of known keys, drums alone, opposite phases."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.dsp.chroma import SECONDS_PER_FRAME, ChromaStream
from core.dsp.key import Key, estimate
from core.settings import SAMPLE_RATE
from tests.core.library.building import kicks

Array = NDArray[np.float32]


def chroma_of(samples: Array, block: int = 50_000) -> Array:
    stream = ChromaStream()
    for first in range(0, len(samples), block):
        stream.feed(samples[first : first + block])
    return stream.finish()


def chord(pitches: list[int], seconds: float = 1.5) -> Array:
    """(frames, 1): MIDI notes with six overtones each."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    out = np.zeros(len(time))
    for pitch in pitches:
        hertz = 440.0 * 2.0 ** ((pitch - 69) / 12)
        for partial in range(1, 7):
            out += np.sin(2 * np.pi * hertz * partial * time) / partial
    return (0.05 * out[:, None]).astype(np.float32)


def cadence(tonic: int, minor: bool) -> Array:
    """Tonic, fourth, tonic, fifth, tonic; roots are doubled an octave higher."""
    third = 3 if minor else 4
    chords = [chord([48 + tonic + root + step for step in (0, third, 7, 12)]) for root in (0, 5, 7)]
    return np.concatenate([chords[k] for k in (0, 1, 0, 2, 0)])


@pytest.mark.parametrize("minor", [False, True])
@pytest.mark.parametrize("tonic", range(12))
def test_a_cadence_is_in_its_key(tonic: int, minor: bool) -> None:
    found = estimate(chroma_of(cadence(tonic, minor)))
    assert found is not None
    assert (found.tonic, found.minor) == (tonic, minor)
    assert 0.6 <= found.confidence <= 1.0


def test_drums_noise_and_silence_have_no_key() -> None:
    rng = np.random.default_rng(1)
    noise = (0.2 * rng.standard_normal((8 * SAMPLE_RATE, 2))).astype(np.float32)
    assert estimate(chroma_of(kicks(8.0, 128.0))) is None
    assert estimate(chroma_of(noise)) is None
    assert estimate(chroma_of(np.zeros((8 * SAMPLE_RATE, 2), np.float32))) is None
    assert estimate(chroma_of(np.zeros((0, 2), np.float32))) is None


def test_kicks_under_chords_do_not_hide_the_key() -> None:
    music = np.repeat(cadence(9, True), 2, axis=1)
    found = estimate(chroma_of(music + kicks(len(music) / SAMPLE_RATE, 128.0)[: len(music)]))
    assert found is not None
    assert found.name == "A minor"


def test_opposite_phases_do_not_cancel() -> None:
    mono = cadence(4, True)
    opposite = np.concatenate([mono, -mono], axis=1)
    np.testing.assert_allclose(chroma_of(opposite), chroma_of(mono), atol=1e-5)


def test_blocks_of_any_size_give_the_same() -> None:
    music = cadence(0, False)
    whole, pieces = chroma_of(music, len(music)), chroma_of(music, 7_001)
    assert len(whole) == int(len(music) / SAMPLE_RATE / SECONDS_PER_FRAME) + 1
    np.testing.assert_allclose(pieces, whole, atol=1e-4)


@pytest.mark.parametrize(
    ("tonic", "minor", "name", "short", "camelot"),
    [
        (9, True, "A minor", "Am", "8A"),
        (0, False, "C major", "C", "8B"),
        (4, True, "E minor", "Em", "9A"),
        (6, True, "F# minor", "F#m", "11A"),
        (8, True, "G# minor", "G#m", "1A"),
        (11, False, "B major", "B", "1B"),
        (1, True, "C# minor", "C#m", "12A"),
        (10, False, "Bb major", "Bb", "6B"),
    ],
)
def test_names_and_places_on_the_wheel(
    tonic: int, minor: bool, name: str, short: str, camelot: str
) -> None:
    key = Key(tonic, minor)
    assert (key.name, key.short_name, key.camelot) == (name, short, camelot)
