"""The ruler: a click or a drag below the strip seeks, one in the strip sets the loop region."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from technovae_gui.document import Document
from technovae_gui.timeline import ruler_painter
from technovae_gui.timeline.geometry import Snap
from technovae_gui.timeline.hit_testing import places_freely
from technovae_gui.timeline.ruler_painter import HEIGHT, STRIP, Loop
from technovae_gui.timeline.viewport import TimelineState, Viewport

_EDGE = 5
_DRAG_PIXELS = 3


class LoopHandle(Enum):
    """The parts of the loop region that a drag can start on."""

    NEW = auto()
    START = auto()
    END = auto()
    WHOLE = auto()


@dataclass(frozen=True)
class LoopDrag:
    """A drag in the strip of the loop region: a new region, an edge, or all of it.

    Attributes:
        handle: where it started.
        tick: exactly where, not rounded.
        loop: the region at that time, if there was one.
    """

    handle: LoopHandle
    tick: float
    loop: Loop | None

    def moved(self, tick: float, snap: Snap, *, free: bool = False) -> Loop:
        """The region once the mouse is at `tick`; it may be empty.

        Args:
            tick: not rounded.
            snap: the grid.
            free: True does not snap.
        """
        if self.loop is None or self.handle is LoopHandle.NEW:
            ends = snap.nearest(self.tick, free=free), snap.nearest(tick, free=free)
            return min(ends), max(ends)
        start, end = self.loop
        if self.handle is LoopHandle.WHOLE:
            moved = snap.nearest(start + tick - self.tick, free=free)
            return moved, moved + end - start
        dragged = snap.nearest(tick, free=free)
        other = end if self.handle is LoopHandle.START else start
        return min(dragged, other), max(dragged, other)


def loop_handle_at(loop: Loop | None, tick: float, reach: float) -> LoopHandle:
    """Find the part of the loop region at a tick.

    Args:
        loop: the region, if there is one.
        tick: not rounded.
        reach: ticks on either side of an edge that count as the edge.
    """
    if loop is None:
        return LoopHandle.NEW
    start, end = loop
    if abs(tick - start) <= reach:
        return LoopHandle.START
    if abs(tick - end) <= reach:
        return LoopHandle.END
    return LoopHandle.WHOLE if start < tick < end else LoopHandle.NEW


class Ruler(QWidget):
    """Shows bars, times, the playhead and the loop region.

    Signals:
        seek_requested(int): move the playhead to this tick.
        menu_requested(int, QPoint): the tick of the mouse on the grid, and where on the screen.
    """

    seek_requested = Signal(int)
    menu_requested = Signal(int, QPoint)

    def __init__(
        self,
        document: Document,
        viewport: Viewport,
        state: TimelineState,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._viewport, self._state = document, viewport, state
        self._bpm = document.arrangement.bpm
        self._drag: LoopDrag | None = None
        self._moved = False
        self._pressed_x = 0.0
        self._seeking = False
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Ruler")
        self.setToolTip("Drag along the top: loop region. Click below: play from there.")
        viewport.changed.connect(self.update)
        document.changed.connect(self._show_tempo)
        document.loop_changed.connect(self.update)
        document.replaced.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(400, HEIGHT)

    def show_playhead(self, before: float, now: float) -> None:
        """Repaint where the playhead was and where it is.

        Args:
            before: tick where it was.
            now: tick where it is.
        """
        for tick in (before, now):
            x = round(self._viewport.geometry.x(tick))
            self.update(x - 7, STRIP, 16, HEIGHT - STRIP)

    def _show_tempo(self) -> None:
        if self._document.arrangement.bpm != self._bpm:
            self._bpm = self._document.arrangement.bpm
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter, dirty = QPainter(self), QRectF(event.rect())
        geometry = self._viewport.geometry
        ruler_painter.paint_ground(painter, dirty)
        loop, active = self._document.last_loop, self._document.loop is not None
        if loop is not None:
            ruler_painter.paint_loop(painter, geometry, loop, active=active)
        ruler_painter.paint_marks(painter, geometry, self._document.arrangement, dirty)
        ruler_painter.paint_playhead(painter, round(geometry.x(self._state.playhead)) + 1)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton:
            return
        tick = self._tick(event)
        if event.position().y() < STRIP:
            self._drag = LoopDrag(self._handle(tick), tick, self._document.loop)
            self._pressed_x, self._moved = event.position().x(), False
        else:
            self._seeking = True
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._seeking:
            self._seek(event)
        elif self._drag is not None:
            self._moved |= abs(event.position().x() - self._pressed_x) >= _DRAG_PIXELS
            if self._moved:
                free = places_freely(event.modifiers())
                loop = self._drag.moved(self._tick(event), self._state.snap, free=free)
                self._document.set_loop(loop)
        else:
            self._set_cursor(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._drag is not None and not self._moved:
            self._toggle(self._drag.tick)
        self._drag, self._seeking = None, False

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._viewport.turn_wheel(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        tick = self._viewport.geometry.tick(event.pos().x())
        self.menu_requested.emit(self._state.snap.nearest(tick), event.globalPos())

    def _toggle(self, tick: float) -> None:
        """A click on the region removes it, or brings back the last one."""
        last = self._document.last_loop
        if last is None or not last[0] <= tick <= last[1]:
            return
        self._document.set_loop(None if self._document.loop else last)

    def _seek(self, event: QMouseEvent) -> None:
        tick = self._state.snap.nearest(self._tick(event), free=places_freely(event.modifiers()))
        self.seek_requested.emit(tick)

    def _set_cursor(self, event: QMouseEvent) -> None:
        shape = Qt.CursorShape.PointingHandCursor
        if event.position().y() < STRIP:
            shape = {
                LoopHandle.NEW: Qt.CursorShape.CrossCursor,
                LoopHandle.WHOLE: Qt.CursorShape.OpenHandCursor,
            }.get(self._handle(self._tick(event)), Qt.CursorShape.SizeHorCursor)
        self.setCursor(shape)

    def _handle(self, tick: float) -> LoopHandle:
        reach = _EDGE * self._viewport.geometry.ticks_per_pixel
        return loop_handle_at(self._document.loop, tick, reach)

    def _tick(self, event: QMouseEvent) -> float:
        return self._viewport.geometry.tick(event.position().x())
