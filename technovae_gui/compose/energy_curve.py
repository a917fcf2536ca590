"""The energy curve of a track, drawn with the mouse or the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from technovae_gui import theme
from technovae_gui.widgets.section_colours import section_colour
from technovae_gui.widgets.tool_tip_below import ToolTipBelow

COLUMNS: Final = 32
_STEP, _FINE_STEP, _PAGE_STEP = 0.05, 0.01, 0.25
"""Heights by which the keys change a column."""
_EDGE = 6
"""Pixels above and below the curve."""
_LABELS_HEIGHT: Final = 20
"""Pixels below the curve for the names of the sections."""
_MAX_UNDO_STEPS = 200


@dataclass(frozen=True)
class Section:
    """A section of a track, such as an intro or a drop; `start` and `end` are 0..1 of it."""

    name: str
    start: float
    end: float


class EnergyCurve(QWidget):
    """Draws and edits an energy curve; below it stand the names of the sections it makes.

    Attributes:
        heights: of `COLUMNS` columns, 0..1.
        sections: of the track.
        column: the one that the keys change.

    Signals:
        drawn(): the user changed the curve.
    """

    drawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heights = [0.5] * COLUMNS
        self.sections: list[Section] = []
        self.column = 0
        self._stroke_end: tuple[int, float] | None = None
        self._undo_stack: list[list[float]] = []
        self._redo_stack: list[list[float]] = []
        self.setMinimumHeight(120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Energy curve")
        self.setToolTip(
            "Draw with the mouse. Keys: Left and Right choose a place,\n"
            "Up and Down change it (Shift: finer), Ctrl+Z takes back"
        )
        ToolTipBelow(self)

    def show_curve(self, heights: Sequence[float]) -> None:
        """Show another curve; undo steps are kept."""
        self.heights = [min(1.0, max(0.0, float(height))) for height in heights]
        self.update()

    def show_sections(self, sections: list[Section]) -> None:
        """Show the names of these sections."""
        self.sections = sections
        self.update()

    def save_undo_step(self) -> None:
        """Undo will return to the curve as it is now."""
        self._undo_stack = [*self._undo_stack[1 - _MAX_UNDO_STEPS :], list(self.heights)]
        self._redo_stack = []

    def undo(self) -> None:
        """Take back the last change."""
        self._restore(self._undo_stack, self._redo_stack)

    def redo(self) -> None:
        """Make again what was taken back."""
        self._restore(self._redo_stack, self._undo_stack)

    def position(self, column: int, height: float) -> tuple[float, float]:
        """Where a point of the curve is drawn.

        Args:
            column: counted from 0.
            height: 0..1.

        Returns:
            Pixels (x, y), in the middle of the column.
        """
        room = self.height() - _LABELS_HEIGHT - 2 * _EDGE
        return (column + 0.5) * self.width() / COLUMNS, _EDGE + (1.0 - height) * room

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(360, 150)

    def event(self, event: QEvent) -> bool:
        """Keys of the curve come before the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if self._action(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        action = self._action(event)
        if action is None:
            super().keyPressEvent(event)
            return
        action()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self.save_undo_step()
            self._stroke_end = None
            self._draw_to(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._draw_to(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        _paint(self)

    def _draw_to(self, event: QMouseEvent) -> None:
        """Draw a line from the last position to this one, so that a fast stroke has no gaps."""
        room = self.height() - _LABELS_HEIGHT - 2 * _EDGE
        column = min(COLUMNS - 1, max(0, int(event.position().x() * COLUMNS / self.width())))
        height = min(1.0, max(0.0, 1.0 - (event.position().y() - _EDGE) / room))
        first, before = self._stroke_end or (column, height)
        steps = max(1, abs(column - first))
        for step in range(steps + 1):
            share = step / steps
            self.heights[first + round(share * (column - first))] = before + share * (
                height - before
            )
        self._stroke_end, self.column = (column, height), column
        self.update()
        self.drawn.emit()

    def _action(self, event: QKeyEvent) -> Callable[[], None] | None:
        key, modifiers, keys = event.key(), event.modifiers(), Qt.Key
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            forward = key == keys.Key_Y or (key == keys.Key_Z and shift)
            return self.redo if forward else self.undo if key == keys.Key_Z else None
        step = _FINE_STEP if shift else _STEP
        moves = {
            keys.Key_Left: partial(self._move_cursor, self.column - 1),
            keys.Key_Right: partial(self._move_cursor, self.column + 1),
            keys.Key_Home: partial(self._move_cursor, 0),
            keys.Key_End: partial(self._move_cursor, COLUMNS - 1),
            keys.Key_Up: partial(self._change_height, step),
            keys.Key_Down: partial(self._change_height, -step),
            keys.Key_PageUp: partial(self._change_height, _PAGE_STEP),
            keys.Key_PageDown: partial(self._change_height, -_PAGE_STEP),
        }
        return moves.get(Qt.Key(key))

    def _move_cursor(self, column: int) -> None:
        self.column = min(COLUMNS - 1, max(0, column))

    def _change_height(self, by: float) -> None:
        self.save_undo_step()
        self.heights[self.column] = round(min(1.0, max(0.0, self.heights[self.column] + by)), 4)
        self.drawn.emit()

    def _restore(self, source: list[list[float]], target: list[list[float]]) -> None:
        if source:
            target.append(list(self.heights))
            self.heights = source.pop()
            self.update()
            self.drawn.emit()


def _paint(widget: EnergyCurve) -> None:
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(widget.rect(), QColor(theme.GROUND))
    floor = widget.height() - _LABELS_HEIGHT
    _paint_grid(painter, widget, floor)
    _paint_curve(painter, widget, floor)
    _paint_sections(painter, widget, floor)
    if widget.hasFocus():
        _paint_focus(painter, widget, floor)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QColor(theme.ACCENT if widget.hasFocus() else theme.LINE))
    painter.drawRect(widget.rect().adjusted(0, 0, -1, -1))


def _paint_grid(painter: QPainter, widget: EnergyCurve, floor: int) -> None:
    painter.setPen(QPen(QColor(theme.LINE), 1))
    for level in (0.25, 0.5, 0.75):
        y = int(widget.position(0, level)[1]) + 0.5
        painter.drawLine(QLineF(0, y, widget.width(), y))
    painter.setPen(QPen(QColor(theme.LINE_STRONG), 1, Qt.PenStyle.DotLine))
    for section in widget.sections[1:]:
        x = int(section.start * widget.width()) + 0.5
        painter.drawLine(QLineF(x, 0, x, floor))


def _paint_curve(painter: QPainter, widget: EnergyCurve, floor: int) -> None:
    points = [QPointF(*widget.position(n, h)) for n, h in enumerate(widget.heights)]
    points = [QPointF(0, points[0].y()), *points, QPointF(widget.width(), points[-1].y())]
    line = QPainterPath(points[0])
    for point in points[1:]:
        line.lineTo(point)
    area = QPainterPath(line)
    area.lineTo(widget.width(), floor)
    area.lineTo(0, floor)
    area.closeSubpath()
    shade = QLinearGradient(0, 0, 0, floor)
    for position, alpha in ((0.0, 150), (1.0, 20)):
        colour = QColor(theme.ACCENT)
        colour.setAlpha(alpha)
        shade.setColorAt(position, colour)
    painter.fillPath(area, shade)
    painter.setPen(QPen(QColor(theme.ACCENT), 2))
    painter.drawPath(line)


def _paint_sections(painter: QPainter, widget: EnergyCurve, floor: int) -> None:
    painter.setFont(theme.font(theme.SMALL))
    for section in widget.sections:
        left = section.start * widget.width()
        width = (section.end - section.start) * widget.width()
        colour = QColor(section_colour(section.name))
        painter.fillRect(QRectF(left + 1, floor + 1, width - 2, 2.5), colour)
        box = QRectF(left + 3, floor + 3, width - 6, _LABELS_HEIGHT - 4)
        right = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(section.name, right, int(width - 4))
        painter.setPen(QColor(theme.DIM))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text if len(text) > 1 else "")


def _paint_focus(painter: QPainter, widget: EnergyCurve, floor: int) -> None:
    x, y = widget.position(widget.column, widget.heights[widget.column])
    painter.setPen(QPen(QColor(theme.TEXT), 1))
    painter.drawLine(QLineF(x, y, x, floor))
    painter.setBrush(QColor(theme.TEXT))
    painter.drawEllipse(QPointF(x, y), 4, 4)
