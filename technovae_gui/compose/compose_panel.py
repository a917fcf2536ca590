"""The compose panel: asks for a whole track along an energy curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QWidget

from core.arrangement.arrangement import Arrangement
from core.arrangement.form_catalogue import Form
from technovae_gui.compose.compose_settings import ComposeSettings
from technovae_gui.compose.energy_form import EnergyForm
from technovae_gui.widgets import forms
from technovae_gui.widgets.job_panel import JobPanel


@dataclass(frozen=True, eq=False)
class ComposeRequest:
    """One composition.

    Attributes:
        options: arguments of `core.arrangement.compose.ComposeOptions`: minutes or bars, bpm,
            start, energy, form, morph, renderer, seed, title.
        path: (n, 2) points on the map that the music goes along; None: it finds its way.
        replace: whether it replaces what is on the timeline; otherwise it is appended.
    """

    options: dict[str, Any]
    path: NDArray[Any] | None = None
    replace: bool = True


class ComposePanel(JobPanel):
    """Settings and energy curve of a composition.

    Signals:
        compose_requested(ComposeRequest), cancel_requested()
    """

    cancelled_text = "Stopped; the timeline is as it was."
    compose_requested = Signal(ComposeRequest)
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = ComposeSettings()
        self.energy = EnergyForm()
        self.destination = forms.combo(
            ("Replace the timeline", True),
            ("Add at its end", False),
            tip="Where the track goes; undo takes it back (Ctrl+Z)",
            name="Result",
        )
        self.compose = forms.button("Compose", "Compose a track (Ctrl+Enter)", primary=True)
        self._lay_out()
        self.settings.changed.connect(self._show_length)
        self.settings.seed.valueChanged.connect(self._show_length)
        self.compose.clicked.connect(self._request)
        self.job.cancel_requested.connect(self.cancel_requested)
        self._show_length()

    def set_start(self, segment_id: str | None, title: str = "") -> None:
        """Offer the segment chosen on the map to begin on.

        Args:
            segment_id: None or empty for none.
            title: of the segment.
        """
        self.settings.set_start(segment_id, title)

    @Slot(object)
    def set_path(self, points: NDArray[Any] | None) -> None:
        """Offer the path drawn on the map: points (n, 2), or None for no path."""
        self.settings.set_path(points)

    def set_project_tempo(self, bpm: float) -> None:
        """Offer the arrangement's tempo, BPM, as that of the project."""
        self.settings.tempo.set_project_tempo(bpm)

    def set_library_tempo(self, bpm: float) -> None:
        """The median tempo of the library."""
        self.settings.tempo.set_library_tempo(bpm)

    def set_learned_forms(self, learned: Sequence[Form]) -> None:
        """The forms of the library's own tracks."""
        self.energy.set_learned(learned)

    @Slot()
    def composing_started(self) -> None:
        """The composition is under way."""
        self._start("loading the model…")

    @Slot(object)
    def composed(self, arrangement: Arrangement) -> None:
        """The composition is on the timeline."""
        self._finish()
        clips = sum(len(lane.clips) for lane in arrangement.lanes)
        self.message.show_text(f"{clips} clips are on the timeline; undo takes them back.")

    def request(self) -> ComposeRequest:
        """What the fields ask for now."""
        form = {"energy": self.energy.heights(), "form": self.energy.form_name()}
        options = {**self.settings.options(), **form}
        return ComposeRequest(options, self.settings.chosen_path(), self.destination.currentData())

    def _request(self) -> None:
        self.message.show_text("")
        self.compose_requested.emit(self.request())

    def _start_button(self) -> QAbstractButton:
        return self.compose

    def _update_controls(self) -> None:
        self.compose.setEnabled(not self._busy)

    def _show_length(self) -> None:
        settings = self.settings
        self.energy.set_length(settings.length.bars(), settings.seed.value())
        minutes, seconds = divmod(round(settings.length.minutes() * 60), 60)
        bars, bpm = settings.length.bars(), settings.tempo.bpm
        self.energy.facts.setText(f"{bars} bars, {minutes}:{seconds:02d} at {bpm:.2f} BPM")

    def _lay_out(self) -> None:
        rows = self._scrolled_column()
        rows.addWidget(self.energy, 1)
        rows.addWidget(self.settings)
        foot = QWidget()
        line = forms.row(self.destination, self.compose)
        line.setStretch(0, 1)
        foot.setLayout(line)
        # Above the button, which stays where it is while they come and go.
        self._finish_layout(self.job, self.message, foot)
