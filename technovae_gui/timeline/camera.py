"""Which part of the timeline is shown; the ruler, the lanes and their headers all follow it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.settings import TICKS_PER_BAR
from technovae_gui.timeline.geometry import Geometry

ROOM_BELOW = 44
"""Pixels below the last lane: room to drop on for a new one."""
_ROOM_AFTER = 16 * TICKS_PER_BAR


class Camera(QObject):
    """Holds the geometry, within what there is to see. Signals: changed()."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.geometry = Geometry()
        self._width, self._height = 800, 300
        self._end, self._rows = 0, 0

    @property
    def width(self) -> int:
        """Pixels of the lanes' area."""
        return self._width

    @property
    def height(self) -> int:
        """Pixels of the lanes' area."""
        return self._height

    @property
    def last_left(self) -> int:
        """The largest tick that can be scrolled to the left edge."""
        across = round(self._width * self.geometry.ticks_per_pixel)
        return max(0, self._end + max(_ROOM_AFTER, across // 2) - across)

    @property
    def last_top(self) -> int:
        """The most pixels that can be scrolled away at the top."""
        return max(0, self._rows * self.geometry.lane_height + ROOM_BELOW - self._height)

    def set_size(self, width: int, height: int) -> None:
        """The lanes' area has another size."""
        self._width, self._height = max(1, width), max(1, height)
        self.set(self.geometry, force=True)

    def set_content(self, end: int, rows: int) -> None:
        """The arrangement ends at tick `end` and has `rows` lanes."""
        if (end, rows) != (self._end, self._rows):
            self._end, self._rows = end, rows
            self.set(self.geometry, force=True)

    def set(self, geometry: Geometry, *, force: bool = False) -> None:
        """Show `geometry`; lanes are never scrolled out of sight."""
        geometry = geometry.at(top=min(geometry.top, self._top_for(geometry)))
        if force or geometry != self.geometry:
            self.geometry = geometry
            self.changed.emit()

    def scroll(self, dx: float = 0.0, dy: int = 0) -> None:
        """Move by pixels, no further than there is something to see."""
        now = self.geometry
        left = max(0.0, now.left + dx * now.ticks_per_pixel)
        if dx > 0:
            left = max(now.left, min(left, float(self.last_left)))
        self.set(now.at(left=left, top=now.top + dy))

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Zoom by `factor` around pixel `x` (default: the middle)."""
        self.set(self.geometry.zoomed(factor, self._width / 2 if x is None else x))

    def fit(self, start: int = 0, end: int | None = None) -> None:
        """Show `start` to `end` (default: all, at least eight bars)."""
        last = max(self._end, 8 * TICKS_PER_BAR) if end is None else end
        self.set(self.geometry.fitted(start, last, self._width))

    def shows(self, tick: float) -> bool:
        """Whether `tick` is in view."""
        return 0 <= self.geometry.x(tick) < self._width

    def _top_for(self, geometry: Geometry) -> int:
        return max(0, self._rows * geometry.lane_height + ROOM_BELOW - self._height)
