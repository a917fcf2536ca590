"""From the frames a device has taken, which come in lumps, to the frame that is heard now."""

from __future__ import annotations

from typing import Final

from core.settings import SAMPLE_RATE

_SLOW: Final = 0.05
"""How far each look moves the estimate; it is taken a hundred times a second."""
_JUMP: Final = SAMPLE_RATE // 20
"""Further off than this the device has stumbled, and the estimate starts anew."""


class Pace:
    """A smooth playhead over frames that are taken block by block.

    `latency` in frames; `origin` is the number of the first frame. One thread observes, one other
    may ask.
    """

    def __init__(self, origin: int, latency: int) -> None:
        self._latency = latency
        self._heard = origin
        self._offset: float | None = None

    def rest(self) -> None:
        """Nothing is taken any more; the next observation starts anew."""
        self._offset = None

    def observe(self, taken: int, now: float) -> None:
        """`taken` frames are taken at `now` (seconds on any steady clock)."""
        offset = taken - now * SAMPLE_RATE
        if self._offset is None or abs(offset - self._offset) > _JUMP:
            self._offset = offset
        else:
            self._offset += _SLOW * (offset - self._offset)

    def heard(self, written: int, now: float) -> int:
        """Frames heard by `now`, never fewer than before nor more than were `written`."""
        offset = self._offset
        if offset is not None:
            estimate = int(offset + now * SAMPLE_RATE) - self._latency
            self._heard = min(max(estimate, self._heard), written)
        return self._heard
