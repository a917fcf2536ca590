from __future__ import annotations

import numpy as np
import pytest

from core.arrangement.levels import (
    RANGE_DB,
    SAFE_SIDE_DB,
    band_gain_db,
    band_loudness_db,
    bar_loudness_db,
    energy_db,
    low_part_powers,
    low_parts_db,
    narrowing_db,
    safe_width,
    side_to_mid,
    unevenness_db,
    usual_loudness_db,
)
from core.dsp.spectrogram import of_segment
from core.settings import SAMPLE_RATE, segment_frames


def loudness_db(spectrum: np.ndarray) -> float:
    """Of all bands together."""
    return float(10.0 * np.log10((10.0 ** (band_loudness_db(spectrum) / 10.0)).sum()))


def level_of(hertz: float, amplitude: float = 0.5) -> float:
    seconds = np.arange(segment_frames(130.0)) / SAMPLE_RATE
    tone = amplitude * np.sin(2 * np.pi * hertz * seconds)
    return loudness_db(of_segment(tone[:, None].astype(np.float32)))


def test_loudness_is_weighted_as_bs_1770_says() -> None:
    at_1k = level_of(1000.0)
    assert level_of(1000.0, 0.25) - at_1k == pytest.approx(-6.02, abs=0.2)
    assert level_of(5000.0) - at_1k == pytest.approx(3.3, abs=0.7)
    # The high-pass of the K-weighting: -4.2 dB at 45 Hz against 1 kHz, as its formula gives.
    assert level_of(45.0) - at_1k == pytest.approx(-4.9, abs=1.0)


@pytest.mark.parametrize(("hertz", "band"), [(50.0, 0), (600.0, 1), (6000.0, 2)])
def test_a_tone_is_loud_in_its_band_alone(hertz: float, band: int) -> None:
    seconds = np.arange(segment_frames(130.0)) / SAMPLE_RATE
    spectrum = of_segment((0.5 * np.sin(2 * np.pi * hertz * seconds))[:, None].astype(np.float32))
    found = band_loudness_db(spectrum)
    assert found[band] == pytest.approx(loudness_db(spectrum), abs=0.5)
    assert all(found[other] < found[band] - 15.0 for other in range(3) if other != band)


def test_bands_are_brought_to_a_level_within_limits() -> None:
    assert band_gain_db(-20.0, -17.0) == -3.0
    assert band_gain_db(-20.0, -60.0) == 6.0
    assert band_gain_db(-20.0, 0.0) == -12.0
    assert energy_db(1.0) == 0.0
    assert energy_db(0.5) == -0.5 * RANGE_DB


@pytest.mark.parametrize("band", range(3))
def test_width_is_measured_by_band_and_made_safe(band: int, rng: np.random.Generator) -> None:
    """Out of phase in one band, mono in the others."""
    seconds = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    tones = [0.2 * np.sin(2 * np.pi * hertz * seconds) for hertz in (50.0, 600.0, 6000.0)]
    other = 0.25 * np.sin(2 * np.pi * (55.0, 660.0, 6600.0)[band] * seconds)
    sound = np.stack([sum(tones) + other, sum(tones) - other], axis=1).astype(np.float32)
    found = side_to_mid(sound)
    assert found[band] == pytest.approx((0.25 / 0.2) ** 2, rel=0.1)
    assert all(found[k] < 0.05 for k in range(3) if k != band)
    width = safe_width(float(found[band]))
    assert 10 * np.log10(found[band] * width**2) == pytest.approx(-SAFE_SIDE_DB, abs=0.05)
    assert safe_width(0.1) == 1.0
    assert not side_to_mid(sound[:, :1]).any()
    assert not side_to_mid(sound[:100]).any()


def test_what_narrowing_takes_away() -> None:
    assert narrowing_db(0.0, 0.0) == 0.0
    assert narrowing_db(3.0, 1.0) == 0.0
    assert narrowing_db(1.0, 0.0) == pytest.approx(-3.01, abs=0.01)
    assert narrowing_db(1e12, 0.0) < -100.0


@pytest.mark.parametrize(
    ("course", "usual", "uneven"),
    [
        ((-30.0, -30.0, -30.0, -30.0), -30.0, 0.0),
        ((-30.0, -30.0, -30.0, -20.0), -30.0, 10.0),  # a crash
        ((-30.0, -70.0, -30.0, -30.0), -30.0, 40.0),  # a gap
        ((-70.0, -70.0, -30.0, -30.0), -30.0, 40.0),
    ],
)
def test_the_usual_level_is_that_of_most_bars(
    course: tuple[float, ...], usual: float, uneven: float
) -> None:
    bars = np.repeat(np.array(course)[:, None], 3, axis=1)
    np.testing.assert_allclose(usual_loudness_db(bars), usual)
    np.testing.assert_allclose(unevenness_db(bars), uneven)
    spectrum = np.repeat(np.array(course, np.float32), 128)[:, None].repeat(128, axis=1)
    np.testing.assert_allclose(np.diff(bar_loudness_db(spectrum)[:, 0]), np.diff(course), atol=1e-3)


def test_kick_and_the_other_lows_are_measured_apart() -> None:
    spectrum = np.full((512, 128), -30.0, np.float32)
    both = 10.0 ** (band_loudness_db(spectrum)[0] / 10.0)
    of_kick, of_others = low_part_powers(*low_parts_db(spectrum, np.full_like(spectrum, 0.25)))
    assert of_kick == pytest.approx(both * 0.25**2, rel=1e-3)
    assert of_others == pytest.approx(both * 0.75**2, rel=1e-3)
