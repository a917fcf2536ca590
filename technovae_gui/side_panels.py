"""The panels of long work, each with the job behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from technovae_gui.compose.controller import Composing
from technovae_gui.export.controller import Exporting
from technovae_gui.library.controller import Importing
from technovae_gui.library.file_drops import FileDrops
from technovae_gui.library.grid_controller import Gridding
from technovae_gui.training.controller import Training
from technovae_gui.widgets.job_panel import JobPanel

if TYPE_CHECKING:
    from technovae_gui.main_window import MainWindow

_KEY = "job"


class Panels(QObject):
    """Library, training, compose, export: made, placed in the side, and closed together."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.importing = Importing(window)
        self.file_drops = FileDrops(window, self.importing)
        self.gridding = Gridding(window.studio, self.importing.panel, self)
        self.training = Training(window)
        self.composing = Composing(window)
        self.exporting = Exporting(window)
        for number, (name, part) in enumerate(self._parts(), 2):
            scrolls = isinstance(part.panel, JobPanel)
            window.panels.add_tab(part.panel, name, f"Ctrl+{number}", scrolls=scrolls)
        # Each panel says it too, but may be behind another one.
        self._banners = window.panels.banners
        for part in (self.training, self.composing, self.exporting):
            part.job.errored.connect(self._tell)
            part.job.started.connect(lambda: self._banners.dismiss(_KEY))

    def close(self) -> None:
        """Stop all jobs; what they finished is kept."""
        for _, part in self._parts():
            part.job.close()
        self.gridding.job.close()

    @Slot(str)
    def _tell(self, line: str) -> None:
        self._banners.show_message(_KEY, line)

    def _parts(self) -> tuple[tuple[str, Importing | Training | Composing | Exporting], ...]:
        return (
            ("Library", self.importing),
            ("Train", self.training),
            ("Compose", self.composing),
            ("Export", self.exporting),
        )
