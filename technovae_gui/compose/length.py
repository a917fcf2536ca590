"""The length of a composition in minutes or bars."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QWidget

from core.settings import BEATS_PER_BAR
from technovae_gui import theme
from technovae_gui.widgets import forms

_MINUTES, _BARS = 0, 1
_LONGEST = 180.0
_NARROW = 84


class Length(QWidget):
    """Keeps its length where the unit changes. Signals: changed()."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bpm = 130.0
        self.amount = QDoubleSpinBox()
        self.amount.setMinimumWidth(_NARROW)
        self.amount.setAccessibleName("Length")
        self.amount.setToolTip("How long the track shall be")
        self.unit = forms.combo(
            ("minutes", _MINUTES), ("bars", _BARS), tip="Minutes or bars", name="Unit of the length"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        row.addWidget(self.amount, 1)
        row.addWidget(self.unit, 1)
        self.setFocusProxy(self.amount)
        self._dress(_MINUTES)
        self.amount.setValue(3.0)
        self.amount.valueChanged.connect(self.changed)
        self.unit.currentIndexChanged.connect(self._unit_changed)

    def set_bpm(self, bpm: float) -> None:
        """The tempo by which minutes and bars are converted."""
        self._bpm = bpm

    def options(self) -> dict[str, float | int]:
        """For `ComposeOptions`: minutes or bars."""
        value = self.amount.value()
        return {"bars": round(value)} if self._in_bars() else {"minutes": value}

    def bars(self) -> int:
        """Whole bars that cover the length."""
        value = self.amount.value()
        return round(value) if self._in_bars() else max(1, math.ceil(value / self._bar() - 1e-6))

    def minutes(self) -> float:
        """The length in minutes."""
        value = self.amount.value()
        return value * self._bar() if self._in_bars() else value

    def _in_bars(self) -> bool:
        return self.unit.currentIndex() == _BARS

    def _bar(self) -> float:
        """Minutes of one bar."""
        return BEATS_PER_BAR / self._bpm

    def _unit_changed(self, unit: int) -> None:
        value = self.amount.value()
        value = round(value / self._bar() / 4) * 4 if unit == _BARS else value * self._bar()
        self.amount.blockSignals(True)
        self._dress(unit)
        self.amount.setValue(value)
        self.amount.blockSignals(False)
        self.changed.emit()

    def _dress(self, unit: int) -> None:
        bars = unit == _BARS
        self.amount.setDecimals(0 if bars else 2)
        self.amount.setRange(4 if bars else 0.1, 6000 if bars else _LONGEST)
        self.amount.setSingleStep(8 if bars else 0.5)
