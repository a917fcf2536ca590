from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dsp.stft import Ring, hann, istft, power_scale, stft
from core.errors import InputError


@pytest.mark.parametrize(("n_fft", "hop"), [(2048, 512), (1024, 256), (512, 64)])
@pytest.mark.parametrize("length", [1, 700, 30_011])
def test_istft_undoes_stft(n_fft: int, hop: int, length: int, rng: np.random.Generator) -> None:
    samples = rng.standard_normal(length).astype(np.float32)
    back = istft(stft(samples, n_fft=n_fft, hop=hop), hop=hop, length=length)
    np.testing.assert_allclose(back, samples, atol=2e-6)


def test_frames_are_centred_on_multiples_of_the_hop() -> None:
    samples = np.zeros(8192, np.float32)
    samples[3 * 512] = 1.0
    power = np.abs(stft(samples, n_fft=2048, hop=512)) ** 2
    assert power.sum(axis=1).argmax() == 3
    np.testing.assert_allclose(power[2].sum(), power[4].sum(), rtol=1e-4)


def test_full_scale_sine_reads_one() -> None:
    k = 100
    samples = np.cos(2 * np.pi * k * np.arange(20_000) / 2048).astype(np.float32)
    power = np.abs(stft(samples, n_fft=2048, hop=512)[10]) ** 2 * power_scale(2048)
    assert power[k] == pytest.approx(1.0, rel=1e-4)


def test_noise_reads_the_same_at_every_window(rng: np.random.Generator) -> None:
    noise = rng.standard_normal(200_000).astype(np.float32)
    levels = [
        np.mean(np.abs(stft(noise, n_fft=n, hop=n // 4)[4:-4, 5:-5]) ** 2) * power_scale(n)
        for n in (512, 1024, 2048)
    ]
    np.testing.assert_allclose(levels, levels[0], rtol=0.05)


@settings(deadline=None)
@given(length=st.integers(3_000, 40_000), hop=st.sampled_from([128, 256, 512]))
def test_ring_is_perfect_at_any_length(length: int, hop: int) -> None:
    samples = np.random.default_rng(length).standard_normal(length).astype(np.float32)
    ring = Ring.near_hop(length, n_fft=2048, hop=hop)
    back = ring.synthesise(ring.analyse(samples))
    assert back.shape == (length,)
    np.testing.assert_allclose(back, samples, atol=5e-6)


@settings(deadline=None)
@given(length=st.integers(100, 2_047))
def test_ring_shorter_than_its_window(length: int) -> None:
    samples = np.random.default_rng(length).standard_normal(length).astype(np.float32)
    ring = Ring(length, max(8, length // 64), 2048)
    np.testing.assert_allclose(ring.synthesise(ring.analyse(samples)), samples, atol=5e-5)


def test_ring_has_no_beginning(rng: np.random.Generator) -> None:
    length = 64 * 512
    samples = rng.standard_normal(length).astype(np.float32)
    ring = Ring(length, 64, 2048)
    turned = ring.analyse(np.roll(samples, 5 * 512))
    np.testing.assert_allclose(turned, np.roll(ring.analyse(samples), 5, axis=0), atol=2e-4)


def test_ring_frames_differ_by_at_most_one_sample() -> None:
    ring = Ring.near_hop(325_661, n_fft=2048, hop=512)
    steps = np.diff(ring.centres, append=ring.length)
    assert steps.max() - steps.min() == 1
    assert steps.sum() == ring.length
    assert ring.centres[0] == 0


def test_ring_frames_lie_on_the_sample_nearest_to_their_place() -> None:
    ring = Ring.near_hop(100_003, n_fft=2048, hop=512)
    exact = np.arange(ring.count) * ring.hop
    assert np.abs(ring.centres - exact).max() <= 0.5


def test_window_is_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        hann(2048)[0] = 1.0


def test_more_than_one_channel_is_refused() -> None:
    with pytest.raises(InputError, match="one channel"):
        stft(np.zeros((100, 2), np.float32), n_fft=512, hop=128)
