"""Small controls of the lanes: a number to drag, a level meter, a name that is edited in place."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from technovae_gui import theme
from technovae_gui.timeline import paint_cache

_FINE = 0.1
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
_RESET = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_0)
_KNOB, _LINE = 38, 15
"""Pixels: the side of a dial, and the height of its caption and of its value."""
_FIRST_ANGLE, _TURN = 225.0, 270.0
"""Degrees: where a dial's lowest value is, and from there to its highest."""
_FLOOR_DB = -54.0
_TOP_DB = 6.0
_FALL_DB_PER_SECOND = 30.0
_HOT_DB = 0.0


class DragNumber(QWidget):
    """A number that is dragged up and down, as gains and pans are in a mixer.

    The wheel (when focused) and the arrow keys change it, too; a double click, Delete or 0 brings
    the default back. It shows only what `show_value` is given: who listens to `changed` decides.

    Args:
        name: for tool tip and screen readers.
        span: lowest and highest value.
        text: writes a value for the screen.
        step: change by an arrow key or a notch of the wheel.
        per_pixel: change by a pixel of a drag; with Shift a tenth of it.
        default: the value that a double click asks for.

    Signals:
        changed(float, int): the value that the user asks for, within the span, and the serial
            number of the drag it belongs to.
    """

    POLICY = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    """As wide as there is space for, so that numbers side by side are alike."""
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
        self.setSizePolicy(self.POLICY)
        self.setAccessibleName(name)
        self.setAccessibleDescription(text(default))
        self.setToolTip(f"{name}: drag up or down (Shift: finer), double click resets")

    @property
    def value(self) -> float:
        """The number that is shown."""
        return self._value

    def show_value(self, value: float) -> None:
        """Show `value`; `changed` is not emitted."""
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
            self._request(value + (y - event.position().y()) * self._per_pixel * fine)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._reset()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if not self.hasFocus():
            event.ignore()
            return
        self._serial += 1
        self._request(self._value + event.angleDelta().y() / 120.0 * self._step)

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.ShortcutOverride
            and event.key() in (*_STEPS, *_RESET)
        ):
            event.accept()  # the timeline's Delete is meant for clips
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._serial += 1
            self._request(self._value + _STEPS[key] * self._step)
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
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(paint_cache.pen(theme.ACCENT if self.hasFocus() else theme.LINE))
        painter.setBrush(paint_cache.colour(theme.GROUND))
        painter.drawRoundedRect(area, 3, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(
            self._bar(area.adjusted(1, 1, -1, -1)), paint_cache.colour(theme.ACCENT, 70)
        )
        painter.setFont(paint_cache.font(1.5))
        painter.setPen(paint_cache.pen(theme.TEXT if self.isEnabled() else theme.DISABLED))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._text(self._value))
        painter.end()

    def _bar(self, area: QRectF) -> QRectF:
        """From the default to the value."""
        left, right = sorted(
            area.left() + self._share(value) * area.width()
            for value in (self._default, self._value)
        )
        return QRectF(left, area.top(), right - left, area.height())

    def _share(self, value: float) -> float:
        low, high = self._span
        return min(max((value - low) / (high - low), 0.0), 1.0)

    def _reset(self) -> None:
        self._serial += 1
        self._grip = None
        self._request(self._default)

    def _request(self, value: float) -> None:
        low, high = self._span
        self.changed.emit(min(max(value, low), high), self._serial)


