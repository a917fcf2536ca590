"""The panel of composing."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QWidget

from core.arrangement.arrangement import Arrangement
from technovae_gui.compose.energy_form import EnergyForm
from technovae_gui.compose.request import ComposeRequest
from technovae_gui.compose.settings_form import SettingsForm
from technovae_gui.widgets import forms
from technovae_gui.widgets.job_panel import JobPanel


class ComposePanel(JobPanel):
    """Asks for a whole track.

    Signals:
        compose_requested(object ComposeRequest), cancel_requested()
    """

    cancelled_text = "Stopped; the timeline is as it was."
    compose_requested = Signal(object)
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = SettingsForm()
        self.energy = EnergyForm()
        self.into = forms.combo(
            ("replaces the timeline (can be undone)", True),
            ("comes after what is on the timeline", False),
            tip="Where the track goes",
        )
        self.compose = forms.button("Compose", "Compose a track (Ctrl+Enter)", primary=True)
        self._lay_out()
        self.settings.changed.connect(self._settings_changed)
        self.settings.seed.valueChanged.connect(self._settings_changed)
        self.compose.clicked.connect(self._ask)
        self.job.cancel_requested.connect(self.cancel_requested)
        self._settings_changed()

    # What the window tells

    def set_start(self, segment_id: str | None, title: str = "") -> None:
        """The segment chosen on the map, offered to begin on; None or empty for none."""
        self.settings.set_start(segment_id, title)

    @Slot(object)
    def set_path(self, points: Any) -> None:
        """Points (n, 2) of the path drawn on the map, or None."""
        self.settings.set_path(points)

    def set_project_tempo(self, bpm: float) -> None:
        """The arrangement's tempo."""
        self.settings.tempo.set_project(bpm)

    def set_library_tempo(self, bpm: float) -> None:
        """The median tempo of the library."""
        self.settings.tempo.set_library(bpm)

    @Slot()
    def composing_started(self) -> None:
        """It is under way."""
        self._start("loading the model…")

    @Slot(object)
    def composed(self, arrangement: Arrangement) -> None:
        """It is on the timeline."""
        self._finish()
        clips = sum(len(lane.clips) for lane in arrangement.lanes)
        self.message.show_text(f"{clips} clips are on the timeline; Ctrl+Z takes them back.")

    # What the user does

    def request(self) -> ComposeRequest:
        """What Compose asks for now."""
        options = {**self.settings.options(), "energy": self.energy.heights()}
        return ComposeRequest(options, self.settings.chosen_path(), self.into.currentData())

    def _ask(self) -> None:
        self.message.show_text("")
        self.compose_requested.emit(self.request())

    def _start_button(self) -> QAbstractButton:
        return self.compose

    def _update_controls(self) -> None:
        self.compose.setEnabled(not self._busy)

    def _settings_changed(self) -> None:
        settings = self.settings
        self.energy.set_length(settings.length.bars(), settings.seed.value())
        minutes, seconds = divmod(round(settings.length.minutes() * 60), 60)
        bars, bpm = settings.length.bars(), settings.tempo.bpm
        self.energy.facts.setText(f"{bars} bars, {minutes}:{seconds:02d} at {bpm:.2f} BPM")

    def _lay_out(self) -> None:
        rows = self._scrolled_column()
        into = forms.form()
        forms.add_row(into, "Result", self.into)
        rows.addWidget(self.settings)
        rows.addWidget(self.energy, 1)
        rows.addLayout(into)
        self._finish_layout(self.compose, self.job, self.message)
