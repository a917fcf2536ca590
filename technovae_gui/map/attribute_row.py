"""Sliders that move what is chosen along its attributes."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.map.choosing import MOST, MOVES

_FINE = 20
"""Steps of a slider per standard deviation."""
_TWO_SIDED = f"QSlider::sub-page:horizontal {{ background: {theme.LINE}; }}"
"""Nothing is filled from the left: the middle is where nothing is moved."""


class AttributeRow(QWidget):
    """A slider per attribute, in standard deviations of the library.

    Signals: moved(str attribute, float standard deviations in all)
    """

    moved = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders: dict[str, QSlider] = {}
        self._labels: dict[str, QLabel] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.SPACE, 0, 2 * theme.SPACE, theme.SPACE)
        row.setSpacing(3 * theme.SPACE)
        for number, name in enumerate(MOVES):
            row.addLayout(self._column(name, number), 1)
        self.show_amounts(dict.fromkeys(MOVES, 0.0), False)

    def show_amounts(self, amounts: Mapping[str, float], possible: bool) -> None:
        """Mirror `amounts`; `possible`: something is chosen."""
        for name, slider in self.sliders.items():
            slider.blockSignals(True)
            slider.setValue(round(amounts[name] * _FINE))
            slider.blockSignals(False)
            slider.setEnabled(possible)
            shown = f"  {amounts[name]:+.1f}" if amounts[name] else ""
            self._labels[name].setText(f"{name.capitalize()}{shown}")

    def _column(self, name: str, number: int) -> QVBoxLayout:
        label = QLabel(name.capitalize())
        label.setProperty("dim", True)
        slider = _Slider(Qt.Orientation.Horizontal)
        slider.setRange(round(-MOST * _FINE), round(MOST * _FINE))
        slider.setSingleStep(_FINE // 4)
        slider.setPageStep(_FINE)
        slider.setMinimumWidth(60)
        slider.setStyleSheet(_TWO_SIDED)
        keys = f"keys {2 * number + 1} and {2 * number + 2}"
        slider.setToolTip(f"Less or more {name} than what was chosen; {keys}, double click: none")
        slider.setAccessibleName(f"Move what is chosen along {name}")
        slider.valueChanged.connect(lambda value: self.moved.emit(name, value / _FINE))
        self.sliders[name], self._labels[name] = slider, label
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(label)
        column.addWidget(slider)
        return column


class _Slider(QSlider):
    """A double click puts it back to the middle."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.setValue(0)
