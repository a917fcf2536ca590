"""The mouse over the lanes: hovering, selecting, and drags, each a gesture of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QMouseEvent

from technovae_gui.document import Document
from technovae_gui.timeline import gestures, hits, selecting
from technovae_gui.timeline.camera import Camera
from technovae_gui.timeline.gestures import Gesture, Move, Pointer, RubberBand
from technovae_gui.timeline.hits import Hit, Part
from technovae_gui.timeline.state import State
from technovae_gui.timeline.tip import Tip

if TYPE_CHECKING:
    from technovae_gui.timeline.canvas import Canvas

_DRAG_PIXELS = 4
_SCROLL_MS = 30
_OUT_PIXELS = 60
"""Beyond the edge of the window: nearer to it, the lanes scroll."""
_LEFT = Qt.MouseButton.LeftButton
_NOTHING = Hit(Part.EMPTY, -1)


@dataclass(frozen=True)
class Press:
    """Where the button went down, on what, and what was selected before."""

    pointer: Pointer
    hit: Hit
    selection: frozenset[str]


class Mouse(QObject):
    """Turns mouse events of the canvas into selections and gestures."""

    def __init__(self, canvas: Canvas, document: Document, camera: Camera, state: State) -> None:
        super().__init__(canvas)
        self._canvas, self._document, self._camera, self._state = canvas, document, camera, state
        self.hovered = ""
        """Id of the clip under the mouse."""
        self.band = QRect()
        """The rubber band, in pixels of the canvas."""
        self._anchor = ""
        self._press: Press | None = None
        self._gesture: Gesture | None = None
        self._last = QPointF(), Qt.KeyboardModifier.NoModifier
        self._tip = Tip(canvas)
        self._scroller = QTimer(self)
        self._scroller.setInterval(_SCROLL_MS)
        self._scroller.timeout.connect(self._scroll_on)

    @property
    def dragging(self) -> bool:
        """Whether a drag is in progress."""
        return self._gesture is not None

    def press(self, event: QMouseEvent) -> None:
        """A button went down."""
        if event.button() != _LEFT or self.dragging:
            return
        arrangement, selection = self._document.arrangement, self._document.selection
        pointer, hit = self._pointer(event), self._hit(event.position())
        self._press = Press(pointer, hit, selection)
        self._state.row = min(max(hit.row, 0), max(len(arrangement.lanes) - 1, 0))
        if hit.clip is not None:
            anchor = self._anchor if self._canvas.mirror.where(self._anchor) else hit.clip.id
            self._document.select(
                selecting.pressed(arrangement, selection, hit.clip, pointer, anchor)
            )

    def move(self, event: QMouseEvent) -> None:
        """The mouse moved."""
        if self._press is None:
            self._hover(event.position())
            return
        pointer = self._pointer(event)
        start = self._press.pointer
        far = abs(pointer.x - start.x) + abs(pointer.y - start.y) >= _DRAG_PIXELS
        if self._gesture is None and far:
            self._gesture = gestures.begin(self._document, self._press.hit, start)
            self._canvas.setCursor(self._gesture.cursor)
            self._scroller.start()
        if isinstance(self._gesture, Move) and self._outside(event.position()):
            # Another program takes over: here the clips stay where they were.
            self.cancel()
            self._canvas.dragged_out.emit()
        elif self._gesture is not None:
            self._follow(pointer)

    def release(self, event: QMouseEvent) -> None:
        """The button is up."""
        if event.button() != _LEFT or self._press is None:
            return
        if self._gesture is not None:
            self._gesture.release()
        else:
            self._click(self._press)
        self._end()
        self._hover(event.position())

    def cancel(self) -> None:
        """Take back the drag, if there is one."""
        if self._gesture is not None:
            self._gesture.cancel()
        self._end()

    def double_click(self, event: QMouseEvent) -> None:
        """The loop goes around the clip."""
        clip = self._hit(event.position()).clip
        if clip is not None and event.button() == _LEFT:
            self._document.set_loop((clip.start, clip.end))

    def leave(self) -> None:
        """The mouse is elsewhere."""
        if not self.dragging:
            self._hovers(_NOTHING)

    def _click(self, press: Press) -> None:
        clip, pointer = press.hit.clip, press.pointer
        if clip is None:
            keeps = pointer.adding or pointer.extending
            self._document.select(press.selection if keeps else ())
            return
        if not (pointer.extending and self._anchor):
            self._anchor = clip.id
        now = self._document.selection
        self._document.select(selecting.clicked(now, press.selection, clip, pointer))

    def _follow(self, pointer: Pointer) -> None:
        assert self._gesture is not None
        text = self._gesture.move(pointer)
        self._tip.say(text, QPointF(pointer.x, pointer.y).toPoint())
        if isinstance(self._gesture, RubberBand):
            first, last = self._gesture.ticks
            x = self._camera.geometry.x
            self._show_band(self._gesture.rect(x(first), x(last)).toAlignedRect())

    def _show_band(self, band: QRect) -> None:
        for rect in (self.band, band):
            if not rect.isNull():
                self._canvas.update(rect.adjusted(-2, -2, 2, 2))
        self.band = band

    def _end(self) -> None:
        self._press = self._gesture = None
        self._scroller.stop()
        self._tip.hide()
        self._show_band(QRect())

    def _scroll_on(self) -> None:
        """A drag that is held beyond an edge goes on there."""
        place, keys = self._last
        dx = _beyond(place.x(), self._canvas.width())
        dy = _beyond(place.y(), self._canvas.height())
        if self.dragging and (dx or dy):
            self._camera.scroll(dx, round(dy))
            self._follow(self._pointer_at(place, keys))

    def _hover(self, place: QPointF) -> None:
        self._hovers(self._hit(place))

    def _hovers(self, hit: Hit) -> None:
        shape = gestures.cursor(hit)
        if self._canvas.cursor().shape() != shape:
            self._canvas.setCursor(shape)
        hovered = hit.clip.id if hit.clip is not None else ""
        if hovered != self.hovered:
            changed = frozenset((hovered, self.hovered))
            self.hovered = hovered
            self._canvas.repaint_clips(changed)

    def _outside(self, place: QPointF) -> bool:
        window = self._canvas.window()
        around = window.rect().adjusted(-_OUT_PIXELS, -_OUT_PIXELS, _OUT_PIXELS, _OUT_PIXELS)
        return not around.contains(self._canvas.mapTo(window, place.toPoint()))

    def _hit(self, place: QPointF) -> Hit:
        return hits.at(self._canvas.mirror.arrangement, self._camera.geometry, place)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        self._last = event.position(), event.modifiers()
        return self._pointer_at(*self._last)

    def _pointer_at(self, place: QPointF, keys: Qt.KeyboardModifier) -> Pointer:
        geometry = self._camera.geometry
        return Pointer(
            place.x(),
            place.y(),
            geometry.tick(place.x()),
            geometry.row(place.y()),
            self._state.snap,
            free=bool(keys & Qt.KeyboardModifier.AltModifier),
            adding=bool(keys & Qt.KeyboardModifier.ControlModifier),
            extending=bool(keys & Qt.KeyboardModifier.ShiftModifier),
        )


def _beyond(place: float, size: int) -> float:
    """Pixels to scroll for a mouse at `place` of 0..`size`: none inside, more further out."""
    if place < 0:
        return max(place, -60.0) / 2
    return min(place - size, 60.0) / 2 if place > size else 0.0
