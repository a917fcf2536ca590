"""Gains that change without a click."""

from __future__ import annotations

import copy
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.settings import SAMPLE_RATE

FloatArray = NDArray[np.float32]

RAMP: Final = SAMPLE_RATE // 100
"""10 ms: a change by 1."""


class GainRamp:
    """A gain that moves to `wanted` smoothly: by 1 within 10 ms."""

    def __init__(self, gain: float = 1.0) -> None:
        self.wanted = self._gain = gain

    def copy(self) -> GainRamp:
        """The same, to move on by itself."""
        return copy.copy(self)

    def is_at(self, gain: float) -> bool:
        """Whether it is `gain` and stays so."""
        return self._gain == self.wanted == gain

    def gains(self, frames: int) -> FloatArray:
        """The gains of the next frames: (frames, 1), or (1, 1) where they are all the same."""
        if self._gain == self.wanted:
            return np.full((1, 1), self._gain, np.float32)
        change = self.wanted - self._gain
        steps = np.minimum(np.arange(1, frames + 1) / RAMP, abs(change))
        gains = self._gain + np.copysign(steps, change)
        self._gain = self.wanted if steps[-1] == abs(change) else float(gains[-1])
        return gains.astype(np.float32)[:, None]

    def apply(self, out: FloatArray) -> None:
        """Multiply the next block, (frames, 2), in place."""
        if not self.is_at(1.0):
            out *= self.gains(len(out))
