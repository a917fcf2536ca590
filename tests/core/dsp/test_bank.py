from __future__ import annotations

import numpy as np
import pytest

from core import settings
from core.dsp.bank import ONE_TO_ONE, bank
from core.errors import InputError


def test_shapes_and_normalisation() -> None:
    made = bank()
    assert made.weights.shape == (1025, 128)
    assert made.centres_hz.shape == (128,)
    np.testing.assert_allclose(made.weights.sum(axis=0), 1.0, rtol=1e-5)
    assert made.centres_hz[-1] == pytest.approx(20_000.0)
    assert (np.diff(made.centres_hz) > 0).all()


def test_bass_is_one_to_one_dc_included() -> None:
    bass = bank().weights[:, :ONE_TO_ONE]
    np.testing.assert_array_equal(bass[:ONE_TO_ONE], np.eye(ONE_TO_ONE, dtype=np.float32))
    assert not bass[ONE_TO_ONE:].any()


def test_every_bin_up_to_the_top_is_heard() -> None:
    share = bank().weights.sum(axis=1)
    top = int(settings.TOP_HZ / settings.SAMPLE_RATE * settings.N_FFT)
    assert (share[: top + 1] > 0).all()


def test_centres_are_logarithmic_above_the_bass() -> None:
    ratios = bank().centres_hz[ONE_TO_ONE:] / bank().centres_hz[ONE_TO_ONE - 1 : -1]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-4)


def test_to_bands_is_the_matrix_product(rng: np.random.Generator) -> None:
    power = rng.random((7, 1025), np.float32)
    np.testing.assert_allclose(bank().to_bands(power), power @ bank().weights, rtol=1e-5)


def test_white_power_reads_the_same_everywhere() -> None:
    np.testing.assert_allclose(bank().to_bands(np.ones((1, 1025), np.float32)), 1.0, rtol=1e-5)


def test_areas_count_every_bin_once() -> None:
    assert bank().areas.sum() == pytest.approx(20_000 / 44_100 * 2048, rel=0.03)


def test_to_bins_meets_the_bands_at_their_centres(rng: np.random.Generator) -> None:
    bands = rng.standard_normal((3, 128)).astype(np.float32)
    bins = bank().to_bins(bands)
    assert bins.shape == (3, 1025)
    np.testing.assert_array_equal(bins[:, :ONE_TO_ONE], bands[:, :ONE_TO_ONE])
    np.testing.assert_allclose(bins[:, -1], bands[:, -1], atol=1e-6)
    assert bins.max() <= bands.max() + 1e-6
    assert bins.min() >= bands.min() - 1e-6


def test_smooth_levels_survive_the_way_down_and_up() -> None:
    smooth = np.sin(np.linspace(0, 3, 128, dtype=np.float32))[None]
    back = bank().to_bands(bank().to_bins(smooth))
    np.testing.assert_allclose(back[:, ONE_TO_ONE:-1], smooth[:, ONE_TO_ONE:-1], atol=0.02)


def test_another_bin_count_is_refused() -> None:
    with pytest.raises(InputError, match="1025 bins"):
        bank().to_bands(np.zeros((1, 513), np.float32))


def test_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        bank().weights[0, 0] = 2.0
