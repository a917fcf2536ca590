"""What the mixer plays: an arrangement made ready, which does not change while it is played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from core.arrangement.arrangement import frame_at
from core.arrangement.lane_sound import LaneStates
from core.settings import SAMPLE_RATE, TICKS_PER_BAR

if TYPE_CHECKING:  # it brings scipy, which the window's first paint does not wait for
    from core.arrangement.mixdown import Mixdown

FloatArray = NDArray[np.float32]

SEAM: Final = 64
"""Frames of the fade where a loop region jumps back and the sound there would click."""
_STEEP: Final = 1.5
"""A step at the seam is a click if it is so much higher than all steps around it."""


@dataclass(frozen=True)
class Snapshot:
    """What the mixer plays.

    Attributes:
        mix: the mixdown; None is silence.
        bpm: its tempo.
        frames: its length.
    """

    mix: Mixdown | None = None
    bpm: float = 120.0
    frames: int = 0

    @property
    def stop(self) -> int:
        """The frame where playing ends by itself: a bar after the last clip."""
        return self.frames + frame_at(TICKS_PER_BAR, self.bpm)

    @property
    def beat(self) -> float:
        """Frames from one beat to the next."""
        return 60.0 * SAMPLE_RATE / self.bpm

    def render(
        self,
        start: int,
        out: FloatArray,
        peaks: dict[str, float] | None = None,
        states: LaneStates | None = None,
    ) -> None:
        """Render a passage. Groups that are not prepared yet come in when they are.

        Args:
            start: its first frame.
            out: (frames, 2), filled.
            peaks: gets the highest sample of each lane, by its id; None: not measured.
            states: the past of the lanes' filters, for who renders block after block.
        """
        if self.mix is None:
            out[:] = 0.0
        else:
            self.mix.render(start, len(out), out, peaks, states=states, waits=False)


@dataclass(frozen=True)
class LoopRegion:
    """A part that is repeated: frame `start` follows on frame `end` - 1."""

    start: int
    end: int

    def after(self, position: int, frames: int) -> int:
        """Where a playhead is later; beyond the end of the region nothing jumps back.

        Args:
            position: frame where it is now.
            frames: how much later.
        """
        ahead = position + frames
        if position >= self.end or ahead < self.end:
            return ahead
        return self.start + (ahead - self.end) % (self.end - self.start)

    def scaled(self, ratio: float) -> LoopRegion:
        """The same bars at another tempo."""
        return LoopRegion(round(self.start * ratio), round(self.end * ratio))


def seam(snapshot: Snapshot, region: LoopRegion) -> FloatArray | None:
    """Mend the jump from the end of a loop region to its start, if it would click.

    The start keeps its attack: only what is before fades, to what would lead up to the start.

    Args:
        snapshot: what sounds.
        region: what is repeated.

    Returns:
        (SEAM, 2) to add to the last frames of the region; None where the jump does not click.
    """
    before, after, lead = (np.empty((SEAM, 2), np.float32) for _ in range(3))
    states = LaneStates()
    snapshot.render(region.end - SEAM, before)
    snapshot.render(region.start - SEAM, lead, states=states)
    snapshot.render(region.start, after, states=states)
    steps = np.abs(np.diff(np.concatenate([before, after]), axis=0))
    around = np.delete(steps, SEAM - 1, axis=0)
    if (steps[SEAM - 1] <= _STEEP * around.max(axis=0)).all():
        return None
    weight = np.sin(0.5 * np.pi * (np.arange(SEAM) + 1) / SEAM)[:, None] ** 2
    return np.asarray(weight * (lead - before), np.float32)
