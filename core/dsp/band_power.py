"""Power of the bands at every hop: the arithmetic of the spectrogram.

Bands below `CROSSOVER_HZ` have a window of 2048 samples and use 56 of its 1025 bins; those above
have one of 1024 and use most of its 513. So the ones above are transformed by an FFT, and the ones
below as a sum over the eight hops that a window spans:

    R[m, k] = sum over b < 8 of exp(-2 pi i k b / 8) D[m + b, k],   D[j, k] the DFT of hop j alone

which is one product of matrices for all hops, and three additions. The Hann window is applied to
the result, where it is a sum of three neighbours: X[k] = R[k] / 2 - (R[k - 1] + R[k + 1]) / 4. That
takes a quarter of the time of the FFT, of which 969 bins are thrown away, and differs from it by
rounding.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.bank import bank
from core.dsp.stft import hann, power_scale

Array = NDArray[np.float32]
Complex = NDArray[np.complex64]

HOP: Final = 256
CROSSOVER_HZ: Final = 1200.0
N_FFT_ABOVE: Final = 1024
"""Window of the bands from `CROSSOVER_HZ` up: half as long and twice as sharp in time. The bands
are wider than its bins there, so no resolution in frequency is lost."""
_HOPS: Final = settings.N_FFT // HOP
_FRAMES_AT_ONCE: Final = 128
"""What fits into a core's cache with all that is made on the way."""
_GROUPS: Final = 4
"""Of the bands above: each is multiplied with the bins that it touches, a quarter of all."""


def band_power(channels: Array) -> Array:
    """Compute the power of all bands at every hop.

    Args:
        channels: (c, samples); frame m is that from sample m * `HOP` on, 2048 samples long.

    Returns:
        (frames, 128) float32, the mean over channels; all whole frames of `channels`.
    """
    count = (channels.shape[1] - settings.N_FFT) // HOP + 1
    power = np.empty((count, settings.N_BANDS), np.float32)
    lows, highs = _lows(), _highs()
    for first in range(0, count, _FRAMES_AT_ONCE):
        last = min(first + _FRAMES_AT_ONCE, count)
        part = channels[:, first * HOP : (last - 1) * HOP + settings.N_FFT]
        lows.add_up(part, power[first:last, : lows.bands])
        highs.add_up(part, power[first:last, lows.bands :])
    power /= np.float32(len(channels))
    return power


class _Lows:
    """The bands below the crossover, by the DFT of single hops."""

    def __init__(self, bands: slice) -> None:
        weights = bank().weights[:, bands]
        self.bands = weights.shape[1]
        self._bins = int(np.flatnonzero(weights.any(axis=1))[-1]) + 1
        scale = np.float32(power_scale(settings.N_FFT))
        self._weights = _for_real_and_imaginary(weights[: self._bins] * scale)

    def add_up(self, channels: Array, out: Array) -> None:
        """Put the power of `channels`, summed, into `out` (frames, bands)."""
        whole = (len(out) - 1 + _HOPS) * HOP
        total = _sum(self._squares(channel[:whole], len(out)) for channel in channels)
        np.matmul(total, self._weights, out=out)

    def _squares(self, samples: Array, count: int) -> Array:
        """Squares of the real and imaginary parts (count, 2 * bins) of the windowed transform."""
        hops = samples.reshape(-1, HOP) @ self._transform
        turned = hops.view(np.complex64)
        turned *= self._turns[: len(turned)]
        pairs = turned[:-1] + turned[1:]
        fours = pairs[:-2] + pairs[2:]
        flat = fours[:-4] + fours[4:]
        # What a bin is turned by more than its neighbour, from the beginning on.
        ahead = self._ahead[:count]
        sides = flat[:, :-2] * ahead
        sides += flat[:, 2:] * ahead.conj()
        sides *= np.float32(-0.5)
        sides += flat[:, 1:-1]
        squares = sides.view(np.float32)
        squares *= squares
        return squares

    @cached_property
    def _transform(self) -> Array:
        """(hop, 2 * (bins + 2)): DFT of one hop at bins -1 to `bins`, real and imaginary, halved
        as the middle of the Hann window."""
        angle = np.outer(np.arange(HOP), self._around) * (-2 * np.pi / settings.N_FFT)
        return np.ascontiguousarray((0.5 * np.exp(1j * angle)).astype(np.complex64)).view(
            np.float32
        )

    @cached_property
    def _turns(self) -> Complex:
        """(hops, bins + 2): by which each hop's phase counts from the first one's beginning."""
        hops = np.arange(_FRAMES_AT_ONCE + _HOPS) % _HOPS
        return _unit(-np.outer(hops, self._around) / _HOPS)

    @cached_property
    def _ahead(self) -> Complex:
        return _unit(-(np.arange(_FRAMES_AT_ONCE) % _HOPS)[:, None] / _HOPS)

    @property
    def _around(self) -> NDArray[np.int64]:
        return np.arange(-1, self._bins + 1)


class _Highs:
    """The bands from the crossover up, by an FFT of a shorter window in the middle of the frame."""

    def __init__(self, bands: slice) -> None:
        weights = bank(N_FFT_ABOVE).weights[:, bands] * np.float32(power_scale(N_FFT_ABOVE))
        self._groups: list[tuple[slice, slice, Array]] = []
        for columns in np.array_split(np.arange(weights.shape[1]), _GROUPS):
            some = weights[:, columns]
            touched = np.flatnonzero(some.any(axis=1))
            first, last = int(touched[0]), int(touched[-1]) + 1
            bins = slice(2 * first, 2 * last)
            target = slice(int(columns[0]), int(columns[-1]) + 1)
            self._groups.append((bins, target, _for_real_and_imaginary(some[first:last])))

    def add_up(self, channels: Array, out: Array) -> None:
        """Put the power of `channels`, summed, into `out` (frames, bands)."""
        total = _sum(_squares_of_fft(channel, len(out)) for channel in channels)
        for bins, target, weights in self._groups:
            out[:, target] = total[:, bins] @ weights


def _squares_of_fft(samples: Array, count: int) -> Array:
    """(count, 2 * bins): squares of the real and imaginary parts."""
    import scipy.fft  # here, so that the window's first paint does not wait for it

    inner = samples[(settings.N_FFT - N_FFT_ABOVE) // 2 :]
    frames = np.lib.stride_tricks.sliding_window_view(inner, N_FFT_ABOVE)[::HOP][:count]
    squares: Array = scipy.fft.rfft(frames * hann(N_FFT_ABOVE), axis=-1).view(np.float32)
    squares *= squares
    return squares


def _sum(arrays: Iterable[Array]) -> Array:
    """The sum of arrays, in the place of the first."""
    first, *others = arrays
    for other in others:
        first += other
    return first


def _for_real_and_imaginary(weights: Array) -> Array:
    """(bins, bands) -> (2 * bins, bands)."""
    return np.repeat(weights, 2, axis=0)


def _unit(turns: NDArray[np.float64]) -> Complex:
    """exp(2 pi i `turns`)."""
    made: Complex = np.exp(2j * np.pi * turns).astype(np.complex64)
    return made


def _crossover() -> int:
    """The first band above."""
    return int(np.searchsorted(bank().centres_hz, CROSSOVER_HZ))


@lru_cache(maxsize=1)
def _lows() -> _Lows:
    return _Lows(slice(0, _crossover()))


@lru_cache(maxsize=1)
def _highs() -> _Highs:
    return _Highs(slice(_crossover(), settings.N_BANDS))
