"""The tempo of a composition: the project's, the library's, or another."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QWidget

from core.settings import TEMPO_PRIOR
from technovae_gui import theme
from technovae_gui.widgets import forms

_PROJECT, _LIBRARY, _OWN = range(3)
_NARROW = 84


class Tempo(QWidget):
    """Signals: changed()."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project, self._library = TEMPO_PRIOR, TEMPO_PRIOR
        self.choice = forms.combo(
            *(("as the project", _PROJECT), ("as the library", _LIBRARY), ("another", _OWN)),
            tip="Everything is brought to this tempo",
            name="Tempo",
        )
        self.box = QDoubleSpinBox()
        self.box.setMinimumWidth(_NARROW)
        self.box.setRange(60.0, 200.0)
        self.box.setDecimals(2)
        self.box.setSuffix(" BPM")
        self.box.setAccessibleName("BPM")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        row.addWidget(self.choice, 1)
        row.addWidget(self.box, 1)
        self.setFocusProxy(self.choice)
        self.choice.currentIndexChanged.connect(self._show)
        self.box.valueChanged.connect(self.changed)
        self._show()

    @property
    def bpm(self) -> float:
        """What it will be."""
        return self.box.value()

    def set_project(self, bpm: float) -> None:
        """The arrangement's tempo."""
        self._project = bpm
        self._show()

    def set_library(self, bpm: float) -> None:
        """The median tempo of the library."""
        self._library = bpm
        self._show()

    def _show(self) -> None:
        choice = self.choice.currentIndex()
        self.box.setEnabled(choice == _OWN)
        if choice != _OWN:
            self.box.setValue(self._project if choice == _PROJECT else self._library)
