"""Loops that go on from another of their beats, in step with what sounds."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR

_BEATS: Final = BARS_PER_SEGMENT * BEATS_PER_BAR


def turn(wanted: float, phase: float | None) -> float:
    """How far round (0..1) to turn a loop so that the beat at `wanted` comes on the next beat.

    `phase` is where in four bars what sounds is, None where nothing does and a loop begins at once.
    """
    beat = math.floor(wanted * _BEATS + 1e-6)
    following = 0 if phase is None else math.floor(phase * _BEATS) + 1
    return (following - beat) % _BEATS / _BEATS


def turned(loop: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """`loop` (frames, channels), its start at `share` of its length."""
    return np.roll(loop, round(share * len(loop)), axis=0) if share else loop
