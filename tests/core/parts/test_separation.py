"""Whole tracks: parts sum to the track, nothing clicks, and the length does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.parts.separation import separate_blocks, separate_loop, windows
from core.rhythm.grid import GridSection
from core.rhythm.loops import LoopTiming
from core.settings import SAMPLE_RATE

ONE = (GridSection(0.0, 20.0, 130.0, 0.3),)
TWO = (GridSection(0.0, 9.0, 130.0, 0.3), GridSection(9.0, 20.0, 96.0, 9.7))


class Same:
    """Gives every part the same share in every cell."""

    def __init__(self, shares: tuple[float, ...] = (0.4, 0.3, 0.2, 0.1)) -> None:
        self.asked = 0
        self._shares = np.array(shares, np.float32)

    def shares(self, spectrograms_db: np.ndarray) -> np.ndarray:
        self.asked += 1
        return np.broadcast_to(self._shares, (*spectrograms_db.shape, 4)).copy()


class Changing(Same):
    """Gives everything to one part, to another in each window."""

    def shares(self, spectrograms_db: np.ndarray) -> np.ndarray:
        self._shares = np.eye(4, dtype=np.float32)[self.asked % 4]
        return super().shares(spectrograms_db)


def blocks_of(track: np.ndarray, size: int = 50_000) -> Iterator[np.ndarray]:
    for start in range(0, len(track), size):
        yield track[start : start + size]


def separated(track: np.ndarray, sections: tuple[GridSection, ...], model: Same) -> np.ndarray:
    over = windows(sections, len(track))
    return np.concatenate(list(separate_blocks(blocks_of(track), len(track), over, model)), axis=1)


@pytest.mark.parametrize("sections", [ONE, TWO])
def test_equal_shares_give_the_track_itself(
    sections: tuple[GridSection, ...], rng: np.random.Generator
) -> None:
    track = (0.2 * rng.standard_normal((20 * SAMPLE_RATE - 77, 2))).astype(np.float32)
    parts = separated(track, sections, Same())
    assert parts.shape == (4, *track.shape)
    np.testing.assert_allclose(parts[0], 0.4 * track, atol=2e-4)
    np.testing.assert_allclose(parts.sum(axis=0), track, atol=1e-5)


def test_windows_that_disagree_are_faded(rng: np.random.Generator) -> None:
    t = np.arange(20 * SAMPLE_RATE) / SAMPLE_RATE
    track = np.sin(2 * np.pi * 80.0 * t)[:, None].astype(np.float32)
    parts = separated(track, ONE, Changing())
    np.testing.assert_allclose(parts.sum(axis=0), track, atol=1e-5)
    steepest = np.abs(np.diff(track, axis=0)).max()
    assert np.abs(np.diff(parts, axis=1)).max() < 1.05 * steepest
    assert np.abs(parts).max(axis=(1, 2)).min() > 0.9


@pytest.mark.parametrize("frames", [1, 3000, SAMPLE_RATE])
def test_the_parts_of_a_short_track_sum_to_it(frames: int, rng: np.random.Generator) -> None:
    track = rng.standard_normal((frames, 1)).astype(np.float32)
    parts = separated(track, (GridSection(0.0, 1.0, 130.0, 0.0),), Same())
    np.testing.assert_allclose(parts.sum(axis=0), track, atol=1e-5)


def test_silence_asks_nobody() -> None:
    model = Same()
    assert not separated(np.zeros((9 * SAMPLE_RATE, 2), np.float32), ONE, model).any()
    assert model.asked == 0


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    seconds=st.floats(0.01, 90.0),
    edits=st.lists(st.floats(0.5, 30.0), max_size=4),
    bpm=st.lists(st.floats(44.0, 352.0), min_size=5, max_size=5),
    phase=st.floats(0.0, 0.99),
)
def test_windows_cover_every_track(
    seconds: float, edits: list[float], bpm: list[float], phase: float
) -> None:
    starts = np.concatenate([[0.0], np.cumsum(edits)])
    ends = [*starts[1:], max(seconds, starts[-1] + 1.0)]
    sections = tuple(
        GridSection.through(a, b, tempo, a + phase * 240.0 / tempo)
        for a, b, tempo in zip(starts.tolist(), ends, bpm, strict=False)
    )
    frames = max(1, round(ends[-1] * SAMPLE_RATE))
    over = windows(sections, frames)
    assert over[0].start <= 0
    assert over[-1].start + over[-1].frames >= frames
    for before, window in pairwise(over):
        assert before.fade[1] <= window.fade[0] <= window.fade[1]
        assert window.start <= window.fade[0]
        assert window.fade[1] <= before.start + before.frames


class Listening(Same):
    """Keeps what it is asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[np.ndarray] = []

    def shares(self, spectrograms_db: np.ndarray) -> np.ndarray:
        self.heard += list(spectrograms_db)
        return super().shares(spectrograms_db)


def test_a_loop_is_heard_going_round(rng: np.random.Generator) -> None:
    loop = LoopTiming(140.0, 1, 0.02)
    bar = round(loop.seconds * SAMPLE_RATE)
    level = np.geomspace(1.0, 0.01, bar)[:, None]
    lead, tail = np.zeros((882, 2)), 1e-3 * rng.standard_normal((3000, 2))
    audio = np.concatenate([lead, level * rng.standard_normal((bar, 2)), tail]).astype(np.float32)
    model = Listening()
    parts = separate_loop(audio, loop, model)
    assert parts.shape == (4, *audio.shape)
    np.testing.assert_allclose(parts.sum(axis=0), audio, atol=1e-5)
    np.testing.assert_allclose(parts[1], 0.3 * audio, atol=2e-3)
    for spectrogram in model.heard[1:3]:  # between which the file is faded
        levels = spectrogram.reshape(4, 128, 128).mean(axis=2)  # of each row of each bar
        assert np.abs(levels - levels.mean(axis=0)).mean() < 1.0
