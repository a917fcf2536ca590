"""Five attributes of a segment's sound, measured on its spectrogram.

They can therefore be measured on decoded latents too, without rendering audio, and do not depend on
the tempo.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.bank import bank
from core.dsp.spectrogram import db_to_power, to_unit
from core.errors import InputError

Array = NDArray[np.float32]
_HANN_NOISE_BANDWIDTH = 1.5
"""Bins over which a Hann window spreads a sine's power."""
_LOUDNESS_EXPONENT = 0.3
"""Loudness grows as intensity to the power of .3 (Stevens, "On the psychophysical law", 1957)."""
_KICK_TOP_HZ = 150.0
_ONSET_RANGE_DB = 50.0
_ONSET_RISE_DB = 3.0
_ONSET_GAP_ROWS = 3
_ROWS_PER_BEAT = settings.FRAMES_PER_BAR // settings.BEATS_PER_BAR


@dataclass(frozen=True)
class Attributes:
    """The attributes of one segment.

    Attributes:
        brightness: spectral centroid in octaves above 1 kHz (negative below it), with the bands
            weighted by loudness.
        density: onsets per bar, all bands together.
        kick: rise of the power below 150 Hz on the beats relative to the mean total power, as a
            ratio of amplitudes; 0 without a kick, about 1 to 3 with one.
        energy: mean level of all bands, 0 (all at `FLOOR_DB`) to 1 (all at `CEILING_DB`).
        loudness: mean power in dB; 0 is a full-scale sine.
    """

    brightness: float
    density: float
    kick: float
    energy: float
    loudness: float

    def as_dict(self) -> dict[str, float]:
        """The values by name, in the order of declaration."""
        return asdict(self)


NAMES = tuple(Attributes.__dataclass_fields__)


def measure(spectrogram: Array) -> Attributes:
    """Measure the attributes of a loop.

    Args:
        spectrogram: (bars * 128, 128) dB.

    Raises:
        InputError: another shape.
    """
    _require_bars(spectrogram)
    power = db_to_power(spectrogram)
    return Attributes(
        brightness=_brightness(power),
        density=_density(spectrogram),
        kick=_kick(power),
        energy=float(to_unit(spectrogram).mean()),
        loudness=_loudness(power),
    )


def kick_steadiness(spectrogram: Array) -> float:
    """Tell how much of the rhythm of the lows is on the beats.

    Args:
        spectrogram: (bars * 128, 128) dB of a loop.

    Returns:
        The share, 0 .. 1, of the rises of the power below 150 Hz at all sixteenths that are on
        beats: near 1 with a kick on every beat, some .4 where it is broken, .25 by chance; 0 where
        nothing rises.

    Raises:
        InputError: another shape.
    """
    return steadiness(kick_range_power(spectrogram))


def kick_range_power(spectrogram: Array) -> NDArray[np.float64]:
    """Signal power (rows,) below 150 Hz of a spectrogram (bars * 128, 128) dB.

    Raises:
        InputError: another shape.
    """
    _require_bars(spectrogram)
    return total_power(db_to_power(spectrogram) * (bank().centres_hz < _KICK_TOP_HZ))


def steadiness(low: NDArray[np.float64]) -> float:
    """As `kick_steadiness`, of the power (bars * 128,) below 150 Hz."""
    rises = _rises(low, settings.FRAMES_PER_SIXTEENTH)
    on_beats = rises[:: _ROWS_PER_BEAT // settings.FRAMES_PER_SIXTEENTH]
    return float(on_beats.sum() / max(rises.sum(), 1e-12))


def total_power(power: Array) -> NDArray[np.float64]:
    """Signal power (n,) of rows of band power (n, 128); 1 is a full-scale sine."""
    return (power.astype(np.float64) @ bank().areas) / _HANN_NOISE_BANDWIDTH


def _loudness(power: Array) -> float:
    """10 log10 of the mean over rows of `total_power`."""
    mean = float(total_power(power).mean())
    return 10.0 * float(np.log10(max(mean, 10.0 ** (settings.FLOOR_DB / 10.0))))


def _brightness(power: Array) -> float:
    """sum(N log2(f / 1 kHz)) / sum(N) over bands above DC, N = mean over rows of power^.3."""
    weight = np.power(power[:, 1:], _LOUDNESS_EXPONENT).mean(axis=0, dtype=np.float64)
    octaves = np.log2(bank().centres_hz[1:].astype(np.float64) / 1000.0)
    return float(weight @ octaves / weight.sum()) if weight.sum() > 0 else float(octaves.mean())


def _kick(power: Array) -> float:
    """sqrt(mean over beats of max(0, low after the beat - low before it) / mean total power)."""
    below = bank().centres_hz < _KICK_TOP_HZ
    rise = float(_rises(total_power(power * below), _ROWS_PER_BEAT).mean())
    whole = float(total_power(power).mean())
    return float(np.sqrt(rise / whole)) if whole > 0 else 0.0


def _rises(low: NDArray[np.float64], every: int) -> NDArray[np.float64]:
    """By how much the power (rows,) rises at every so many rows: max(0, after - before)."""
    places = np.arange(0, len(low), every)
    after = low[places[:, None] + np.arange(0, 5)].max(axis=1)
    before = low[places[:, None] - np.arange(3, 7)].mean(axis=1)
    return np.asarray(np.maximum(after - before, 0.0))


def _density(spectrogram: Array) -> float:
    """Local maxima of the mean rise over two rows that exceed 3 dB, counted per bar.

    Levels are clipped to 50 dB below the segment's loudest cell, so that a flickering noise floor
    gives no onsets.
    """
    levels = np.maximum(spectrogram, spectrogram.max() - _ONSET_RANGE_DB)
    flux = np.maximum(levels - np.roll(levels, 2, axis=0), 0.0).mean(axis=1)
    around = [np.roll(flux, k) for k in range(-_ONSET_GAP_ROWS, _ONSET_GAP_ROWS + 1)]
    peaks = (flux > _ONSET_RISE_DB) & (flux >= np.max(around, axis=0))
    return float(peaks.sum()) * settings.FRAMES_PER_BAR / len(spectrogram)


def _require_bars(spectrogram: Array) -> None:
    rows, bands = spectrogram.shape if spectrogram.ndim == 2 else (0, 0)
    if bands != settings.N_BANDS or rows == 0 or rows % settings.FRAMES_PER_BAR:
        raise InputError(
            f"a spectrogram of whole bars, (n * 128, 128), is needed; got {spectrogram.shape}"
        )
