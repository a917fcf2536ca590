"""Bars that come back elsewhere: far from the edit, at an end, between two edits."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from core.rhythm.bars import BEATS
from core.rhythm.confidence import agreement, recurrence
from core.rhythm.grid import GridSection
from core.rhythm.onsets import Floats, features_of
from core.rhythm.phase import band_envelopes
from core.rhythm.recurrence import displaced, recurring, unlike_all
from core.rhythm.tempo import envelopes
from tests.core.rhythm.test_bar_jumps import (
    BEAT,
    BPM,
    cut_out,
    in_eighths,
    with_hats_in_eighths,
)

BINS = 32
SIZE = BEATS * BINS


def music(rng: np.random.Generator, order: str) -> Floats:
    """(8 windows a letter, 5, bins): the same letter is the same bar, played loosely."""
    bars = {name: rng.random((5, SIZE)) ** 8 for name in sorted(set(order))}
    windows = np.concatenate([np.repeat(bars[name][None], 8, axis=0) for name in order])
    return (windows + 0.1 * rng.random(windows.shape)).astype(np.float32)


def spectra(windows: Floats) -> np.ndarray:
    return np.fft.rfft(windows - windows.mean(axis=2, keepdims=True), axis=2)


def late_from(windows: Floats, first: int, last: int, bins: int) -> Floats:
    moved = windows.copy()
    moved[first:last] = np.roll(moved[first:last], bins, axis=2)
    return moved


@pytest.mark.parametrize(
    ("order", "first", "last", "bins"),
    [
        ("ABCDCEAB", 56, 64, 12),
        ("ABCDAEFB", 0, 12, 14),
        ("ABCBADCA", 27, 37, BINS + 8),
        ("AAAAAAAA", 60, 64, 5),
    ],
    ids=["other music beside it", "beginning", "between two edits", "short ending"],
)
def test_what_comes_back_elsewhere_is_found(
    rng: np.random.Generator, order: str, first: int, last: int, bins: int
) -> None:
    part = displaced(spectra(late_from(music(rng, order), first, last, bins)), SIZE, ())
    assert part is not None
    assert (part.first, part.last) == (first, last)
    assert part.late == pytest.approx((bins / BINS + 0.5) % 1.0 - 0.5)


def test_bars_in_their_places_whole_beats_and_other_music_are_not_displaced(
    rng: np.random.Generator,
) -> None:
    steady = music(rng, "ABCDAEFB")
    assert displaced(spectra(steady), SIZE, ()) is None
    assert displaced(spectra(late_from(steady, 20, 64, 3 * BINS)), SIZE, ()) is None
    assert displaced(spectra(music(rng, "ABCDEFGH")), SIZE, (32,)) is None


def test_hats_that_go_on_tell_that_only_other_instruments_play(rng: np.random.Generator) -> None:
    windows = with_hats_in_eighths(music(rng, "AAAAAAAA"), rng)
    cut = late_from(windows, 0, 16, BINS // 2)
    part = displaced(spectra(cut), SIZE, ())
    assert part is not None
    assert (part.first, part.last) == (0, 16)
    cut[:, 2:4] = windows[:, 2:4]
    assert displaced(spectra(cut), SIZE, ()) is None


def test_a_part_that_says_little_is_told_by_what_sounds_like_it(rng: np.random.Generator) -> None:
    windows = music(rng, "ABABAB")
    windows[3] *= 0.1
    weights = np.where(np.arange(48) < 16, 0.0, 1.0)
    told = recurring(spectra(windows), SIZE, (16,), weights)
    assert told.tolist() == [k < 16 and k != 3 for k in range(48)]
    assert not recurring(spectra(windows), SIZE, (), weights).any()
    assert not recurring(spectra(late_from(windows, 0, 16, 12)), SIZE, (16,), weights).any()


def test_share_of_what_never_comes_back(rng: np.random.Generator) -> None:
    assert unlike_all(spectra(music(rng, "ABABABAB")), SIZE, ()) == 0.0
    assert unlike_all(spectra(music(rng, "ABABABCD")), SIZE, ()) == pytest.approx(0.25)
    quiet = music(rng, "ABABABCD")
    quiet[48:] *= 0.01
    assert unlike_all(spectra(quiet), SIZE, ()) == 0.0


def test_confidence_falls_where_eighths_hide_half_a_beat() -> None:
    """Kicks on all eighths lie on both grids; the bars tell. A real track was sure and wrong."""
    sound = in_eighths(40)
    whole, cut = (features_of(each) for each in (sound, cut_out(sound, 68.0, 0.5)))
    section = GridSection(0.0, whole.seconds, BPM, 0.0)
    assert recurrence(band_envelopes(whole), envelopes(whole), [section]) == (1.0, 1.0)
    off = dataclasses.replace(section, end=cut.seconds)
    assert agreement(envelopes(cut), [off]) == 1.0
    assert recurrence(band_envelopes(cut), envelopes(cut), [off])[0] < 0.7
    before = GridSection(0.0, 68.0, BPM, 0.0)
    after = GridSection(68.0, cut.seconds, BPM, 68.0 + 1.5 * BEAT)
    assert recurrence(band_envelopes(cut), envelopes(cut), [before, after])[0] == 1.0
