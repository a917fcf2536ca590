"""How sharp a decoded spectrogram is beside the real one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def sharpness(real: Array, made: Array) -> float:
    """Gradient energy of decoded spectrograms over that of real ones.

    The energy is the sum of the squared differences of neighbouring rows and bands.

    Args:
        real: (n, 512, 128) dB.
        made: (n, 512, 128) dB.

    Returns:
        1: equally sharp, less: blurred.
    """
    return _gradient_energy(made) / max(_gradient_energy(real), 1e-12)


def _gradient_energy(spectra: Array) -> float:
    along, across = (np.diff(spectra, axis=axis) for axis in (1, 2))
    return float((along**2).sum(dtype=np.float64) + (across**2).sum(dtype=np.float64))
