"""Numbers in boxes that are dragged up and down, as in a mixer, and still typed after a click."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox

_DRAG_PIXELS: Final = 4
_PIXELS_PER_STEP: Final = 4.0


class NumberDrag(QObject):
    """Lets the number of a box be dragged; a press that stays where it is types, all selected.

    The box keeps its number: who listens shows or takes what is asked for.

    Args:
        box: the box.
        step: change of the number by 4 pixels.
        fine: the same with Shift held.

    Signals:
        moved(float): the number that the mouse asks for, which may lie outside the box's range.
        released(): the drag is over.
    """

    moved = Signal(float)
    released = Signal()

    def __init__(self, box: QDoubleSpinBox, step: float, fine: float) -> None:
        super().__init__(box)
        self._box, self._step, self._fine = box, step, fine
        self._press: tuple[QPointF, float] | None = None
        self.active = False
        """Whether the number is being dragged."""
        # A press may become a drag, which leaves the keys where they are.
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._line = box.lineEdit()
        self._line.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._line.setCursor(Qt.CursorShape.SizeVerCursor)
        self._line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is not self._line or not isinstance(event, QMouseEvent):
            return False
        if self._press is None and (self._box.hasFocus() or not self._box.isEnabled()):
            return False  # it is being typed into: the mouse selects text
        match event.type():
            case QEvent.Type.MouseButtonPress if event.button() is Qt.MouseButton.LeftButton:
                self._press = event.globalPosition(), self._box.value()
            case QEvent.Type.MouseMove if self._press is not None:
                self._drag(event)
            case QEvent.Type.MouseButtonRelease if self._press is not None:
                self._release()
            case _:
                return False
        return True

    def _drag(self, event: QMouseEvent) -> None:
        assert self._press is not None
        start, before = self._press
        up = start.y() - event.globalPosition().y()
        self.active |= abs(up) >= _DRAG_PIXELS
        if self.active:
            fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.moved.emit(
                before + round(up / _PIXELS_PER_STEP) * (self._fine if fine else self._step)
            )

    def _release(self) -> None:
        dragged, self.active, self._press = self.active, False, None
        if dragged:
            self.released.emit()
        else:
            box: QAbstractSpinBox = self._box
            box.setFocus(Qt.FocusReason.MouseFocusReason)
            box.selectAll()
