"""Libraries: opened, made, filled, corrected."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from core.library.store import Library
from core.workers import work
from technovae_gui.library import LibraryPanel
from technovae_gui.widgets.job_slot import Running

if TYPE_CHECKING:
    from technovae_gui.main_window import MainWindow


class Importing(QObject):
    """The library panel and its job. Signals: began(object): an import of these paths."""

    began = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._studio = window, window.studio
        self._document, self._map_view = window.document, window.map_view
        self.panel = LibraryPanel()
        self.job = Running(self)
        self._connect()

    @Slot(object)
    def ask(self, paths: list[Path]) -> None:
        """Import `paths` into the open library, or into one that is made first."""
        self._window.panels.show_tab(self.panel)
        self.panel.import_paths(paths)

    @Slot(object)
    def start(self, paths: list[Path]) -> None:
        """Import `paths` into the open library."""
        library = self._studio.library_path
        if not library.is_dir():  # the import itself would make another one in its place
            self.began.emit(paths)
            self.job.errored.emit(f"{library}: this library is gone; open it where it is now")
        elif self.job.start(work.import_audio, library=library, audio=paths):
            self.panel.import_started()
            self.began.emit(paths)

    def _connect(self) -> None:
        panel, job, studio = self.panel, self.job, self._studio
        panel.open_requested.connect(studio.open)
        panel.create_requested.connect(self._create)
        panel.demo_requested.connect(lambda: studio.open())
        panel.import_requested.connect(self.start)
        panel.cancel_requested.connect(job.cancel)
        panel.remove_requested.connect(self._remove)
        panel.show_on_map.connect(self._show_on_map)
        job.progress.connect(panel.import_progress)
        job.event_received.connect(panel.import_file)
        job.returned.connect(self._imported)
        job.errored.connect(panel.import_failed)
        job.cancelled.connect(panel.import_cancelled)
        studio.library_opened.connect(self._show)
        studio.map_changed.connect(lambda _: panel.set_map_info(studio.map))

    @Slot(object)
    def _create(self, path: Path) -> None:
        """Make an empty library and open it; what was dropped before is imported then."""

        def create() -> None:

            Library.create(path).close()

        self._studio.background.submit(create, lambda _: self._studio.open(path), self._problem)

    @Slot()
    def _show(self) -> None:
        writable = os.access(self._studio.library_path, os.W_OK)
        self.panel.set_library(self._studio.library_path, self._studio.is_demo, writable)
        self.panel.set_tracks(self._studio.tracks)

    @Slot(object)
    def _imported(self, report: Any) -> None:
        self.panel.import_finished(report)
        self._studio.reload()

    @Slot(str)
    def _show_on_map(self, track_id: str) -> None:
        self._map_view.show_track(track_id)

    @Slot(str)
    def _remove(self, track_id: str) -> None:
        path = self._studio.library_path

        def remove() -> None:

            with Library.open(path) as library:
                library.remove_track(track_id)

        self._studio.background.submit(remove, lambda _: self._studio.reload(), self._problem)

    def _problem(self, line: str) -> None:
        self._studio.problem.emit("library", line)
