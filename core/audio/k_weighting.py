"""The K-weighting filter of loudness (ITU-R BS.1770-4), without scipy.

scipy.signal brings all of scipy.stats: 38 MB and .4 s CPU that the window's process, which shows a
loudness while it plays, would need for nothing else.
"""

from __future__ import annotations

import copy
import math
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.settings import SAMPLE_RATE

Doubles = NDArray[np.float64]
_STEP: Final = 32
"""Frames that are filtered by one multiplication of matrices."""
_STEPS_AT_ONCE: Final = 1024
"""What fits into a core's cache with all that is made on the way: a third of the time of more."""


def k_weighting(rate: float = SAMPLE_RATE) -> NDArray[np.float64]:
    """Second-order sections (2, 6) of the K-weighting filter at `rate` Hz.

    The filters of BS.1770-4, tables 1 and 2, for any rate: their analogue prototypes (De Man,
    "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018).
    """
    return np.stack([_shelf(rate), _high_pass(rate)])


class KWeighting:
    """Filters a stream block by block, as `scipy.signal.sosfilt` does.

    Both second-order sections together are one linear system of four states. From its state at the
    beginning of a step all of the step's output follows by multiplication:
    y = T x + O s and s' = P s + Q x, with T the impulse response as a triangular matrix. The steps
    of a block are multiplied all at once; the states between them follow from each other by a
    prefix sum in log2(steps) rounds (Hillis and Steele, "Data parallel algorithms", 1986). Every
    channel lies by itself, each step a row, so the matrices are transposed and stand behind.
    """

    def __init__(self, channels: int, rate: float = SAMPLE_RATE) -> None:
        """
        Args:
            channels: of the stream.
            rate: in Hz.
        """
        system, into, out, through = _system(k_weighting(rate))
        powers = [np.eye(len(system))]
        for _ in range(_STEP):
            powers.append(powers[-1] @ system)
        after = np.array(powers)
        leaving = out @ after[:_STEP]
        impulse = np.concatenate([[through], leaving[:-1] @ into])
        delay = np.arange(_STEP) - np.arange(_STEP)[:, None]
        self._through = np.where(delay >= 0, impulse[np.maximum(delay, 0)], 0.0)
        self._out = np.ascontiguousarray(leaving.T)
        self._enter = after[_STEP - 1 :: -1] @ into
        self._powers = np.ascontiguousarray(after.swapaxes(1, 2))
        self._state = np.zeros((channels, len(system)))

    def copy(self) -> KWeighting:
        """One in the same state, which goes on by itself."""
        return copy.copy(self)  # its arrays are replaced, never changed

    def filter(self, samples: ArrayLike) -> Doubles:
        """The next block (n, channels), filtered."""
        given = np.asarray(samples)
        made = np.empty(given.shape[::-1])
        whole = len(given) // _STEP * _STEP
        for first in range(0, whole, _STEP * _STEPS_AT_ONCE):
            last = min(first + _STEP * _STEPS_AT_ONCE, whole)
            made[:, first:last] = self._steps(_planar(given[first:last]))
        if whole < len(given):
            made[:, whole:] = self._part(_planar(given[whole:]))
        return made.T

    def _steps(self, given: Doubles) -> Doubles:
        """Whole steps, of which there is at least one; (channels, n)."""
        rows = given.reshape(len(given), -1, _STEP)
        states = self._states(rows @ self._enter)
        self._state = states[:, -1].copy()
        made: Doubles = rows @ self._through
        made += states[:, :-1] @ self._out
        return made.reshape(given.shape)

    def _states(self, entered: Doubles) -> Doubles:
        """States (channels, steps + 1, 4) before, between and after steps, from what enters."""
        states = np.concatenate([self._state[:, None], entered], axis=1)
        power, distance = self._powers[_STEP], 1
        while distance < states.shape[1]:
            states[:, distance:] += states[:, :-distance] @ power
            power, distance = power @ power, 2 * distance
        return states

    def _part(self, given: Doubles) -> Doubles:
        """Less than a step; (channels, n)."""
        n = given.shape[1]
        made: Doubles = given @ self._through[:n, :n] + self._state @ self._out[:, :n]
        self._state = self._state @ self._powers[n] + given @ self._enter[_STEP - n :]
        return made


def _planar(samples: NDArray[Any]) -> Doubles:
    return samples.T.astype(np.float64, order="C")


def _system(sections: Doubles) -> tuple[Doubles, Doubles, Doubles, float]:
    """Second-order sections in a row as s' = A s + B x, y = C s + D x; returns A, B, C, D."""
    system, into, out, through = np.zeros((0, 0)), np.zeros(0), np.zeros(0), 1.0
    for b0, b1, b2, _, a1, a2 in sections:
        own = np.array([[-a1, 1.0], [-a2, 0.0]])
        enter = np.array([b1 - a1 * b0, b2 - a2 * b0])
        n = len(into)
        system = np.block([[system, np.zeros((n, 2))], [np.outer(enter, out), own]])
        into = np.concatenate([into, enter * through])
        out = np.concatenate([b0 * out, [1.0, 0.0]])
        through *= b0
    return system, into, out, float(through)


def _shelf(rate: float) -> NDArray[np.float64]:
    f0, gain, q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k = math.tan(math.pi * f0 / rate)
    vh = 10.0 ** (gain / 20.0)
    vb = vh**0.4996667741545416
    a0 = 1.0 + k / q + k * k
    return np.array(
        [
            (vh + vb * k / q + k * k) / a0,
            2.0 * (k * k - vh) / a0,
            (vh - vb * k / q + k * k) / a0,
            1.0,
            2.0 * (k * k - 1.0) / a0,
            (1.0 - k / q + k * k) / a0,
        ]
    )


def _high_pass(rate: float) -> NDArray[np.float64]:
    f0, q = 38.13547087602444, 0.5003270373238773
    k = math.tan(math.pi * f0 / rate)
    a0 = 1.0 + k / q + k * k
    return np.array([1.0, -2.0, 1.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0])
