"""Onset features: exact times of attacks, independence of block sizes, levels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.errors import InputError
from core.rhythm.onsets import (
    BANDS,
    CHROMA,
    POWER_HOP,
    RATE,
    SPECTRUM_BANDS,
    OnsetFeatures,
    OnsetStream,
    features_of,
)
from core.settings import SAMPLE_RATE
from tests.synthetic import KICK_SHAPES, click_track, kick_sound

Samples = NDArray[np.float32]


def placed(sound: Samples, times: NDArray[np.float64], noise: float = 0.001) -> Samples:
    """(frames, 1): `sound` at each of `times` over a little noise."""
    frames = round((times[-1] + 1.0) * SAMPLE_RATE)
    out = noise * np.random.default_rng(1).standard_normal((frames, 1)).astype(np.float32)
    for start in np.round(times * SAMPLE_RATE).astype(int):
        out[start : start + len(sound), 0] += 0.7 * sound
    return out


def mean_attack(features: OnsetFeatures, times: NDArray[np.float64]) -> tuple[float, float]:
    """Where (s after the true time) the attacks of all bands peak on average, and how high."""
    around = np.arange(-0.03, 0.03, 0.00025)
    frames = np.arange(len(features.attacks)) / RATE
    total = features.attacks.sum(axis=1, dtype=np.float32)
    mean = np.mean([np.interp(time + around, frames, total) for time in times], axis=0)
    return float(around[np.argmax(mean)]), float(mean.max())


@pytest.mark.parametrize("shape", KICK_SHAPES)
def test_the_attack_of_a_kick_is_at_its_start(shape: str, rng: np.random.Generator) -> None:
    times = np.arange(40) * 0.46 + 0.3 + 0.02 * rng.random(40)
    peak, height = mean_attack(features_of(placed(kick_sound(shape), times)), times)
    assert abs(peak) < 0.002
    assert height > 10.0


def test_a_click_is_at_its_start(rng: np.random.Generator) -> None:
    times = np.arange(40) * 0.31 + 0.3 + 0.02 * rng.random(40)
    peak, _ = mean_attack(features_of(click_track(times, 14.0)), times)
    assert -0.0015 <= peak <= 0.0


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 120_000), max_size=6), st.integers(0, 2**32 - 1))
def test_blocks_of_any_size_give_the_same(sizes: list[int], seed: int) -> None:
    samples = np.random.default_rng(seed).standard_normal((200_003, 2), np.float32)
    whole = features_of(samples)
    stream = OnsetStream()
    at = 0
    for size in sizes:
        stream.feed(samples[at : at + size])
        at += size
    stream.feed(samples[at:])
    parts = stream.finish()
    assert parts.frames == whole.frames
    for name in ("attacks", "powers", "spectra"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


@pytest.mark.parametrize("frames", [0, 1, 63, 64, 65, 2048, 65_536, 65_537, 100_001])
def test_features_cover_audio_of_any_length(frames: int) -> None:
    features = features_of(np.ones((frames, 1), np.float32))
    assert features.frames == frames
    assert features.seconds == frames / SAMPLE_RATE
    assert features.attacks.shape == (-(-frames // 64), len(BANDS))
    assert features.powers.shape == (-(-frames // POWER_HOP), len(BANDS))
    assert features.spectra.shape == (-(-frames // 2048), SPECTRUM_BANDS + CHROMA)


@pytest.mark.parametrize(("hz", "band"), [(45, 0), (220, 1), (2_500, 2), (16_000, 3)])
def test_each_band_hears_its_own_tone_best(hz: float, band: int) -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    heard = [
        features_of(np.sin(2 * np.pi * f * time).astype(np.float32)[:, None]).powers[20:-20, band]
        for f in (hz, 45, 220, 2_500, 16_000)
    ]
    assert heard[0].mean() == max(power.mean() for power in heard)


def test_a_tone_is_in_its_pitch_class() -> None:
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    for pitch in range(12):
        tone = np.sin(2 * np.pi * 440 * 2 ** (pitch / 12) * time).astype(np.float32)[:, None]
        chroma = features_of(tone).spectra[20, SPECTRUM_BANDS:]
        assert np.argmax(chroma) == pitch


def test_stereo_is_the_mean_of_its_sides(rng: np.random.Generator) -> None:
    mono = rng.standard_normal((100_000, 1)).astype(np.float32)
    both = features_of(np.repeat(mono, 2, axis=1))
    np.testing.assert_allclose(both.powers, features_of(mono).powers, rtol=1e-5)


def test_what_is_out_of_phase_between_the_sides_is_not_lost() -> None:
    mono = placed(kick_sound("909"), np.arange(20) * 0.5 + 0.1)
    inverted = features_of(np.concatenate([mono, -mono], axis=1))
    np.testing.assert_allclose(inverted.powers, features_of(mono).powers, rtol=1e-5)
    np.testing.assert_allclose(inverted.spectra, features_of(mono).spectra, atol=1e-3)


def test_a_side_that_begins_late_counts_from_there(rng: np.random.Generator) -> None:
    left = rng.standard_normal((200_000, 1)).astype(np.float32)
    right = left.copy()
    right[150_000:] *= -1.0
    stream = OnsetStream()
    both = np.concatenate([left, right], axis=1)
    stream.feed(both[:100_000])
    stream.feed(both[100_000:])
    mean = stream.finish().powers[:, 1].mean()
    assert mean == pytest.approx(features_of(left).powers[:, 1].mean(), rel=0.01)


def test_silence_attacks_nothing() -> None:
    features = features_of(np.zeros((200_000, 1), np.float32))
    assert not features.attacks.any()
    assert not features.powers.any()


def test_level_does_not_matter(rng: np.random.Generator) -> None:
    samples = placed(kick_sound("909"), np.arange(20) * 0.5 + 0.1)
    loud, quiet = features_of(samples), features_of(0.01 * samples)
    np.testing.assert_allclose(loud.attacks, quiet.attacks, atol=0.02)


def test_audio_must_have_channels() -> None:
    with pytest.raises(InputError):
        OnsetStream().feed(np.zeros(100, np.float32))
