"""The figures of newness, on loops whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.fft

from benchmarks import newness
from core import settings

SIXTEENTH = 512
FRAMES = SIXTEENTH * newness.ROTATIONS


def _noise(rng: np.random.Generator) -> np.ndarray:
    """(FRAMES, 2) with equal power in the three bands, which are independent of each other."""
    spectrum = scipy.fft.rfft(rng.standard_normal((FRAMES, 2)), axis=0)
    for band in newness._bands(FRAMES):
        spectrum[band] /= np.sqrt((np.abs(spectrum[band]) ** 2).sum())
    return scipy.fft.irfft(spectrum, FRAMES, axis=0).astype(np.float32)


def _band(loop: np.ndarray, number: int) -> np.ndarray:
    spectrum = scipy.fft.rfft(loop, axis=0)
    kept = np.zeros_like(spectrum)
    band = newness._bands(FRAMES)[number]
    kept[band] = spectrum[band]
    return scipy.fft.irfft(kept, FRAMES, axis=0).astype(np.float32)


def test_a_copy_is_found_whatever_its_level(rng: np.random.Generator) -> None:
    segments = [_noise(rng) for _ in range(3)]
    found = newness.correlations([0.1 * segments[1]], 3, lambda k: segments[k]).largest()
    for name in newness.SHOWN:
        assert found[name] == pytest.approx(1.0, abs=1e-4)


def test_bands_of_three_segments_are_a_third_of_each(rng: np.random.Generator) -> None:
    segments = [_noise(rng) for _ in range(3)]
    loop = sum(_band(segment, k) for k, segment in enumerate(segments))
    found = newness.correlations([loop], 3, lambda k: segments[k])
    np.testing.assert_allclose(found.bands[0], np.eye(3), atol=0.2)
    assert found.largest()["three bands"] == pytest.approx(1 / 3, abs=0.1)
    assert found.largest()["mids"] == pytest.approx(1.0, abs=1e-3)


def test_a_rotated_copy_shows_only_when_shifts_are_tried(rng: np.random.Generator) -> None:
    segment = _noise(rng)
    for steps in (1, 16, 37):
        rotated = np.roll(segment, steps * SIXTEENTH, axis=0)
        found = newness.correlations([rotated], 1, lambda _: segment).largest()
        assert found["shifted"] == pytest.approx(1.0, abs=1e-4)
        assert abs(found["three bands"]) < 0.3


def test_a_silent_band_correlates_with_nothing(rng: np.random.Generator) -> None:
    segment = _noise(rng)
    highs = _band(segment, 2)
    found = newness.correlations([highs], 1, lambda _: segment)
    np.testing.assert_allclose(found.bands[0, 0], [0.0, 0.0, 1.0], atol=1e-3)


def test_the_largest_is_taken_over_what_is_allowed(rng: np.random.Generator) -> None:
    segments = [_noise(rng) for _ in range(2)]
    found = newness.correlations(segments, 2, lambda k: segments[k])
    others = found.largest(~np.eye(2, dtype=bool))["waveform"]
    assert np.abs(others).max() < 0.3
    none = np.zeros((2, 2), bool)
    none[0, 1] = True
    assert len(found.largest(none)["waveform"]) == 1


@pytest.mark.parametrize("bpm", [88.0, 123.4, 176.0])
def test_at_the_tempo_that_is_used_sixteenths_are_whole_samples(bpm: float) -> None:
    near = newness.tempo(bpm)
    assert settings.segment_frames(near) % newness.ROTATIONS == 0
    assert near == pytest.approx(bpm, rel=2e-4)
