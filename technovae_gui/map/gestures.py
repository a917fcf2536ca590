"""What the mouse does on the map between the press of a button and its release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from technovae_gui.map.camera import Viewport
from technovae_gui.map.geometry import smooth_path
from technovae_gui.map.map_point import XY
from technovae_gui.map.morph import Morph
from technovae_gui.map.overlays import MARKER_RADIUS
from technovae_gui.map.scene import MapScene, MouseMode

Points = NDArray[np.float64]
PICK_PIXELS = 8.0
"""Distance to a dot up to which the mouse picks it."""
_LEAST_STEP = 3.0
"""Pixels between two points of a lasso or a path."""


@dataclass(frozen=True)
class Hit:
    """What is under the mouse.

    Attributes:
        pos: the mouse in pixels of the canvas.
        xy: its position in units of the map.
        row: of the dot that it picks, None between the dots.
        on_marker: whether it is on the marker of the chosen point.
        modifiers: keys that are held.
    """

    pos: QPointF
    xy: XY
    row: int | None
    on_marker: bool
    modifiers: Qt.KeyboardModifier

    def has(self, modifier: Qt.KeyboardModifier) -> bool:
        """Whether `modifier` is held."""
        return bool(self.modifiers & modifier)


def hit_test(
    scene: MapScene,
    viewport: Viewport,
    pos: QPointF,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> Hit:
    """Find what is at a pixel of the canvas.

    Args:
        scene: the dots and the marker.
        viewport: where they are.
        pos: the pixel.
        modifiers: keys that are held.
    """
    xy = viewport.camera.to_map(pos.x(), pos.y())
    camera = viewport.camera
    row = None
    if scene.picker is not None:
        row = scene.picker.nearest(xy, PICK_PIXELS / min(camera.scale, camera.across))
    if row is not None and not _near(
        viewport.pixel((scene.xy[row, 0], scene.xy[row, 1])), pos, PICK_PIXELS
    ):
        row = None  # near on the map, but the view is stretched
    chosen = scene.chosen
    on_marker = chosen is not None and _near(viewport.pixel(chosen.xy), pos, MARKER_RADIUS)
    return Hit(pos, xy, row, on_marker, modifiers)


class MouseGestures(QObject):
    """Turns presses, moves and releases of the mouse into what the user wants.

    Signals:
        pressed(Hit): a button went down where its release will be a click, or a drag from there.
        clicked(Hit): a click; the hit is that of the press.
        dragged_out(Hit): a drag began at a dot, a point or the marker.
        lassoed(points, bool): corners (n, 2) of a lasso in units of the map, and whether it adds
            to the selection.
        path_drawn(points): positions (n, 2) of a path in units of the map.
    """

    pressed = Signal(object)
    clicked = Signal(object)
    dragged_out = Signal(object)
    lassoed = Signal(object, bool)
    path_drawn = Signal(object)

    def __init__(
        self, scene: MapScene, morph: Morph, viewport: Viewport, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.scene, self.morph, self.viewport = scene, morph, viewport
        self._gesture: _Gesture | None = None

    @property
    def active(self) -> bool:
        """Whether a button is held for a gesture."""
        return self._gesture is not None

    def press(self, hit: Hit, *, pan: bool) -> None:
        """Begin a gesture.

        Args:
            hit: where the button went down.
            pan: whether the gesture pans, whatever the mode.
        """
        self._gesture = self._gesture_for(hit, pan)
        if isinstance(self._gesture, _Pick):
            self.pressed.emit(hit)

    def move(self, pos: QPointF) -> None:
        """Go on with the gesture, with the mouse at the pixel `pos`."""
        if self._gesture is not None:
            self._gesture.move(pos)

    def release(self, pos: QPointF) -> None:
        """Finish the gesture, with the mouse at the pixel `pos`."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.release(pos)

    def cancel(self) -> None:
        """Drop the gesture without an effect."""
        self._gesture = None
        self.scene.set_lasso(np.zeros((0, 2)))

    def to_map(self, pixels: list[tuple[float, float]]) -> Points:
        """Pixels -> positions (n, 2) in units of the map."""
        return np.array([self.viewport.camera.to_map(x, y) for x, y in pixels])

    def _gesture_for(self, hit: Hit, pan: bool) -> _Gesture:
        if pan:
            return _Pan(self, hit)
        selected = hit.row is not None and hit.row in self.scene.selected
        if self.scene.mode == MouseMode.LASSO and not selected:
            return _Lasso(self, hit)
        if self.scene.mode == MouseMode.PATH:
            return _DrawPath(self, hit)
        morph = self.morph
        if morph.ready and _near(self.viewport.pixel(morph.xy()), hit.pos, PICK_PIXELS + 2):
            return _MoveMorph(self)
        return _Pick(self, hit)


