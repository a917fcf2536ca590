"""A passage of a loop at another tempo is that passage of the whole loop at that tempo."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from core.audio.looping import passage
from core.audio.stretch import stretch, stretch_passage
from core.errors import InputError

Array = NDArray[np.float32]
COUNT = 4 * 44_100


@pytest.fixture
def clicks(rng: np.random.Generator) -> Array:
    """Four seconds of short bursts, eight a second, each as loud as none other."""
    loop = np.zeros((COUNT, 2), np.float32)
    for number in range(32):
        burst = rng.normal(size=(400, 2)).astype(np.float32)
        first = number * COUNT // 32
        loop[first : first + 400] = (0.2 + 0.02 * number) * burst
    return loop


def levels(sound: Array) -> NDArray[np.float64]:
    """Loudness of every 5 ms."""
    count = len(sound) // 220
    return np.sqrt((sound[: count * 220].astype(float) ** 2).reshape(count, -1).mean(axis=1))


@pytest.mark.parametrize("ratio", [0.94, 1.05])
@pytest.mark.parametrize("first", [-9_000, 0, 50_000, 160_000])
def test_a_passage_is_in_time_with_the_whole(clicks: Array, ratio: float, first: int) -> None:
    frames, count = round(COUNT * ratio), 44_000
    whole = stretch(clicks, frames, loop=True)
    found = stretch_passage(partial(passage, clicks), COUNT, frames, first, count)
    assert found.shape == (count, 2)
    expected = np.take(whole, np.arange(first, first + count), axis=0, mode="wrap")
    assert np.corrcoef(levels(found), levels(expected))[0, 1] > 0.95


@pytest.mark.parametrize("ratio", [0.87, 0.94, 1.05, 1.2])
def test_its_beginning_is_the_same_without_the_work_for_the_rest(
    clicks: Array, ratio: float
) -> None:
    read: list[int] = []

    def noted(first: int, count: int) -> Array:
        read.append(count)
        return passage(clicks, first, count)

    frames = round(COUNT * ratio)
    all_of_it = stretch_passage(noted, COUNT, frames, -9_000, 90_000)
    some = stretch_passage(noted, COUNT, frames, -9_000, 90_000, 40_000)
    assert np.corrcoef(some.ravel(), all_of_it[:40_000].ravel())[0, 1] > 0.999
    assert read[1] < 0.65 * read[0]
    nearly = stretch_passage(noted, COUNT, frames, -9_000, 90_000, 89_990)
    assert np.corrcoef(nearly.ravel(), all_of_it[:89_990].ravel())[0, 1] > 0.999


@pytest.mark.parametrize("ratio", [0.9, 1.06])
def test_without_treble_the_rest_is_the_same(rng: np.random.Generator, ratio: float) -> None:
    """Noise is the hardest: music correlates by .98 and more."""
    spectrum = np.fft.rfft(rng.normal(size=(COUNT, 2)), axis=0)
    hertz = np.fft.rfftfreq(COUNT, 1.0 / 44_100)[:, None]
    loop = np.fft.irfft(spectrum * ((hertz > 150) & (hertz < 3000)), axis=0).astype(np.float32)
    read, frames = partial(passage, loop), round(COUNT * ratio)
    whole = stretch_passage(read, COUNT, frames, -9_000, 60_000)
    narrow = stretch_passage(read, COUNT, frames, -9_000, 60_000, narrow=True)
    assert narrow.shape == whole.shape
    assert np.corrcoef(narrow.ravel(), whole.ravel())[0, 1] > 0.8
    assert narrow.std() == pytest.approx(whole.std(), rel=0.02)


def test_only_what_lies_around_it_is_read(clicks: Array) -> None:
    asked: list[tuple[int, int]] = []

    def read(first: int, count: int) -> Array:
        asked.append((first, count))
        return passage(clicks, first, count)

    stretch_passage(read, COUNT, round(COUNT * 1.05), 60_000, 20_000)
    ((first, count),) = asked
    assert 40_000 < first < 60_000 / 1.05
    assert first + count < 100_000


def test_a_tempo_too_far_away_is_refused(clicks: Array) -> None:
    with pytest.raises(InputError, match="nearer tempo"):
        stretch_passage(partial(passage, clicks), COUNT, 10 * COUNT, 0, 1000)
