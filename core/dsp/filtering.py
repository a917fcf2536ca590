"""Filtering of a loop by gains per time-frequency cell, which keeps its phases."""

from __future__ import annotations

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
    levels = rows_to_frames(gains_db, ring.count)
    gains = np.exp(levels * np.float32(np.log(10.0) / 20.0))
    lower, fraction = bank().interpolation
    channels = []
    for channel in samples.T:
        spectrum = ring.analyse(channel)
        kernels.scale(spectrum, gains, lower, fraction)
        channels.append(ring.synthesise(spectrum))
    return np.stack(channels, axis=1)
