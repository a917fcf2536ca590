"""A part is made of few spectra that come and go.

A bass has some notes, a kick a click and a body, hats two or three sounds: within four bars a part
is nearly a sum of few spectra, each with a level over time (a non-negative matrix factorisation).
What does not fit into such a sum mostly belongs to another part. So each part's share grows or
shrinks by what the sum of its few spectra is against what it was.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.dsp.bank import bank
from core.dsp.spectrogram import db_to_power

Array = NDArray[np.float32]

_SPECTRA: Final = 6
"""Of a part."""
_UPDATES: Final = 6
_QUIETEST: Final = np.float32(1e-5)
"""Of the loudest cell's amplitude: what is quieter stays as it is."""
_TINY: Final = np.float32(1e-9)


def of_few_spectra(shares: Array, spectrogram: Array) -> Array:
    """Make each part nearer to a sum of few spectra.

    Args:
        shares: (512, 128, 4), 0..1, which sum to 1.
        spectrogram: (512, 128) dB that they are of.

    Returns:
        (512, 128, 4), 0..1, which sum to 1.
    """
    power = db_to_power(spectrogram)
    power *= bank().areas
    power /= max(float(power.max()), 1e-30)
    found = np.empty((shares.shape[-1], *power.shape), np.float32)
    for part, share in enumerate(found):
        share[...] = shares[..., part]
        amplitude = np.sqrt(share * power)
        spectra, levels = factorised(amplitude, _SPECTRA, _UPDATES)
        amplitude += _QUIETEST
        share *= (levels @ spectra + _QUIETEST) / amplitude
    found /= found.sum(axis=0)
    return np.moveaxis(found, 0, -1)


def factorised(amplitudes: Array, count: int, updates: int) -> tuple[Array, Array]:
    """A sum of few spectra that is near to what a part is (least squares; Lee and Seung, 2001).

    It begins with rows that are far from each other: the loudest one, and then always the one that
    is farthest from all taken before.

    Args:
        amplitudes: (rows, bands), 0 or more.
        count: of spectra, at most as many as there are rows.
        updates: of levels and spectra, in turn.

    Returns:
        The spectra (count, bands) and their levels (rows, count), 0 or more.
    """
    squares = np.square(amplitudes).sum(axis=1)
    chosen = [int(np.argmax(squares))]
    products = [amplitudes @ amplitudes[chosen[0]]]
    nearest = squares + squares[chosen[0]] - 2.0 * products[0]
    while len(chosen) < count:
        chosen.append(int(np.argmax(nearest)))
        products.append(amplitudes @ amplitudes[chosen[-1]])
        np.minimum(nearest, squares + squares[chosen[-1]] - 2.0 * products[-1], out=nearest)
    spectra = amplitudes[chosen] + np.float32(1e-6)
    levels = np.maximum(np.stack(products, axis=1) / (squares[chosen] + _TINY), np.float32(1e-4))
    for _ in range(updates):
        levels *= (amplitudes @ spectra.T + _TINY) / (levels @ (spectra @ spectra.T) + _TINY)
        spectra *= (levels.T @ amplitudes + _TINY) / ((levels.T @ levels) @ spectra + _TINY)
    return spectra, levels
