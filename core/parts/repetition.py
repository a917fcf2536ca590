"""What comes again is told apart alike each time.

A kick, a bass note or a chord sounds many times in four bars, each time under something else.
Where the network errs in one place it is right in others: so the power that it gives to a part in
a row becomes the mean over all rows in which that part sounds alike. The shares are those of the
means. What comes once only keeps what the network says of it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.dsp.bank import bank
from core.dsp.spectrogram import db_to_power

Array = NDArray[np.float32]

_STEP: Final = 4
"""Rows: what comes again does so after a multiple of these, a thirty-second note."""
_AROUND: Final = 2
"""Rows before and after that must sound alike, too."""
_POOLED: Final = 4
"""Bands that are compared as one."""
_COMPRESSION: Final = np.float32(0.3)
_NEIGHBOURS: Final = 6
"""Alike is what is not much farther away than so many others."""
_FARTHEST: Final = np.float32(0.2)
"""Of a row's own square: from about there on two rows are not alike, however few others are."""
_LEAST: Final = np.float32(1e-12)
"""Of the loudest cell: what the network says decides alone where there is less power."""


def agreed(shares: Array, spectrogram: Array) -> Array:
    """Make the shares of rows in which a part sounds alike agree.

    Args:
        shares: (512, 128, 4), 0..1, which sum to 1.
        spectrogram: (512, 128) dB that they are of.

    Returns:
        (512, 128, 4), 0..1, which sum to 1.
    """
    power = db_to_power(spectrogram)
    power /= max(float(power.max()), 1e-30)
    found = np.empty((shares.shape[-1], *power.shape), np.float32)
    for part, mean in enumerate(found):
        share = np.ascontiguousarray(shares[..., part])
        mean[...] = _mean_of_alike(share * power)
        mean += _LEAST * share
    found /= found.sum(axis=0)
    return np.moveaxis(found, 0, -1)


def _mean_of_alike(power: Array) -> Array:
    """The mean of each row and those that are like it.

    Args:
        power: (512, 128) of one part.
    """
    rows, bands = power.shape
    distances, squares = _distances(power)
    near = np.partition(distances, _NEIGHBOURS, axis=-1)[..., _NEIGHBOURS]
    near = np.minimum(near, _FARTHEST * squares)
    distances /= near[..., None] + np.float32(1e-9)
    weights = np.exp(-np.square(distances, out=distances), out=distances)
    weights /= weights.sum(axis=-1, keepdims=True)
    phases = np.ascontiguousarray(power.reshape(-1, _STEP, bands).swapaxes(0, 1))
    mean: Array = np.matmul(weights, phases).swapaxes(0, 1).reshape(rows, bands)
    return mean


def _distances(power: Array) -> tuple[Array, Array]:
    """How unlike each other rows are that are multiples of `_STEP` apart.

    Args:
        power: (512, 128) of one part.

    Returns:
        (4, 128, 128), squares of the distances, and (4, 128), those of the rows themselves.
    """
    rows, bands = power.shape
    pooled = np.add.reduceat(power * bank().areas, range(0, bands, _POOLED), axis=1)
    pooled **= _COMPRESSION
    around = range(-_AROUND, _AROUND + 1)
    seen = np.concatenate([np.roll(pooled, shift, axis=0) for shift in around], axis=1)
    seen = np.ascontiguousarray(seen.reshape(rows // _STEP, _STEP, -1).swapaxes(0, 1))
    squares = np.square(seen).sum(axis=-1)
    both = squares[:, :, None] + squares[:, None, :]
    distances = both - 2.0 * np.matmul(seen, seen.swapaxes(1, 2))
    return np.maximum(distances, 0.0), squares
