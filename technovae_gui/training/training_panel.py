"""The training panel: starts, follows and stops the training of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QDoubleSpinBox,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.library.training_weights import LearningSummary, TrackSpan
from core.vae.history import Epoch
from technovae_gui import theme
from technovae_gui.training.training_progress import (
    EpochFigures,
    ReconstructionView,
    TrainingCurves,
)
from technovae_gui.training.verdict import DEMO, NOTHING, UNKNOWN, verdict
from technovae_gui.training.versions_panel import VersionsPanel
from technovae_gui.widgets import forms
from technovae_gui.widgets.forms import CollapsibleSection, FieldGrid, SectionHeader
from technovae_gui.widgets.job_panel import JobPanel, JobProgressBar
from technovae_gui.widgets.labels import MessageLabel

_NEW, _RESUME = range(2)
_MAX_SEED = 2**31 - 1
_STOPPED = "Stopped; the best version so far is kept."
_NOTHING_LEFT = "All music is left out of the training: take some of it in again."


TrainingEvent = Epoch | Path | tuple[NDArray[np.float32], NDArray[np.float32]]
"""What a training reports: an epoch that is done, the path of a better model that was saved, or a
real segment and its reconstruction, (512, 128) dB each."""


@dataclass(frozen=True)
class TrainingRequest:
    """Train a model.

    Attributes:
        minutes: at most.
        resume: whether to go on from the last training.
        seed: the same one on the same library gives the same model.
        only: what is learned; empty for all that is not left out.
    """

    minutes: float
    resume: bool
    seed: int
    only: tuple[TrackSpan, ...] = ()


class TrainingResult(Protocol):
    """`core.vae.options.TrainResult`, which is not imported here: it brings keras."""

    path: Path
    best_epoch: int

    def lines(self) -> Sequence[str]:
        """What came of the training, in plain sentences."""


class TrainingPanel(JobPanel):
    """Settings of a training, and its figures, curves and reconstructions while it runs.

    Signals:
        start_requested(TrainingRequest)
        stop_requested()
        everything_requested(): learn from all music again, not from a choice.
        listen_requested(): play something as the model decodes it.
    """

    cancelled_text = "Stopped before there was a new model; the one before is kept."
    start_requested = Signal(TrainingRequest)
    stop_requested = Signal()
    everything_requested = Signal()
    listen_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        # A training reports the time left itself, and the controls have a button to stop it.
        super().__init__(parent, bar=JobProgressBar(estimates=False))
        self.job.cancel.hide()
        self._windows = 0
        self._all_left_out = False
        self._only: tuple[TrackSpan, ...] = ()
        self._resume = self._demo = self._has_model = self._kept = False
        self.headline = QLabel()
        self.headline.setProperty("display", True)
        self.sentence = forms.note()
        self.listen = forms.button(
            "Listen to what it learned", "Play a segment of the map as the model decodes it"
        )
        self.about = forms.note()
        self.learning_text = forms.note()
        self.everything = forms.button(
            "Learn from all", "Learn from all music again that is not left out"
        )
        self.learning = QWidget()
        line = forms.row(self.learning_text, self.everything)
        line.setStretch(0, 1)
        self.learning.setLayout(line)
        self.learning.hide()
        self.controls = TrainingControls()
        self.saved_message = MessageLabel()
        self.figures = EpochFigures()
        self.curves = TrainingCurves()
        self.report = MessageLabel()
        self.reconstruction = ReconstructionView()
        self.figures_section = self._figures_section()
        self.versions = VersionsPanel()
        self.versions_section = CollapsibleSection(
            "Versions", self.versions, tip="What earlier trainings left: use it, or compare by ear"
        )
        self._lay_out()
        self.listen.clicked.connect(self.listen_requested)
        self.everything.clicked.connect(self.everything_requested)
        self.controls.start_requested.connect(self._request_start)
        self.controls.stop_requested.connect(self._request_stop)
        self._update_controls()

    def set_library(self, name: str, windows: int, demo: bool = False) -> None:
        """Say what would be trained on.

        Args:
            name: of the library.
            windows: how many windows of four bars it has, one on every bar.
            demo: whether it is the built-in demo.
        """
        self._windows, self._demo = windows, demo
        self.about.setText(_about_text(name, windows, demo))
        self._update_controls()

    def set_learning(self, summary: LearningSummary, only: tuple[TrackSpan, ...] = ()) -> None:
        """Say what a training learns of the library.

        Args:
            summary: how many of its segments.
            only: the music that it learns; empty for all that is not left out.
        """
        self._only = only
        self.learning.setVisible(bool(only) or not summary.is_plain)
        what = "The next training learns" if only else "A training learns"
        text = f"{what} from {summary.text}."
        self.learning_text.setText(text if summary.learned else _NOTHING_LEFT)
        self.everything.setVisible(bool(only))
        self._all_left_out = not summary.learned
        self._update_controls()

    def show_learning(self) -> None:
        """Bring into sight what the next training learns."""
        self.scroll_area.ensureWidgetVisible(self.learning)

    def set_model(self, present: bool) -> None:
        """Say whether there is a model of the library's music, however it was trained."""
        self._has_model = present
        self._update_controls()

    def set_listening(self, possible: bool) -> None:
        """Say whether there is a model to listen to."""
        self.listen.setEnabled(possible)

    def set_history(self, epochs: Sequence[Epoch]) -> None:
        """Show how the present model was trained; empty where that is not known."""
        if not self._busy:
            self.curves.set_epochs(epochs)
            self.figures.show_epoch(epochs[-1] if epochs else None)
            self._update_controls()

    @Slot()
    def cancelled(self) -> None:
        """The training was stopped, or ended as it did not stop in time, without a result."""
        super().cancelled()
        if self._kept:
            self.message.show_text(_STOPPED)

    @Slot()
    def training_started(self) -> None:
        """A training starts."""
        self._kept = False
        self.saved_message.show_text("")
        self.report.show_text("")
        self.reconstruction.clear()
        if not self._resume:
            self.curves.set_epochs(())
            self.figures.show_epoch(None)
        self._start("reading the library…")

    @Slot(object)
    def show_event(self, event: TrainingEvent) -> None:
        """Show what the training reports."""
        if isinstance(event, Epoch):
            self.add_epoch(event)
        elif isinstance(event, Path):
            self.show_saved(event)
        else:
            self.reconstruction.show_pair(*event)

    def add_epoch(self, epoch: Epoch) -> None:
        """Show an epoch that is done."""
        self.curves.add(epoch)
        self.figures.show_epoch(epoch)
        self._show_verdict()

    def show_saved(self, path: Path) -> None:
        """Say that a better model, that of the last epoch, was saved at `path`."""
        self._kept = True
        number = self.curves.epochs[-1].number if self.curves.epochs else 0
        self.curves.mark_saved(number)
        self.saved_message.show_text("A better version is kept; the map takes it over.")
        self.saved_message.setToolTip(str(path))

    @Slot(object)
    def finished(self, result: TrainingResult) -> None:
        """The training is over."""
        self._finish()
        self.curves.mark_saved(result.best_epoch)
        self.report.show_text("\n".join(f"• {line}" for line in result.lines()))

    @Slot(object)
    def _request_start(self, request: TrainingRequest) -> None:
        self._resume = request.resume
        self.start_requested.emit(replace(request, only=self._only))

    @Slot()
    def _request_stop(self) -> None:
        self.job.show_stopping("stopping: the best of it is measured and kept…")
        self.stop_requested.emit()

    def _finish(self) -> None:
        self.saved_message.show_text("")
        super()._finish()

    def _start_button(self) -> QAbstractButton:
        return self.controls.start

    def _update_controls(self) -> None:
        self.controls.show_state(
            training=self._busy,
            possible=self._windows > 0 and not self._all_left_out,
            resumable=bool(self.curves.epochs) or self._has_model,
        )
        self.versions.set_usable(not self._busy)
        self.reconstruction.setVisible(self._busy or self.reconstruction.pictures is not None)
        self._show_verdict()

    def _show_verdict(self) -> None:
        found = verdict(self.curves.epochs, training=self._busy)
        if found is NOTHING and (self._demo or self._has_model):
            found = DEMO if self._demo else UNKNOWN
        self.headline.setText(found.headline)
        self.sentence.setText(found.sentence)

    def _figures_section(self) -> CollapsibleSection:
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2 * theme.SPACE)
        for widget in (self.figures, self.curves, self.report):
            rows.addWidget(widget)
        return CollapsibleSection("Figures", content, tip="Errors and curves, for the curious")

    def _lay_out(self) -> None:
        rows = self._scrolled_column()
        head = QVBoxLayout()
        head.setSpacing(theme.SPACE)
        head.addLayout(forms.row(self.headline, 1, self.listen))
        head.addWidget(self.sentence)
        rows.addLayout(head)
        parts: tuple[QWidget, ...] = (
            *(SectionHeader("Training"), self.about, self.learning, self.controls),
            *(self.job, self.saved_message, self.message),
            *(self.reconstruction, self.figures_section, self.versions_section),
        )
        for part in parts:
            rows.addWidget(part)
        rows.addStretch(1)
        self._finish_layout()


