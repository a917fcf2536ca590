"""What the timeline's parts share: the visible area, and the playhead with its settings."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QWheelEvent

from core.settings import TICKS_PER_BAR
from technovae_gui.timeline.geometry import STRIP, Geometry, Snap

SPACE_BELOW = 44
"""Pixels below the last lane: something dropped there makes a new lane."""
_SPACE_AFTER = 16 * TICKS_PER_BAR
_ZOOM_PER_NOTCH = 1.25
_PIXELS_PER_NOTCH = 60


class TimelineState(QObject):
    """Playhead, grid and the other plain values that the ruler, the lanes and the commands share.

    Signals:
        snap_changed(), follow_changed(): `snap` or `follow` has another value.
        automation_changed(): `automation` shows other curves.
    """

    snap_changed = Signal()
    follow_changed = Signal()
    automation_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.playhead = 0.0
        """Tick, not rounded."""
        self.playing = False
        self.row = 0
        """The lane that was clicked last: clips are pasted there."""
        self.automation: dict[str, str] = {}
        """The parameter whose curve is shown below a lane, by the lane's id."""
        self._snap = Snap.BAR
        self._follow = True

    @property
    def snap(self) -> Snap:
        """The grid that positions snap to."""
        return self._snap

    @snap.setter
    def snap(self, snap: Snap) -> None:
        if snap is not self._snap:
            self._snap = snap
            self.snap_changed.emit()

    @property
    def follow(self) -> bool:
        """Whether the view scrolls along with the playhead."""
        return self._follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        if follow != self._follow:
            self._follow = follow
            self.follow_changed.emit()

    def show_automation(self, lane_id: str, parameter: str) -> None:
        """Show a curve below a lane.

        Args:
            lane_id: which lane.
            parameter: its name; an empty one hides the automation.
        """
        if self.automation.get(lane_id, "") != parameter:
            self.automation.pop(lane_id, None)
            if parameter:
                self.automation[lane_id] = parameter
            self.automation_changed.emit()

    @property
    def edit_tick(self) -> int:
        """Where commands act "at the playhead": on the grid while it moves, exact at rest."""
        return self._snap.nearest(self.playhead, free=not self.playing)


class Viewport(QObject):
    """The visible area, which ruler, lanes and lane headers all follow.

    It keeps the geometry within the arrangement, with some space after its end and below its last
    lane.

    Signals:
        changed(): `geometry` is another one, or the area has another size.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.geometry = Geometry()
        self._width, self._height = 800, 300
        self._end, self._rows = 0, 0

    @property
    def width(self) -> int:
        """Width of the lanes' area in pixels."""
        return self._width

    @property
    def height(self) -> int:
        """Height of the lanes' area in pixels."""
        return self._height

    @property
    def last_left(self) -> int:
        """The largest tick that can be scrolled to the left edge."""
        across = round(self._width * self.geometry.ticks_per_pixel)
        return max(0, self._end + max(_SPACE_AFTER, across // 2) - across)

    @property
    def last_top(self) -> int:
        """The most pixels that can be scrolled away at the top."""
        return self._last_top(self.geometry)

    def set_size(self, width: int, height: int) -> None:
        """Take over the size of the lanes' area.

        Args:
            width: pixels.
            height: pixels.
        """
        self._width, self._height = max(1, width), max(1, height)
        self.set(self.geometry, force=True)

    def set_content(self, end: int, rows: int) -> None:
        """Take over how large the arrangement is.

        Args:
            end: tick where it ends.
            rows: how many lanes it has.
        """
        if (end, rows) != (self._end, self._rows):
            self._end, self._rows = end, rows
            self.set(self.geometry, force=True)

    def set_strips(self, rows: tuple[int, ...]) -> None:
        """Leave room for automation below these rows."""
        self.set(dataclasses.replace(self.geometry, strips=rows))

    def set(self, geometry: Geometry, *, force: bool = False) -> None:
        """Show `geometry`, scrolled back where all lanes would be out of sight.

        Args:
            geometry: what to show.
            force: True announces a change even if the geometry stays as it is.
        """
        geometry = geometry.scrolled_to(top=min(geometry.top, self._last_top(geometry)))
        if force or geometry != self.geometry:
            self.geometry = geometry
            self.changed.emit()

    def scroll(self, dx: float = 0.0, dy: int = 0) -> None:
        """Scroll no further than there is something to see.

        Args:
            dx: pixels to the right.
            dy: pixels downwards.
        """
        now = self.geometry
        left = max(0.0, now.left + dx * now.ticks_per_pixel)
        if dx > 0:
            left = max(now.left, min(left, float(self.last_left)))
        self.set(now.scrolled_to(left=left, top=now.top + dy))

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Zoom in time.

        Args:
            factor: above 1 shows less.
            x: pixel that stays at its tick; None: the middle.
        """
        self.set(self.geometry.zoomed(factor, self._width / 2 if x is None else x))

    def fit(self, start: int = 0, end: int | None = None) -> None:
        """Show a stretch of the arrangement, and all lanes.

        Lanes become as high as there is room for; where there is enough, a new one may be dropped
        below.

        Args:
            start: first tick.
            end: last tick; None for the end, and at least eight bars.
        """
        last = max(self._end, 8 * TICKS_PER_BAR) if end is None else end
        geometry = self.geometry.fitted(start, last, self._width)
        spare = self._height - SPACE_BELOW
        roomy = spare >= self._rows * Geometry().lane_height + STRIP * len(geometry.strips)
        self.set(geometry.with_rows(self._rows, spare if roomy else self._height))

    def shows(self, tick: float) -> bool:
        """Whether `tick` is in view."""
        return 0 <= self.geometry.x(tick) < self._width

    def turn_wheel(self, event: QWheelEvent) -> None:
        """Scroll or zoom by a wheel event of the ruler, the lanes or their headers.

        The wheel scrolls up and down, with Shift sideways; with Ctrl it zooms around the mouse,
        with both it changes the height of the lanes.
        """
        across, down = _notches(event)
        keys, point = event.modifiers(), event.position()
        shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if keys & Qt.KeyboardModifier.ControlModifier:
            factor = _ZOOM_PER_NOTCH ** (down or across)
            if shift:
                self.set(self.geometry.taller(factor, point.y()))
            else:
                self.zoom(factor, point.x())
        elif shift:
            self.scroll(dx=-(down or across) * _PIXELS_PER_NOTCH)
        else:
            self.scroll(dx=-across * _PIXELS_PER_NOTCH, dy=round(-down * _PIXELS_PER_NOTCH))
        event.accept()

    def _last_top(self, geometry: Geometry) -> int:
        return max(0, geometry.y(self._rows) + geometry.top + SPACE_BELOW - self._height)


def _notches(event: QWheelEvent) -> tuple[float, float]:
    """Notches sideways and down; the pixels of a touchpad count as parts of notches."""
    pixels = event.pixelDelta()
    if not pixels.isNull():
        return pixels.x() / _PIXELS_PER_NOTCH, pixels.y() / _PIXELS_PER_NOTCH
    turned = event.angleDelta()
    return turned.x() / 120.0, turned.y() / 120.0
