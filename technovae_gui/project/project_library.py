"""The library and the model of the open project: opened with it, and changed by the user alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal, Slot

from core.arrangement.clip import ClipSource, RealSource
from core.arrangement.project import Origin, Project, track_of
from core.errors import ModelError, TechnoVAEError
from core.library.models import model_for
from core.session import Session
from core.workers.background import Background
from technovae_gui.project.missing_files import MissingFiles
from technovae_gui.project.open_project import OpenProject
from technovae_gui.session_controller import SessionController

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Choice:
    """A library that the user wants the project to be made from, until it is open.

    `relink`: it is where the project's own library, or model, is now.
    """

    library: Path
    model: Path | None
    relink: bool = False


class ProjectLibrary(QObject):
    """Keeps the window on the library that the open project is made from.

    A session that was not asked for here never changes what the project is made from.

    Signals:
        problem(str, str): a topic and one line.
    """

    problem = Signal(str, str)

    def __init__(
        self,
        open_project: OpenProject,
        sessions: SessionController,
        background: Background,
        missing: MissingFiles,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_project, self._sessions, self._background = open_project, sessions, background
        self.missing = missing
        self._choice: _Choice | None = None
        self._own_library: Path | None = None
        missing.banner.library_chosen.connect(self._library_found)
        missing.banner.model_chosen.connect(self._model_found)
        open_project.opened.connect(self._project_opened)
        sessions.session_changed.connect(self._session_changed)
        sessions.problem.connect(self._session_failed)

    def use(self, library: Path) -> None:
        """Open a library; the project is made from it from then on."""
        self._choose(_Choice(library, None))

    def use_version(self, model: Path) -> None:
        """Open the library that is open with another of its models; the project is made with it."""
        self._choose(_Choice(self._sessions.session.library_path, model, relink=True))

    def create(self, library: Path) -> None:
        """Make an empty library in a folder, and use it."""
        self._background.submit(lambda: _create(library), self._created, self._not_created)

    # Inside

    def _choose(self, choice: _Choice) -> None:
        self._choice = choice
        self._sessions.open(choice.library, choice.model)

    @Slot(object, object)
    def _project_opened(self, project: Project, path: Path | None) -> None:
        """Open the library and the model that the project is made from."""
        self._choice = self._own_library = None
        self.missing.start_project(project.origin.model_hash)
        if path is None and not project.sources():
            return  # a new one: it is made from what is open
        origins = self._open_project.origins
        where = path or Path(self._open_project.name)
        try:
            library = origins.main.library_path(where)
        except TechnoVAEError:
            self.missing.ask_library()
            if origins.models_of_main() and _is_model_gone(origins.main, where):
                self.missing.ask_model()
            return
        self._open_own_library(library, _model_to_open(library, origins.main, where))

    def _open_own_library(self, library: Path, model: Path | None) -> None:
        """Open the library of the project unless it is open with the same model, or about to be."""
        session, requested = self._sessions.session, self._sessions.requested_library
        is_open = session.library_id != "" and library.resolve() == session.library_path.resolve()
        same_model = self._open_project.origins.main.model_hash in ("", session.model_hash)
        if is_open and same_model and requested == session.library_path:
            self.missing.check(session)
            return
        self._own_library = library
        self._sessions.open(library, model)

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        choice = self._choice
        if choice is not None and choice.library == session.library_path:
            self._choice = None
            self._use(session, choice)
        else:
            keep_model = bool(self.missing.unsettled_models(session))
            self._open_project.origins.put_session(session, keep_model=keep_model)
        if session.library_path == self._own_library:
            self._own_library = None
        self.missing.check(session)

    def _use(self, session: Session, choice: _Choice) -> None:
        """The library that the user has chosen is open."""
        origins = self._open_project.origins
        before = origins.main
        if choice.relink and not self._fits(session):
            origins.put_session(session)
            name = session.library_path.name
            self.missing.ask_library(f"“{name}” has none of this project's tracks.")
            return
        origins.put_session(session, chosen=True)
        after = origins.main
        if (after.library, after.model) != (before.library, before.model) and self._sources():
            self._open_project.note_relinked()
        if not choice.relink:
            self._note_last_library(session)

    def _note_last_library(self, session: Session) -> None:
        """It is opened at the next start, if no project is."""
        if session.is_demo:
            QSettings().remove("library")
        else:
            QSettings().setValue("library", str(session.library_path))

    def _sources(self) -> Sequence[ClipSource]:
        return self._open_project.snapshot().sources()

    def _fits(self, session: Session) -> bool:
        """Whether a library that the user has pointed to can be the project's own."""
        main = self._open_project.origins.main
        tracks = {
            track_of(it)
            for it in self._sources()
            if isinstance(it, RealSource) and self._open_project.origins.of(it) == main
        }
        known = {track.id for track in session.tracks}
        return main.library_id in ("", session.library_id) or not tracks or bool(tracks & known)

    @Slot(str, str)
    def _session_failed(self, key: str, line: str) -> None:
        if key not in ("library", "model"):
            return
        own, self._choice, self._own_library = self._own_library, None, None
        if own is not None and key == "library":
            self.missing.ask_library(f"{line[:1].upper()}{line[1:]}.")
        elif own is not None:  # its model cannot be read: without it, then
            self.missing.ask_model()
            self._sessions.open(own)

    @Slot(object)
    def _created(self, library: Path) -> None:
        self.use(library)

    @Slot(str)
    def _not_created(self, line: str) -> None:
        self.problem.emit("library", line)

    @Slot(object)
    def _library_found(self, library: Path) -> None:
        where = self._open_project.path or Path(self._open_project.name)
        model = _model_to_open(library, self._open_project.origins.main, where)
        self._choose(_Choice(library, model, relink=True))

    @Slot(object)
    def _model_found(self, model: Path) -> None:
        """Without its library, the model waits until that is found, too."""
        origins = self._open_project.origins
        if origins.is_open(origins.main):
            self._choose(_Choice(self._sessions.session.library_path, model, relink=True))
        else:
            origins.relink_model(model)
            self._open_project.note_relinked()
            self.missing.settle_model()


def _create(library: Path) -> Path:
    from core.library.store import Library

    Library.create(library).close()
    return library


def _model_to_open(library: Path, origin: Origin, project_path: Path) -> Path | None:
    """The project's model, or the version that is the same if it is gone; None for the one that
    belongs to its library."""
    if not origin.model_hash:
        return None
    try:
        model = origin.model_path(project_path)
        return None if model_for(library).resolve() == model.resolve() else model
    except ModelError:  # the library has none
        return model
    except TechnoVAEError:
        _log.info("%s: its model %s is gone", project_path, origin.model)
        from core.library.model_versions import find_version  # seldom, and not at the start

        return find_version(library, origin.model_hash)


def _is_model_gone(origin: Origin, project_path: Path) -> bool:
    try:
        origin.model_path(project_path)
    except TechnoVAEError:
        return True
    return False
