"""The logarithmic frequency axis: from bands to rows of a picture, and where its ticks are."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core import scientific
from core.settings import N_BANDS, TOP_HZ

Array = NDArray[np.float32]
LOW_HZ = 30.0
TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_ROWS = 256


def share(hertz: float) -> float:
    """How far up the axis `hertz` is: 0 at 30 Hz, 1 at 20 kHz."""
    return float(np.log(hertz / LOW_HZ) / np.log(TOP_HZ / LOW_HZ))


def name(hertz: int) -> str:
    """`hertz` in as few letters as possible."""
    return f"{hertz // 1000}k" if hertz >= 1000 else str(hertz)


def spaced(height: float, least: float) -> list[int]:
    """The ticks that fit into `height` pixels, `least` pixels apart, the lowest first."""
    chosen: list[int] = []
    for tick in TICKS_HZ:
        if not chosen or (share(tick) - share(chosen[-1])) * height >= least:
            chosen.append(tick)
    return chosen


def rows(bands: Array) -> Array:
    """`bands` (frames, 128) -> (256, frames), evenly spaced in octaves, the highest at the top.

    Linear between the bands' centres; what lies below 30 Hz is left out.
    """
    lower, fraction = _places()
    low, high = bands[:, lower], bands[:, lower + 1]
    return np.ascontiguousarray((low + fraction * (high - low)).T[::-1])


@lru_cache(maxsize=1)
def _places() -> tuple[NDArray[np.int64], Array]:
    # Here, because the bank brings scipy, which the window's first paint does without; whoever has
    # a spectrogram to show has it already.
    scientific.load()
    from core.dsp.bank import bank

    hertz = np.geomspace(LOW_HZ, TOP_HZ, _ROWS)
    place = np.interp(hertz, bank().centres_hz, np.arange(N_BANDS))
    lower = np.minimum(place.astype(np.int64), N_BANDS - 2)
    return lower, (place - lower).astype(np.float32)
