"""An echo and a reverb, compiled by numba. Import this module only inside functions: it is slow.

Sound is (frames, 2) float32 and goes through sample by sample, so that the blocks it comes in make
no difference to any bit. What fades away ends in zeros.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.settings import SAMPLE_RATE

Sound = NDArray[np.float32]
State = NDArray[np.float64]

LINES: Final = np.array([1423, 1777, 2137, 2531, 2903, 3251, 3607, 3989])
"""Frames of the reverb's delay lines: primes, so that their echoes do not fall together."""
ALL_PASSES: Final = np.array([142, 379, 107, 277])
"""Frames of the all-passes that spread an attack before it comes in, for either channel."""
PRE_DELAY: Final = SAMPLE_RATE * 18 // 1000
_DEPTH: Final = 9.0
"""Frames by which the reads of the lines wander, so that no pitch of theirs is heard."""
_WANDER_HZ: Final = 0.31
_SPREAD: Final = 0.62
_TINY: Final = 1e-15


def echo_state(delay: int) -> State:
    """Silence for `echo`: both channels' delay of so many frames, and its filters behind it."""
    return np.zeros((2, delay + 2))


def reverb_states() -> tuple[State, State, State, State]:
    """Silence for `reverb`: its lines, its all-passes, its pre-delay, and its filters."""
    return (
        np.zeros((len(LINES), int(LINES.max()) + 16)),
        np.zeros((2, len(ALL_PASSES), int(ALL_PASSES.max()))),
        np.zeros((2, PRE_DELAY)),
        np.zeros((len(LINES) + 2, 2)),
    )


@njit(cache=True, nogil=True)
def echo(
    sound: Sound,
    out: Sound,
    state: State,
    position: int,
    feedback: float,
    darker: float,
    thinner: float,
    gain: float,
) -> None:
    """Add echoes that go from the left to the right and back, each duller than the last.

    Args:
        sound: what is echoed; its two channels are summed.
        out: added to.
        state: of `echo_state`, changed in place.
        position: number of the first frame, counted from when the state was silent.
        feedback: of one echo into the next.
        darker, thinner: coefficients of the low-pass and of the high-pass in the loop, 0 .. 1.
        gain: of what is added.
    """
    delay = state.shape[1] - 2
    for n in range(sound.shape[0]):
        at = (position + n) % delay
        left, right = state[0, at], state[1, at]
        out[n, 0] = np.float32(out[n, 0] + gain * left)
        out[n, 1] = np.float32(out[n, 1] + gain * right)
        middle = 0.5 * (float(sound[n, 0]) + float(sound[n, 1]))
        for channel in range(2):
            value = middle + feedback * right if channel == 0 else feedback * left
            low = state[channel, delay] + darker * (value - state[channel, delay])
            state[channel, delay] = 0.0 if -_TINY < low < _TINY else low
            base = state[channel, delay + 1] + thinner * (low - state[channel, delay + 1])
            state[channel, delay + 1] = 0.0 if -_TINY < base < _TINY else base
            kept = low - base
            state[channel, at] = 0.0 if -_TINY < kept < _TINY else kept


@njit(cache=True, nogil=True)
def reverb(
    sound: Sound,
    out: Sound,
    lines: State,
    all_passes: State,
    pre_delay: State,
    filters: State,
    position: int,
    gains: State,
    darker: float,
    thinner: float,
    gain: float,
) -> None:
    """Add a room: eight lines that feed each other through a Hadamard matrix (Jot, 1991).

    Args:
        sound: what sounds in it.
        out: added to.
        lines, all_passes, pre_delay, filters: of `reverb_states`, changed in place.
        position: number of the first frame, counted from when they were silent.
        gains: (8,) that each line has lost its share of 60 dB by, see `line_gains`.
        darker, thinner: coefficients of the low-pass in the lines, and of the high-pass before
            them, 0 .. 1.
        gain: of what is added.
    """
    count = len(LINES)
    size = lines.shape[1]
    read = np.empty(8)
    for n in range(sound.shape[0]):
        now = position + n
        slot = now % PRE_DELAY
        entering_left, entering_right = 0.0, 0.0
        for channel in range(2):
            value = pre_delay[channel, slot]
            pre_delay[channel, slot] = float(sound[n, channel])
            base = filters[count + channel, 0]
            base += thinner * (value - base)
            filters[count + channel, 0] = 0.0 if -_TINY < base < _TINY else base
            value -= base
            for number in range(len(ALL_PASSES)):
                length = ALL_PASSES[number] + 13 * channel * (number % 2)
                length = min(length, all_passes.shape[2])
                place = now % length
                delayed = all_passes[channel, number, place]
                kept = value + _SPREAD * delayed
                all_passes[channel, number, place] = 0.0 if -_TINY < kept < _TINY else kept
                value = delayed - _SPREAD * kept
            if channel == 0:
                entering_left = value
            else:
                entering_right = value
        phase = 2.0 * math.pi * _WANDER_HZ * now / SAMPLE_RATE
        for line in range(count):
            length = LINES[line] - _DEPTH * (1.0 + math.sin(phase + 0.785 * line)) * 0.5
            whole = int(length)
            part = length - whole
            newer = lines[line, (now - whole) % size]
            older = lines[line, (now - whole - 1) % size]
            value = newer + part * (older - newer)
            low = filters[line, 0] + darker * (value - filters[line, 0])
            filters[line, 0] = 0.0 if -_TINY < low < _TINY else low
            read[line] = gains[line] * low
        left = read[0] - read[2] + read[4] - read[6]
        right = read[1] - read[3] + read[5] - read[7]
        out[n, 0] = np.float32(out[n, 0] + gain * left)
        out[n, 1] = np.float32(out[n, 1] + gain * right)
        step = 1
        while step < count:
            for start in range(0, count, 2 * step):
                for line in range(start, start + step):
                    a, b = read[line], read[line + step]
                    read[line], read[line + step] = a + b, a - b
            step *= 2
        for line in range(count):
            entering = entering_left if line % 2 == 0 else entering_right
            kept = read[line] * 0.35355339059327373 + 0.5 * entering
            lines[line, now % size] = 0.0 if -_TINY < kept < _TINY else kept


def line_gains(seconds: float) -> State:
    """Gains (8,) of the reverb's lines, so that it falls by 60 dB in so many seconds."""
    return np.asarray(10.0 ** (-3.0 * LINES / (SAMPLE_RATE * seconds)), np.float64)


def smoothing(hertz: float) -> float:
    """The coefficient of a one-pole filter with a corner at so many Hz."""
    return 1.0 - math.exp(-2.0 * math.pi * hertz / SAMPLE_RATE)
