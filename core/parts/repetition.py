"""What comes again is told apart alike each time.

A kick, a bass note or a chord sounds many times in four bars, each time under something else.
Where the network errs in one sixteenth it is right in others: so the power that it gives to a part
becomes the mean over all sixteenths in which that part sounds alike. Its share grows or shrinks as
its power does, but smoothly, as what changes from row to row would be heard as a flutter. Once all
parts have changed it is done again. What comes once only keeps what the network says of it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.bank import bank
from core.dsp.spectrogram import db_to_power

Array = NDArray[np.float32]

_PASSES: Final = 2
_AROUND: Final = 2
"""Rows before and after a sixteenth that must sound alike, too."""
_POOLED: Final = 4
"""Bands that are compared as one."""
_COMPRESSION: Final = np.float32(0.3)
_NEIGHBOURS: Final = 6
"""Alike is what is not much farther away than so many others."""
_FARTHEST: Final = np.float32(0.2)
"""Of a sixteenth's own square: from about there on two are not alike, however few others are."""
_LEAST: Final = np.float32(1e-9)
"""Of the loudest cell: what the network says decides alone where there is less power."""
_TINY: Final = np.float32(1e-14)


def agreed(shares: Array, spectrogram: Array) -> Array:
    """Make the shares of sixteenths in which a part sounds alike agree.

    Args:
        shares: (512, 128, 4), 0..1, which sum to 1.
        spectrogram: (512, 128) dB that they are of.

    Returns:
        (512, 128, 4), 0..1, which sum to 1.
    """
    power = db_to_power(spectrogram)
    power /= max(float(power.max()), 1e-30)
    found = np.ascontiguousarray(np.moveaxis(shares, -1, 0))
    likenesses = [_likeness(share * power) for share in found]
    for _ in range(_PASSES):
        for share, likeness in zip(found, likenesses, strict=True):
            share *= _growth(share, power, likeness)
        found /= found.sum(axis=0)
    return np.moveaxis(found, 0, -1)


def _growth(share: Array, power: Array, likeness: Array) -> Array:
    """By what factor the share of a part changes.

    Args:
        share: (512, 128) of the part.
        power: (512, 128) of the mix, at most 1.
        likeness: (64, 64), how far each sixteenth is made of each.

    Returns:
        (512, 128).
    """
    own = share * power
    sixteenths = own.reshape(-1, settings.FRAMES_PER_SIXTEENTH * own.shape[1])
    mean = (likeness @ sixteenths).reshape(own.shape)
    least = _LEAST * share + _TINY
    change = np.log((mean + least) / (own + least))
    both_sides = np.roll(change, 1, axis=0) + np.roll(change, -1, axis=0)
    return np.asarray(np.exp(0.5 * change + 0.25 * both_sides), np.float32)


def _likeness(power: Array) -> Array:
    """How far each sixteenth is made of each.

    Args:
        power: (512, 128) of one part.

    Returns:
        (64, 64), whose rows sum to 1.
    """
    seen = _sixteenths(power)
    squares = np.square(seen).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares - 2.0 * (seen @ seen.T), 0.0)
    near = np.partition(distances, _NEIGHBOURS, axis=1)[:, _NEIGHBOURS]
    near = np.minimum(near, _FARTHEST * squares) + np.float32(1e-9)
    weights = np.exp(-np.square(distances / near[:, None]))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(weights, np.float32)


def _sixteenths(power: Array) -> Array:
    """What of a part is compared: (64, anything), its levels in each sixteenth and around it."""
    rows, bands = power.shape
    pooled = np.add.reduceat(power * bank().areas, range(0, bands, _POOLED), axis=1)
    pooled **= _COMPRESSION
    each = pooled.reshape(rows // settings.FRAMES_PER_SIXTEENTH, -1)
    around = _AROUND * pooled.shape[1]
    before, after = np.roll(each, 1, axis=0)[:, -around:], np.roll(each, -1, axis=0)[:, :around]
    return np.concatenate([before, each, after], axis=1)
