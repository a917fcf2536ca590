"""The library room's controller: libraries are opened, made and filled, tracks removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from core.library.store import Library
from core.session import Session
from core.workers import tasks
from technovae_gui.library import LibraryPanel
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.widgets.job_slot import JobSlot


class LibraryController(QObject):
    """Connects the library panel to the session and to the import's job.

    Signals:
        import_started(object): an import of these paths (list[Path]) is under way.
        panel_wanted(): the panel has to be in sight: it has a question.
        track_wanted(str): show the dots of this track on the map.
        problem(str, str): a topic and one line.
    """

    import_started = Signal(object)
    panel_wanted = Signal()
    track_wanted = Signal(str)
    problem = Signal(str, str)

    def __init__(
        self, sessions: SessionController, services: Services, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sessions, self._services = sessions, services
        self._importing_into = sessions.session.library_path
        self.panel = LibraryPanel()
        self.job = JobSlot(self)
        self._connect()

    @Slot(object)
    def ask(self, paths: list[Path]) -> None:
        """Import `paths` into the open library, or into one that is made first."""
        self.panel_wanted.emit()
        self.panel.import_paths(paths)

    @Slot(object)
    def start(self, paths: list[Path]) -> None:
        """Import `paths` into the open library."""
        library = self._sessions.session.library_path
        if self.job.busy:
            self.problem.emit("import", "an import is under way; import these files after it")
        elif not library.is_dir():  # the import itself would make another one in its place
            self.import_started.emit(paths)
            self.job.errored.emit(f"{library}: this library is gone; open it where it is now")
        elif self.job.start(tasks.import_audio, library=library, audio=paths):
            self._importing_into = library
            self.panel.import_started()
            self.import_started.emit(paths)

    def _connect(self) -> None:
        panel, job, sessions = self.panel, self.job, self._sessions
        panel.open_requested.connect(sessions.open)
        panel.create_requested.connect(self._create)
        panel.demo_requested.connect(lambda: sessions.open())
        panel.import_requested.connect(self.start)
        panel.cancel_requested.connect(job.cancel)
        panel.remove_requested.connect(self._remove)
        panel.show_on_map.connect(self.track_wanted)
        job.progress.connect(panel.import_progress)
        job.event_received.connect(panel.import_file)
        job.returned.connect(self._imported)
        job.errored.connect(panel.import_failed)
        job.cancelled.connect(panel.import_cancelled)
        sessions.session_changed.connect(self._show)

    @Slot(object)
    def _create(self, path: Path) -> None:
        """Make an empty library and open it; what was dropped before is imported then."""

        def create() -> None:
            Library.create(path).close()

        self._services.background.submit(
            create, lambda _: self._sessions.open(path), self._tell_problem
        )

    @Slot(object)
    def _show(self, session: Session) -> None:
        self.panel.set_library(session.library_path, session.is_demo, session.writable)
        self.panel.set_tracks(list(session.tracks))
        self.panel.set_map_info(session.map)

    @Slot(object)
    def _imported(self, report: Any) -> None:
        self.panel.import_finished(report)
        self._sessions.reload(self._importing_into)

    @Slot(str)
    def _remove(self, track_id: str) -> None:
        path = self._sessions.session.library_path

        def remove() -> None:
            with Library.open(path) as library:
                library.remove_track(track_id)

        self._services.background.submit(
            remove, lambda _: self._sessions.reload(path), self._tell_problem
        )

    def _tell_problem(self, line: str) -> None:
        self.problem.emit("library", line)
