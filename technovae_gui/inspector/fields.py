"""Fields that can show several values at once: where clips differ they say so."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QSizePolicy

from technovae_gui import theme

MIXED = "mixed"


class NumberField(QDoubleSpinBox):
    """A number. Signals: chosen(float), once somebody is done typing, or by the arrow keys."""

    chosen = Signal(float)

    def __init__(
        self, name: str, low: float, high: float, step: float, decimals: int, suffix: str = ""
    ) -> None:
        super().__init__()
        self._mixed = False
        self._typed = False
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setDecimals(decimals)
        self.setSuffix(suffix)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        theme.indent(self)
        # The range would ask for room that its largest number needs.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)
        self.valueChanged.connect(self._changed)
        self.lineEdit().textEdited.connect(self._edited)
        self.editingFinished.connect(self._finished)

    @property
    def mixed(self) -> bool:
        """Whether the clips differ."""
        return self._mixed

    def show_values(self, values: Iterable[float]) -> None:
        """Mirror the values of all clips."""
        found = list(values)
        if self._typed and self.hasFocus():
            return
        self.blockSignals(True)
        self._mixed = len(set(found)) > 1
        if found:
            self.setValue(found[0])
        self.lineEdit().setText(self._face())
        self.blockSignals(False)

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """Without the zeros that say nothing."""
        text = f"{value:.{self.decimals()}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()  # it belongs to the panel, which scrolls

    def _face(self) -> str:
        number = MIXED if self._mixed else self.textFromValue(self.value()) + self.suffix()
        return self.prefix() + number

    def _edited(self) -> None:
        self._typed = True

    def _changed(self, value: float) -> None:
        self._mixed = self._typed = False
        self.chosen.emit(value)

    def _finished(self) -> None:
        """Somebody may have typed the very number that the first of several clips has."""
        typed, self._typed = self._typed, False
        if typed and self._mixed:
            self._changed(self.value())
        else:
            self.lineEdit().setText(self._face())


class ChoiceField(QComboBox):
    """A choice by key."""

    def __init__(self, name: str, choices: dict[str, str]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(MIXED)
        for key, label in choices.items():
            self.addItem(label, key)

    def show_values(self, keys: Iterable[str]) -> None:
        """Mirror the keys of all clips."""
        found = set(keys)
        self.setCurrentIndex(self.findData(found.pop()) if len(found) == 1 else -1)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()


class SwitchField(QCheckBox):
    """On, off, or partly."""

    def show_values(self, values: Iterable[bool]) -> None:
        """Mirror the values of all clips."""
        found = set(values)
        state = Qt.CheckState.PartiallyChecked
        if len(found) == 1:
            state = Qt.CheckState.Checked if found.pop() else Qt.CheckState.Unchecked
        self.setCheckState(state)
