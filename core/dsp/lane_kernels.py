"""The filters of lanes, compiled by numba. Import this module only inside functions: it is slow.

All are trapezoidal state-variable filters (Simper, "Linear trapezoidal integrated SVF", 2013): they
stay stable and do not click while their cutoff moves. Sound is (frames, 2) float32, changed in
place and written sample by sample, so that the blocks it comes in make no difference to any bit.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

Sound = NDArray[np.float32]
State = NDArray[np.float64]

ISOLATOR_STATE: Final = (2, 14)
"""Shape of the state of `isolate`: channels, and two numbers for each of seven filters."""
CUT_STATE: Final = (2, 2)
"""Shape of the state of `cut`."""
GRID: Final = 32
"""Frames from one given cutoff to the next; between them it moves in a straight line."""
_BUTTERWORTH: Final = math.sqrt(2.0)
_TINY: Final = 1e-18
"""States below it are 0: what fades away does not end in slow denormal numbers."""


@njit(cache=True, nogil=True, inline="always")
def _tick(
    state: State, at: int, value: float, a1: float, a2: float, a3: float
) -> tuple[float, float]:
    """Band and low output of one filter for one sample; its state is state[at : at + 2]."""
    rest = value - state[at + 1]
    band = a1 * state[at] + a2 * rest
    low = state[at + 1] + a2 * state[at] + a3 * rest
    first, second = 2.0 * band - state[at], 2.0 * low - state[at + 1]
    state[at] = 0.0 if -_TINY < first < _TINY else first
    state[at + 1] = 0.0 if -_TINY < second < _TINY else second
    return band, low


@njit(cache=True, nogil=True)
def isolate(
    sound: Sound, state: State, lower: float, upper: float, bass: float, mid: float, treble: float
) -> None:
    """Give three bands gains of their own; they sum to an all-pass (Linkwitz-Riley, 4th order).

    Args:
        sound: changed in place.
        state: `ISOLATOR_STATE`, changed in place.
        lower: tan(pi f / rate) of the crossover between bass and mids.
        upper: the same between mids and treble.
        bass, mid, treble: factors.
    """
    k = _BUTTERWORTH
    l1 = 1.0 / (1.0 + lower * (lower + k))
    l2 = lower * l1
    l3 = lower * l2
    u1 = 1.0 / (1.0 + upper * (upper + k))
    u2 = upper * u1
    u3 = upper * u2
    for channel in range(2):
        s = state[channel]
        for n in range(sound.shape[0]):
            x = float(sound[n, channel])
            band, low = _tick(s, 0, x, l1, l2, l3)
            high = x - k * band - low
            _, low = _tick(s, 2, low, l1, l2, l3)
            band, under = _tick(s, 4, high, l1, l2, l3)
            rest = high - k * band - under
            # The all-pass that the other two bands get from their own crossover.
            band, _ = _tick(s, 6, low, u1, u2, u3)
            low = low - 2.0 * k * band
            band, middle = _tick(s, 8, rest, u1, u2, u3)
            high = rest - k * band - middle
            _, middle = _tick(s, 10, middle, u1, u2, u3)
            band, under = _tick(s, 12, high, u1, u2, u3)
            high = high - k * band - under
            sound[n, channel] = np.float32(bass * low + mid * middle + treble * high)


@njit(cache=True, nogil=True)
def cut(
    sound: Sound, state: State, cutoffs: State, first: int, damping: float, is_high_pass: bool
) -> None:
    """A resonant low-pass or high-pass, 12 dB per octave.

    Args:
        sound: changed in place.
        state: `CUT_STATE`, changed in place.
        cutoffs: tan(pi f / rate) at frame 0, `GRID`, 2 `GRID`, ...; the last goes on for ever.
        first: which of these frames the sound begins at.
        damping: 1 / Q.
        is_high_pass: whether the highs are left.
    """
    last = len(cutoffs) - 1
    for channel in range(2):
        s = state[channel]
        for n in range(sound.shape[0]):
            index = (first + n) // GRID
            if index >= last:
                g = cutoffs[last]
            else:
                share = ((first + n) % GRID) / GRID
                g = cutoffs[index] + share * (cutoffs[index + 1] - cutoffs[index])
            a1 = 1.0 / (1.0 + g * (g + damping))
            a2 = g * a1
            x = float(sound[n, channel])
            band, low = _tick(s, 0, x, a1, a2, g * a2)
            out = x - damping * band - low if is_high_pass else low
            sound[n, channel] = np.float32(out)
