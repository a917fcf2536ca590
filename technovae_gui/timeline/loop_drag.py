"""Dragging in the strip of the loop region: a new one, an edge, or all of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from technovae_gui.timeline.snapping import Snap

Loop = tuple[int, int]


class Grip(Enum):
    """What of the loop region was grabbed."""

    NEW = auto()
    START = auto()
    END = auto()
    WHOLE = auto()


@dataclass(frozen=True)
class LoopDrag:
    """A drag that began at `tick` (exact) with `loop` there, if any."""

    grip: Grip
    tick: float
    loop: Loop | None

    def moved(self, tick: float, snap: Snap, *, free: bool = False) -> Loop:
        """The region once the mouse is at `tick`; it may be empty."""
        if self.loop is None or self.grip is Grip.NEW:
            ends = snap.near(self.tick, free=free), snap.near(tick, free=free)
            return min(ends), max(ends)
        start, end = self.loop
        if self.grip is Grip.WHOLE:
            moved = snap.near(start + tick - self.tick, free=free)
            return moved, moved + end - start
        dragged = snap.near(tick, free=free)
        other = end if self.grip is Grip.START else start
        return min(dragged, other), max(dragged, other)


def grip_at(loop: Loop | None, tick: float, reach: float) -> Grip:
    """What lies at `tick`, edges within `reach` ticks."""
    if loop is None:
        return Grip.NEW
    start, end = loop
    if abs(tick - start) <= reach:
        return Grip.START
    if abs(tick - end) <= reach:
        return Grip.END
    return Grip.WHOLE if start < tick < end else Grip.NEW
