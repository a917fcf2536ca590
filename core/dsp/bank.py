"""The filter bank: bins 0-23 of n_fft 2048 one to one, then 104 log-spaced triangles to 20 kHz.

A kick drum occupies the lowest ten bins. A mel filter bank of 128 bands is coarser than the
transform there and blurs it, so the bass keeps every bin. The weights of a band sum to 1: its value
is the mean power of its bins, white noise has the same value in all bands, and so has the floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import scientific, settings
from core.errors import InputError

if TYPE_CHECKING:
    import scipy.sparse

Array = NDArray[np.float32]
ONE_TO_ONE = 24
"""Number of bands that are single bins, DC included."""


@dataclass(frozen=True, eq=False)
class Bank:
    """A filter bank: the matrix from bins to bands, and the interpolation back. Read-only arrays.

    Attributes:
        weights: (n_fft // 2 + 1, 128), of which every column sums to 1.
        centres_hz: (128,) centre frequency of each band; 0 for the first.
    """

    weights: Array
    centres_hz: Array

    @cached_property
    def areas(self) -> Array:
        """Width (128,) of each band in bins: `areas @ bands` is the power summed over all bins."""
        areas = np.gradient(self.centre_bins).astype(np.float32)
        areas[:ONE_TO_ONE] = 1.0
        return areas

    @cached_property
    def centre_bins(self) -> NDArray[np.float64]:
        """Centre (128,) of each band in bins, fractional above the first 24 bands."""
        bins = len(self.weights) - 1
        return self.centres_hz.astype(np.float64) * (2 * bins) / settings.SAMPLE_RATE

    @cached_property
    def sparse(self) -> scipy.sparse.csr_array:
        """`weights` transposed, (128, bins), as a sparse matrix."""
        scientific.load("sparse")  # here, so that the window's first paint does not wait for it
        import scipy.sparse

        return scipy.sparse.csr_array(self.weights.T)

    def to_bands(self, power: Array) -> Array:
        """Filter: bin power (n, bins) -> band power (n, 128).

        Raises:
            InputError: another number of bins.
        """
        if power.shape[-1] != len(self.weights):
            raise InputError(f"{len(self.weights)} bins are needed, got {power.shape[-1]}")
        columns = np.ascontiguousarray(power.T)
        return np.ascontiguousarray((self.sparse @ columns).T)

    def to_bins(self, bands: Array) -> Array:
        """Interpolate: band values (n, 128) -> bin values (n, bins), linear between the centres.

        Above the last centre the values are constant. Interpolate gains and decibels as they are,
        but not power: take its logarithm first.
        """
        lower, fraction = self.interpolation
        low = bands[..., lower]
        return low + fraction * (bands[..., lower + 1] - low)

    @cached_property
    def interpolation(self) -> tuple[NDArray[np.int64], Array]:
        """For each bin (bins,) the band at or below it, and its distance to it as a share, 0..1."""
        bins = np.arange(len(self.weights))
        position = np.interp(bins, self.centre_bins, np.arange(len(self.centres_hz)))
        lower = np.minimum(position.astype(np.int64), len(self.centres_hz) - 2)
        return lower, (position - lower).astype(np.float32)


@lru_cache(maxsize=4)
def bank(n_fft: int = settings.N_FFT) -> Bank:
    """The filter bank for a transform of `n_fft` samples; the bands are the same for any length."""
    bin_hz = settings.SAMPLE_RATE / n_fft
    centres = _centres_hz()
    weights = _triangles(centres / bin_hz, n_fft // 2 + 1)
    if n_fft == settings.N_FFT:
        weights[:, :ONE_TO_ONE] = np.eye(n_fft // 2 + 1, ONE_TO_ONE)
    return Bank(_frozen(weights), _frozen(centres))


def _centres_hz() -> NDArray[np.float64]:
    bin_hz = settings.SAMPLE_RATE / settings.N_FFT
    edge = (ONE_TO_ONE - 1) * bin_hz
    above = np.geomspace(edge, settings.TOP_HZ, settings.N_BANDS - ONE_TO_ONE + 1)[1:]
    return np.concatenate([np.arange(ONE_TO_ONE) * bin_hz, above])


def _triangles(centres: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    """Triangles (bins, n) around `centres` (n,) in bins, at least one bin wide on either side."""
    spacing = np.gradient(centres)
    below = np.maximum(np.diff(centres, prepend=centres[0] - spacing[0]), 1.0)
    above = np.maximum(np.diff(centres, append=centres[-1] + spacing[-1]), 1.0)
    offset = np.arange(bins)[:, None] - centres
    rising = 1.0 + offset / below
    falling = 1.0 - offset / above
    triangles: NDArray[np.float64] = np.maximum(np.minimum(rising, falling), 0.0)
    triangles /= triangles.sum(axis=0)
    return triangles


def _frozen(values: NDArray[np.float64]) -> Array:
    out = values.astype(np.float32)
    out.flags.writeable = False
    return out
