"""The widget that shows the map, and passes the user's input on to the gestures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from technovae_gui.map.camera import Viewport
from technovae_gui.map.dot_layer import DotLayer
from technovae_gui.map.gestures import Hit, MouseGestures, SpaceBar, hit_test
from technovae_gui.map.morph import Morph
from technovae_gui.map.overlays import MARKER_REACH, paint_overlays
from technovae_gui.map.route_layer import RouteLayer
from technovae_gui.map.scene import MapScene, MouseMode


class Canvas(QWidget):
    """Paints a scene: dots in a layer that is kept, overlays above.

    Attributes:
        scene: what is painted.
        viewport: which part of it.
        gestures: what the mouse does.

    Signals:
        menu_requested(Hit, QPoint): the context menu of what is under the mouse, at a pixel of the
            screen.
        mouse_moved(QPointF | None): to a pixel, without a button held; None: it has left.
        space_tapped(): the space bar was pressed and released.
        resized(): the canvas has another size.
    """

    menu_requested = Signal(object, object)
    mouse_moved = Signal(object)
    space_tapped = Signal()
    resized = Signal()

    def __init__(self, scene: MapScene, morph: Morph, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene, self._morph = scene, morph
        self.viewport = Viewport(scene, self)
        self.gestures = MouseGestures(scene, morph, self.viewport, self)
        self._layer, self._route = DotLayer(), RouteLayer()
        self._space = SpaceBar()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Map")
        self.setAccessibleDescription(
            "Every dot is a segment of the library. Arrow keys move to the next dot; the context"
            " menu places it."
        )
        scene.dots_changed.connect(self._repaint_dots)
        self.viewport.changed.connect(self.update)
        scene.overlay_changed.connect(self.update)
        scene.mode_changed.connect(self._show_cursor)
        morph.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(720, 520)

    def update_marker(self) -> None:
        """Repaint the marker of the playing point alone."""
        playing = self.scene.playing
        if playing is not None:
            self._update_around(playing.xy)

    def set_playhead(self, at: tuple[float, float] | None) -> None:
        """Move the dot of the playhead; only the places where it was and is are repainted."""
        before, self.scene.playhead = self.scene.playhead, at
        if at != before:
            for place in (before, at):
                if place is not None:
                    self._update_around(place)

    def _update_around(self, xy: tuple[float, float]) -> None:
        at, reach = self.viewport.pixel(xy), QPointF(MARKER_REACH, MARKER_REACH)
        self.update(QRectF(at - reach, at + reach).toAlignedRect())

    def hit_test(self, pos: QPointF | QPoint) -> Hit:
        """Find what is at a pixel of the canvas."""
        return hit_test(self.scene, self.viewport, QPointF(pos))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        self._layer.draw(painter, self.scene, self.viewport.camera)
        self._route.draw(painter, self.scene, self.viewport.camera)
        paint_overlays(painter, self.scene, self._morph, self.viewport)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.viewport.resize(self.width(), self.height())
        self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.scene.map is None or self.gestures.active:
            return
        if event.button() == Qt.MouseButton.RightButton:
            return
        pan = event.button() == Qt.MouseButton.MiddleButton or self._space.held
        if pan:
            self._space.use_for_pan()
        hit = hit_test(self.scene, self.viewport, event.position(), event.modifiers())
        self.gestures.press(hit, pan=pan)
        self.mouse_moved.emit(None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.gestures.active:
            self.gestures.move(event.position())
        elif event.buttons() == Qt.MouseButton.NoButton:
            self.mouse_moved.emit(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.gestures.release(event.position())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self.mouse_moved.emit(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        if self.scene.map is None:
            return
        pos, chosen = QPointF(event.pos()), self.scene.chosen
        if event.reason() == QContextMenuEvent.Reason.Keyboard and chosen is not None:
            pos = self.viewport.pixel(chosen.xy)
        self.menu_requested.emit(self.hit_test(pos), self.mapToGlobal(pos.toPoint()))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self.viewport.set_camera(self.viewport.camera.wheeled(event))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Zoom by pinching; pan or play by the space bar."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                at = event.position()
                camera = self.viewport.camera.zoomed(1.0 + event.value(), at.x(), at.y())
                self.viewport.set_camera(camera)
                return True
        elif isinstance(event, QKeyEvent) and self._space.handle(event):
            self._show_cursor()
            if self._space.tapped:
                self.space_tapped.emit()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Paint the dots anew where the theme's colours are others."""
        if event.type() == QEvent.Type.PaletteChange:
            self._repaint_dots()
        super().changeEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._space.reset()
        self._show_cursor()

    @Slot()
    def _repaint_dots(self) -> None:
        self._layer.invalidate()
        self.update()

    @Slot()
    def _show_cursor(self) -> None:
        picking = self.scene.mode == MouseMode.PICK
        shape = Qt.CursorShape.ArrowCursor if picking else Qt.CursorShape.CrossCursor
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._space.held else shape)
