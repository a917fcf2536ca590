"""From 512 rows of 128 band levels back to linear magnitudes at synthesis frames."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from core.dsp.bank import Bank
from core.dsp.spectrogram import db_to_power, power_to_db
from core.dsp.stft import power_scale

Array = NDArray[np.float32]
_TINY = np.float32(1e-12)
_POINTS_PER_ROW = 16
"""Points at which the mean over a row's time is taken."""


def rows_to_frames(rows: Array, count: int) -> Array:
    """`rows` (n, bands) of a loop -> (count, bands) at m * n / count, straight lines, also at the
    seam.

    Decibels are joined as they are: a line in dB rises as hits do, a line in power would begin them
    half a row early.
    """
    place = np.arange(count) * (len(rows) / count)
    lower = place.astype(np.int64)
    fraction = (place - lower).astype(np.float32)[:, None]
    low, high = rows[lower % len(rows)], rows[(lower + 1) % len(rows)]
    out: Array = low + fraction * (high - low)
    return out


def sharpened_frames(rows: Array, count: int, *, iterations: int) -> Array:
    """Levels (count, bands) dB whose means over the rows' times are `rows` (n, bands) dB.

    A row is a mean over its time, so lines through rows blur every hit twice. Multiplicative
    updates for the Kullback-Leibler divergence along time undo one of the two.
    """
    frames = db_to_power(rows_to_frames(rows, count))
    wanted = db_to_power(rows)
    to_rows = _row_means(count, len(rows))
    to_frames = to_rows.T.tocsr()
    share = to_rows.sum(axis=0).astype(np.float32)[:, None]
    for _ in range(iterations):
        frames *= (to_frames @ (wanted / np.maximum(to_rows @ frames, _TINY))) / share
    return power_to_db(frames)


def linear_magnitudes(decibels: Array, bank: Bank, *, iterations: int) -> Array:
    """Magnitudes (n, bins), scaled as `stft` scales them, whose bands are `decibels` (n, 128).

    Starts from levels interpolated over bins and applies multiplicative updates for the
    Kullback-Leibler divergence (Lee and Seung 2001): P *= ((M / (P B)) B') / rowsum(B).
    """
    n_fft = 2 * (len(bank.weights) - 1)
    to_bands, to_bins = bank.sparse, bank.sparse.T.tocsr()
    wanted = np.ascontiguousarray(db_to_power(decibels).T)
    power = np.ascontiguousarray(db_to_power(bank.to_bins(decibels)).T)
    share = bank.weights.sum(axis=1)
    inverse = np.where(share > 0, 1.0 / np.maximum(share, 1e-6), 0.0).astype(np.float32)
    for _ in range(iterations):
        ratio = wanted / np.maximum(to_bands @ power, _TINY)
        power *= (to_bins @ ratio) * inverse[:, None]
    power *= np.float32(1.0 / power_scale(n_fft))
    return np.ascontiguousarray(np.sqrt(power).T)


def _row_means(count: int, rows: int) -> scipy.sparse.csr_array:
    """(rows, count): mean over each row's time of the straight lines through the frames."""
    inside = (np.arange(_POINTS_PER_ROW) + 0.5) / _POINTS_PER_ROW - 0.5
    place = (np.arange(rows)[:, None] + inside) * (count / rows)
    lower = np.floor(place)
    fraction = place - lower
    columns = np.stack([lower, lower + 1], axis=-1).astype(np.int64) % count
    values = np.stack([1.0 - fraction, fraction], axis=-1) / _POINTS_PER_ROW
    index = np.repeat(np.arange(rows), 2 * _POINTS_PER_ROW)
    return scipy.sparse.csr_array(
        (values.ravel().astype(np.float32), (index, columns.ravel())), shape=(rows, count)
    )
