"""Filtering of a loop by gains per time-frequency cell, which keeps its phases."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.bank import bank
from core.dsp.inversion import rows_to_frames
from core.dsp.stft import Ring

Array = NDArray[np.float32]
_HOP = 512


def filtered(samples: Array, gains_db: Array) -> Array:
    """Apply a gain to every time-frequency cell of a loop.

    Args:
        samples: (frames, channels) of the loop.
        gains_db: (rows, 128) dB, at equal distances over the loop and in the bands of
            `core.dsp.bank`; linear in time and frequency in between, also across the seam.

    Returns:
        (frames, channels) float32.
    """
    from core.dsp import kernels  # here, because it imports numba, which takes a second

    ring = Ring.near_hop(len(samples), n_fft=settings.N_FFT, hop=_HOP)
    gains = _factors(gains_db, ring.count)
    lower, fraction = bank().interpolation
    channels = []
    for channel in samples.T:
        spectrum = ring.analyse(channel)
        kernels.scale(spectrum, gains, lower, fraction)
        channels.append(ring.synthesise(spectrum))
    return np.stack(channels, axis=1)


def split(samples: Array, gains_db: Sequence[Array]) -> Array:
    """Take a loop apart by gains per time-frequency cell; the loop is analysed once.

    Args:
        samples: (frames, channels) of the loop.
        gains_db: for each piece but the last, as for `filtered`.

    Returns:
        (pieces, frames, channels) float32: the last is what the others leave of the loop, so that
        they sum to it.
    """
    from core.dsp import kernels  # here, because it imports numba, which takes a second

    ring = Ring.near_hop(len(samples), n_fft=settings.N_FFT, hop=_HOP)
    lower, fraction = bank().interpolation
    factors = [_factors(gains, ring.count) for gains in gains_db]
    pieces = np.empty((len(factors) + 1, *samples.shape), np.float32)
    for channel, sound in enumerate(samples.T):
        spectrum = ring.analyse(sound)
        for piece, gains in zip(pieces, factors, strict=False):
            part = np.zeros_like(spectrum)
            kernels.add_scaled(part, spectrum, gains, lower, fraction)
            piece[:, channel] = ring.synthesise(part)
    pieces[-1] = samples - pieces[:-1].sum(axis=0)
    return pieces


def weighted_sum(loops: Iterable[Array], weights: Iterable[Array]) -> Array:
    """Mix loops with a weight for every time-frequency cell.

    Filters without phase, so that what weights of several loops sum to 1 in a cell mixes as it
    would without bands.

    Args:
        loops: (frames, channels) each, one or more; each is taken when the one before it is mixed.
        weights: for each, factors (rows, 128) at equal distances over the loop, or (128,) that hold
            all the time; linear in time and frequency in between.

    Returns:
        (frames, channels) float32.
    """
    from core.dsp import kernels  # here, because it imports numba, which takes a second

    pairs = zip(loops, weights, strict=True)
    first = next(pairs)
    frames, channels = first[0].shape
    ring = Ring.near_hop(frames, n_fft=settings.N_FFT, hop=_HOP)
    lower, fraction = bank().interpolation
    totals = np.zeros((channels, ring.count, settings.N_FFT // 2 + 1), np.complex64)
    for loop, factors in itertools.chain([first], pairs):
        gains = np.ascontiguousarray(_per_frame(factors, ring.count), np.float32)
        spectrum = np.zeros((0, 0), np.complex64)
        for channel in range(channels):
            if channel == 0 or not np.array_equal(loop[:, channel], loop[:, channel - 1]):
                spectrum = ring.analyse(loop[:, channel])
            kernels.add_scaled(totals[channel], spectrum, gains, lower, fraction)
    return np.stack([ring.synthesise(total) for total in totals], axis=1)


def _factors(gains_db: Array, count: int) -> Array:
    factors: Array = np.exp(rows_to_frames(gains_db, count) * np.float32(np.log(10.0) / 20.0))
    return factors


def _per_frame(weights: Array, count: int) -> Array:
    if weights.ndim == 1:
        return np.broadcast_to(weights, (count, len(weights)))
    return rows_to_frames(weights, count)
