"""The energy of a composition: a preset, and the curve drawn from there."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.arrangement import form
from technovae_gui import theme
from technovae_gui.compose import presets
from technovae_gui.compose.energy_curve import EnergyCurve
from technovae_gui.widgets import forms


class EnergyForm(QWidget):
    """Curve and presets follow each other; below the curve stand the parts it makes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars, self._seed = 96, 0
        self.preset = forms.combo(
            *((name, name) for name in presets.NAMES), tip="A curve to begin with; then draw"
        )
        self.curve = EnergyCurve()
        self.facts = forms.note()
        fields = forms.form()
        forms.add_row(fields, "Energy", self.preset)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE + 2)
        rows.addLayout(fields)
        rows.addWidget(self.curve, 1)
        rows.addWidget(self.facts)
        self.preset.currentTextChanged.connect(self._chosen)
        self.curve.drawn.connect(self._drawn)
        self._show_curve()

    @property
    def name(self) -> str:
        """The preset's name; `presets.DRAWN` if it was changed."""
        return str(self.preset.currentData())

    def heights(self) -> list[float] | None:
        """The curve, 0..1 from begin to end; None for the standard form."""
        if self.name == presets.STANDARD:
            return None
        return [round(height, 4) for height in self.curve.heights]

    def set_length(self, bars: int, seed: int) -> None:
        """The track's length, and what Random rolls."""
        self._bars, self._seed = bars, seed
        if self.name in (presets.STANDARD, presets.RANDOM):
            self._show_curve()
        self._show_parts()

    def _chosen(self, name: str) -> None:
        if name != presets.DRAWN:
            self.curve.keep()
            self._show_curve()
        self._show_parts()

    def _drawn(self) -> None:
        self.preset.blockSignals(True)
        self.preset.setCurrentText(presets.DRAWN)
        self.preset.blockSignals(False)
        self._show_parts()

    def _show_curve(self) -> None:
        self.curve.show_curve(presets.curve(self.name, self._bars, self._seed))
        self._show_parts()

    def _show_parts(self) -> None:
        standard = self.name == presets.STANDARD
        plan = form.plan(self._bars) if standard else None
        parts = plan or form.plan_curve(self._bars, self.curve.heights)
        self.curve.show_parts(presets.spans(parts, self._bars))
