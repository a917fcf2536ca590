"""The export panel: asks for an audio file of the arrangement and shows what was written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QFrame, QVBoxLayout, QWidget

from core.resources import PARTS_MISSING
from core.settings import PARTS, SAMPLE_RATE
from technovae_gui import theme
from technovae_gui.export.export_settings import FileForm, LoudnessField, length_text, size_text
from technovae_gui.widgets import file_manager, forms
from technovae_gui.widgets.forms import FieldGrid
from technovae_gui.widgets.job_panel import JobPanel
from technovae_gui.widgets.labels import ElidedLabel, MessageLabel

Range = Literal["whole", "loop", "selection"]
"""What of the arrangement is exported."""

_RANGES: Final[tuple[tuple[str, Range, str], ...]] = (
    ("The whole arrangement", "whole", ""),
    ("The loop region", "loop", "drag in the ruler to make one"),
    ("The selected clips", "selection", "select clips first"),
)
"""Text, value, and how to get it where there is none."""


@dataclass(frozen=True)
class ExportRequest:
    """One export.

    Attributes:
        path: of the mix; its extension is the format.
        bit_depth: 16, 24, or 32 (float) for WAV; 16 or 24 for FLAC.
        range: what of the arrangement is exported.
        lane_stems: whether one more file per lane is written.
        lufs: integrated loudness to reach; None: as it is played.
        part_stems: whether one more file for each of kick, bass, drums and rest is written.
    """

    path: Path
    bit_depth: int = 24
    range: Range = "whole"
    lane_stems: bool = False
    lufs: float | None = -14.0
    part_stems: bool = False


class ExportResult(Protocol):
    """`core.arrangement.export.ExportResult`, which is not imported here: it brings scipy."""

    path: Path
    stems: tuple[Path, ...]
    frames: int
    lufs: float
    true_peak_dbtp: float
    stems_db: float


class ExportPanel(JobPanel):
    """File, range, loudness and stems of an export.

    Signals:
        export_requested(ExportRequest), cancel_requested()
    """

    cancelled_text = "Stopped; nothing was written."
    export_requested = Signal(ExportRequest)
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seconds: dict[str, float] = {"whole": 0.0, "loop": 0.0, "selection": 0.0}
        self._lanes = 1
        self.file = FileForm()
        self.range = forms.combo(
            *((text, value) for text, value, _ in _RANGES), tip="What of the arrangement is written"
        )
        self.loudness = LoudnessField()
        self.stems = QCheckBox("Lane")
        self.stems.setToolTip("All with the same gain: together they are the mix")
        self.stems.setAccessibleName("Stems by lane")
        self.part_stems = QCheckBox("Part: kick, bass, drums, rest")
        self.part_stems.setAccessibleName("Stems by part")
        self.set_parts_available(False)
        self.estimate = forms.note()
        self.file_message = MessageLabel()
        self.export = forms.button("Export", "Write the file (Ctrl+Enter)", primary=True)
        self.result = ResultCard()
        self._lay_out()
        for signal in (
            *(
                self.file.changed,
                self.loudness.changed,
                self.stems.toggled,
                self.part_stems.toggled,
            ),
            self.range.currentIndexChanged,
        ):
            signal.connect(self._update_controls)
        self.export.clicked.connect(self._request)
        self.job.cancel_requested.connect(self.cancel_requested)
        self.set_ranges(False, False)

    def set_title(self, title: str) -> None:
        """The arrangement's title: the file is named after it, unless the user named the file."""
        self.file.suggest_name(title)

    def set_ranges(self, loop: bool, selection: bool) -> None:
        """Say what can be exported besides the whole arrangement.

        Args:
            loop: whether there is a loop region.
            selection: whether clips are selected.
        """
        for row, exists in ((1, loop), (2, selection)):
            text, _, instruction = _RANGES[row]
            self.range.setItemText(row, text if exists else f"{text}: {instruction}")
            forms.enable_entry(self.range, row, exists)
            if not exists and self.range.currentIndex() == row:
                self.range.setCurrentIndex(0)
        self._update_controls()

    def set_parts_available(self, available: bool) -> None:
        """Say whether there is a network that tells parts apart."""
        self.part_stems.setEnabled(available)
        tip = "All with the same gain: together they are the mix" if available else PARTS_MISSING
        self.part_stems.setToolTip(tip)
        if not available:
            self.part_stems.setChecked(False)

    def set_lengths(
        self, whole: float, loop: float = 0.0, selection: float = 0.0, lanes: int = 1
    ) -> None:
        """Set the lengths of what can be exported.

        Args:
            whole: of the arrangement, in seconds.
            loop: of the loop region, in seconds.
            selection: of the selected clips, in seconds.
            lanes: how many lanes would have stems.
        """
        self._seconds = {"whole": whole, "loop": loop, "selection": selection}
        self._lanes = lanes
        self._update_controls()

    @Slot()
    def export_started(self) -> None:
        """The export is under way."""
        self.result.hide()
        self._start("rendering…")

    @Slot(object)
    def exported(self, result: ExportResult) -> None:
        """The export is over."""
        self._finish()
        self.file_message.show_text("")  # it is there because it was written now
        self.result.show_result(result)

    def request(self) -> ExportRequest:
        """What the fields ask for now."""
        return ExportRequest(
            self.file.path(),
            self.file.chosen_format.bit_depth,
            self.range.currentData(),
            self.stems.isChecked(),
            self.loudness.lufs,
            self.part_stems.isChecked(),
        )

    def _request(self) -> None:
        self.message.show_text("")
        self.file.save_folder()
        self.export_requested.emit(self.request())

    def _start_button(self) -> QAbstractButton:
        return self.export

    def _update_controls(self) -> None:
        seconds = self._seconds[self.range.currentData()]
        files = 1 + (self._lanes if self.stems.isChecked() else 0)
        files += len(PARTS) if self.part_stems.isChecked() else 0
        size = size_text(seconds * self.file.chosen_format.bytes_per_second * files)
        several = f" in {files} files" if files > 1 else ""
        text = f"{length_text(seconds)}, about {size}{several}"
        self.estimate.setText(text if seconds > 0 else "The timeline is empty: place clips first.")
        problem = self.file.problem()
        self.export.setEnabled(not problem and seconds > 0)
        self.export.setVisible(not self._busy)  # how far it is takes its place
        path = self.file.path()
        if problem:
            self.file_message.show_error(problem)
        elif not self._busy and path.exists():
            self.file_message.show_text(f"“{path.name}” exists already and will be replaced.")
        else:
            self.file_message.show_text("")

    def _lay_out(self) -> None:
        rows = self._scrolled_column()
        fields = FieldGrid()
        fields.add("Range", self.range, wide=True)
        fields.add("Loudness", self.loudness, wide=True)
        stems = forms.row(self.stems, self.part_stems, 1, spacing=4 * theme.SPACE)
        fields.add("Stems: one more file for each", stems, wide=True)
        rows.addWidget(self.file)
        rows.addLayout(fields)
        # What is about to be written stands where it is asked for.
        pinned = (self.estimate, self.file_message, self.export)
        self._finish_layout(*pinned, self.job, self.message, self.result, fills=False)


