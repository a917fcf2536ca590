"""The energy of a track over its length, drawn by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from technovae_gui.compose import curve_painter
from technovae_gui.compose.curve_painter import LABELS
from technovae_gui.compose.presets import COLUMNS

_STEP, _FINE, _LEAP = 0.05, 0.01, 0.25
_EDGE = 6
"""Pixels above and below the curve."""
_MOST_STEPS = 200


class EnergyCurve(QWidget):
    """`COLUMNS` heights of 0..1. The mouse draws; arrows, Home, End and Ctrl+Z work as well.

    Signals:
        drawn(): the user changed the curve.
    """

    drawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heights = [0.5] * COLUMNS
        self.parts: list[tuple[str, float, float]] = []
        self.at = 0
        self._last: tuple[int, float] | None = None
        self._undo: list[list[float]] = []
        self._redo: list[list[float]] = []
        self.setMinimumHeight(120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Energy curve")
        self.setToolTip(
            "Draw with the mouse. Keys: Left and Right choose a place, Up and Down change it "
            "(Shift: finer), Ctrl+Z takes back"
        )

    def show_curve(self, heights: Sequence[float]) -> None:
        """Another curve; history is kept."""
        self.heights = [min(1.0, max(0.0, float(height))) for height in heights]
        self.update()

    def show_parts(self, parts: list[tuple[str, float, float]]) -> None:
        """Name, begin and end of each part, 0..1 of the length."""
        self.parts = parts
        self.update()

    def keep(self) -> None:
        """What follows can be taken back to here."""
        self._undo = [*self._undo[1 - _MOST_STEPS :], list(self.heights)]
        self._redo = []

    def undo(self) -> None:
        """One step back."""
        self._travel(self._undo, self._redo)

    def redo(self) -> None:
        """One step on."""
        self._travel(self._redo, self._undo)

    def place(self, column: int, height: float) -> tuple[float, float]:
        """Pixels of the middle of `column` at `height`."""
        room = self.height() - LABELS - 2 * _EDGE
        return (column + 0.5) * self.width() / COLUMNS, _EDGE + (1.0 - height) * room

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(360, 150)

    def event(self, event: QEvent) -> bool:
        """Keys that are ours come before the window's shortcuts."""
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
            self.keep()
            self._last = None
            self._draw_to(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._draw_to(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        curve_painter.paint(self)

    def _draw_to(self, event: QMouseEvent) -> None:
        """All columns from the last place to this one lie on a line: a fast stroke has no gaps."""
        room = self.height() - LABELS - 2 * _EDGE
        column = min(COLUMNS - 1, max(0, int(event.position().x() * COLUMNS / self.width())))
        height = min(1.0, max(0.0, 1.0 - (event.position().y() - _EDGE) / room))
        first, before = self._last or (column, height)
        steps = max(1, abs(column - first))
        for step in range(steps + 1):
            share = step / steps
            self.heights[first + round(share * (column - first))] = before + share * (
                height - before
            )
        self._last, self.at = (column, height), column
        self.update()
        self.drawn.emit()

    def _action(self, event: QKeyEvent) -> Callable[[], None] | None:
        key, held, keys = event.key(), event.modifiers(), Qt.Key
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if held & Qt.KeyboardModifier.ControlModifier:
            forward = key == keys.Key_Y or (key == keys.Key_Z and shift)
            return self.redo if forward else self.undo if key == keys.Key_Z else None
        step = _FINE if shift else _STEP
        moves = {
            keys.Key_Left: partial(self._go, self.at - 1),
            keys.Key_Right: partial(self._go, self.at + 1),
            keys.Key_Home: partial(self._go, 0),
            keys.Key_End: partial(self._go, COLUMNS - 1),
            keys.Key_Up: partial(self._raise, step),
            keys.Key_Down: partial(self._raise, -step),
            keys.Key_PageUp: partial(self._raise, _LEAP),
            keys.Key_PageDown: partial(self._raise, -_LEAP),
        }
        return moves.get(Qt.Key(key))

    def _go(self, column: int) -> None:
        self.at = min(COLUMNS - 1, max(0, column))

    def _raise(self, by: float) -> None:
        self.keep()
        self.heights[self.at] = round(min(1.0, max(0.0, self.heights[self.at] + by)), 4)
        self.drawn.emit()

    def _travel(self, back: list[list[float]], forth: list[list[float]]) -> None:
        if back:
            forth.append(list(self.heights))
            self.heights = back.pop()
            self.update()
            self.drawn.emit()
