"""What stands in for a missing sound device: it takes samples in time and drops them."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from core.playback.buffering import AHEAD
from core.settings import SAMPLE_RATE


class SilentOutput:
    """An output without a device; `origin` is the number of the first frame it will be given."""

    name = ""
    latency = 0.0
    lost = False

    def __init__(self, origin: int = 0) -> None:
        self._written = origin
        self._anchor = (origin, time.monotonic())

    def room(self) -> int:
        """Frames that may be written now."""
        return AHEAD - (self._written - self.heard())

    def write(self, block: NDArray[np.float32]) -> None:
        """Take (frames, 2)."""
        now = time.monotonic()
        if self._at(now) == self._written:
            self._anchor = (self._written, now)
        self._written += len(block)

    def go(self) -> None:
        """What was written may sound from now on."""

    def rest(self) -> bool:
        """Nothing follows for now. True when all that was written is heard."""
        return self.heard() == self._written

    def heard(self) -> int:
        """Frames that were heard by now."""
        return self._at(time.monotonic())

    def underruns(self) -> int:
        """Gaps since this was last asked."""
        return 0

    def close(self) -> None:
        """Nothing to give back."""

    def _at(self, now: float) -> int:
        frame, since = self._anchor
        return min(self._written, frame + int((now - since) * SAMPLE_RATE))
