"""What the player needs of a sound device, and the silent clock that stands in for a missing one.

Blocks of `BLOCK` frames are rendered up to `AHEAD` frames before the device takes them, and may be
replaced until shortly before. Frames are numbered through from the `origin` that an output is
opened with.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from core.settings import SAMPLE_RATE

BLOCK: Final = 512
"""Frames that are rendered, and handed to the device, at once."""
AHEAD: Final = 8 * BLOCK
"""93 ms: rendered ahead while something sounds, so that a thread of Python may be kept waiting as
long without a gap. Commands do not wait for it: what they change is rendered anew."""

_SMOOTHING: Final = 0.05
"""How far each observation moves the estimate; there are a hundred a second."""
_JUMP: Final = SAMPLE_RATE // 20
"""Further off than this the device has stumbled, and the estimate starts anew."""


class AudioOutput(Protocol):
    """Plays frames in time. All methods but `played` are called by one thread.

    Any of them may raise any exception when the device fails; the output is then closed.
    """

    @property
    def name(self) -> str:
        """The device's name, empty if there is none."""

    @property
    def latency(self) -> float:
        """Seconds from the device taking a frame to its leaving the loudspeaker."""

    @property
    def lost(self) -> bool:
        """Whether the device is gone."""

    def write_available(self) -> int:
        """Frames that may be written now."""

    def write(self, block: NDArray[np.float32]) -> None:
        """Take `block`, (frames, 2), at most `write_available` frames."""

    def taken(self) -> int:
        """Number of the frame that the device takes next."""

    def replace(self, frame: int, block: NDArray[np.float32]) -> bool:
        """Play something else than what was written.

        Args:
            frame: number of its first frame.
            block: (frames, 2), all of which were written before.

        Returns:
            False, and nothing has changed, where the device may be taking the frames already.
        """

    def start(self) -> None:
        """Play what was written."""

    def drain(self) -> bool:
        """Nothing more is written for now, so running dry is no gap. True when all is played."""

    def played(self) -> int:
        """Number of the frame that leaves the loudspeaker now. Never raises."""

    def underruns(self) -> int:
        """Gaps since the last call."""

    def close(self) -> None:
        """Give the device back."""


OpenOutput = Callable[[int | str | None, float | str, int, Callable[[], None]], AudioOutput]
"""(device, latency, origin, wake) -> output; `wake` is called when the device is lost. Raises
`DeviceError` where there is no such device or it refuses."""


class SilentOutput:
    """An output without a device: it takes frames in real time and drops them."""

    name = ""
    latency = 0.0
    lost = False

    def __init__(self, origin: int = 0) -> None:
        self._written = origin
        self._anchor = (origin, time.monotonic())

    def write_available(self) -> int:
        """Frames that may be written now."""
        return AHEAD - (self._written - self.played())

    def write(self, block: NDArray[np.float32]) -> None:
        """Take `block`, (frames, 2)."""
        now = time.monotonic()
        if self._at(now) == self._written:
            self._anchor = (self._written, now)
        self._written += len(block)

    def taken(self) -> int:
        """Number of the frame whose time comes next."""
        return self.played()

    def replace(self, frame: int, block: NDArray[np.float32]) -> bool:
        """True if the time of `frame`, the first of `block`, is still to come."""
        return frame >= self.played()

    def start(self) -> None:
        """Nothing to start."""

    def drain(self) -> bool:
        """True when the time of all that was written is over."""
        return self.played() == self._written

    def played(self) -> int:
        """Number of the frame whose time it is."""
        return self._at(time.monotonic())

    def underruns(self) -> int:
        """There are none."""
        return 0

    def close(self) -> None:
        """Nothing to give back."""

    def _at(self, now: float) -> int:
        frame, since = self._anchor
        return min(self._written, frame + int((now - since) * SAMPLE_RATE))


class PlayheadClock:
    """A smooth playhead, though a device takes frames in blocks.

    The offset between the frames taken and a steady clock is smoothed exponentially. One thread
    calls `observe` and `reset`, another may call `played`.
    """

    def __init__(self, origin: int, latency: int) -> None:
        """
        Args:
            origin: number of the first frame.
            latency: frames from being taken to being audible.
        """
        self._latency = latency
        self._played = origin
        self._offset: float | None = None

    def reset(self) -> None:
        """Nothing is taken any more; the next observation starts anew."""
        self._offset = None

    def observe(self, taken: int, now: float) -> None:
        """Note how far the device is.

        Args:
            taken: number of the last frame it has taken.
            now: seconds on any steady clock.
        """
        offset = taken - now * SAMPLE_RATE
        if self._offset is None or abs(offset - self._offset) > _JUMP:
            self._offset = offset
        else:
            self._offset += _SMOOTHING * (offset - self._offset)

    def played(self, written: int, now: float) -> int:
        """The frame that is audible at `now`.

        Args:
            written: number of the last frame that was written; the result is not beyond it.
            now: seconds, on the clock of `observe`.

        Returns:
            A frame number, never less than the last one returned.
        """
        offset = self._offset
        if offset is not None:
            estimate = int(offset + now * SAMPLE_RATE) - self._latency
            self._played = min(max(estimate, self._played), written)
        return self._played
