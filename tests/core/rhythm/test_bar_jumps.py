"""Edits that bars tell: of half a beat where eighths are alike, and where nobody plays a kick."""

from __future__ import annotations

import numpy as np
import pytest

from core.rhythm.bar_jumps import bar_jumps
from core.rhythm.bars import BEATS
from core.rhythm.downbeat import sureness
from core.rhythm.fit import fit_grid
from core.rhythm.kicks import Kicks
from core.rhythm.onsets import Floats, features_of
from core.settings import SAMPLE_RATE

BPM = 120.0
BEAT = 60.0 / BPM
BINS = 32


def in_eighths(bars: int, without_kicks: int = 0) -> Floats:
    """Kicks on every eighth, after some bars without; a snare on two and four; three notes."""
    time = np.arange(round(0.15 * SAMPLE_RATE)) / SAMPLE_RATE
    sweep = 50.0 * time + 1.8 * (1.0 - np.exp(-time / 0.03))
    kick = np.sin(2 * np.pi * sweep) * np.exp(-time / 0.06)
    noise = np.random.default_rng(3).standard_normal(len(time))
    snare = 0.5 * noise * np.exp(-time / 0.05)
    note = 0.2 * np.sign(np.sin(2 * np.pi * 440.0 * time)) * np.exp(-time / 0.08)
    sound = np.zeros(round((4 * bars + 1) * BEAT * SAMPLE_RATE))
    for step in range(16 * bars):
        of_bar = step % 16
        kicks = step % 2 == 0 and step >= 16 * without_kicks
        played = [(kick, kicks), (snare, of_bar in (4, 12)), (note, of_bar in (3, 6, 10))]
        at = round(step * BEAT / 4 * SAMPLE_RATE)
        for each, sounds in played:
            if sounds:
                sound[at : at + len(time)] += 0.5 * each
    return sound.astype(np.float32)[:, None]


def cut_out(sound: Floats, seconds: float, beats: float) -> Floats:
    """`sound` without some beats from `seconds` on."""
    first = round(seconds * SAMPLE_RATE)
    return np.delete(sound, slice(first, first + round(beats * BEAT * SAMPLE_RATE)), axis=0)


@pytest.mark.parametrize(
    ("without_kicks", "at", "beats"), [(0, 60.0, 0.5), (24, 48.0, 0.25), (24, 48.0, 0.5)]
)
def test_a_cut_that_the_beat_does_not_show_is_found(
    without_kicks: int, at: float, beats: float
) -> None:
    """Off by half a beat from there on, or up to there, and sure: that is what it was."""
    grid = fit_grid(features_of(cut_out(in_eighths(52, without_kicks), at, beats)))
    before, after = grid.sections
    assert before.end == pytest.approx(at, abs=2 * BEATS * BEAT)
    assert grid.is_steady
    late = (after.downbeat - before.downbeat) / BEAT + beats
    # With kicks on all eighths each part may have its beat on either of two.
    assert late == pytest.approx(round(2 * late) / 2, abs=0.01)


def test_eighths_without_a_cut_are_one_section() -> None:
    grid = fit_grid(features_of(in_eighths(40, 12)))
    assert len(grid.sections) == 1
    assert grid.is_steady


def repeated(count: int, rng: np.random.Generator) -> Floats:
    """(count, 5, bins) of a bar with attacks anywhere, played loosely."""
    bar = rng.random((5, BEATS * BINS)) ** 8
    return (bar + 0.1 * rng.random((count, *bar.shape))).astype(np.float32)


def test_bars_tell_where_and_by_how_much(rng: np.random.Generator) -> None:
    windows = repeated(40, rng)
    windows[25:] = np.roll(windows[25:], 2 * BEATS * BINS - 12, axis=2)
    still = np.zeros(40)
    (jump,) = bar_jumps(windows, still, np.ones(40), ())
    assert (jump.window, jump.first, jump.last) == (25, 25, 40)
    assert jump.late == pytest.approx(-12 / BINS)
    sure = np.where(np.arange(40) < 25, 0.1, 1.0)
    (jump,) = bar_jumps(windows, still, sure, ())
    assert (jump.first, jump.last) == (0, 25)
    assert jump.late == pytest.approx(12 / BINS)


