"""Where ticks, lanes and clips lie on the screen: pure arithmetic, no widgets.

Positions in music are ticks (960 a beat). A row counts lanes from the top, starting at 0. Pixels
are those of the lanes' area, whose upper left corner is (0, 0).
"""

from __future__ import annotations

import dataclasses
import math
from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QRectF

from core.arrangement import edits
from core.arrangement.clip import Clip
from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT, TICKS_PER_SEGMENT

FINEST: Final = 2.0
COARSEST: Final = 3000.0
"""Ticks per pixel: a beat across 480 pixels, an hour across 2,000."""
LOWEST: Final = 40
HIGHEST: Final = 180
"""Pixels of a lane's height."""
WHOLE_HEADER: Final = 46
"""Lanes of fewer pixels show no gain, pan and automation in their headers."""
STRIP: Final = 72
"""Pixels of the automation below a lane."""

MARGIN: Final = 2
"""Pixels between a clip and the edges of its lane."""
TITLE: Final = 16
"""Height of a clip's title bar in pixels."""
EDGE: Final = 6
"""Pixels at either end of a clip where a drag trims it."""
HANDLE: Final = 8
"""Size of a fade handle in pixels."""
NARROW: Final = 26
"""Clips of fewer pixels have no handles, so that they can still be moved."""
DETAIL: Final = 14
"""Clips of fewer pixels are painted as two plain rectangles."""

_GRID_STEPS: Final[tuple[int, ...]] = (
    TICKS_PER_BEAT // 4,
    TICKS_PER_BEAT,
    TICKS_PER_BAR,
    *(bars * TICKS_PER_BAR for bars in (4, 16, 64, 256, 1024, 4096)),
)
_GRID_PIXELS: Final = 11.0
_TOP_DB: Final = 12.0
_BOTTOM_DB: Final = -36.0


_SNAP_LABELS: Final = {
    "FOUR_BARS": "4 bars",
    "BAR": "Bar",
    "HALF": "1/2",
    "BEAT": "Beat",
    "EIGHTH": "1/8",
    "SIXTEENTH": "1/16",
    "EIGHTH_TRIPLET": "1/8 T",
    "SIXTEENTH_TRIPLET": "1/16 T",
    "OFF": "Off",
}


class Snap(Enum):
    """The grids that positions can snap to; the value is the step in ticks."""

    FOUR_BARS = TICKS_PER_SEGMENT
    BAR = TICKS_PER_BAR
    HALF = TICKS_PER_BAR // 2
    BEAT = TICKS_PER_BEAT
    EIGHTH = TICKS_PER_BEAT // 2
    SIXTEENTH = TICKS_PER_BEAT // 4
    EIGHTH_TRIPLET = TICKS_PER_BEAT // 3
    SIXTEENTH_TRIPLET = TICKS_PER_BEAT // 6
    OFF = 1

    @property
    def label(self) -> str:
        """The name on the screen."""
        return _SNAP_LABELS[self.name]

    @property
    def step(self) -> int:
        """Ticks by which an arrow key nudges; with snapping off, a sixteenth of a beat."""
        return TICKS_PER_BEAT // 16 if self is Snap.OFF else self.value

    def nearest(self, tick: float, *, free: bool = False) -> int:
        """Snap a position to the grid.

        Args:
            tick: the exact position.
            free: True rounds to a whole tick only, as with Alt or Shift held.

        Returns:
            The nearest tick of the grid, 0 or later.
        """
        return edits.snap(round(tick), 1 if free else self.value)


