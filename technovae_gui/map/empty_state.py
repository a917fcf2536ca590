"""What is written where the map will be, and the button there that leads to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from technovae_gui.main_window import MainWindow


class Inviting(QObject):
    """While a library has no map: what it lacks, and the way to the panel with the next step."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._studio, self._view = window, window.studio, window.map_view
        self._training = window.jobs.training
        window.studio.map_changed.connect(self._say)
        self._training.job.started.connect(self._say)
        self._training.job.finished.connect(self._say)
        window.map_view.invited.connect(self._lead)

    @Slot()
    def _say(self) -> None:
        studio, view = self._studio, self._view
        if studio.map is not None:
            return
        if not studio.tracks:
            view.set_message("A map of your music will be here", "Import music…")
        elif studio.model_path is not None:
            view.set_message("Placing your music on its map…")
        elif self._training.job.busy:
            view.set_message("Learning your music; its first map comes soon")
        else:
            view.set_message("No model of this music yet", "Train one…")

    @Slot()
    def _lead(self) -> None:
        part = self._training if self._studio.tracks else self._window.jobs.importing
        self._window.panels.show_tab(part.panel)
