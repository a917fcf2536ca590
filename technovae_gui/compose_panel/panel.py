"""The panel of composing."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.timeline.arrangement import Arrangement
from technovae_gui import theme
from technovae_gui.compose_panel.energy_form import EnergyForm
from technovae_gui.compose_panel.request import ComposeRequest
from technovae_gui.compose_panel.settings_form import SettingsForm
from technovae_gui.parts import widgets
from technovae_gui.parts.job_bar import JobBar
from technovae_gui.parts.line import Line


class ComposePanel(QWidget):
    """Asks for a whole track.

    Signals:
        compose_requested(object ComposeRequest), cancel_requested()
    """

    compose_requested = Signal(object)
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = SettingsForm()
        self.energy = EnergyForm()
        self.into = widgets.combo(
            ("replaces the timeline (can be undone)", True),
            ("comes after what is on the timeline", False),
            tip="Where the track goes",
        )
        self.compose = widgets.button("Compose", "Compose a track (Ctrl+Enter)", primary=True)
        self.job = JobBar()
        self.line = Line()
        self._lay_out()
        self.settings.changed.connect(self._settings_changed)
        self.settings.seed.valueChanged.connect(self._settings_changed)
        self.compose.clicked.connect(self._ask)
        self.job.cancel_requested.connect(self.cancel_requested)
        self._settings_changed()

    @property
    def busy(self) -> bool:
        """Whether a composition is under way."""
        return not self.compose.isEnabled()

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
        self.line.say("")
        self.job.begin("loading the model…")
        self.compose.setEnabled(False)

    @Slot(float, float, str)
    def progress(self, done: float, total: float, message: str = "") -> None:
        """It is so far."""
        self.job.update_to(done, total, message)

    @Slot(object)
    def composed(self, arrangement: Arrangement) -> None:
        """It is on the timeline."""
        self._over()
        clips = sum(len(lane.clips) for lane in arrangement.lanes)
        self.line.say(f"{clips} clips are on the timeline; Ctrl+Z takes them back.")

    @Slot(str)
    def failed(self, message: str) -> None:
        """It ended with an error: one line."""
        self._over()
        self.line.complain(message)

    @Slot()
    def cancelled(self) -> None:
        """It was stopped; the timeline is as it was."""
        self._over()
        self.line.say("Stopped; the timeline is as it was.")

    # What the user does

    def request(self) -> ComposeRequest:
        """What Compose asks for now."""
        options = {**self.settings.options(), "energy": self.energy.heights()}
        return ComposeRequest(options, self.settings.chosen_path(), self.into.currentData())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.compose.click()
        else:
            super().keyPressEvent(event)

    def _ask(self) -> None:
        self.line.say("")
        self.compose_requested.emit(self.request())

    def _over(self) -> None:
        self.job.end()
        self.compose.setEnabled(True)

    def _settings_changed(self) -> None:
        settings = self.settings
        self.energy.set_length(settings.length.bars(), settings.seed.value())
        minutes, seconds = divmod(round(settings.length.minutes() * 60), 60)
        bars, bpm = settings.length.bars(), settings.tempo.bpm
        self.energy.facts.setText(f"{bars} bars, {minutes}:{seconds:02d} at {bpm:.2f} BPM")

    def _lay_out(self) -> None:
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(*[2 * theme.SPACE] * 4)
        rows.setSpacing(2 * theme.SPACE)
        into = widgets.form()
        widgets.add_row(into, "Result", self.into)
        rows.addWidget(self.settings)
        rows.addWidget(self.energy, 1)
        rows.addLayout(into)
        for widget in (self.compose, self.job, self.line):
            rows.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(widgets.scrolled(content))