class SpaceBar:
    """Distinguishes the two uses of the space bar: held it pans, tapped it plays.

    The window's shortcut acts when the key goes down, when nobody knows yet whether a drag will
    follow. So the canvas takes the key, and reports a tap when it comes up.
    """

    def __init__(self) -> None:
        self.held = False
        self.tapped = False
        """Whether the last event that was given to `handle` ended a tap."""
        self._panned = False

    def use_for_pan(self) -> None:
        """Note that the key is held for a pan, so that its release is no tap."""
        self._panned = True

    def reset(self) -> None:
        """Forget the key: the canvas has lost the focus."""
        self.held = False

    def handle(self, event: QKeyEvent) -> bool:
        """Take a key event if it is of the space bar; whether it was."""
        self.tapped = False
        if event.key() != Qt.Key.Key_Space or event.modifiers():
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
            self.held, self._panned = True, False
        elif event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            self.tapped = self.held and not self._panned
            self.held = False
        return True


class _Gesture(Protocol):
    def move(self, pos: QPointF) -> None: ...
    def release(self, pos: QPointF) -> None: ...


class _Pick:
    """A click chooses; a drag takes what was pressed out of the map."""

    def __init__(self, gestures: MouseGestures, hit: Hit) -> None:
        self._gestures, self._hit = gestures, hit

    def move(self, pos: QPointF) -> None:
        distance = (pos - self._hit.pos).manhattanLength()
        if distance >= QApplication.startDragDistance():
            self._gestures.cancel()
            self._gestures.dragged_out.emit(self._hit)

    def release(self, pos: QPointF) -> None:
        self._gestures.clicked.emit(self._hit)


class _Pan:
    """Moves the map with the mouse."""

    def __init__(self, gestures: MouseGestures, hit: Hit) -> None:
        self._viewport, self._last = gestures.viewport, hit.pos

    def move(self, pos: QPointF) -> None:
        offset = pos - self._last
        self._last = pos
        self._viewport.set_camera(self._viewport.camera.panned(offset.x(), offset.y()))

    def release(self, pos: QPointF) -> None:
        pass


class _Lasso:
    """Encircles dots; a click without a move picks one or clears the selection."""

    def __init__(self, gestures: MouseGestures, hit: Hit) -> None:
        self._gestures, self._hit = gestures, hit
        self._corners = [(hit.pos.x(), hit.pos.y())]

    def move(self, pos: QPointF) -> None:
        if _far(self._corners[-1], pos):
            self._corners.append((pos.x(), pos.y()))
            self._gestures.scene.set_lasso(np.array(self._corners))

    def release(self, pos: QPointF) -> None:
        self._gestures.scene.set_lasso(np.zeros((0, 2)))
        if len(self._corners) < 3:
            self._gestures.clicked.emit(self._hit)
            return
        add = self._hit.has(Qt.KeyboardModifier.ShiftModifier)
        self._gestures.lassoed.emit(self._gestures.to_map(self._corners), add)


class _DrawPath:
    """Draws a path; a click without a move chooses, as in the other modes."""

    def __init__(self, gestures: MouseGestures, hit: Hit) -> None:
        self._gestures, self._hit = gestures, hit
        self._pixels = [(hit.pos.x(), hit.pos.y())]

    def move(self, pos: QPointF) -> None:
        if _far(self._pixels[-1], pos):
            self._pixels.append((pos.x(), pos.y()))
            self._gestures.scene.set_path(self._gestures.to_map(self._pixels))

    def release(self, pos: QPointF) -> None:
        if len(self._pixels) < 3:
            self._gestures.clicked.emit(self._hit)
            return
        path = smooth_path(self._gestures.to_map(self._pixels))
        self._gestures.scene.set_path(path)
        self._gestures.path_drawn.emit(path)


class _MoveMorph:
    """Moves the handle of the morph along its line."""

    def __init__(self, gestures: MouseGestures) -> None:
        self._morph, self._viewport = gestures.morph, gestures.viewport

    def move(self, pos: QPointF) -> None:
        xy = self._viewport.camera.to_map(pos.x(), pos.y())
        self._morph.move(self._morph.amount_at(xy))

    def release(self, pos: QPointF) -> None:
        pass


def _far(last: tuple[float, float], pos: QPointF) -> bool:
    return abs(pos.x() - last[0]) + abs(pos.y() - last[1]) >= _LEAST_STEP


def _near(a: QPointF, b: QPointF, pixels: float) -> bool:
    offset = a - b
    return float(np.hypot(offset.x(), offset.y())) <= pixels
