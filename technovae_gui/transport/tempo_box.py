"""The project's tempo: typed, dragged up and down, or tapped."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from core.rhythm.tap_tempo import TapTempo
from technovae_gui.widgets import forms

_RANGE: Final = (40.0, 250.0)
_DRAG_PIXELS: Final = 4
_PIXELS_PER_STEP: Final = 4.0
_FINE: Final = 0.05
"""Share of a BPM that a step of a drag with Shift is."""
_SETTLE_MS: Final = 900
"""After the last tap: every clip is stretched to a new tempo, so taps under way change nothing."""


class TempoBox(QDoubleSpinBox):
    """A number of BPM. A click types, a drag up or down changes it, with Shift finely.

    Signals:
        tempo_changed(float): the tempo that the user asks for: once a drag has ended, or the last
            tap is a moment ago.
    """

    tempo_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(*_RANGE)
        self.setDecimals(2)
        self.setSuffix(" BPM")
        self.setKeyboardTracking(False)
        self.setFixedWidth(110)
        forms.style_number(self)
        self.setToolTip(
            "Tempo of the project; everything follows.\n"
            "Drag up or down (Shift: finely), click to type, or tap it (T)"
        )
        self.setAccessibleName("Tempo")
        # A press may become a drag, which leaves the keys where they are.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.lineEdit().setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.lineEdit().setCursor(Qt.CursorShape.SizeVerCursor)
        self.lineEdit().installEventFilter(self)
        self._press: tuple[QPointF, float] | None = None
        self._dragging = False
        self._taps = TapTempo()
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self.valueChanged.connect(self.tempo_changed)

    def show_tempo(self, bpm: float) -> None:
        """Show the arrangement's tempo, unless another one is being dragged, tapped or typed."""
        typing = self.hasFocus() and abs(self.value() - bpm) <= 0.005
        if not (typing or self._dragging or self._settle.isActive()):
            self._show(bpm)

    def tap(self) -> None:
        """Count one tap of the tempo; from the fourth in a row on it is shown."""
        bpm = self._taps.tap(time.monotonic())
        if bpm is not None:
            self._show(round(bpm, 1))
            self._settle.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is not self.lineEdit() or not isinstance(event, QMouseEvent):
            return False
        if self.hasFocus() and self._press is None:
            return False  # it is being typed into: the mouse selects text
        match event.type():
            case QEvent.Type.MouseButtonPress if event.button() is Qt.MouseButton.LeftButton:
                self._press = event.globalPosition(), self.value()
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
        self._dragging |= abs(up) >= _DRAG_PIXELS
        if self._dragging:
            fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._show(before + round(up / _PIXELS_PER_STEP) * (_FINE if fine else 1.0))

    def _release(self) -> None:
        dragged, self._dragging, self._press = self._dragging, False, None
        if dragged:
            self._ask()
        else:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.selectAll()

    def _show(self, bpm: float) -> None:
        self.blockSignals(True)
        self.setValue(bpm)
        self.blockSignals(False)

    def _ask(self) -> None:
        self.tempo_changed.emit(self.value())
