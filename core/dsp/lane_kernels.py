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
    sound: Sound, state: State, cutoffs: State, first: int, dampings: State, is_high_pass: bool
) -> None:
    """A resonant low-pass or high-pass, 12 dB per octave.

    Args:
        sound: changed in place.
        state: `CUT_STATE`, changed in place.
        cutoffs: tan(pi f / rate) at frame 0, `GRID`, 2 `GRID`, ...; the last goes on for ever.
        first: which of these frames the sound begins at.
        dampings: 1 / Q at the same frames; as many as there are cutoffs.
        is_high_pass: whether the highs are left.
    """
    last = len(cutoffs) - 1
    for channel in range(2):
        s = state[channel]
        for n in range(sound.shape[0]):
            index = (first + n) // GRID
            if index >= last:
                g, damping = cutoffs[last], dampings[last]
            else:
                share = ((first + n) % GRID) / GRID
                g = cutoffs[index] + share * (cutoffs[index + 1] - cutoffs[index])
                damping = dampings[index] + share * (dampings[index + 1] - dampings[index])
            a1 = 1.0 / (1.0 + g * (g + damping))
            a2 = g * a1
            x = float(sound[n, channel])
            band, low = _tick(s, 0, x, a1, a2, g * a2)
            out = x - damping * band - low if is_high_pass else low
            sound[n, channel] = np.float32(out)


@njit(cache=True, nogil=True)
def follow(
    places: State, shares: State, bends: State, steepness: float, first: int, out: State
) -> None:
    """Read a curve through points at frames `GRID` * (`first` + 0, 1, 2, ...).

    Args:
        places: (n,) frames of its points, none before the one before it.
        shares: (n,) its height there.
        bends: (n,) of the curve to the next point, -1 .. 1.
        steepness: exponent of a bend of 1.
        first: number of the first frame that is read, in steps of `GRID`.
        out: filled.
    """
    last = len(places) - 1
    at = 0
    for n in range(len(out)):
        frame = float((first + n) * GRID)
        while at < last and places[at + 1] <= frame:
            at += 1
        if frame <= places[0] or at == last:
            out[n] = shares[0] if frame <= places[0] else shares[last]
            continue
        way = (frame - places[at]) / (places[at + 1] - places[at])
        if bends[at] != 0.0:
            k = steepness * bends[at]
            way = math.expm1(k * way) / math.expm1(k)
        out[n] = shares[at] + (shares[at + 1] - shares[at]) * way


@njit(cache=True, nogil=True)
def to_cutoffs(curve: State, low: float, high: float, rate: float) -> None:
    """Turn a curve of cutoffs into what the filters take: tan(pi f / rate).

    Args:
        curve: (n,) 0..1 in a range of octaves; changed in place.
        low: Hz at 0.
        high: Hz at 1, below half of `rate`.
        rate: samples a second.
    """
    for n in range(len(curve)):
        curve[n] = math.tan(math.pi * low * (high / low) ** curve[n] / rate)


@njit(cache=True, nogil=True)
def to_dampings(curve: State, least_q: float, most_q: float) -> None:
    """Turn a curve of resonances into what the filters take: 1 / Q.

    Args:
        curve: (n,) 0..1; changed in place.
        least_q: Q at 0.
        most_q: Q at 1, with equal ratios between.
    """
    for n in range(len(curve)):
        curve[n] = 1.0 / (least_q * (most_q / least_q) ** curve[n])


@njit(cache=True, nogil=True)
def to_gains(curve: State, low_db: float, high_db: float) -> None:
    """Turn a curve of levels into factors; the lowest level is silence.

    Args:
        curve: (n,) 0..1 in a range of dB; changed in place.
        low_db: level at 0, taken off everywhere so that the factor there is 0.
        high_db: level at 1.
    """
    floor = 10.0 ** (low_db / 20.0)
    for n in range(len(curve)):
        curve[n] = (10.0 ** ((low_db + curve[n] * (high_db - low_db)) / 20.0) - floor) / (
            1.0 - floor
        )


@njit(cache=True, nogil=True)
def to_channels(gains: State, pans: State) -> None:
    """Turn gain and pan into a gain for each side; in the middle both have the gain itself.

    Args:
        gains: (n,) factors; in place those of the left side.
        pans: (n,) 0 (left) .. 1 (right); in place the factors of the right side.
    """
    for n in range(len(gains)):
        angle = 0.5 * math.pi * pans[n]
        gain = gains[n] * math.sqrt(2.0)
        gains[n] = gain * math.cos(angle)
        pans[n] = gain * math.sin(angle)


@njit(cache=True, nogil=True)
def amplify(sound: Sound, left: State, right: State, first: int) -> None:
    """Multiply both channels by gains that move in straight lines.

    Args:
        sound: changed in place.
        left, right: gains at frame 0, `GRID`, 2 `GRID`, ...; the last goes on for ever.
        first: which of these frames the sound begins at.
    """
    last = len(left) - 1
    for n in range(sound.shape[0]):
        index = (first + n) // GRID
        if index >= last:
            a, b = left[last], right[last]
        else:
            share = ((first + n) % GRID) / GRID
            a = left[index] + share * (left[index + 1] - left[index])
            b = right[index] + share * (right[index + 1] - right[index])
        sound[n, 0] = np.float32(a * sound[n, 0])
        sound[n, 1] = np.float32(b * sound[n, 1])


@njit(cache=True, nogil=True)
def send(sound: Sound, bus: Sound, gains: State, first: int) -> None:
    """Add a sound to another by a gain that moves in straight lines.

    Args:
        sound: left as it is.
        bus: (frames, 2), added to.
        gains: at frame 0, `GRID`, 2 `GRID`, ...; the last goes on for ever.
        first: which of these frames the sound begins at.
    """
    last = len(gains) - 1
    for n in range(sound.shape[0]):
        index = (first + n) // GRID
        if index >= last:
            gain = gains[last]
        else:
            share = ((first + n) % GRID) / GRID
            gain = gains[index] + share * (gains[index + 1] - gains[index])
        bus[n, 0] = np.float32(bus[n, 0] + gain * sound[n, 0])
        bus[n, 1] = np.float32(bus[n, 1] + gain * sound[n, 1])
