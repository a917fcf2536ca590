from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.dsp import spectrogram as sg
from core.dsp.band_power import CROSSOVER_HZ, HOP, band_power
from core.dsp.bank import bank
from core.dsp.stft import hann, power_scale
from core.errors import InputError
from core.settings import CEILING_DB, FLOOR_DB, SAMPLE_RATE, segment_frames

Array = NDArray[np.float32]
SR = SAMPLE_RATE


def frames_of(samples: Array, block: int = 1 << 18) -> sg.BandFrames:
    stream = sg.SpectrogramStream()
    for start in range(0, len(samples), block):
        stream.feed(samples[start : start + block])
    return stream.finish()


def levels_of(samples: Array) -> Array:
    """(frames, 128) dB."""
    return sg.power_to_db(frames_of(samples).power)


@pytest.mark.parametrize("band", [1, 5, 12, 23])
@pytest.mark.parametrize("channels", [1, 2])
def test_full_scale_sine_on_a_band_is_0_db(band: int, channels: int) -> None:
    t = np.arange(SR) / 2048
    sine = np.repeat(np.sin(2 * np.pi * band * t)[:, None], channels, axis=1)
    levels = levels_of(sine.astype(np.float32))[40]
    assert levels[band] == pytest.approx(0.0, abs=0.02)
    assert levels.argmax() == band


def test_out_of_phase_channels_do_not_vanish(rng: np.random.Generator) -> None:
    one = rng.standard_normal((SR, 1)).astype(np.float32) * 0.1
    same = levels_of(np.hstack([one, one]))
    opposed = levels_of(np.hstack([one, -one]))
    np.testing.assert_array_equal(same, opposed)
    np.testing.assert_allclose(same, levels_of(one), atol=1e-3)


def test_one_silent_channel_halves_the_power(rng: np.random.Generator) -> None:
    one = rng.standard_normal((SR, 1)).astype(np.float32) * 0.1
    halved = levels_of(np.hstack([one, 0 * one]))
    whole = levels_of(one)
    audible = halved > -80
    np.testing.assert_allclose((whole - halved)[audible], 10 * np.log10(2), atol=1e-3)


@pytest.mark.parametrize("block", [1, 777, 10_000, 1 << 18])
def test_block_size_changes_nothing(block: int, rng: np.random.Generator) -> None:
    samples = rng.standard_normal((3_000 if block == 1 else 50_000, 2)).astype(np.float32)
    # The batch may be split elsewhere, so the last bit of a sum may differ.
    np.testing.assert_allclose(
        frames_of(samples, block).power, frames_of(samples).power, rtol=1e-3, atol=1e-9
    )


