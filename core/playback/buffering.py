"""How far ahead of the device sound is rendered, and what the mixer's thread needs of a device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 512
"""Frames that are rendered, and handed to the device, at once."""
AHEAD: Final = 8 * BLOCK
"""93 ms: rendered ahead while something sounds. Commands are heard that much later, but a thread
of Python may be kept waiting as long without a gap."""


class Output(Protocol):
    """Something that plays frames in time. All but `heard` are called by one thread.

    Frames are numbered through from the `origin` it was opened with.
    """

    @property
    def name(self) -> str:
        """The device, empty if there is none."""

    @property
    def latency(self) -> float:
        """Seconds from a frame being taken to its being heard."""

    @property
    def lost(self) -> bool:
        """The device is gone."""

    def room(self) -> int:
        """Frames that may be written now."""

    def write(self, block: NDArray[np.float32]) -> None:
        """Take (frames, 2), at most `room`."""

    def go(self) -> None:
        """What was written may sound from now on."""

    def rest(self) -> bool:
        """Nothing follows for now, running dry is no gap. True when all is heard."""

    def heard(self) -> int:
        """Frames that were heard by now."""

    def underruns(self) -> int:
        """Gaps since this was last asked."""

    def close(self) -> None:
        """Give the device back."""


OpenOutput = Callable[[int | str | None, float | str, int, Callable[[], None]], Output]
"""(device, latency, origin, wake): opens a device; `wake` is called when it is lost. Raises
`DeviceError`."""
