"""The K-weighting filter of loudness (ITU-R BS.1770-4), without scipy.

scipy.signal brings all of scipy.stats: 38 MB and .4 s CPU that the window's process, which shows a
loudness while it plays, would need for nothing else.
"""

from __future__ import annotations

import copy
import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.settings import SAMPLE_RATE

Doubles = NDArray[np.float64]
_STEP: Final = 64
"""Frames that are filtered by one multiplication of matrices."""


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
    y = T x + O s and s' = P s + Q x, with T the impulse response as a triangular matrix. T, O, P, Q
    are `_through`, `_out`, a matrix of `_powers`, and `_enter`. The steps of a block are multiplied
    all at once; the states between them follow from each other by a prefix sum in log2(steps)
    rounds (Hillis and Steele, "Data parallel algorithms", 1986).
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
        self._powers = np.array(powers)
        self._out = out @ self._powers[:_STEP]
        self._enter = (self._powers[_STEP - 1 :: -1] @ into).T
        impulse = np.concatenate([[through], self._out[:-1] @ into])
        delay = np.arange(_STEP)[:, None] - np.arange(_STEP)
        self._through = np.where(delay >= 0, impulse[np.maximum(delay, 0)], 0.0)
        self._state = np.zeros((len(system), channels))

    def copy(self) -> KWeighting:
        """One in the same state, which goes on by itself."""
        return copy.copy(self)  # its arrays are replaced, never changed

    def filter(self, samples: ArrayLike) -> Doubles:
        """The next block (n, channels), filtered."""
        given = np.asarray(samples, np.float64)
        whole = len(given) // _STEP * _STEP
        parts = [self._steps(given[:whole])] if whole else []
        if whole < len(given):
            parts.append(self._part(given[whole:]))
        return np.concatenate(parts) if parts else np.empty_like(given)

    def _steps(self, given: Doubles) -> Doubles:
        """Whole steps, of which there is at least one."""
        channels = given.shape[1]
        # (frame of the step, step and channel): one product of matrices for all of them.
        rows = np.ascontiguousarray(
            given.reshape(-1, _STEP, channels).swapaxes(0, 1).reshape(_STEP, -1)
        )
        ends = self._ends((self._enter @ rows).reshape(len(self._enter), -1, channels))
        starts = np.concatenate([self._state[:, None], ends[:, :-1]], axis=1)
        self._state = ends[:, -1]
        made = self._through @ rows + self._out @ starts.reshape(len(starts), -1)
        made = made.reshape(_STEP, -1, channels).swapaxes(0, 1)
        return np.asarray(made.reshape(-1, channels))

    def _ends(self, entered: Doubles) -> Doubles:
        """States (4, steps, channels) after each step, from what enters them in it."""
        states = entered
        states[:, 0] += self._powers[_STEP] @ self._state
        power, distance = self._powers[_STEP], 1
        while distance < states.shape[1]:
            carried = np.tensordot(power, states[:, :-distance], 1)
            states = np.concatenate([states[:, :distance], states[:, distance:] + carried], axis=1)
            power, distance = power @ power, 2 * distance
        return states

    def _part(self, given: Doubles) -> Doubles:
        """Less than a step."""
        n = len(given)
        made = self._through[:n, :n] @ given + self._out[:n] @ self._state
        self._state = self._powers[n] @ self._state + self._enter[:, _STEP - n :] @ given
        return np.asarray(made)


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
