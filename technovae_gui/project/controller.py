"""The project room's controller: projects are opened and saved, their libraries found again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from core import resources
from core.arrangement.project import Project
from core.arrangement.project_file import SUFFIX
from core.errors import TechnoVAEError
from core.session import Session
from technovae_gui.project.open_project import Projects
from technovae_gui.session_controller import SessionController
from technovae_gui.widgets.banners import Banners

_FILTER = f"TechnoVAE projects (*{SUFFIX})"


class ProjectController(QObject):
    """Connects the open project to the session, and asks the user where files are."""

    def __init__(
        self,
        window: QWidget,
        projects: Projects,
        sessions: SessionController,
        banners: Banners,
    ) -> None:
        super().__init__(window)
        self._window, self._projects = window, projects
        self._sessions, self._banners = sessions, banners
        projects.opened.connect(self._opened)
        projects.overtaken.connect(self._overtaken)
        sessions.session_changed.connect(self._surround)

    @Slot()
    def ask_open(self) -> None:
        """Choose a project and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open project", self._folder(), _FILTER)
        if name:
            self._projects.open(Path(name))

    @Slot()
    def ask_save(self) -> bool:
        """Choose where to save, and save."""
        start = str(Path(self._folder()) / f"{self._projects.name}{SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(self._window, "Save project", start, _FILTER)
        return bool(name) and self._projects.save(Path(name))

    @Slot()
    def save(self) -> bool:
        """Save where it was; ask where there is no such place yet."""
        return self._projects.save() if self._projects.path else self.ask_save()

    def offer_recovery(self) -> None:
        """Tell of unsaved work of a window that ended without saving."""
        found = self._projects.abandoned()
        if found:
            self._banners.show_message(
                "recovery",
                "There is unsaved work from the last time. Restore it?",
                kind="info",
                actions=(
                    ("Restore", lambda: self._projects.restore(found[0])),
                    ("Discard", lambda: [path.unlink(missing_ok=True) for path in found]),
                ),
            )

    @Slot(object)
    def _overtaken(self, path: Path) -> None:
        self._banners.show_message(
            "save",
            f"Not saved: another window has written “{path.name}” since you opened it here.",
            kind="warning",
            actions=(
                ("Save as…", self.ask_save),
                ("Replace theirs", lambda: self._projects.save(over=True)),
            ),
        )

    @Slot(object, object)
    def _opened(self, document: Project, path: Path | None) -> None:
        """Open the library and the model that the project was made with."""
        where = path or Path("project")
        try:
            library, model = document.library_path(where), document.model_path(where)
        except TechnoVAEError as error:
            self._gone(str(error).split("; say")[0])
            return
        session, asked = self._sessions.session, self._sessions.requested_library
        same = asked is not None and library.resolve() == asked.resolve()
        if not same or (document.model_hash and document.model_hash != session.model_hash):
            self._sessions.open(library, model)

    def _gone(self, line: str) -> None:
        self._banners.show_message(
            "relocate",
            f"{line}. Its clips stay where they are; say where it is now to hear them.",
            kind="warning",
            actions=(
                ("Find the library…", self._find_library),
                ("Find the model…", self._find_model),
            ),
        )

    def _find_library(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Where is the library?")
        if name:
            self._sessions.open(Path(name))

    def _find_model(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Where is the model?", "", "Models (*.keras)"
        )
        if name:
            self._sessions.open(self._sessions.session.library_path, Path(name))

    @Slot(object)
    def _surround(self, session: Session) -> None:
        own = session.model_path is None or (
            session.model_path.resolve() == resources.demo_model().resolve()
        )
        self._projects.surround(
            None if session.is_demo else session.library_path.resolve(),
            None if own else session.model_path,
            session.model_hash if session.map is not None else "",
            session.library_id,
        )

    def _folder(self) -> str:
        path = self._projects.path
        return str(path.parent if path else Path.home())
