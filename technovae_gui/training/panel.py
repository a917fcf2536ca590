"""The panel of training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import ArrayLike
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QWidget

from core.vae.history import Epoch
from technovae_gui.training.controls import Controls
from technovae_gui.training.curves import Curves
from technovae_gui.training.figures import Figures
from technovae_gui.training.reconstruction import Reconstruction
from technovae_gui.widgets import forms
from technovae_gui.widgets.job_panel import JobPanel, JobProgressBar
from technovae_gui.widgets.labels import MessageLabel


class Result(Protocol):
    """What comes of a training, as `core.vae.options.TrainResult`."""

    best_epoch: int

    def lines(self) -> Sequence[str]:
        """In plain sentences."""


class TrainingPanel(JobPanel):
    """Asks for training and shows how it goes.

    Signals:
        start_requested(float minutes, bool resume, int seed), stop_requested()
    """

    cancelled_text = "Stopped before there was a new model; the one before is kept."
    start_requested = Signal(float, bool, int)
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        # Training tells the time left itself, and has a button to stop already.
        super().__init__(parent, bar=JobProgressBar(estimates=False))
        self.job.cancel.hide()
        self._windows = 0
        self._resume = False
        self.about = forms.note()
        self.controls = Controls()
        self.news = MessageLabel()
        self.figures = Figures()
        self.curves = Curves()
        self.reconstruction = Reconstruction()
        self._lay_out()
        self.controls.start_requested.connect(self._request_start)
        self.controls.stop_requested.connect(self.stop_requested)
        self._update_controls()

    # What the window tells

    def set_library(self, name: str, windows: int, demo: bool = False) -> None:
        """What would be learned from: `windows` of four bars, one on every bar."""
        self._windows = windows
        self.about.setText(_about(name, windows, demo))
        self._update_controls()

    def set_history(self, epochs: Sequence[Epoch]) -> None:
        """The curves of the model that is there; none if it has no history."""
        if not self._busy:
            self.curves.set_epochs(epochs)
            self.figures.show_epoch(epochs[-1] if epochs else None)
            self._update_controls()

    @Slot()
    def training_started(self) -> None:
        """A training begins."""
        self.news.show_text("")
        self.reconstruction.clear()
        if not self._resume:
            self.curves.set_epochs(())
            self.figures.show_epoch(None)
        self._start("reading the library…")

    @Slot(object)
    def take(self, event: Any) -> None:
        """An event of the job: an `Epoch`, a pair of spectrograms, or the path of a saved model."""
        if isinstance(event, Epoch):
            self.epoch(event)
        elif isinstance(event, str | Path):
            self.saved(event)
        elif isinstance(event, tuple) and len(event) == 2:
            self.picture(*event)

    @Slot(object)
    def epoch(self, epoch: Epoch) -> None:
        """One more epoch is done."""
        self.curves.add(epoch)
        self.figures.show_epoch(epoch)

    def picture(self, real: ArrayLike, decoded: ArrayLike) -> None:
        """A real segment and what the model makes of it now, (512, 128) dB each."""
        self.reconstruction.show_picture(real, decoded)

    def saved(self, path: str | Path, epoch: int | None = None) -> None:
        """A better model is on disk: that of `epoch`, or of the last one."""
        last = self.curves.epochs[-1].number if self.curves.epochs else 0
        number = last if epoch is None else epoch
        self.curves.mark_saved(number)
        self.news.show_text(f"A better model was saved (epoch {number}).")
        self.news.setToolTip(str(path))

    @Slot(object)
    def finished(self, result: Result) -> None:
        """The training is over."""
        self._finish()
        self.curves.mark_saved(result.best_epoch)
        self.message.show_text("\n".join(f"• {line}" for line in result.lines()))

    def _request_start(self, minutes: float, resume: bool, seed: int) -> None:
        self._resume = resume
        self.start_requested.emit(minutes, resume, seed)

    def _finish(self) -> None:
        self.news.show_text("")
        super()._finish()

    def _start_button(self) -> QAbstractButton:
        return self.controls.start

    def _update_controls(self) -> None:
        self.controls.show_state(
            training=self._busy,
            possible=self._windows > 0,
            resumable=bool(self.curves.epochs),
        )

    def _lay_out(self) -> None:
        rows = self._scrolled_column()
        for widget in (
            *(self.about, self.controls, self.job, self.news, self.message),
            *(self.figures, self.curves, self.reconstruction),
        ):
            rows.addWidget(widget)
        rows.addStretch(1)
        self._finish_layout()


def _about(name: str, windows: int, demo: bool) -> str:
    if windows == 0:
        return f"{name} holds nothing to learn from yet: import music in the panel Library."
    if demo:
        return (
            f"The demo comes with a model. Training on its {windows} windows writes another one "
            "into your own folder; to learn your sound, import your music in the panel Library."
        )
    return f"Learns {name}: {windows} windows of four bars, one on every bar."
