"""Where ticks and lanes lie on the screen: pure arithmetic, no widgets."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Final

from core.settings import BARS_PER_SEGMENT, TICKS_PER_BAR, TICKS_PER_BEAT

FINEST: Final = 2.0
COARSEST: Final = 3000.0
"""Ticks per pixel: a beat across 480 pixels, an hour across 2,000."""
LOWEST: Final = 40
HIGHEST: Final = 180
"""Pixels of a lane's height."""

_STEPS: Final = (
    TICKS_PER_BEAT // 4,
    TICKS_PER_BEAT,
    TICKS_PER_BAR,
    *(BARS_PER_SEGMENT**n * TICKS_PER_BAR for n in range(1, 7)),
)
_LINE_PIXELS: Final = 11.0


@dataclass(frozen=True)
class Geometry:
    """A view of the timeline.

    ticks_per_pixel: horizontal scale, `FINEST` .. `COARSEST`
    left:            the tick at x = 0, 0 or later, not rounded
    top:             pixels that are scrolled away above y = 0
    lane_height:     pixels
    """

    ticks_per_pixel: float = 96.0
    left: float = 0.0
    top: int = 0
    lane_height: int = 68

    def x(self, tick: float) -> float:
        """The x of `tick`, in pixels."""
        return (tick - self.left) / self.ticks_per_pixel

    def tick(self, x: float) -> float:
        """The tick at `x`; before the first bar it is negative."""
        return self.left + x * self.ticks_per_pixel

    def y(self, row: int) -> int:
        """The upper edge of a lane."""
        return row * self.lane_height - self.top

    def row(self, y: float) -> int:
        """The lane at `y`; it may be one that does not exist."""
        return math.floor((y + self.top) / self.lane_height)

    def zoomed(self, factor: float, x: float) -> Geometry:
        """`factor` times larger, the tick at `x` staying where it is if that is possible."""
        scale = min(max(self.ticks_per_pixel / factor, FINEST), COARSEST)
        left = self.tick(x) - x * scale
        return dataclasses.replace(self, ticks_per_pixel=scale, left=max(0.0, left))

    def taller(self, factor: float, y: float) -> Geometry:
        """Lanes `factor` times as high, the lane at `y` staying where it is if possible."""
        height = min(max(round(self.lane_height * factor), LOWEST), HIGHEST)
        top = round((y + self.top) * height / self.lane_height - y)
        return dataclasses.replace(self, lane_height=height, top=max(0, top))

    def at(self, *, left: float | None = None, top: int | None = None) -> Geometry:
        """Scrolled so that tick `left` and pixel `top` are in the upper left corner."""
        return dataclasses.replace(
            self,
            left=self.left if left is None else max(0.0, left),
            top=self.top if top is None else max(0, top),
        )

    def fitted(self, start: int, end: int, width: int) -> Geometry:
        """`start` to `end` across `width` pixels, with a little room after it."""
        scale = max(1, end - start) * 1.04 / max(1, width)
        scale = min(max(scale, FINEST), COARSEST)
        return dataclasses.replace(self, ticks_per_pixel=scale, left=float(max(0, start)))

    def grid(self, pixels: float = _LINE_PIXELS) -> int:
        """The finest step in ticks whose lines are at least `pixels` apart."""
        for step in _STEPS:
            if step / self.ticks_per_pixel >= pixels:
                return step
        return _STEPS[-1]