@pytest.mark.parametrize("length", [1, 255, 256, 257, 2048, 10_000])
def test_one_frame_for_every_hop(length: int) -> None:
    made = frames_of(np.ones((length, 1), np.float32))
    assert made.power.shape == (length // HOP + 1, 128)
    assert made.power.dtype == np.float32


def test_nothing_fed_gives_no_frames() -> None:
    made = sg.SpectrogramStream().finish()
    assert made.power.shape == (0, 128)
    assert (sg.musical(made, 0.0, 130.0, 1) == FLOOR_DB).all()


def test_stream_refuses_misuse() -> None:
    stream = sg.SpectrogramStream()
    stream.feed(np.zeros((100, 2), np.float32))
    with pytest.raises(InputError, match="2 channels"):
        stream.feed(np.zeros((100, 1), np.float32))
    stream.finish()
    with pytest.raises(InputError, match="finished"):
        stream.feed(np.zeros((100, 2), np.float32))


@settings(max_examples=20, deadline=None)
@given(bpm=st.floats(88.0, 176.0), row=st.integers(8, 500))
def test_an_impulse_sits_on_its_row_at_any_tempo(bpm: float, row: int) -> None:
    frames = segment_frames(bpm)
    samples = np.zeros((frames, 1), np.float32)
    samples[round(row * frames / 512)] = 1.0
    power = sg.db_to_power(sg.of_segment(samples))[:, 48:].mean(axis=1)
    assert power.argmax() == row


@settings(max_examples=20, deadline=None)
@given(bpm=st.floats(88.0, 176.0), phase=st.floats(0.0, 1.0))
def test_an_impulse_keeps_its_power_between_rows(bpm: float, phase: float) -> None:
    frames = segment_frames(bpm)
    sums = []
    for place in (100.0, 100.0 + phase):
        samples = np.zeros((frames, 1), np.float32)
        samples[round(place * frames / 512)] = 1.0
        sums.append(float(sg.db_to_power(sg.of_segment(samples)).sum()))
    assert sums[1] == pytest.approx(sums[0], rel=0.03)


@pytest.mark.parametrize("bpm", [100.0, 130.0, 173.3])
def test_segment_agrees_with_the_stream(
    bpm: float, groove: Callable[..., Array], rng: np.random.Generator
) -> None:
    # A bed of noise, as in any real track: in digital silence the tail of a window is all there is.
    loop = groove(bpm)
    loop += rng.standard_normal(loop.shape).astype(np.float32) * np.float32(0.002)
    offset = 0.123
    track = np.concatenate([np.zeros((round(offset * SR), 2), np.float32), *[loop] * 3])
    streamed = sg.musical(frames_of(track), offset + len(loop) / SR, 960 / (len(loop) / SR), 4)
    difference = np.abs(streamed - sg.of_segment(loop))
    assert difference.mean() < 0.3
    assert np.quantile(difference, 0.99) < 3.5


def test_musical_rows_do_not_depend_on_how_many_are_asked(rng: np.random.Generator) -> None:
    frames = frames_of(rng.standard_normal((SR * 40, 1)).astype(np.float32))
    long = sg.musical(frames, 0.3, 133.0, 20)
    assert long.shape == (20 * 128, 128)
    late = sg.musical(frames, 0.3 + 17 * 240 / 133.0, 133.0, 3)
    np.testing.assert_allclose(long[17 * 128 :], late, atol=1e-3)


def test_outside_the_track_is_silence(rng: np.random.Generator) -> None:
    frames = frames_of(rng.standard_normal((SR, 1)).astype(np.float32))
    rows = sg.musical(frames, -4.0, 120.0, 4)
    assert (rows[:250] == FLOOR_DB).all()
    assert (rows[330:] == FLOOR_DB).all()
    assert rows[280].mean() > -40


def test_silence_is_the_floor() -> None:
    silent = sg.of_segment(np.zeros((segment_frames(130), 2), np.float32))
    assert silent.shape == (512, 128)
    assert silent.dtype == np.float32
    assert (silent == FLOOR_DB).all()


@pytest.mark.parametrize(("bpm", "bars"), [(0.0, 4), (-3.0, 4), (float("nan"), 4), (130.0, 0)])
def test_musical_refuses_nonsense(bpm: float, bars: int) -> None:
    with pytest.raises(InputError, match="must be positive"):
        sg.musical(sg.SpectrogramStream().finish(), 0.0, bpm, bars)


def test_segment_too_short() -> None:
    with pytest.raises(InputError, match="a loop of 16 beats"):
        sg.of_segment(np.zeros((100, 2), np.float32))


def test_decibels_and_power_are_inverse() -> None:
    decibels = np.linspace(-89.9, 6, 200, dtype=np.float32)
    np.testing.assert_allclose(sg.power_to_db(sg.db_to_power(decibels)), decibels, atol=1e-4)
    assert sg.db_to_power(np.float32([FLOOR_DB])) == 0.0


def test_unit_scale_is_linear_and_clipped() -> None:
    decibels = np.linspace(FLOOR_DB, CEILING_DB, 50, dtype=np.float32)
    np.testing.assert_allclose(sg.to_unit(decibels), np.linspace(0, 1, 50), atol=1e-6)
    np.testing.assert_array_equal(sg.to_unit(np.float32([-200, 20])), [0, 1])


def test_windows_agree_on_noise_across_the_crossover(rng: np.random.Generator) -> None:
    noise = rng.standard_normal((SR * 20, 1)).astype(np.float32) * 0.1
    mean = frames_of(noise).power.mean(axis=0)
    at = int(np.searchsorted(bank().centres_hz, CROSSOVER_HZ))
    below, above = mean[at - 12 : at].mean(), mean[at : at + 12].mean()
    assert 10 * np.log10(above / below) == pytest.approx(0.0, abs=0.4)


def test_the_lows_are_those_of_a_whole_transform(groove: Callable[..., Array]) -> None:
    """They are put together from single hops; the exact values are those of 64 bits."""
    sound = np.ascontiguousarray(groove(131.0)[: 40 * 2048].T)
    frames = np.lib.stride_tricks.sliding_window_view(sound.astype(float), 2048, axis=1)
    power = np.abs(np.fft.rfft(frames[:, ::HOP] * hann(2048))) ** 2 * power_scale(2048)
    lows = int(np.searchsorted(bank().centres_hz, CROSSOVER_HZ))
    exact = power.mean(axis=0) @ bank().weights[:, :lows]
    found = sg.power_to_db(band_power(sound)[:, :lows])
    np.testing.assert_allclose(found, sg.power_to_db(exact.astype(np.float32)), atol=0.01)


@pytest.mark.parametrize("start", [-2.3, 0.0, 7.6, 18.1])
def test_a_row_is_the_mean_of_what_lies_in_it(start: float, rng: np.random.Generator) -> None:
    """Known answer: the interpolation of frames, taken at many places of each row."""
    power = rng.uniform(0.01, 1.0, (20, 128)).astype(np.float32)
    frames = sg.BandFrames(power)
    bpm, row = 120.0, 2.0 * SR / 128 / HOP  # frames a row
    rows = sg.db_to_power(sg.musical(frames, start * HOP / SR, bpm, 1))
    places = start + row * (np.arange(128 * 500) / 500 + 1 / 1000 - 0.5)
    inside = np.interp(places, np.arange(20), power[:, 5], left=0.0, right=0.0)
    wanted = inside.reshape(128, 500).mean(axis=1)
    np.testing.assert_allclose(rows[:, 5], wanted, atol=2e-3)
