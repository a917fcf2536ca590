from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dsp.bank import ONE_TO_ONE, bank
from core.dsp.inversion import linear_magnitudes, rows_to_frames, sharpened_frames
from core.dsp.spectrogram import db_to_power
from core.dsp.stft import power_scale


def test_rows_meet_frames_where_they_coincide(rng: np.random.Generator) -> None:
    rows = rng.standard_normal((512, 4)).astype(np.float32)
    np.testing.assert_array_equal(rows_to_frames(rows, 512), rows)
    np.testing.assert_allclose(rows_to_frames(rows, 1024)[::2], rows)


def test_frames_between_last_and_first_row_close_the_loop() -> None:
    rows = np.zeros((4, 1), np.float32)
    rows[0], rows[3] = 10.0, 20.0
    np.testing.assert_allclose(rows_to_frames(rows, 8)[-1], 15.0)


@given(count=st.integers(200, 1500))
@settings(deadline=None, max_examples=20)
def test_flat_levels_stay_flat(count: int) -> None:
    rows = np.full((512, 3), -20.0, np.float32)
    sharp = sharpened_frames(rows, count, iterations=3)
    np.testing.assert_allclose(sharp, -20.0, atol=1e-3)
    assert sharp.shape == (count, 3)


def test_sharpening_restores_the_power_of_a_hit() -> None:
    rows = np.full((512, 1), -60.0, np.float32)
    rows[100] = 0.0
    count = 1280
    plain = db_to_power(rows_to_frames(rows, count))
    sharp = db_to_power(sharpened_frames(rows, count, iterations=3))
    wanted = 1.0 * count / 512
    assert abs(sharp.sum() / wanted - 1) < 0.1
    assert abs(sharp.sum() / wanted - 1) < abs(plain.sum() / wanted - 1)


def test_magnitudes_have_the_bands_that_were_asked(rng: np.random.Generator) -> None:
    smooth = np.cumsum(rng.standard_normal((5, 128)), axis=1).astype(np.float32) - 40
    magnitudes = linear_magnitudes(smooth, bank(), iterations=8)
    assert (magnitudes >= 0).all()
    power = magnitudes**2 * np.float32(power_scale(2048))
    error = 10 * np.log10(bank().to_bands(power)) - smooth
    assert np.abs(error).mean() < 0.1
    np.testing.assert_allclose(error[:, :ONE_TO_ONE], 0.0, atol=0.2)


def test_updates_bring_the_bands_nearer(rng: np.random.Generator) -> None:
    levels = (4 * np.cumsum(rng.standard_normal((20, 128)), axis=1) - 60).astype(np.float32)
    levels = np.clip(levels, -80, 0)

    def error(iterations: int) -> float:
        power = linear_magnitudes(levels, bank(), iterations=iterations) ** 2
        bands = bank().to_bands(power * np.float32(power_scale(2048)))
        return float(np.abs(10 * np.log10(np.maximum(bands, 1e-9)) - levels).mean())

    assert error(4) < 0.5 * error(0)
    assert error(16) < error(4)


@pytest.mark.parametrize("n_fft", [1024, 2048])
def test_silence_stays_silent(n_fft: int) -> None:
    floor = np.full((3, 128), -90.0, np.float32)
    assert not linear_magnitudes(floor, bank(n_fft), iterations=4).any()
