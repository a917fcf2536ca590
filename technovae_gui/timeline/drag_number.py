"""A small number that is dragged up and down, as levels and pans are in a mixer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from technovae_gui import theme
from technovae_gui.timeline import ink

_FINE = 0.1
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
_RESET = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_0)


class DragNumber(QWidget):
    """Drag, wheel (when focused) or arrow keys change it; a double click brings the default back.

    Signals:
        changed(float, int): the new value, and the serial number of the drag it belongs to.
    """

    changed = Signal(float, int)

    def __init__(
        self,
        name: str,
        span: tuple[float, float],
        text: Callable[[float], str],
        *,
        step: float,
        per_pixel: float,
        default: float = 0.0,
    ) -> None:
        super().__init__()
        self._span, self._text, self._step, self._per_pixel = span, text, step, per_pixel
        self._value = self._default = default
        self._serial = 0
        self._grip: tuple[float, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}: drag up or down (Shift: finer), double click resets")

    @property
    def value(self) -> float:
        """What is shown."""
        return self._value

    def show_value(self, value: float) -> None:
        """Show `value` without announcing it."""
        if value != self._value:
            self._value = value
            self.setAccessibleDescription(self._text(value))
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(52, 19)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self._serial += 1
            self._grip = event.position().y(), self._value

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._grip is not None:
            fine = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
            y, value = self._grip
            self._ask(value + (y - event.position().y()) * self._per_pixel * fine)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._reset()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if not self.hasFocus():
            event.ignore()
            return
        self._serial += 1
        self._ask(self._value + event.angleDelta().y() / 120.0 * self._step)

    def event(self, event: QEvent) -> bool:
        override = event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if override and event.key() in (*_STEPS, *_RESET):
            event.accept()  # the timeline's Delete is meant for clips
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._serial += 1
            self._ask(self._value + _STEPS[key] * self._step)
        elif key in _RESET:
            self._reset()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        place = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(ink.pen(theme.ACCENT if self.hasFocus() else theme.LINE))
        painter.setBrush(ink.GROUND)
        painter.drawRoundedRect(place, 3, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(self._bar(place.adjusted(1, 1, -1, -1)), ink.colour(theme.ACCENT, 70))
        painter.setFont(ink.font(1.5))
        painter.setPen(ink.pen(theme.TEXT))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._text(self._value))
        painter.end()

    def _bar(self, place: QRectF) -> QRectF:
        """From the default to the value."""
        ends = sorted(place.left() + self._part(v) * place.width() for v in self._ends())
        return QRectF(ends[0], place.top(), ends[1] - ends[0], place.height())

    def _ends(self) -> tuple[float, float]:
        return self._default, self._value

    def _part(self, value: float) -> float:
        low, high = self._span
        return min(max((value - low) / (high - low), 0.0), 1.0)

    def _reset(self) -> None:
        self._serial += 1
        self._grip = None
        self._ask(self._default)

    def _ask(self, value: float) -> None:
        low, high = self._span
        self.changed.emit(min(max(value, low), high), self._serial)
