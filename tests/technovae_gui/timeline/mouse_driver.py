"""A mouse that is really moved over the timeline, and clips to grab."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.arrangement import edits
from core.arrangement.clip import Clip, RealSource
from core.settings import TICKS_PER_BAR
from technovae_gui.document import Document
from technovae_gui.timeline import TimelineView
from technovae_gui.timeline.geometry import Geometry, clip_rect

NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
BAR = TICKS_PER_BAR


def clip(clip_id: str, bar: float, bars: float = 4, **fields: Any) -> Clip:
    """A clip of its own segment at a bar that counts from 0."""
    return Clip(
        clip_id, RealSource(f"x-0-{clip_id}"), round(bar * BAR), round(bars * BAR), **fields
    )


class MouseDriver:
    """The mouse over the canvas."""

    def __init__(self, view: TimelineView, document: Document) -> None:
        self.view, self.canvas, self.document = view, view.canvas, document

    def at(self, bar: float, row: int, part: float = 0.5) -> QPoint:
        """A point of lane `row`, `part` of its height down."""
        geometry = self.view.viewport.geometry
        y = geometry.y(row) + part * geometry.lane_height
        return QPoint(round(geometry.x(bar * BAR)), round(y))

    def title(self, clip_id: str) -> QPoint:
        """The middle of the clip's title bar."""
        row, found = self.placed(clip_id)
        rect = clip_rect(self.view.viewport.geometry, row, found)
        return QPoint(round(rect.center().x()), round(rect.top() + 7))

    def placed(self, clip_id: str) -> tuple[int, Clip]:
        """Row and clip."""
        rows = edits.by_row(self.document.arrangement)
        return next((row, found) for row, found in rows if found.id == clip_id)

    def press(self, point: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseMove(self.canvas, point)
        QTest.mousePress(self.canvas, LEFT, keys, point)

    def move(self, point: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        moved(self.canvas, point, keys)

    def release(self, point: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseRelease(self.canvas, LEFT, keys, point)

    def click(self, point: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        self.press(point, keys)
        self.release(point, keys)

    def drag(self, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press, move in steps, release."""
        self.press(start, keys)
        for step in range(1, 6):
            self.move(start + (end - start) * step / 5, keys)
        self.release(end, keys)

    def shift(self, bars: float = 0.0, rows: int = 0) -> QPoint:
        """So far in pixels."""
        geometry: Geometry = self.view.viewport.geometry
        return QPoint(round(bars * BAR / geometry.ticks_per_pixel), rows * geometry.lane_height)


def moved(widget: QWidget, point: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
    """Move with the left button down; `QTest.mouseMove` knows no buttons and no keys offscreen."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(widget.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        LEFT,
        keys,
    )
    QApplication.sendEvent(widget, event)
