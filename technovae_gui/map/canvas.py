"""The picture of the map and the mouse on it: dots in a layer that is kept, overlays above."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from technovae_gui.map import gestures, painting
from technovae_gui.map.camera import Camera
from technovae_gui.map.gestures import Gesture, Spot
from technovae_gui.map.morph import Morph
from technovae_gui.map.overlays import MARKER, MARKER_REACH
from technovae_gui.map.scene import Scene
from technovae_gui.map.space import SpaceBar
from technovae_gui.map.wheel import camera_after

Points = NDArray[np.float64]
PICK_PIXELS = 8.0
PICK, LASSO, PATH = "pick", "lasso", "path"


class Canvas(QWidget):
    """Mirrors a scene and a morph, and says what the mouse wants.

    Signals:
        clicked(Spot), dragged_out(Spot), menu_wanted(Spot, global QPoint)
        pointed(QPointF | None): the mouse, without a button, is there; None: it left.
        lassoed((m, 2) places, bool add), drawn((m, 2) places)
        play_wanted(): the space bar was tapped
        camera_changed(), resized()
    """

    clicked = Signal(object)
    dragged_out = Signal(object)
    menu_wanted = Signal(object, object)
    pointed = Signal(object)
    lassoed = Signal(object, bool)
    drawn = Signal(object)
    play_wanted = Signal()
    camera_changed = Signal()
    resized = Signal()

    def __init__(self, scene: Scene, morph: Morph, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene, self.morph = scene, morph
        self.camera = Camera()
        self.mode = PICK
        self.lasso: Points = np.zeros((0, 2))
        self.covered = 0
        """Pixels at the right edge that a pane covers."""
        self._layer = painting.Layer()
        self._gesture: Gesture | None = None
        self._space = SpaceBar()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Latent map")
        self.setAccessibleDescription(
            "Every dot is a segment of the library. Arrow keys move to the next dot; the context"
            " menu places it."
        )
        scene.dots_changed.connect(self.refresh)
        scene.overlay_changed.connect(self.update)
        morph.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(720, 520)

    def set_mode(self, mode: str) -> None:
        """What the left button does: `PICK`, `LASSO` or `PATH`."""
        self.mode = mode
        self._show_cursor()

    def _show_cursor(self) -> None:
        mode = self.mode
        free = Qt.CursorShape.ArrowCursor if mode == PICK else Qt.CursorShape.CrossCursor
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._space.held else free)

    def set_camera(self, camera: Camera) -> None:
        """Show another part."""
        self.camera = replace(camera, width=self.width(), height=self.height())
        self.refresh()
        self.camera_changed.emit()

    def refresh(self) -> None:
        """The dots look otherwise."""
        self._layer.stale = True
        self.update()

    def refresh_marker(self) -> None:
        """Only the marker does."""
        place = self.scene.sounding[0] if self.scene.sounding else None
        if place is not None:
            at = self.pixel(place)
            reach = QPointF(MARKER_REACH, MARKER_REACH)
            self.update(QRectF(at - reach, at + reach).toAlignedRect())

    def show_lasso(self, corners: Points) -> None:
        """The lasso under way, (m, 2) pixels."""
        self.lasso = corners
        self.update()

    def pixel(self, xy: tuple[float, float]) -> QPointF:
        """Where the place `xy` is."""
        return QPointF(*self.camera.to_screen(xy))

    def spot(
        self,
        pos: QPointF,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> Spot:
        """What is at the pixel `pos`."""
        xy = self.camera.to_map(pos.x(), pos.y())
        picker, place = self.scene.picker, self.scene.place
        row = picker.nearest(xy, PICK_PIXELS / self.camera.scale) if picker else None
        on_marker = place is not None and _near(self.pixel(place.xy), pos, MARKER)
        return Spot(pos, xy, row, on_marker, modifiers)

    def end_gesture(self) -> None:
        """Forget the pressed button: a drag took over, or Escape."""
        self._gesture = None
        self.show_lasso(np.zeros((0, 2)))

    @property
    def busy(self) -> bool:
        """Whether a button is held for something."""
        return self._gesture is not None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._layer.pixmap(self))
        painting.paint_overlays(painter, self)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.camera = self.camera.resized(self.width(), self.height())
        self.refresh()
        self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.scene.map is None or self._gesture is not None:
            return
        if event.button() == Qt.MouseButton.RightButton:
            return
        self._gesture = self._gesture_for(event)
        self.pointed.emit(None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._gesture is not None:
            self._gesture.move(event.position())
        elif event.buttons() == Qt.MouseButton.NoButton:
            self.pointed.emit(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.release(event.position())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self.pointed.emit(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        if self.scene.map is None:
            return
        pos = QPointF(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self.scene.place is not None:
            pos = self.pixel(self.scene.place.xy)
        self.menu_wanted.emit(self.spot(pos), self.mapToGlobal(pos.toPoint()))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self.set_camera(camera_after(self.camera, event))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Pinching zooms; the space bar pans, or plays if it is only tapped."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                at = event.position()
                self.set_camera(self.camera.zoomed(1.0 + event.value(), at.x(), at.y()))
                return True
        elif isinstance(event, QKeyEvent) and self._space.watch(event):
            self._show_cursor()
            if self._space.tapped:
                self.play_wanted.emit()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QEvent) -> None:  # noqa: N802
        self._space.forget()
        self._show_cursor()

    def _gesture_for(self, event: QMouseEvent) -> Gesture:
        spot = self.spot(event.position(), event.modifiers())
        if event.button() == Qt.MouseButton.MiddleButton or self._space.held:
            self._space.use()
            return gestures.Pan(self, spot)
        if self.mode == LASSO and not self._on_selected(spot):
            return gestures.Lasso(self, spot)
        if self.mode == PATH:
            return gestures.Stroke(self, spot)
        if self.morph.ready and _near(self.pixel(self.morph.xy()), spot.pos, PICK_PIXELS + 2):
            return gestures.Slide(self, spot)
        return gestures.Pick(self, spot)

    def _on_selected(self, spot: Spot) -> bool:
        return spot.row is not None and spot.row in self.scene.selected


def _near(a: QPointF, b: QPointF, pixels: float) -> bool:
    way = a - b
    return float(np.hypot(way.x(), way.y())) <= pixels
