"""What a pressed mouse button does until it is released; the canvas runs one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from technovae_gui.map.places import XY
from technovae_gui.map.strokes import smooth

if TYPE_CHECKING:
    from technovae_gui.map.canvas import Canvas

Points = NDArray[np.float64]
_LEAST_STEP = 3.0
"""Pixels between two points of a lasso or a path."""


@dataclass(frozen=True)
class Spot:
    """Where the mouse is: its place on the map, the dot it picks, whether on the marker."""

    pos: QPointF
    xy: XY
    row: int | None
    on_marker: bool
    modifiers: Qt.KeyboardModifier

    def has(self, modifier: Qt.KeyboardModifier) -> bool:
        """Whether `modifier` is held."""
        return bool(self.modifiers & modifier)


class Gesture(Protocol):
    """From the press, given to the constructor, to the release."""

    def move(self, pos: QPointF) -> None: ...
    def release(self, pos: QPointF) -> None: ...


class Pick:
    """A click chooses; a drag takes what was pressed out of the map."""

    def __init__(self, canvas: Canvas, spot: Spot) -> None:
        self._canvas, self._spot = canvas, spot

    def move(self, pos: QPointF) -> None:
        """Far enough from the press: a drag."""
        way = (pos - self._spot.pos).manhattanLength()
        if way >= QApplication.startDragDistance():
            self._canvas.end_gesture()
            self._canvas.dragged_out.emit(self._spot)

    def release(self, pos: QPointF) -> None:
        """A click."""
        self._canvas.clicked.emit(self._spot)


class Pan:
    """Moves the map with the mouse."""

    def __init__(self, canvas: Canvas, spot: Spot) -> None:
        self._canvas, self._last = canvas, spot.pos

    def move(self, pos: QPointF) -> None:
        """Follow."""
        way = pos - self._last
        self._last = pos
        self._canvas.set_camera(self._canvas.camera.panned(way.x(), way.y()))

    def release(self, pos: QPointF) -> None:
        """Stay."""


class Lasso:
    """Encircles dots; a click without a way picks one or clears the selection."""

    def __init__(self, canvas: Canvas, spot: Spot) -> None:
        self._canvas, self._spot = canvas, spot
        self._corners = [(spot.pos.x(), spot.pos.y())]

    def move(self, pos: QPointF) -> None:
        """One more corner."""
        if _far(self._corners[-1], pos):
            self._corners.append((pos.x(), pos.y()))
            self._canvas.show_lasso(np.array(self._corners))

    def release(self, pos: QPointF) -> None:
        """Select what is inside."""
        self._canvas.show_lasso(np.zeros((0, 2)))
        if len(self._corners) < 3:
            self._canvas.clicked.emit(self._spot)
            return
        corners = np.array([self._canvas.camera.to_map(x, y) for x, y in self._corners])
        self._canvas.lassoed.emit(corners, self._spot.has(Qt.KeyboardModifier.ShiftModifier))


class Stroke:
    """Draws a path."""

    def __init__(self, canvas: Canvas, spot: Spot) -> None:
        self._canvas, self._spot = canvas, spot
        self._pixels = [(spot.pos.x(), spot.pos.y())]

    def move(self, pos: QPointF) -> None:
        """One more point."""
        if _far(self._pixels[-1], pos):
            self._pixels.append((pos.x(), pos.y()))
            self._canvas.scene.set_overlay(path=self._places())

    def release(self, pos: QPointF) -> None:
        """The path is drawn; a click without a way only lets hear the place."""
        if len(self._pixels) < 3:
            self._canvas.clicked.emit(self._spot)
            return
        path = smooth(self._places())
        self._canvas.scene.set_overlay(path=path)
        self._canvas.drawn.emit(path)

    def _places(self) -> Points:
        return np.array([self._canvas.camera.to_map(x, y) for x, y in self._pixels])


class Slide:
    """Moves the handle of the morph along its line."""

    def __init__(self, canvas: Canvas, spot: Spot) -> None:
        self._canvas = canvas

    def move(self, pos: QPointF) -> None:
        """The handle follows."""
        xy = self._canvas.camera.to_map(pos.x(), pos.y())
        self._canvas.morph.move(self._canvas.morph.amount_at(xy))

    def release(self, pos: QPointF) -> None:
        """It stays."""


def _far(last: tuple[float, float], pos: QPointF) -> bool:
    return abs(pos.x() - last[0]) + abs(pos.y() - last[1]) >= _LEAST_STEP
