"""What the grid editor is made of, laid out; what it does is in `grid_editor`."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.library.grid_buttons import GridButtons
from technovae_gui.library.overview import Overview
from technovae_gui.library.peaks import Peaks
from technovae_gui.library.waveform_view import WaveformView
from technovae_gui.widgets import forms
from technovae_gui.widgets.labels import ElidedLabel, MessageLabel

NO_PEAKS: Peaks = np.zeros((0, 2), np.float32)


class GridParts(QWidget):
    """Title, facts, the whole track, a part of it near by, buttons, and a line for messages."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = forms.heading("")
        self.facts = ElidedLabel()
        self.overview = Overview()
        self.wave = WaveformView()
        self.buttons = GridButtons()
        self.read_only = forms.note()
        self.message = MessageLabel()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        for widget in (self.title, self.facts, self.overview, self.wave):
            rows.addWidget(widget)
        for row in self.buttons.rows():
            rows.addLayout(row)
        rows.addWidget(self.read_only)
        rows.addWidget(self.message)
        self.read_only.hide()
        self.wave.span_changed.connect(self._span_changed)
        self.overview.went.connect(self._go)

    def show_wave(self, peaks: Peaks, seconds: float) -> None:
        """The waveform of a track of `seconds`, all of it."""
        self.overview.show_track(peaks)
        self.wave.show_track(peaks, seconds)

    def show_read_only(self, why: str) -> None:
        """Why grids cannot be changed; empty if they can."""
        self.read_only.setText(why)
        self.read_only.setVisible(bool(why))

    def enable(self, *, there: bool, can: bool, changed: bool) -> None:
        """Whether there is a grid, it can be changed now, and there is something to apply."""
        for button in self.buttons.all():
            button.setEnabled(can)
        self.buttons.bpm.setEnabled(can)
        self.buttons.apply.setEnabled(can and changed)
        self.buttons.revert.setEnabled(can and changed)
        self.buttons.click.setEnabled(there)

    def _span_changed(self) -> None:
        self.overview.show_span(self.wave.span)

    def _go(self, seconds: float) -> None:
        self.wave.set_span(self.wave.span.centred(seconds))
