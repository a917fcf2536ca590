"""Frequencies along the bands, bars along the rows."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.settings import N_BANDS, N_FFT, SAMPLE_RATE, TOP_HZ

TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_ONE_TO_ONE = 24


@lru_cache(maxsize=1)
def centres_hz() -> NDArray[np.float64]:
    """(128,) centre of each band. As `core.dsp.bank` has them; a test holds the two together,
    since that module brings scipy, which must not delay the first paint."""
    low = np.arange(_ONE_TO_ONE) * SAMPLE_RATE / N_FFT
    above = np.geomspace(low[-1], TOP_HZ, N_BANDS - _ONE_TO_ONE + 1)[1:]
    return np.concatenate([low, above])


def band_of(hertz: float) -> float:
    """The (fractional) band at a frequency."""
    return float(np.interp(hertz, centres_hz(), np.arange(N_BANDS)))


def hertz_text(hertz: int) -> str:
    """Short: 500, 2k."""
    return f"{hertz // 1000}k" if hertz >= 1000 else str(hertz)
