"""Form fields for several clips at once: where their values differ, a field shows "mixed"."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QSizePolicy

from technovae_gui import theme
from technovae_gui.widgets import forms
from technovae_gui.widgets.number_drag import NumberDrag

MIXED = "mixed"
_LEAST_WIDTH = 48
_LINE_HEIGHT = 2
_LINE_MARGIN = 2
"""Pixels, to the left and right edge of the box."""


class NumberField(QDoubleSpinBox):
    """A number: typed after a click, dragged up and down, or stepped by the arrow keys.

    Attributes:
        tip: its tool tip, unless something is to be said about it.

    Signals:
        chosen(float): the user finished typing a number, or stepped to it.
    """

    chosen = Signal(float)

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        step: float,
        decimals: int,
        suffix: str = "",
        *,
        neutral: float | None = None,
    ) -> None:
        """Make a field.

        Args:
            name: for screen readers.
            low, high: the range.
            step: by an arrow or by 4 pixels of a drag; with Shift a tenth of it, if it can be.
            decimals: behind the point, at most.
            suffix: the unit, with a space before it.
            neutral: a line at the lower edge goes from here to the number; None for no line.
        """
        super().__init__()
        self._neutral = neutral
        self._mixed = False
        self._typed = False
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setDecimals(decimals)
        self.setSuffix(suffix)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.tip = f"{name}: drag up or down (Shift: finely), or click to type"
        self.setToolTip(self.tip)
        # Without buttons at all, a style sheet leaves no room for the number.
        self.setProperty("plain", True)
        forms.style_number(self)
        # The range would ask for room that its largest number needs.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(_LEAST_WIDTH)
        drag = NumberDrag(self, step, max(step / 10, 10.0**-decimals))
        drag.moved.connect(self.setValue)
        self.valueChanged.connect(self._changed)
        self.lineEdit().textEdited.connect(self._edited)
        self.editingFinished.connect(self._finished)

    @property
    def mixed(self) -> bool:
        """Whether the clips differ."""
        return self._mixed

    def show_values(self, values: Iterable[float]) -> None:
        """Show the values of all clips."""
        found = list(values)
        if self._typed and self.hasFocus():
            return
        self.blockSignals(True)
        self._mixed = len(set(found)) > 1
        if found:
            self.setValue(found[0])
        self.lineEdit().setText(self._shown_text())
        self.blockSignals(False)

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """The number without trailing zeros."""
        text = f"{value:.{self.decimals()}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()  # so that the wheel scrolls the panel instead

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if self._neutral is None or self._mixed:
            return
        width, span = self.width() - 2 * _LINE_MARGIN, self.maximum() - self.minimum()
        ends = [
            _LINE_MARGIN + width * (value - self.minimum()) / span
            for value in (self._neutral, self.value())
        ]
        box = QRectF(
            min(ends), self.height() - _LINE_HEIGHT - 1, max(ends) - min(ends), _LINE_HEIGHT
        )
        colour = theme.ACCENT if self.isEnabled() else theme.DISABLED
        painter = QPainter(self)
        painter.fillRect(box, QColor(colour))

    def _shown_text(self) -> str:
        number = MIXED if self._mixed else self.textFromValue(self.value()) + self.suffix()
        return self.prefix() + number

    def _edited(self) -> None:
        self._typed = True

    def _changed(self, value: float) -> None:
        self._mixed = self._typed = False
        self.chosen.emit(value)

    def _finished(self) -> None:
        """Take what was typed, also where it is the number that the first clip has already."""
        typed, self._typed = self._typed, False
        if typed and self._mixed:
            self._changed(self.value())
        else:
            self.lineEdit().setText(self._shown_text())


class ChoiceField(QComboBox):
    """A drop-down list; each entry has a key."""

    def __init__(self, name: str, choices: dict[str, str]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(MIXED)
        for key, label in choices.items():
            self.addItem(label, key)

    def show_values(self, keys: Iterable[str]) -> None:
        """Show the choices of all clips, by key."""
        found = set(keys)
        self.setCurrentIndex(self.findData(found.pop()) if len(found) == 1 else -1)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()


class SwitchField(QCheckBox):
    """A check box that is on, off, or partly on where the clips differ."""

    def show_values(self, values: Iterable[bool]) -> None:
        """Show the values of all clips."""
        found = set(values)
        state = Qt.CheckState.PartiallyChecked
        if len(found) == 1:
            state = Qt.CheckState.Checked if found.pop() else Qt.CheckState.Unchecked
        self.setCheckState(state)
