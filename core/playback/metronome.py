"""The click: made here, heard beside the music, and in no export."""

from __future__ import annotations

import copy
from collections import deque
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.settings import SAMPLE_RATE

FloatArray = NDArray[np.float32]

_FRAMES: Final = SAMPLE_RATE // 25
"""40 ms."""
_DECAY_SECONDS: Final = 0.008
_DOWNBEAT: Final = (1760.0, 0.45)
_BEAT: Final = (1175.0, 0.3)
"""Hz, and the level of the first sine; 1.0 is full scale."""


class Metronome:
    """Clicks at frames that the mixer schedules as it comes to them. One thread at a time calls it.

    It is added after limiter and meters, so that neither what they do nor what they show depends on
    whether it is on.

    Attributes:
        on: whether the mixer schedules clicks while the transport runs.
    """

    def __init__(self) -> None:
        self.on = False
        self._onsets: deque[tuple[int, bool]] = deque()

    def copy(self) -> Metronome:
        """One with the same clicks to come."""
        made = copy.copy(self)
        made._onsets = self._onsets.copy()
        return made

    @property
    def pending(self) -> bool:
        """A click is due, or sounds."""
        return bool(self._onsets)

    def schedule(self, frame: int, *, downbeat: bool) -> None:
        """Click once.

        Args:
            frame: of the mixer's clock, not before that of any click that is scheduled.
            downbeat: whether it is the first beat of a bar, which is higher.
        """
        self._onsets.append((frame, downbeat))

    def cancel(self, frame: int) -> None:
        """Leave out all clicks from a frame of the mixer's clock on."""
        while self._onsets and self._onsets[-1][0] >= frame:
            self._onsets.pop()

    def clear(self) -> None:
        """Leave out all clicks, and what sounds of one."""
        self._onsets.clear()

    def add(self, out: FloatArray, clock: int) -> None:
        """Mix the clicks into a block.

        Args:
            out: (frames, 2), added to; with a click in it, it stays within full scale.
            clock: its first frame, on the mixer's clock.
        """
        end = clock + len(out)
        for onset, downbeat in self._onsets:
            first, last = max(onset, clock), min(onset + _FRAMES, end)
            if first < last:
                part = out[first - clock : last - clock]
                part += click(downbeat)[first - onset : last - onset, None]
                np.clip(part, -1.0, 1.0, out=part)
        while self._onsets and self._onsets[0][0] + _FRAMES <= end:
            self._onsets.popleft()


@lru_cache(2)
def click(downbeat: bool) -> FloatArray:
    """The sound of a click, (1764,); its first and last samples are 0."""
    hertz, level = _DOWNBEAT if downbeat else _BEAT
    time = np.arange(_FRAMES) / SAMPLE_RATE
    fall = np.exp(-time / _DECAY_SECONDS) * np.linspace(1.0, 0.0, _FRAMES)
    made: FloatArray = (level * np.sin(2.0 * np.pi * hertz * time) * fall).astype(np.float32)
    made.flags.writeable = False
    return made