def test_what_is_known_or_is_whole_beats_is_no_jump(rng: np.random.Generator) -> None:
    windows = repeated(40, rng)
    windows[25:] = np.roll(windows[25:], 12, axis=2)
    known = np.where(np.arange(40) < 25, 0.0, 12 / BINS)
    assert bar_jumps(windows, known, np.ones(40), (25,)) == []
    windows[10:] = np.roll(windows[10:], 3 * BINS, axis=2)
    assert bar_jumps(windows, known, np.ones(40), (25,)) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_jump_moves_nothing_beyond_a_known_one(seed: int) -> None:
    """In a break the bars know better where the cut is than the kicks that come back later."""
    rng = np.random.default_rng(seed)
    windows = repeated(40, rng)
    windows[16:] = np.roll(windows[16:], 12, axis=2)
    followed = np.where(np.arange(40) < 24, 0.0, 12 / BINS)
    sure = np.where(np.abs(np.arange(40) - 16) < 8, 0.0, 1.0)
    (jump,) = bar_jumps(windows, followed, sure, (24,))
    assert (jump.window, jump.first, jump.last) == (16, 16, 24)
    assert jump.late == pytest.approx(12 / BINS)


def with_hats_in_eighths(windows: Floats, rng: np.random.Generator) -> Floats:
    """`windows` (n, 5, bins) with mids and highs in eighths, those on the beat a little louder."""
    hats = np.zeros(BEATS * BINS)
    hats[::BINS], hats[BINS // 2 :: BINS] = 1.0, 0.6
    played = windows.copy()
    played[:, 2:4] = hats + 0.1 * rng.random((len(windows), 2, len(hats)))
    return played


def test_kicks_that_begin_between_off_beats_are_no_edit(rng: np.random.Generator) -> None:
    """Lows before them, on the off-beats, are like them half a beat on; the hats go on."""
    windows = with_hats_in_eighths(repeated(40, rng), rng)
    cut = windows.copy()
    cut[:20] = np.roll(cut[:20], BINS // 2, axis=2)
    (jump,) = bar_jumps(cut, np.zeros(40), np.ones(40), ())
    assert (jump.window, abs(jump.late)) == (20, pytest.approx(0.5))
    lows = [0, 1, 4]
    windows[:20, lows] = np.roll(windows[:20, lows], BINS // 2, axis=2)
    assert bar_jumps(windows, np.zeros(40), np.ones(40), ()) == []


def test_other_music_is_no_jump(rng: np.random.Generator) -> None:
    windows = np.concatenate([repeated(20, rng), repeated(20, rng)])
    assert bar_jumps(windows, np.zeros(40), np.ones(40), ()) == []
    few = repeated(5, rng)
    assert bar_jumps(few, np.zeros(5), np.ones(5), ()) == []


def test_two_sixteenths_with_the_same_kicks_are_not_sure() -> None:
    """A broken beat was put a sixteenth early, and sure."""
    scores = np.array([4.7, 3.7, 2.0, 2.5])
    same = Kicks(np.arange(4) / 4, np.array([1.0, 0.9, 0.5, 0.4]), np.array([4.3, 4.1, 2.9, 3.2]))
    assert sureness(scores, same) < 0.5
    other = Kicks(same.offsets, np.array([1.0, 0.6, 0.5, 0.4]), same.attacks)
    assert sureness(scores, other) == 1.0
    assert sureness(scores + np.array([2.0, 0.0, 0.0, 0.0]), same) == 1.0


def test_kicks_a_little_less_hard_beside_the_beat_are_hardly_surer() -> None:
    """No limit parts them: at .89 of the hardness a real track was a sixteenth off, and sure."""
    scores = np.array([4.3, 4.8, 1.8, 3.2])
    hard = np.array([1.2, 1.07, 0.74, 1.0])
    kicks = Kicks(np.arange(4) / 4, np.array([0.93, 1.0, 0.56, 0.77]), hard)
    assert sureness(scores, kicks) < 0.5


def test_which_of_two_kicks_half_a_beat_apart_is_the_beat() -> None:
    """As hard ones are both beats of twice the tempo; else one of them is wrong."""
    scores = np.array([5.25, 0.8, 5.23, 2.1])
    kicks = Kicks(np.arange(4) / 4, np.array([1.0, 0.1, 0.99, 0.1]), np.array([3.7, 0.3, 3.5, 0.3]))
    assert sureness(scores, kicks) == 1.0
    softer = Kicks(kicks.offsets, kicks.scores, np.array([3.7, 0.3, 1.4, 0.3]))
    assert sureness(scores, softer) < 0.5
