"""The grid that positions snap to."""

from __future__ import annotations

from enum import Enum

from core.arrangement import edits
from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT


class Snap(Enum):
    """The grids to choose from; the value is the step in ticks."""

    BAR = TICKS_PER_BAR
    BEAT = TICKS_PER_BEAT
    SIXTEENTH = TICKS_PER_BEAT // 4
    OFF = 1

    @property
    def label(self) -> str:
        """As it is called on the screen."""
        return {"BAR": "Bar", "BEAT": "Beat", "SIXTEENTH": "1/16", "OFF": "Off"}[self.name]

    @property
    def step(self) -> int:
        """How far an arrow key nudges, in ticks; with snapping off a sixteenth of a beat."""
        return TICKS_PER_BEAT // 16 if self is Snap.OFF else self.value

    def near(self, tick: float, *, free: bool = False) -> int:
        """The tick of the grid nearest to `tick`, never below 0; any whole one if `free`."""
        return edits.snap(round(tick), 1 if free else self.value)

    def before(self, tick: float, *, free: bool = False) -> int:
        """The last tick of the grid at or before `tick`, never below 0."""
        step = 1 if free else self.value
        return max(0, int(tick // step) * step)
