"""A zero-phase crossover into lows, mids and highs that sum to exactly what went in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from core.arrangement.bands import CROSSOVERS_HZ
from core.settings import SAMPLE_RATE

FloatArray = NDArray[np.float32]

CONTEXT: Final = 2048
"""Frames that the filters need on each side of a piece; their responses have decayed by then."""


def split_bands(padded: FloatArray) -> list[FloatArray]:
    """Split a piece of sound into bands.

    Each low-pass has the magnitude 1 / (1 + (f / fc)^4) of a fourth-order Linkwitz-Riley filter and
    no phase; the band above is what it leaves, so that the three sum to the piece exactly.

    Args:
        padded: (CONTEXT + frames + CONTEXT, channels), the piece with what lies around it.

    Returns:
        Lows, mids and highs, (frames, channels) each.
    """
    size = scipy.fft.next_fast_len(len(padded), real=True)
    spectrum = scipy.fft.rfft(padded, size, axis=0)
    hertz = np.arange(len(spectrum), dtype=np.float32) * np.float32(SAMPLE_RATE / size)
    rest = padded[CONTEXT:-CONTEXT]
    bands = []
    for corner in CROSSOVERS_HZ:
        low = _low_pass(spectrum, hertz, corner, size)[CONTEXT : len(padded) - CONTEXT]
        low = low - (padded[CONTEXT:-CONTEXT] - rest)
        bands.append(low)
        rest = rest - low
    return [*bands, rest]


def sum_bands(padded: FloatArray, bands: Sequence[bool]) -> FloatArray:
    """The sum of some of the bands of `split_bands`.

    Args:
        padded: as there.
        bands: whether lows, mids and highs are in it.

    Returns:
        (frames, channels).
    """
    size = scipy.fft.next_fast_len(len(padded), real=True)
    spectrum = scipy.fft.rfft(padded, size, axis=0)
    hertz = np.arange(len(spectrum), dtype=np.float32) * np.float32(SAMPLE_RATE / size)
    below = [np.zeros(1, np.float32), *(_response(hertz, hz) for hz in CROSSOVERS_HZ)]
    above = [*below[1:], np.ones(1, np.float32)]
    gain = np.zeros_like(hertz)
    for wanted, low, high in zip(bands, below, above, strict=True):
        if wanted:
            gain += high - low
    filtered = scipy.fft.irfft(spectrum * gain[:, None], size, axis=0)
    return np.asarray(filtered[CONTEXT : len(padded) - CONTEXT], dtype=np.float32)


def _low_pass(
    spectrum: NDArray[np.complex64], hertz: FloatArray, corner: float, size: int
) -> FloatArray:
    filtered = scipy.fft.irfft(spectrum * _response(hertz, corner)[:, None], size, axis=0)
    return np.asarray(filtered, dtype=np.float32)


def _response(hertz: FloatArray, corner: float) -> FloatArray:
    response: FloatArray = 1.0 / (1.0 + (hertz / np.float32(corner)) ** 4)
    return response