@dataclass(frozen=True)
class Geometry:
    """Which part of the timeline is shown, and how large.

    Attributes:
        ticks_per_pixel: horizontal scale, `FINEST` .. `COARSEST`.
        left: the tick at x = 0; 0 or later, not rounded.
        top: pixels that are scrolled away above y = 0.
        lane_height: pixels, `LOWEST` .. `HIGHEST`.
        strips: rows of the lanes whose automation is shown below them, in order.
    """

    ticks_per_pixel: float = 96.0
    left: float = 0.0
    top: int = 0
    lane_height: int = 68
    strips: tuple[int, ...] = ()

    def x(self, tick: float) -> float:
        """The x of `tick`, in pixels."""
        return (tick - self.left) / self.ticks_per_pixel

    def tick(self, x: float) -> float:
        """The tick at `x` pixels; negative before the first bar."""
        return self.left + x * self.ticks_per_pixel

    def y(self, row: int) -> int:
        """The upper edge of a lane, in pixels."""
        return row * self.lane_height + bisect_left(self.strips, row) * STRIP - self.top

    def row(self, y: float) -> int:
        """The lane at `y` pixels, automation included; it may be one that does not exist."""
        down = y + self.top
        for row in self.strips:
            if self.y(row) + self.lane_height + STRIP > y:
                return min(row, math.floor(down / self.lane_height))
            down -= STRIP
        return math.floor(down / self.lane_height)

    def zoomed(self, factor: float, x: float) -> Geometry:
        """Zoom horizontally, keeping the tick at `x` where it is if possible.

        Args:
            factor: above 1 enlarges.
            x: pixels.

        Returns:
            The zoomed geometry; its scale stays within `FINEST` .. `COARSEST`.
        """
        scale = min(max(self.ticks_per_pixel / factor, FINEST), COARSEST)
        left = self.tick(x) - x * scale
        return dataclasses.replace(self, ticks_per_pixel=scale, left=max(0.0, left))

    def taller(self, factor: float, y: float) -> Geometry:
        """Make lanes higher or lower, keeping the lane under the mouse if possible.

        Args:
            factor: above 1 makes them higher.
            y: pixels, of the mouse.

        Returns:
            The geometry.
        """
        height = min(max(round(self.lane_height * factor), LOWEST), HIGHEST)
        top = round((y + self.top) * height / self.lane_height - y)
        return dataclasses.replace(self, lane_height=height, top=max(0, top))

    def with_lane_height(self, height: int) -> Geometry:
        """Lanes of `height` pixels, as far as they can be so high."""
        return dataclasses.replace(self, lane_height=min(max(height, LOWEST), HIGHEST))

    def scrolled_to(self, *, left: float | None = None, top: int | None = None) -> Geometry:
        """Scroll to a place; None leaves a direction as it is.

        Args:
            left: tick that comes to lie at the left edge.
            top: pixels that are scrolled away above.

        Returns:
            The geometry.
        """
        return dataclasses.replace(
            self,
            left=self.left if left is None else max(0.0, left),
            top=self.top if top is None else max(0, top),
        )

    def fitted(self, start: int, end: int, width: int) -> Geometry:
        """Show a stretch of time across the whole width, with a little space after it.

        Args:
            start: first tick.
            end: last tick.
            width: pixels.

        Returns:
            The geometry; its scale stays within `FINEST` .. `COARSEST`.
        """
        scale = max(1, end - start) * 1.04 / max(1, width)
        scale = min(max(scale, FINEST), COARSEST)
        return dataclasses.replace(self, ticks_per_pixel=scale, left=float(max(0, start)))

    def with_rows(self, rows: int, height: int) -> Geometry:
        """Fill the height with lanes, as far as they can be so high, and so low that their headers
        are whole.

        Args:
            rows: number of lanes.
            height: pixels that there are.

        Returns:
            The geometry, scrolled to the top.
        """
        room = height - STRIP * len(self.strips)
        fitting = self if not rows else self.with_lane_height(max(room // rows, WHOLE_HEADER))
        return dataclasses.replace(fitting, top=0)

    def grid(self, pixels: float = _GRID_PIXELS) -> int:
        """The finest step in ticks whose lines are at least `pixels` apart."""
        for step in _GRID_STEPS:
            if step / self.ticks_per_pixel >= pixels:
                return step
        return _GRID_STEPS[-1]


def clip_rect(geometry: Geometry, row: int, clip: Clip) -> QRectF:
    """Find where a clip lies.

    Args:
        geometry: what is shown.
        row: the lane.
        clip: the clip.

    Returns:
        Its rectangle in pixels, title bar included; at least two wide.
    """
    left, right = geometry.x(clip.start), geometry.x(clip.end)
    top = geometry.y(row) + MARGIN
    return QRectF(left, top, max(right - left, 2.0), geometry.lane_height - 2 * MARGIN - 1)


def body_rect(rect: QRectF) -> QRectF:
    """The clip without its title bar."""
    return rect.adjusted(0, TITLE, 0, 0)


def fade_handles(geometry: Geometry, rect: QRectF, clip: Clip) -> tuple[QRectF, QRectF]:
    """Find the handles of a clip's fades.

    Args:
        geometry: what is shown.
        rect: of the clip, as `clip_rect` gives it.
        clip: the clip.

    Returns:
        The handles of fade-in and fade-out in pixels, kept inside `rect`.
    """
    top = rect.top() + TITLE
    into = min(rect.left() + clip.fade_in / geometry.ticks_per_pixel, rect.right() - HANDLE)
    out = max(rect.right() - clip.fade_out / geometry.ticks_per_pixel - HANDLE, rect.left())
    return QRectF(into, top, HANDLE, HANDLE), QRectF(out, top, HANDLE, HANDLE)


def gain_y(body: QRectF, gain_db: float) -> float:
    """Find the height of a clip's gain line.

    Args:
        body: of the clip, as `body_rect` gives it.
        gain_db: +12 dB lies at the top, -36 dB and less at the bottom.

    Returns:
        The y in pixels.
    """
    down = (_TOP_DB - gain_db) / (_TOP_DB - _BOTTOM_DB)
    return body.top() + min(max(down, 0.0), 1.0) * (body.height() - 3) + 1.5


def gain_per_pixel(body: QRectF) -> float:
    """The dB that a pixel of a clip's body stands for, see `gain_y`."""
    return (_TOP_DB - _BOTTOM_DB) / max(body.height() - 3, 1.0)


def segment_rects(geometry: Geometry, row: int, start: int, count: int) -> list[QRectF]:
    """Find where clips of four bars would lie, one after the other.

    Args:
        geometry: what is shown.
        row: the lane.
        start: the tick of the first one.
        count: how many.

    Returns:
        Their rectangles in pixels.
    """
    width = TICKS_PER_SEGMENT / geometry.ticks_per_pixel
    left, top = geometry.x(start), geometry.y(row) + MARGIN
    height = geometry.lane_height - 2 * MARGIN - 1
    return [QRectF(left + n * width, top, width - 1, height) for n in range(count)]
