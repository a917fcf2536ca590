"""Inversion of the spectrogram: from rows of band levels to magnitudes of synthesis frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import scientific
from core.dsp.bank import Bank
from core.dsp.spectrogram import db_to_power, power_to_db
from core.dsp.stft import power_scale

if TYPE_CHECKING:
    import scipy.sparse

Array = NDArray[np.float32]
_TINY = np.float32(1e-12)
_POINTS_PER_ROW = 16
"""Number of points over which the mean of a row is taken."""


def rows_to_frames(rows: Array, count: int) -> Array:
    """Resample the rows of a loop in time, linearly, also across its seam.

    Interpolate decibels, not power: a straight line in dB rises like a drum hit, while one in
    power would begin it half a row early.

    Args:
        rows: (n, bands) at equal distances over the loop.
        count: number of frames, at equal distances over the loop.

    Returns:
        (count, bands); frame m is at row m * n / count.
    """
    position = np.arange(count) * (len(rows) / count)
    lower = position.astype(np.int64)
    fraction = (position - lower).astype(np.float32)[:, None]
    low, high = rows[lower % len(rows)], rows[(lower + 1) % len(rows)]
    out: Array = low + fraction * (high - low)
    return out


def sharpened_frames(rows: Array, count: int, *, iterations: int) -> Array:
    """Resample the rows of a loop in time, such that the mean over each row's time is that row.

    A row is a mean over its time, so straight lines through rows blur every transient twice.
    Multiplicative updates for the Kullback-Leibler divergence along time (as in
    `linear_magnitudes`) undo one of the two.

    Args:
        rows: (n, bands) dB at equal distances over the loop.
        count: number of frames.
        iterations: number of updates.

    Returns:
        (count, bands) dB.
    """
    frames = db_to_power(rows_to_frames(rows, count))
    target = db_to_power(rows)
    to_rows = _row_means(count, len(rows))
    to_frames = to_rows.T.tocsr()
    share = to_rows.sum(axis=0).astype(np.float32)[:, None]
    for _ in range(iterations):
        frames *= (to_frames @ (target / np.maximum(to_rows @ frames, _TINY))) / share
    return power_to_db(frames)


def linear_magnitudes(decibels: Array, bank: Bank, *, iterations: int) -> Array:
    """Invert the filter bank.

    Starts from levels interpolated over the bins and applies multiplicative updates for the
    Kullback-Leibler divergence, P *= ((M / (P B)) B') / rowsum(B) (Lee and Seung, "Algorithms for
    non-negative matrix factorization", 2001).

    Args:
        decibels: (n, 128) band levels M in dB.
        bank: the filter bank B of the transform.
        iterations: number of updates.

    Returns:
        (n, bins) magnitudes sqrt(P), scaled like those of `stft`.
    """
    n_fft = 2 * (len(bank.weights) - 1)
    to_bands, to_bins = bank.sparse, bank.sparse.T.tocsr()
    target = np.ascontiguousarray(db_to_power(decibels).T)
    power = np.ascontiguousarray(db_to_power(bank.to_bins(decibels)).T)
    share = bank.weights.sum(axis=1)
    inverse = np.where(share > 0, 1.0 / np.maximum(share, 1e-6), 0.0).astype(np.float32)
    for _ in range(iterations):
        ratio = target / np.maximum(to_bands @ power, _TINY)
        power *= (to_bins @ ratio) * inverse[:, None]
    power *= np.float32(1.0 / power_scale(n_fft))
    return np.ascontiguousarray(np.sqrt(power).T)


def _row_means(count: int, rows: int) -> scipy.sparse.csr_array:
    """(rows, count): mean over each row's time of the straight lines through the frames."""
    inside = (np.arange(_POINTS_PER_ROW) + 0.5) / _POINTS_PER_ROW - 0.5
    position = (np.arange(rows)[:, None] + inside) * (count / rows)
    lower = np.floor(position)
    fraction = position - lower
    columns = np.stack([lower, lower + 1], axis=-1).astype(np.int64) % count
    values = np.stack([1.0 - fraction, fraction], axis=-1) / _POINTS_PER_ROW
    scientific.load("sparse")  # here, for most sounds do without an inversion
    import scipy.sparse

    index = np.repeat(np.arange(rows), 2 * _POINTS_PER_ROW)
    return scipy.sparse.csr_array(
        (values.ravel().astype(np.float32), (index, columns.ravel())), shape=(rows, count)
    )
