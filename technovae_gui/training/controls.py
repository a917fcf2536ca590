"""What is asked of a training: time, and where it begins."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QVBoxLayout, QWidget

from technovae_gui import theme
from technovae_gui.widgets import forms
from technovae_gui.widgets.forms import CollapsibleSection

_NEW, _ON = 0, 1
_SEEDS = 2**31 - 1


class Controls(QWidget):
    """Signals: start_requested(float minutes, bool resume, int seed), stop_requested()."""

    start_requested = Signal(float, bool, int)
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training, self._possible = False, False
        self.minutes = QDoubleSpinBox()
        self.minutes.setRange(0.5, 24 * 60)
        self.minutes.setDecimals(1)
        self.minutes.setSingleStep(1.0)
        self.minutes.setValue(10.0)
        self.minutes.setSuffix(" min")
        self.minutes.setToolTip("It ends then at the latest; earlier if it no longer gets better")
        self.begin = forms.combo(
            ("anew, from the library's own sound", _NEW),
            ("where the last training ended", _ON),
            tip="What the model knows when the training begins",
        )
        self.seed = QSpinBox()
        self.seed.setRange(0, _SEEDS)
        self.seed.setToolTip("The same seed on the same library gives the same model")
        self.start = forms.button("Start training", "Start training (Ctrl+Enter)", primary=True)
        self.stop = forms.button("Stop", "Stop training; the best model so far is kept")
        self.advanced = self._advanced()
        self._lay_out()
        self.start.clicked.connect(self._start)
        self.stop.clicked.connect(self._stop)
        self.show_state(training=False, possible=False, resumable=False)

    def show_state(self, *, training: bool, possible: bool, resumable: bool) -> None:
        """Whether one runs, can be started, and can go on from an earlier one."""
        self._training = training
        self.start.setVisible(not training)
        self.start.setEnabled(possible)
        self.stop.setVisible(training)
        self.stop.setEnabled(True)
        self.stop.setText("Stop")
        for field in (self.minutes, self.begin, self.seed):
            field.setEnabled(not training)
        self.begin.model().item(_ON).setEnabled(resumable)  # type: ignore[attr-defined]
        if not resumable:
            self.begin.setCurrentIndex(_NEW)

    def _start(self) -> None:
        resume = self.begin.currentIndex() == _ON
        self.start_requested.emit(self.minutes.value(), resume, self.seed.value())

    def _stop(self) -> None:
        self.stop.setEnabled(False)
        self.stop.setText("Stopping…")
        self.stop_requested.emit()

    def _advanced(self) -> CollapsibleSection:
        content = QWidget()
        form = forms.form()
        content.setLayout(form)
        forms.add_row(form, "Seed", self.seed)
        return CollapsibleSection("Advanced", content, tip="Seed")

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        form = forms.form()
        forms.add_row(form, "Time", self.minutes)
        forms.add_row(form, "Begin", self.begin)
        rows.addLayout(form)
        rows.addWidget(self.advanced)
        buttons = forms.row(self.start, self.stop)
        rows.addLayout(buttons)
