"""The mouse over the lanes: hovering, selecting, and drags, each of which is a gesture."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QWidget

from core.arrangement import edits
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline.gestures import (
    Gesture,
    MoveGesture,
    PanGesture,
    begin_gesture,
    cursor_at,
    with_gain_point,
)
from technovae_gui.timeline.hit_testing import (
    Hit,
    HitZone,
    Pointer,
    hit_test,
    places_freely,
)
from technovae_gui.timeline.scene import Scene
from technovae_gui.timeline.selection import RubberBand, selection_on_click, selection_on_press
from technovae_gui.timeline.viewport import TimelineState, Viewport

_DRAG_PIXELS = 4
_SCROLL_MS = 30
_OUT_PIXELS = 60
"""So far outside the window a drag leaves it; nearer to its edge, the lanes scroll."""
_LEFT = Qt.MouseButton.LeftButton
_MIDDLE = Qt.MouseButton.MiddleButton
_NO_HIT = Hit(HitZone.EMPTY, -1)


@dataclass(frozen=True)
class _Press:
    """Where the button went down, on what, and what was selected before."""

    pointer: Pointer
    hit: Hit
    selection: frozenset[str]


class MouseHandler(QObject):
    """Turns the mouse events of the lanes into selections and gestures.

    Signals:
        hover_changed(frozenset of clip ids): the mouse came over a clip, or left one.
        dragged_out(): the mouse took the selected clips out of the window.
        rename_requested(str): id of the clip that was double-clicked.
    """

    hover_changed = Signal(object)
    dragged_out = Signal()
    rename_requested = Signal(str)

    def __init__(
        self,
        widget: QWidget,
        scene: Scene,
        document: Document,
        viewport: Viewport,
        state: TimelineState,
    ) -> None:
        super().__init__(widget)
        self._widget, self._scene = widget, scene
        self._document, self._viewport, self._state = document, viewport, state
        self.hovered_id = ""
        """The clip under the mouse."""
        self.band = QRect()
        """The rubber band, in pixels of the widget."""
        self._anchor = ""
        self._press: _Press | None = None
        self._gesture: Gesture | None = None
        self._last = QPointF(), Qt.KeyboardModifier.NoModifier
        self._tip = DragTip(widget)
        self._scroll_timer = QTimer(self)
        self._scroll_timer.setInterval(_SCROLL_MS)
        self._scroll_timer.timeout.connect(self._scroll)

    @property
    def dragging(self) -> bool:
        """Whether a drag is in progress."""
        return self._gesture is not None

    def press(self, event: QMouseEvent) -> None:
        """Select what a press selects, and note where a drag would begin."""
        if event.button() == _MIDDLE and not self.dragging:
            self._begin(PanGesture(self._viewport, self._pointer(event)))
        if event.button() != _LEFT or self.dragging:
            return
        arrangement, selection = self._document.arrangement, self._document.selection
        pointer, hit = self._pointer(event), self._hit(event.position())
        self._press = _Press(pointer, hit, selection)
        self._state.row = min(max(hit.row, 0), max(len(arrangement.lanes) - 1, 0))
        if hit.clip is not None:
            anchor = self._anchor if self._scene.find(self._anchor) else hit.clip.id
            self._document.select(
                selection_on_press(arrangement, selection, hit.clip, pointer, anchor)
            )

    def move(self, event: QMouseEvent) -> None:
        """Begin a drag, go on with it, or show what the mouse is over."""
        if isinstance(self._gesture, PanGesture):
            self._gesture.move(self._pointer(event))
            return
        if self._press is None:
            self._hover(self._hit(event.position()))
            return
        pointer, start = self._pointer(event), self._press.pointer
        far = abs(pointer.x - start.x) + abs(pointer.y - start.y) >= _DRAG_PIXELS
        if self._gesture is None and far:
            self._select_for_drag(self._press)
            self._begin(begin_gesture(self._document, self._press.hit, start))
            self._scroll_timer.start()
        if isinstance(self._gesture, MoveGesture) and self._outside(event.position()):
            # Another program takes over; in this one the clips stay where they were.
            self.cancel()
            self.dragged_out.emit()
        elif self._gesture is not None:
            self._drag(self._gesture, pointer)

    def release(self, event: QMouseEvent) -> None:
        """Keep what a drag did, or do what a click does."""
        if event.button() == _MIDDLE and isinstance(self._gesture, PanGesture):
            self._finish()
            self._hover(self._hit(event.position()))
        if event.button() != _LEFT or self._press is None:
            return
        if self._gesture is not None:
            self._gesture.release()
        else:
            self._click(self._press)
        self._finish()
        self._hover(self._hit(event.position()))

    def cancel(self) -> None:
        """Undo the drag, if there is one."""
        if self._gesture is not None:
            self._gesture.cancel()
        self._finish()

    def double_click(self, event: QMouseEvent) -> None:
        """On the gain line add a point, or remove the one there; elsewhere rename the clip."""
        hit = self._hit(event.position())
        clip, point = hit.clip, hit.point
        if clip is None or event.button() != _LEFT:
            return
        if point is not None:
            points = tuple(it for it in clip.gain_curve if it is not point)
        elif hit.zone is HitZone.GAIN:
            pointer = self._pointer(event)
            tick = pointer.snap.nearest(pointer.tick, free=pointer.free)
            points = with_gain_point(clip, min(max(tick, clip.start), clip.end))
        else:
            self.rename_requested.emit(clip.id)
            return
        self._document.edit(
            "gain curve", lambda now: edits.set_clip(now, clip.id, gain_curve=points)
        )

    def leave(self) -> None:
        """Show nothing as hovered: the mouse has left the lanes."""
        if not self.dragging:
            self._hover(_NO_HIT)

    def _begin(self, gesture: Gesture) -> None:
        self._gesture = gesture
        self._widget.setCursor(gesture.cursor)

    def _select_for_drag(self, press: _Press) -> None:
        """Ctrl adds what is clicked to the selection; a drag with it copies that clip alone."""
        clip = press.hit.clip
        if clip is not None and press.pointer.adding and clip.id not in press.selection:
            self._document.select([clip.id])

    def _click(self, press: _Press) -> None:
        clip, pointer = press.hit.clip, press.pointer
        if clip is None:
            keeps = pointer.adding or pointer.extending
            self._document.select(press.selection if keeps else ())
            return
        if not (pointer.extending and self._anchor):
            self._anchor = clip.id
        now = self._document.selection
        self._document.select(selection_on_click(now, press.selection, clip, pointer))

    def _drag(self, gesture: Gesture, pointer: Pointer) -> None:
        text = gesture.move(pointer)
        self._tip.show_at(QPointF(pointer.x, pointer.y).toPoint(), text)
        if isinstance(gesture, RubberBand):
            first, last = gesture.ticks
            x = self._viewport.geometry.x
            self._show_band(gesture.rect(x(first), x(last)).toAlignedRect())

    def _show_band(self, band: QRect) -> None:
        for rect in (self.band, band):
            if not rect.isNull():
                self._widget.update(rect.adjusted(-2, -2, 2, 2))
        self.band = band

    def _finish(self) -> None:
        self._press = self._gesture = None
        self._scroll_timer.stop()
        self._tip.hide()
        self._show_band(QRect())

    def _scroll(self) -> None:
        """Scroll while a drag is held beyond an edge."""
        point, keys = self._last
        dx = _scroll_pixels(point.x(), self._widget.width())
        dy = _scroll_pixels(point.y(), self._widget.height())
        if self._gesture is not None and (dx or dy):
            self._viewport.scroll(dx, round(dy))
            self._drag(self._gesture, self._pointer_at(point, keys))

    def _hover(self, hit: Hit) -> None:
        shape = cursor_at(hit)
        if self._widget.cursor().shape() != shape:
            self._widget.setCursor(shape)
        hovered_id = hit.clip.id if hit.clip is not None else ""
        if hovered_id != self.hovered_id:
            changed = frozenset((hovered_id, self.hovered_id))
            self.hovered_id = hovered_id
            self.hover_changed.emit(changed)

    def _outside(self, point: QPointF) -> bool:
        window = self._widget.window()
        around = window.rect().adjusted(-_OUT_PIXELS, -_OUT_PIXELS, _OUT_PIXELS, _OUT_PIXELS)
        return not around.contains(self._widget.mapTo(window, point.toPoint()))

    def _hit(self, point: QPointF) -> Hit:
        return hit_test(self._scene.arrangement, self._viewport.geometry, point)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        self._last = event.position(), event.modifiers()
        return self._pointer_at(*self._last)

    def _pointer_at(self, point: QPointF, keys: Qt.KeyboardModifier) -> Pointer:
        geometry, held = self._viewport.geometry, Qt.KeyboardModifier
        slipping = bool(keys & held.ControlModifier and keys & held.ShiftModifier)
        return Pointer(
            point.x(),
            point.y(),
            geometry.tick(point.x()),
            geometry.row(point.y()),
            self._state.snap,
            free=bool(keys & held.AltModifier) if slipping else places_freely(keys),
            adding=bool(keys & held.ControlModifier) and not slipping,
            extending=bool(keys & held.ShiftModifier) and not slipping,
            slipping=slipping,
        )


class DragTip(QLabel):
    """The small label next to the mouse that says what a drag is doing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._area = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setStyleSheet(
            f"background: {theme.RAISED}; color: {theme.TEXT}; padding: 2px 6px;"
            f" border: 1px solid {theme.LINE_STRONG}; border-radius: 3px;"
        )
        self.hide()

    def show_at(self, point: QPoint, text: str) -> None:
        """Show a text near the mouse, inside the parent.

        Args:
            point: of the mouse, in the parent.
            text: what to show; an empty one hides the label.
        """
        if not text:
            self.hide()
            return
        self.setText(text)
        self.adjustSize()
        space = self._area.size() - self.size()
        x = min(max(point.x() + 14, 0), max(space.width(), 0))
        y = point.y() - self.height() - 8
        if y < 0:
            y = point.y() + 18
        self.move(x, min(max(y, 0), max(space.height(), 0)))
        self.show()
        self.raise_()


def _scroll_pixels(position: float, size: int) -> float:
    """Pixels to scroll for a mouse at `position` of 0..`size`: none inside, more further out."""
    if position < 0:
        return max(position, -60.0) / 2
    return min(position - size, 60.0) / 2 if position > size else 0.0
