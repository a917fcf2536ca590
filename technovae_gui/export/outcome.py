"""What was written, what a meter says of it, and where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from core.settings import SAMPLE_RATE
from technovae_gui import theme
from technovae_gui.export.formats import length_text
from technovae_gui.widgets import forms
from technovae_gui.widgets.labels import ElidedLabel


class Result(Protocol):
    """As `core.arrangement.export.ExportResult`, which brings scipy and is not imported here."""

    path: Path
    stems: tuple[Path, ...]
    frames: int
    lufs: float
    true_peak_dbtp: float


class Outcome(QFrame):
    """Hidden until `show_result`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = Path()
        self.setObjectName("card")
        self.setStyleSheet(
            f"#card {{ background: {theme.RAISED}; border-left: 4px solid {theme.GOOD}; }}"
        )
        self.file = ElidedLabel()
        self.file.setProperty("dim", False)
        self.figures = forms.note()
        self.warning = forms.note()
        self.open = forms.button("Open folder", "Show the file in its folder")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[2 * theme.SPACE] * 4)
        rows.setSpacing(theme.SPACE)
        for widget in (self.file, self.figures, self.warning):
            rows.addWidget(widget)
        rows.addLayout(forms.row(1, self.open))
        self.open.clicked.connect(self._open)
        self.hide()

    def show_result(self, result: Result, *, clips: bool) -> None:
        """Tell of `result`; `clips`: its format cannot hold more than full scale."""
        self._folder = Path(result.path).parent
        self.file.show_text(str(result.path))
        count = len(result.stems)
        stems = f" · {count} stem{'s' if count > 1 else ''}" if count else ""
        length = length_text(result.frames / SAMPLE_RATE)
        self.figures.setText(
            f"{length} · {result.lufs:.1f} LUFS · true peak {result.true_peak_dbtp:.1f} dBTP{stems}"
        )
        over = clips and result.true_peak_dbtp > 0
        self.warning.setVisible(over)
        self.warning.setText("Peaks were clipped: lower the lanes, or export 32 bit float.")
        self.show()

    def show_file(self, path: Path) -> None:
        """Tell that `path` was written."""
        self._folder = path.parent
        self.file.show_text(str(path))
        self.figures.setText("written")
        self.warning.hide()
        self.show()

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