class TrainingControls(QWidget):
    """Time, starting point and seed of a training, and the buttons that start and stop it.

    Signals:
        start_requested(TrainingRequest)
        stop_requested()
    """

    start_requested = Signal(TrainingRequest)
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.minutes = QDoubleSpinBox()
        self.minutes.setRange(0.5, 24 * 60)
        self.minutes.setDecimals(1)
        self.minutes.setSingleStep(1.0)
        self.minutes.setValue(10.0)
        self.minutes.setSuffix(" min")
        self.minutes.setToolTip("At most; training ends earlier if the model stops improving")
        self.begin = forms.combo(
            ("anew", _NEW),
            ("from the model in use", _RESUME),
            tip="What the model knows when the training starts",
        )
        self.seed = QSpinBox()
        self.seed.setRange(0, _MAX_SEED)
        self.seed.setToolTip("The same seed on the same library gives the same model")
        self.start = forms.button("Start training", "Start training (Ctrl+Enter)", primary=True)
        self.stop = forms.button("Stop", "Stop training; the best model so far is kept")
        forms.SingleClicks(self.stop)
        self._stopping = False
        self.advanced = self._advanced_section()
        self._lay_out()
        self.start.clicked.connect(self._start)
        self.stop.clicked.connect(self._stop)
        self.show_state(training=False, possible=False, resumable=False)

    def show_state(self, *, training: bool, possible: bool, resumable: bool) -> None:
        """Enable what can be used now.

        Args:
            training: whether a training runs.
            possible: whether the library has anything to train on.
            resumable: whether there is a training to go on from.
        """
        self.start.setVisible(not training)
        self.start.setEnabled(possible)
        self.stop.setVisible(training)
        # A training that was asked to stop goes on for as long as it measures what it keeps.
        self._stopping &= training
        self.stop.setEnabled(not self._stopping)
        self.stop.setText("Stopping…" if self._stopping else "Stop")
        for field in (self.minutes, self.begin, self.seed):
            field.setEnabled(not training)
        self.advanced.setVisible(not training)  # how far it is takes its place
        forms.enable_entry(self.begin, _RESUME, resumable)
        if not resumable:
            self.begin.setCurrentIndex(_NEW)

    def _start(self) -> None:
        resume = self.begin.currentIndex() == _RESUME
        request = TrainingRequest(self.minutes.value(), resume, self.seed.value())
        self.start_requested.emit(request)

    def _stop(self) -> None:
        self._stopping = True
        self.stop.setEnabled(False)
        self.stop.setText("Stopping…")
        self.stop_requested.emit()

    def _advanced_section(self) -> CollapsibleSection:
        content = QWidget()
        fields = FieldGrid()
        content.setLayout(fields)
        fields.add("Seed", self.seed)
        return CollapsibleSection("Advanced", content, tip="Seed")

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        fields = FieldGrid()
        fields.add("Time at most", self.minutes)
        fields.add("Begin", self.begin)
        rows.addLayout(fields)
        rows.addSpacing(theme.SPACE)
        rows.addLayout(forms.row(self.start, self.stop))
        rows.addWidget(self.advanced)


def _about_text(name: str, windows: int, demo: bool) -> str:
    if windows == 0:
        return f"{name} holds nothing to learn from yet: import music in the panel Library."
    if demo:
        return (
            "To learn your sound, import your music in the panel Library. Training on the demo's "
            f"{windows} loops writes a model into your own folder."
        )
    return f"Learns {name}: {windows} loops of four bars, one from every bar."
