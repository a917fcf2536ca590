"""Gains per time-frequency cell: how a loop is brought to a spectrogram without losing its
phases."""

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
    """`samples` (frames, channels) of a loop with `gains_db` (rows, 128) applied to its cells."""
    from core.dsp import kernels  # imports numba, so only where something is rendered

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