class Dial(DragNumber):
    """The same as a knob, with its caption above and its value below.

    Args:
        caption: as short as can be.
        name, span, text, steps: see `DragNumber`.
        centred: whether the default is straight up, as 0 dB is on a mixer's equaliser, however far
            it is from both ends.
    """

    def __init__(
        self,
        caption: str,
        name: str,
        span: tuple[float, float],
        text: Callable[[float], str],
        *,
        centred: bool = False,
        **steps: float,
    ) -> None:
        super().__init__(name, span, text, **steps)
        self._centred = centred
        self._caption, self._top = caption, _LINE if caption else 0

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(62, self._top + _KNOB + _LINE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setFont(paint_cache.font(2.0))
        whole, middle = QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter
        enabled = self.isEnabled()
        painter.setPen(paint_cache.pen(theme.DIM if enabled else theme.DISABLED))
        painter.drawText(QRectF(0, 0, whole.width(), _LINE), middle, self._caption)
        painter.setPen(paint_cache.pen(theme.TEXT if enabled else theme.DISABLED))
        bottom = QRectF(0, whole.height() - _LINE, whole.width(), _LINE)
        painter.drawText(bottom, middle, self._text(self._value))
        self._paint_knob(painter, QPointF(whole.center().x(), self._top + _KNOB / 2), enabled)
        painter.end()

    def _paint_knob(self, painter: QPainter, centre: QPointF, enabled: bool) -> None:
        radius = _KNOB / 2 - 4
        ring = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        start, end = (self.angle(it) for it in (self._default, self._value))
        painter.setBrush(paint_cache.colour(theme.GROUND))
        painter.setPen(paint_cache.pen(theme.ACCENT if self.hasFocus() else theme.LINE))
        painter.drawEllipse(ring.adjusted(3, 3, -3, -3))
        painter.setPen(paint_cache.pen(theme.LINE_STRONG, 3.0))
        painter.drawArc(ring, round(16 * _FIRST_ANGLE), round(-16 * _TURN))
        painter.setPen(paint_cache.pen(theme.ACCENT if enabled else theme.DISABLED, 3.0))
        painter.drawArc(ring, round(16 * start), round(16 * (end - start)))
        painter.setPen(paint_cache.pen(theme.TEXT if enabled else theme.DISABLED, 2.0))
        turned = math.radians(end)
        tip = QPointF(math.cos(turned), -math.sin(turned))
        painter.drawLine(centre + tip * (radius * 0.3), centre + tip * (radius - 4))

    def angle(self, value: float) -> float:
        """Where a value is, in degrees counter-clockwise from the right."""
        share = self._share(value)
        if self._centred:
            middle = self._share(self._default)
            below = share / middle / 2
            share = below if share <= middle else 0.5 + (share - middle) / (1.0 - middle) / 2
        return _FIRST_ANGLE - _TURN * share


class LaneMeter(QWidget):
    """The level of a lane: a thin bar that jumps up at once and falls by 30 dB a second.

    It paints only the part that changed.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = _FLOOR_DB
        self._fed = time.monotonic()
        self._shown = 0
        self.setFixedWidth(5)
        self.setAccessibleName("Lane level")

    def feed(self, peak: float) -> None:
        """Take a linear peak (1.0 is full scale) since the last call; 0 lets the bar fall."""
        now = time.monotonic()
        fallen = self._level - _FALL_DB_PER_SECOND * (now - self._fed)
        self._fed = now
        level = 20.0 * math.log10(peak) if peak > 0.0 else _FLOOR_DB
        self._level = max(level, fallen, _FLOOR_DB)
        shown = self._pixels(self._level)
        if shown != self._shown:
            high, low = max(shown, self._shown), min(shown, self._shown)
            self._shown = shown
            self.update(0, self.height() - high, self.width(), high - low + 1)

    @property
    def level_db(self) -> float:
        """The level that the bar shows, in dBFS."""
        return self._level

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(5, 30)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(event.rect(), paint_cache.colour(theme.GROUND))
        hot = self._pixels(_HOT_DB)
        height, width = self.height(), self.width()
        lower = min(self._shown, hot)
        painter.fillRect(QRect(0, height - lower, width, lower), paint_cache.colour(theme.GOOD))
        if self._shown > hot:
            over = self._shown - hot
            painter.fillRect(
                QRect(0, height - self._shown, width, over), paint_cache.colour(theme.BAD)
            )
        painter.end()

    def _pixels(self, level_db: float) -> int:
        part = (level_db - _FLOOR_DB) / (_TOP_DB - _FLOOR_DB)
        return round(min(max(part, 0.0), 1.0) * self.height())


class InlineEdit(QLineEdit):
    """A name that is edited where it stands: Enter and leaving it keep the text, Escape does not.

    It shows itself, takes the focus, and deletes itself at the end.

    Args:
        parent: the widget it lies on; gets the focus back.
        area: where it lies, in pixels of the parent.
        text: the name until now.
        done: called once with the new name, if it is another one and not empty.
    """

    def __init__(
        self, parent: QWidget, area: QRect, text: str, done: Callable[[str], object]
    ) -> None:
        super().__init__(text, parent)
        self._parent, self._before, self._done = parent, text, done
        self._open = True
        self.setAccessibleName("Name")
        self.setGeometry(area)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # every key is text here, Return too
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self._close(keep=False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close(keep=True)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._close(keep=True)

    def _close(self, *, keep: bool) -> None:
        if not self._open:
            return
        self._open = False
        text = self.text().strip()
        self.hide()
        self.deleteLater()
        self._parent.setFocus()
        if keep and text and text != self._before:
            self._done(text)
