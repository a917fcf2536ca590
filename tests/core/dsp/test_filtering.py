"""Gains per time-frequency cell of a loop."""

from __future__ import annotations

import numpy as np
import pytest

from core.dsp.bank import bank
from core.dsp.filtering import filtered, split, weighted_sum

FRAMES = 44_100


@pytest.fixture
def loop(rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((FRAMES, 2)).astype(np.float32)


def test_no_gain_leaves_a_loop_as_it_is(loop: np.ndarray) -> None:
    np.testing.assert_allclose(filtered(loop, np.zeros((128, 128), np.float32)), loop, atol=1e-4)


def test_one_gain_for_all_cells_is_a_volume(loop: np.ndarray) -> None:
    quiet = filtered(loop, np.full((128, 128), -20.0, np.float32))
    np.testing.assert_allclose(quiet, 0.1 * loop, atol=1e-4)


def test_bands_are_filtered_by_themselves(loop: np.ndarray) -> None:
    gains = np.where(bank().centres_hz < 1000.0, -80.0, 0.0).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(filtered(loop, np.tile(gains, (128, 1)))[:, 0]))
    before = np.abs(np.fft.rfft(loop[:, 0]))
    hertz = np.fft.rfftfreq(FRAMES, 1.0 / 44_100)
    low, high = hertz < 800.0, hertz > 1500.0
    assert spectrum[low].mean() < 0.01 * before[low].mean()
    np.testing.assert_allclose(spectrum[high].mean(), before[high].mean(), rtol=0.01)


def test_a_gain_changes_over_time_and_across_the_seam(loop: np.ndarray) -> None:
    gains = np.zeros((128, 128), np.float32)
    gains[32:96] = -60.0
    quiet = np.abs(filtered(loop, gains)[:, 0])
    assert quiet[FRAMES * 2 // 5 : FRAMES * 3 // 5].max() < 0.05
    assert quiet[: FRAMES // 10].mean() > 0.9 * np.abs(loop[: FRAMES // 10, 0]).mean()
    assert quiet[-FRAMES // 10 :].mean() > 0.9 * np.abs(loop[-FRAMES // 10 :, 0]).mean()


def test_weights_that_sum_to_one_leave_a_loop_as_it_is(
    loop: np.ndarray, rng: np.random.Generator
) -> None:
    bands = rng.uniform(0.0, 1.0, 128).astype(np.float32)
    cells = rng.uniform(0.0, 1.0, (128, 128)).astype(np.float32)
    for weights in (bands, cells):
        mixed = weighted_sum([loop, loop], [weights, 1.0 - weights])
        np.testing.assert_allclose(mixed, loop, atol=1e-4)


def test_each_loop_is_heard_where_its_weights_are(loop: np.ndarray) -> None:
    other = loop[::-1].copy()
    low = (bank().centres_hz < 1000.0).astype(np.float32)
    spectra = [
        np.fft.rfft(x[:, 0]) for x in (weighted_sum([loop, other], [low, 1.0 - low]), loop, other)
    ]
    hertz = np.fft.rfftfreq(FRAMES, 1.0 / 44_100)
    for part, number in ((hertz < 800.0, 1), (hertz > 1500.0, 2)):
        off = np.abs(spectra[0] - spectra[number])[part].mean()
        assert off < 0.05 * np.abs(spectra[number])[part].mean()


def test_a_channel_that_repeats_another_is_mixed_the_same(loop: np.ndarray) -> None:
    mono = np.repeat(loop[:, :1], 2, axis=1)
    weights = np.linspace(0.0, 1.0, 128, dtype=np.float32)
    both = weighted_sum([loop, mono], [weights, 1.0 - weights])
    left = weighted_sum([loop[:, :1], mono[:, :1]], [weights, 1.0 - weights])
    right = weighted_sum([loop[:, 1:], mono[:, :1]], [weights, 1.0 - weights])
    np.testing.assert_allclose(both, np.hstack([left, right]), atol=1e-6)


def test_pieces_are_those_of_the_filter_and_sum_to_the_loop(
    loop: np.ndarray, rng: np.random.Generator
) -> None:
    gains = [rng.uniform(-40.0, 0.0, (128, 128)).astype(np.float32) for _ in range(2)]
    pieces = split(loop, gains)
    assert pieces.shape == (3, FRAMES, 2)
    for piece, decibels in zip(pieces, gains, strict=False):
        np.testing.assert_allclose(piece, filtered(loop, decibels), atol=1e-5)
    np.testing.assert_allclose(pieces.sum(axis=0), loop, atol=1e-5)
