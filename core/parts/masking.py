"""Audio filtered by shares of its parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.filtering import split
from core.errors import InputError

Array = NDArray[np.float32]
LEAST_DB = -60.0
"""The lowest gain of a cell."""


def separate(audio: Array, shares: Array) -> Array:
    """Take a loop apart.

    Each part is the loop with its share as the gain of every cell (a Wiener filter), in every
    channel; the last part is what the others leave, so that they sum to the loop.

    Args:
        audio: (frames, channels), a loop of four bars.
        shares: (512, 128, 4), 0..1, of its spectrogram.

    Returns:
        (4, frames, channels), in the order of `settings.PARTS`.

    Raises:
        InputError: arrays of other shapes.
    """
    _require(audio, shares)
    return split(audio, [_decibels(shares[..., k]) for k in range(len(settings.PARTS) - 1)])


def _decibels(gains: Array) -> Array:
    least = np.float32(10.0 ** (LEAST_DB / 20.0))
    decibels: Array = np.float32(20.0) * np.log10(np.maximum(gains, least), dtype=np.float32)
    return decibels


def _require(audio: Array, shares: Array) -> None:
    shape = (settings.FRAMES_PER_SEGMENT, settings.N_BANDS, len(settings.PARTS))
    if shares.shape != shape:
        raise InputError(f"shares have the shape {shape}, not {shares.shape}")
    if audio.ndim != 2 or len(audio) < settings.N_FFT:
        raise InputError(f"a loop of four bars is needed, (frames, channels), not {audio.shape}")
