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

_BLOCK: Final = 1 << 15
"""Frames of a transform."""
CONTEXT: Final = 2048
"""Frames that the filters need on each side of a piece; their responses have decayed by then."""


def split_bands(padded: FloatArray) -> list[FloatArray]:
    """Split a piece of sound into bands.

    Each low-pass has the magnitude 1 / (1 + (f / fc)^4) of a fourth-order Linkwitz-Riley filter and
    no phase; the band above is what it leaves, so that the three sum to the piece exactly.

    Args:
        padded: (CONTEXT + frames + CONTEXT, channels), the piece with what lies around it.

    Returns:
        Lows, mids and highs, (frames, channels) each, channel after channel in memory.
    """
    spectra = _Spectra(padded)
    whole = rest = spectra.piece
    bands = []
    for corner in CROSSOVERS_HZ:
        low = spectra.filtered(_response(spectra.hertz, corner))
        low -= whole - rest
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
    spectra = _Spectra(padded)
    hertz = spectra.hertz
    below = [np.zeros(1, np.float32), *(_response(hertz, hz) for hz in CROSSOVERS_HZ)]
    above = [*below[1:], np.ones(1, np.float32)]
    gain = np.zeros_like(hertz)
    for wanted, low, high in zip(bands, below, above, strict=True):
        if wanted:
            gain += high - low
    return np.ascontiguousarray(spectra.filtered(gain))


class _Spectra:
    """Spectra of a piece, block by block, each with `CONTEXT` frames on either side.

    One transform of a whole loop takes three times as long: blocks fit a core's cache, and several
    are transformed at once.
    """

    def __init__(self, padded: FloatArray) -> None:
        self._frames, channels = len(padded) - 2 * CONTEXT, padded.shape[1]
        self._size = _BLOCK
        if len(padded) < _BLOCK:
            self._size = scipy.fft.next_fast_len(len(padded), real=True)
        step = self._size - 2 * CONTEXT
        blocks = max(1, -(-self._frames // step))
        planar = np.zeros((channels, blocks * step + 2 * CONTEXT), np.float32)
        planar[:, : len(padded)] = padded.T
        view = np.lib.stride_tricks.sliding_window_view(planar, self._size, axis=1)[:, ::step]
        self._spectra = scipy.fft.rfft(view, axis=-1)
        self.piece = planar[:, CONTEXT : CONTEXT + self._frames].T

    @property
    def hertz(self) -> FloatArray:
        """Of each bin, (bins,)."""
        bins = np.arange(self._spectra.shape[-1], dtype=np.float32)
        return bins * np.float32(SAMPLE_RATE / self._size)

    def filtered(self, gain: FloatArray) -> FloatArray:
        """The piece (frames, channels), its bins multiplied by a gain (bins,)."""
        blocks = scipy.fft.irfft(self._spectra * gain, self._size, axis=-1, overwrite_x=True)
        planar: FloatArray = blocks[..., CONTEXT:-CONTEXT].reshape(len(blocks), -1)
        return planar[:, : self._frames].T


def _response(hertz: FloatArray, corner: float) -> FloatArray:
    response: FloatArray = 1.0 / (1.0 + (hertz / np.float32(corner)) ** 4)
    return response
