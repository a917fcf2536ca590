"""Loops by name, length and beat; one-shots."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

from core.rhythm.fit import fit_grid
from core.rhythm.grid import BeatGrid, GridSection
from core.rhythm.loops import (
    LoopTiming,
    is_one_shot,
    loop_at,
    loop_by_beat,
    loop_by_length,
    loop_with_tail,
    stated_loop,
)
from core.rhythm.onsets import Floats, features_of
from core.settings import SAMPLE_RATE
from tests.synthetic import Part, Spec, kick_sound, noise_sound, render

DRUMS = frozenset({"kick", "hats", "clap"})


@pytest.mark.parametrize(
    ("seconds", "tempi", "loop"),
    [
        (7.5, [128.0], LoopTiming(128.0, 4)),
        (1.875, [128.0], LoopTiming(128.0, 1)),
        (3.75, [128.0], LoopTiming(128.0, 2)),
        (15.0, [128.0], LoopTiming(128.0, 8)),
        (7.5 + 0.025, [128.0], LoopTiming(128.0, 4)),
        (7.5 - 0.025, [128.0], LoopTiming(128.0, 4)),
        (6.857, [70.0], LoopTiming(140.0, 4)),
        (6.9, [3.0, 140.0], LoopTiming(140.0, 4)),
        (7.5, [140.0, 128.0], LoopTiming(128.0, 4)),
        (7.1, [128.0], None),
        (7.5, [], None),
        (0.0, [128.0], None),
        (240.0, [128.0], None),
    ],
)
def test_a_loop_is_whole_bars_at_a_stated_tempo(
    seconds: float, tempi: list[float], loop: LoopTiming | None
) -> None:
    if seconds == 6.9:
        assert loop_at(seconds, tempi) is None  # 1.5 % of a bar too long
    else:
        assert loop_at(seconds, tempi) == loop


def test_a_loop_fills_a_segment() -> None:
    for bars, repeats in ((1, 4), (2, 2), (3, 2), (4, 1), (8, 1)):
        loop = LoopTiming(128.0, bars)
        assert loop.repeats == repeats
        section = loop.grid().sections[0]
        assert section.bars == bars * repeats >= 4
        assert section.downbeat == 0.0
        assert loop.grid().is_steady


def test_an_exact_length_tells_a_whole_tempo() -> None:
    unknown = BeatGrid.default(8.0)
    assert loop_by_length(7.741935, unknown) == LoopTiming(124.0, 4)
    assert loop_by_length(2.4742, unknown) == LoopTiming(97.0, 1)
    assert loop_by_length(7.386, unknown) is None
    assert loop_by_length(3.0, unknown) is None  # a length that people type in
    other = BeatGrid((GridSection(0.0, 7.741935, 110.0, 0.0),), 0.9)
    assert loop_by_length(7.741935, other) is None


@pytest.mark.parametrize(("bpm", "bars"), [(127.3, 2), (133.7, 4), (141.4, 8)])
def test_its_own_beat_tells_a_loop_of_an_odd_tempo(bpm: float, bars: int) -> None:
    samples = render(Spec(bpm=bpm, parts=(Part(bars, DRUMS),), noise=0.0001)).samples
    features = features_of(samples)
    found = loop_by_beat(features, fit_grid(features))
    assert found is not None
    assert found.bars == bars
    assert found.bpm == pytest.approx(bpm, abs=0.01)


def test_single_sounds_are_one_shots_and_patterns_are_not() -> None:
    for sound in (kick_sound("909"), noise_sound("clap"), noise_sound("crash")):
        samples = np.concatenate([0.8 * sound, np.zeros(9_000, np.float32)])[:, None]
        assert is_one_shot(features_of(samples.astype(np.float32)))
    bar = render(Spec(bpm=128.0, parts=(Part(1, DRUMS),))).samples
    assert not is_one_shot(features_of(bar))
    late = np.zeros((2 * SAMPLE_RATE, 1), np.float32)
    clap = noise_sound("clap")
    late[SAMPLE_RATE // 2 : SAMPLE_RATE // 2 + len(clap), 0] += clap
    assert not is_one_shot(features_of(late))  # does not begin with its sound: cut to a grid


def test_noise_of_no_special_length_is_no_loop(rng: np.random.Generator) -> None:
    features = features_of(0.3 * rng.standard_normal((200_000, 1)).astype(np.float32))
    assert loop_by_beat(features, fit_grid(features)) is None
    assert not is_one_shot(features)


def ringing(samples: Floats, seconds: float) -> Floats:
    """`samples` in a room, whose reverb goes on for `seconds` after them."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    if len(time) == 0:
        return samples
    room = 0.02 * np.exp(-time / 0.07) * np.random.default_rng(4).standard_normal(len(time))
    room[0] = 1.0
    wet = scipy.signal.fftconvolve(samples[:, 0], room)[:, None]
    return np.asarray(wet, np.float32)


def after_silence(samples: Floats, seconds: float) -> Floats:
    return np.concatenate([np.zeros((round(seconds * SAMPLE_RATE), 1), np.float32), samples])


@pytest.mark.parametrize("layers", [DRUMS, frozenset({"clap", "hats"}), frozenset({"bass"})])
@pytest.mark.parametrize(
    ("bpm", "bars", "lead", "tail"),
    [(128.0, 1, 0.02, 0.0), (132.0, 2, 0.05, 0.05), (126.0, 4, 0.0, 0.23), (140.0, 2, 0.02, 0.2)],
)
def test_silence_before_and_a_tail_after_are_no_part_of_a_loop(
    bpm: float, bars: int, lead: float, tail: float, layers: frozenset[str]
) -> None:
    samples = render(Spec(bpm=bpm, parts=(Part(bars, layers),), noise=0.0)).samples
    features = features_of(after_silence(ringing(samples, tail), lead))
    found = stated_loop(features, [bpm]) or loop_with_tail(features, [bpm])
    assert found is not None
    assert (found.bpm, found.bars) == (bpm, bars)
    assert found.start == pytest.approx(lead, abs=0.004)


def test_music_that_goes_on_is_no_tail() -> None:
    """Four and an eighth of a bar at 128 BPM are no loop at that tempo."""
    samples = render(Spec(bpm=128.0, parts=(Part(5, DRUMS),))).samples
    features = features_of(samples[: round(7.7 * SAMPLE_RATE)])
    assert loop_with_tail(features, [128.0]) is None
    assert stated_loop(features, [128.0]) is None


def test_a_loop_without_silence_before_it_starts_at_once() -> None:
    pad = np.linspace(0.0, 1.0, round(1.9 * SAMPLE_RATE)) * np.sin(np.arange(83_790) * 0.05)
    features = features_of(pad[:, None].astype(np.float32))
    loop = stated_loop(features, [128.0])
    assert loop == LoopTiming(128.0, 1)


def test_the_grid_of_a_loop_starts_with_its_music() -> None:
    assert LoopTiming(128.0, 4, 0.02).grid().sections[0].downbeat == 0.02
    assert LoopTiming(128.0, 2, 0.02).grid().sections[0].downbeat == 0.0
