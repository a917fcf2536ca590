"""The panel of exporting."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QWidget

from technovae_gui.export.formats import length_text, size_text
from technovae_gui.export.loudness import Loudness
from technovae_gui.export.outcome import Outcome, Result
from technovae_gui.export.request import ExportRequest, Range
from technovae_gui.export.target import Target
from technovae_gui.widgets import forms
from technovae_gui.widgets.job_panel import JobPanel
from technovae_gui.widgets.labels import MessageLabel

_RANGES: Final[tuple[tuple[str, Range, str], ...]] = (
    ("the whole arrangement", "whole", ""),
    ("the loop region", "loop", "drag in the ruler to make one"),
    ("the selected clips", "selection", "select clips first"),
)


class ExportPanel(JobPanel):
    """Asks for an export.

    Signals:
        export_requested(object ExportRequest), cancel_requested()
    """

    cancelled_text = "Stopped; nothing was written."
    export_requested = Signal(object)
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seconds: dict[str, float] = {"whole": 0.0, "loop": 0.0, "selection": 0.0}
        self._lanes = 1
        self.target = Target()
        self.range = forms.combo(
            *((text, value) for text, value, _ in _RANGES), tip="What of the arrangement is written"
        )
        self.loudness = Loudness()
        self.stems = QCheckBox("one more file per lane")
        self.stems.setToolTip("All with the same gain: together they are the mix")
        self.estimate = forms.note()
        self.note = MessageLabel()
        self.export = forms.button("Export", "Write the file (Ctrl+Enter)", primary=True)
        self.outcome = Outcome()
        self._lay_out()
        for signal in (
            *(self.target.changed, self.loudness.changed, self.stems.toggled),
            self.range.currentIndexChanged,
        ):
            signal.connect(self._update_controls)
        self.export.clicked.connect(self._ask)
        self.job.cancel_requested.connect(self.cancel_requested)
        self.set_ranges(False, False)

    # What the window tells

    def set_title(self, title: str) -> None:
        """The arrangement's title: the file is named after it unless the user named it."""
        self.target.suggest(title)

    def set_ranges(self, loop: bool, selection: bool) -> None:
        """Whether there is a loop region, and whether clips are selected."""
        for row, there in ((1, loop), (2, selection)):
            text, _, how = _RANGES[row]
            self.range.setItemText(row, text if there else f"{text}: {how}")
            self.range.model().item(row).setEnabled(there)  # type: ignore[attr-defined]
            if not there and self.range.currentIndex() == row:
                self.range.setCurrentIndex(0)
        self._update_controls()

    def set_lengths(
        self, whole: float, loop: float = 0.0, selection: float = 0.0, lanes: int = 1
    ) -> None:
        """Seconds of what can be exported, and how many lanes have stems."""
        self._seconds = {"whole": whole, "loop": loop, "selection": selection}
        self._lanes = lanes
        self._update_controls()

    @Slot()
    def export_started(self) -> None:
        """It is under way."""
        self.outcome.hide()
        self._start("rendering…")

    @Slot(object)
    def exported(self, result: Result | Path) -> None:
        """It is written: an `ExportResult`, or the path of a single clip."""
        self._finish()
        if isinstance(result, Path):
            self.outcome.show_file(result)
        else:
            self.outcome.show_result(result, clips=not self.target.kind.exact)

    # What the user does

    def request(self) -> ExportRequest:
        """What Export asks for now."""
        return ExportRequest(
            self.target.path(),
            self.target.kind.bit_depth,
            self.range.currentData(),
            self.stems.isChecked(),
            self.loudness.lufs,
        )

    def _ask(self) -> None:
        self.message.show_text("")
        self.target.remember()
        self.export_requested.emit(self.request())

    def _start_button(self) -> QAbstractButton:
        return self.export

    def _update_controls(self) -> None:
        seconds = self._seconds[self.range.currentData()]
        files = 1 + (self._lanes if self.stems.isChecked() else 0)
        size = size_text(seconds * self.target.kind.bytes_per_second * files)
        several = f" in {files} files" if files > 1 else ""
        text = f"{length_text(seconds)}, about {size}{several}"
        self.estimate.setText(text if seconds > 0 else "The timeline is empty: place clips first.")
        problem = self.target.problem()
        self.export.setEnabled(not problem and seconds > 0 and not self._busy)
        if problem:
            self.note.show_error(problem)
        elif not self._busy and self.target.path().exists():
            name = self.target.path().name
            self.note.show_text(f"“{name}” exists already and will be replaced.")
        else:
            self.note.show_text("")

    def _lay_out(self) -> None:
        rows = self._scrolled_column()
        form = forms.form()
        forms.add_row(form, "Range", self.range)
        forms.add_row(form, "Loudness", self.loudness)
        forms.add_row(form, "Stems", self.stems)
        rows.addWidget(self.target)
        rows.addLayout(form)
        for widget in (
            *(self.estimate, self.note, self.export),
            *(self.job, self.message, self.outcome),
        ):
            rows.addWidget(widget)
        rows.addStretch(1)
        self._finish_layout()
