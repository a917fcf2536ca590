"""How loud a spectrogram sounds, how wide a sound is, and the gains that follow a form."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Final

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from core.arrangement.bands import CROSSOVERS_HZ
from core.audio.k_weighting import k_weighting
from core.dsp.bank import bank
from core.dsp.spectrogram import db_to_power
from core.settings import BARS_PER_SEGMENT, SAMPLE_RATE

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]

RANGE_DB: Final = 8.0
"""Between the calmest part of a form and the fullest."""
_BAND_GAIN_DB: Final = (-12.0, 6.0)
_WIDTH_FRAMES: Final = 4096
SAFE_SIDE_DB: Final = 5.0
"""By how much the side has to be below mid where a sound is to be heard in mono, too."""


def bar_loudness_db(spectrum: Array) -> Doubles:
    """The levels (4, 3) of the bands of the crossover in the bars of a spectrogram (rows, 128) dB.

    With the K-weighting of ITU-R BS.1770, in dB against an arbitrary reference: only differences
    mean something.
    """
    weights = _band_shares() * _weights()
    return np.asarray(10.0 * np.log10(np.maximum(_bar_powers(spectrum) @ weights.T, 1e-12)))


def usual_loudness_db(bars: Doubles) -> Doubles:
    """The levels (3,) that are heard in most of the bars (4, 3): those of the second loudest.

    A mean would be that of a single crash or riser, and too low where a bar is silent.
    """
    return np.asarray(np.sort(bars, axis=0)[-2])


def unevenness_db(bars: Doubles) -> Doubles:
    """By how much a bar leaves the usual level at most, (3,) dB, of the levels of bars (4, 3)."""
    return np.asarray(np.abs(bars - usual_loudness_db(bars)).max(axis=0))


def band_loudness_db(spectrum: Array) -> Doubles:
    """The usual levels (3,) of the bands of the crossover in a spectrogram (rows, 128) dB."""
    return usual_loudness_db(bar_loudness_db(spectrum))


def low_parts_db(spectrum: Array, kick: Array) -> tuple[Array, Array]:
    """Take a spectrogram apart into its kick and all else.

    Args:
        spectrum: (rows, 128) dB.
        kick: (rows, 128) 0 .. 1, the kick's share of every cell, the gain that cuts it out.

    Returns:
        Two spectrograms (rows, 128) dB.
    """
    gains = (kick, 1.0 - kick)
    of_kick, others = (
        spectrum + 20.0 * np.log10(np.maximum(gain, 1e-3)).astype(np.float32) for gain in gains
    )
    return of_kick, others


def low_part_powers(kick: Array, others: Array) -> tuple[float, float]:
    """The powers of the kick in the lows, and of what is in them besides, K-weighted as
    `band_loudness_db` is, in the bar that says the level of both.

    Args:
        kick, others: (rows, 128) dB, as `low_parts_db` gives them.
    """
    weights = _band_shares()[0] * _weights()
    apart = [_bar_powers(part) @ weights for part in (kick, others)]
    bar = int(np.argsort(apart[0] + apart[1])[-2])
    return float(apart[0][bar]), float(apart[1][bar])


def _bar_powers(spectrum: Array) -> Doubles:
    """(4, 128) mean powers of the bands in each bar."""
    power = db_to_power(spectrum).reshape(BARS_PER_SEGMENT, -1, spectrum.shape[1])
    return np.asarray(power.mean(axis=1, dtype=np.float64))


def energy_db(energy: float) -> float:
    """The level that an energy of 0 .. 1 asks for, against that of the fullest."""
    return RANGE_DB * (energy - 1.0)


def band_gain_db(wanted: float, loudness: float) -> float:
    """The gain that brings a band to a level, in bounds: hiss is not made music.

    Args:
        wanted: level of the band, dB.
        loudness: of the band as it is, dB, as `band_loudness_db` gives it.

    Returns:
        -12 .. 6 dB.
    """
    return round(float(np.clip(wanted - loudness, *_BAND_GAIN_DB)), 2)


def safe_width(ratio: float) -> float:
    """The width at which a sound is safe in mono.

    Args:
        ratio: of the powers of side and mid.

    Returns:
        A factor for the side, 0 .. 1, that leaves it `SAFE_SIDE_DB` below mid at least.
    """
    most = 10.0 ** (-SAFE_SIDE_DB / 10.0)
    return 1.0 if ratio <= most else round(float(np.sqrt(most / ratio)), 3)


def narrowing_db(ratio: float, width: float) -> float:
    """What a sound loses in level when it is made narrower.

    Args:
        ratio: of the powers of side and mid.
        width: a factor for the side, 0 .. 1.

    Returns:
        dB, 0 or less.
    """
    return float(10.0 * np.log10((1.0 + width**2 * ratio) / (1.0 + ratio)))


def side_to_mid(samples: Array) -> Doubles:
    """How wide a sound is in each band of the crossover.

    Args:
        samples: (frames, 1 or 2).

    Returns:
        (3,) power of half the difference of the channels over that of half their sum.
    """
    if samples.shape[1] == 1:
        return np.zeros(3)
    middle = 0.5 * (samples[:, 0] + samples[:, 1])
    side = 0.5 * (samples[:, 0] - samples[:, 1])
    count = len(samples) // _WIDTH_FRAMES * _WIDTH_FRAMES
    if count == 0:
        return np.zeros(3)
    hertz = np.fft.rfftfreq(_WIDTH_FRAMES, 1.0 / SAMPLE_RATE).astype(np.float64)
    shares = _shares_at(hertz)
    powers = []
    for signal in (side, middle):
        frames = signal[:count].reshape(-1, _WIDTH_FRAMES) * np.hanning(_WIDTH_FRAMES)
        spectrum = np.abs(np.fft.rfft(frames.astype(np.float32), axis=1)) ** 2
        powers.append(shares @ spectrum.mean(axis=0))
    return np.asarray(powers[0] / np.maximum(powers[1], 1e-12))


def _shares_at(hertz: Doubles) -> Doubles:
    """(3, n) of the power at each frequency, what lies in each band of the crossover."""
    below = [1.0 / (1.0 + (hertz / corner) ** 4) for corner in CROSSOVERS_HZ]
    edges = [np.zeros_like(hertz), *below, np.ones_like(hertz)]
    gains = [high - low for low, high in itertools.pairwise(edges)]
    return np.asarray(np.square(gains))


@cache
def _band_shares() -> Doubles:
    return _shares_at(bank().centres_hz.astype(np.float64))


@cache
def _weights() -> Doubles:
    """(128,) of each band's power: its width times the K-weighting's gain at its centre."""
    centres = bank().centres_hz.astype(np.float64)
    _, response = scipy.signal.sosfreqz(k_weighting(), centres, fs=SAMPLE_RATE)
    return np.asarray(bank().areas * np.abs(response) ** 2, np.float64)
