"""What averaging washed out comes back, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from core.vae import calibration, contrast, network_file, pca
from core.vae.codec import Codec
from core.vae.contrast import MOST, Contrast
from core.vae.data import in_decibels, in_units, unrolled
from core.vae.layers import CELLS
from core.vae.model import SegmentVAE, input_shape
from tests.core.vae.conftest import TINY, Trained, music

_fast = contrast.fast_part
_SHAPE = (512, 128)


def _windows(rng: np.random.Generator, count: int = 3) -> np.ndarray:
    return (0.5 + 0.05 * rng.standard_normal((count, *_SHAPE))).astype(np.float32)


def _power(windows: np.ndarray) -> np.ndarray:
    return (_fast(windows) ** 2).mean(axis=(1, 2))


def test_what_does_not_change_has_no_fast_part() -> None:
    np.testing.assert_allclose(_fast(np.full((1, *_SHAPE), 0.7, np.float32)), 0.0, atol=1e-6)


def test_a_hit_on_the_first_row_reaches_the_last_bar_and_sums_to_nothing() -> None:
    spectra = np.full((1, 512, 128), -90.0, np.float32)
    spectra[0, 0, 60] = 0.0
    rows = _fast(in_units(spectra))[0]
    assert rows[0, 60] == pytest.approx(1.0 - 0.2**2, abs=1e-5)
    assert rows[-1, 60] == pytest.approx(rows[1, 60], abs=1e-6)
    assert rows[-4, 60] < 0 == rows[-5, 60]
    assert rows.sum() == pytest.approx(0.0, abs=1e-4)


def test_the_power_of_the_fast_part_comes_back(rng: np.random.Generator) -> None:
    real = _windows(rng)
    dull = real - 0.25 * _fast(real)
    wanted = Contrast(np.zeros(64, np.float32), float(np.log(_power(real).mean())))
    made = wanted.restored(dull, np.zeros((3, 64), np.float32))
    np.testing.assert_allclose(_power(made), _power(real).mean(), rtol=0.1)


def test_the_gain_is_never_below_one_nor_above_the_most(rng: np.random.Generator) -> None:
    windows, z = _windows(rng), np.zeros((3, 64), np.float32)
    for bias, gain in ((-30.0, 1.0), (30.0, MOST)):
        made = Contrast(np.zeros(64, np.float32), bias).restored(windows, z)
        np.testing.assert_allclose(made, windows + (gain - 1.0) * _fast(windows), atol=1e-6)


def test_a_fitted_library_has_its_power_back_in_total() -> None:
    model = SegmentVAE(**TINY)
    model.build(input_shape())
    data = music()
    windows = data.batch(data.places())
    components = pca.fit(windows.reshape(-1, CELLS), 64)
    components.directions[3:] = 0.0
    model.linear.set_components(components)
    found = calibration.measured_contrast(model, data, data.places())
    assert found is not None
    means = np.asarray(model.encode(windows)[0])
    dull = unrolled(np.asarray(model.decode(means)))
    made = found.restored(dull, means)
    windows = unrolled(windows)
    assert _power(dull).sum() < 0.9 * _power(windows).sum()
    assert _power(made).sum() == pytest.approx(_power(windows).sum(), rel=0.02)


def test_the_lift_is_limited() -> None:
    power = np.array([1.0, 1.0])
    assert contrast._lift(np.zeros(2), power, 1.5) == 0.0
    assert contrast._lift(np.zeros(2), power, 9.0) == pytest.approx(contrast._MOST_LIFT, abs=1e-4)
    lift = contrast._lift(np.zeros(2), power, 2.2)
    assert np.exp(lift) == pytest.approx(1.1, abs=1e-3)


def test_latents_steer_the_contrast(rng: np.random.Generator) -> None:
    slopes = np.zeros(64, np.float32)
    slopes[5] = 1.0
    windows = np.repeat(_windows(rng, 1), 2, axis=0)
    z = np.zeros((2, 64), np.float32)
    z[1, 5] = 0.5
    level = float(np.log(_power(windows)[0]))
    made = Contrast(slopes, level).restored(windows, z)
    gains = np.exp([0.0, 0.25])
    expected = windows + (gains[:, None, None] - 1.0) * _fast(windows)
    np.testing.assert_allclose(made, expected, atol=1e-4)


def test_it_travels_in_the_model_file(trained: Trained) -> None:
    path = trained.options.path
    codec = Codec.load(path)
    found = Contrast.of(codec.info)
    assert found is not None
    z = np.random.default_rng(0).standard_normal((2, 64)).astype(np.float32)
    plain = np.asarray(network_file.load(path).decode(z))
    expected = in_decibels(found.restored(unrolled(plain), z))
    np.testing.assert_allclose(codec.decode(z), expected, atol=1e-2)


def test_a_model_without_it_decodes_as_before() -> None:
    assert Contrast.of({}) is None
    assert Contrast.of({"contrast": None}) is None
