"""How loud an export shall be."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.widgets import forms

_STREAMING, _CLUB, _OWN, _PLAYED = range(4)
_NARROW = 84
_LUFS = {_STREAMING: -14.0, _CLUB: -9.0}
_TIPS = {
    _STREAMING: "What streaming services play at; peaks stay below -1 dBTP",
    _CLUB: "As loud as club records; the limiter works harder",
    _OWN: "Integrated loudness; peaks stay below -1 dBTP",
    _PLAYED: "No mastering and no limiter: sample for sample what you hear",
}


class Loudness(QWidget):
    """Signals: changed()."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = forms.combo(
            *(
                ("streaming", _STREAMING),
                ("club", _CLUB),
                ("another", _OWN),
                ("as played", _PLAYED),
            ),
            tip="",
            name="Loudness",
        )
        self.box = QDoubleSpinBox()
        self.box.setMinimumWidth(_NARROW)
        self.box.setRange(-40.0, -4.0)
        self.box.setDecimals(1)
        self.box.setSingleStep(0.5)
        self.box.setSuffix(" LUFS")
        self.box.setAccessibleName("Integrated loudness")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        row.addWidget(self.choice, 1)
        row.addWidget(self.box, 1)
        self.setFocusProxy(self.choice)
        self.choice.currentIndexChanged.connect(self._chosen)
        self.box.valueChanged.connect(self.changed)
        self._chosen()

    @property
    def lufs(self) -> float | None:
        """The target; None: as played."""
        return None if self.choice.currentIndex() == _PLAYED else self.box.value()

    def _chosen(self) -> None:
        choice = self.choice.currentIndex()
        self.choice.setToolTip(_TIPS[choice])
        self.box.setEnabled(choice == _OWN)
        self.box.setVisible(choice != _PLAYED)
        if choice in _LUFS:
            self.box.setValue(_LUFS[choice])
        self.changed.emit()
