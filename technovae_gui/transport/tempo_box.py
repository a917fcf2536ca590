"""The project's tempo: typed, dragged up and down, or tapped."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from core.rhythm.tap_tempo import TapTempo
from technovae_gui.widgets import forms
from technovae_gui.widgets.number_drag import NumberDrag

_RANGE: Final = (40.0, 250.0)
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
        self._drag = NumberDrag(self, 1.0, _FINE)
        self._drag.moved.connect(self._show)
        self._drag.released.connect(self._ask)
        self._taps = TapTempo()
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self.valueChanged.connect(self.tempo_changed)

    def show_tempo(self, bpm: float) -> None:
        """Show the arrangement's tempo, unless another one is being dragged, tapped or typed."""
        typing = self.hasFocus() and abs(self.value() - bpm) <= 0.005
        if not (typing or self._drag.active or self._settle.isActive()):
            self._show(bpm)

    def tap(self) -> None:
        """Count one tap of the tempo; from the fourth in a row on it is shown."""
        bpm = self._taps.tap(time.monotonic())
        if bpm is not None:
            self._show(round(bpm, 1))
            self._settle.start()

    @Slot(float)
    def _show(self, bpm: float) -> None:
        self.blockSignals(True)
        self.setValue(bpm)
        self.blockSignals(False)

    @Slot()
    def _ask(self) -> None:
        self.tempo_changed.emit(self.value())