class ResultCard(QFrame):
    """The file that was written, its loudness and peak, and a button to its folder.

    Hidden until there is a result.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = Path()
        forms.style_as_card(self, theme.GOOD)
        self.file = ElidedLabel()
        self.file.setProperty("dim", False)
        self.figures = forms.note()
        self.open = forms.button("Open folder", "Show the file in its folder")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[3 * theme.SPACE] * 4)
        rows.setSpacing(theme.SPACE)
        for widget in (self.file, self.figures):
            rows.addWidget(widget)
        rows.addLayout(forms.row(1, self.open))
        self.open.clicked.connect(self._open)
        self.hide()

    def show_result(self, result: ExportResult) -> None:
        """Show what was written and measured."""
        self._folder = Path(result.path).parent
        self.file.show_text(str(result.path))
        count = len(result.stems)
        stems = f" · {count} stem{'s' if count > 1 else ''} at {result.stems_db:+.1f} dB"
        length = length_text(result.frames / SAMPLE_RATE)
        self.figures.setText(
            f"{length} · {result.lufs:.1f} LUFS · true peak {result.true_peak_dbtp:.1f} dBTP"
            f"{stems if count else ''}"
        )
        self.show()

    def show_file(self, path: Path) -> None:
        """Show the file of a single clip."""
        self._folder = path.parent
        self.file.show_text(str(path))
        self.figures.setText("written")
        self.show()

    def _open(self) -> None:
        file_manager.open_folder(self._folder)
