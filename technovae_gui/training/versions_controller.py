"""Versions of the open library's model: listed, used, compared by ear, noted and deleted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.session import Session
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.training.versions_panel import VersionNote, VersionsPanel

if TYPE_CHECKING:
    from core.library.model_versions import ModelVersion


class VersionsController(QObject):
    """Connects the list of versions to the library on disk and to the session.

    A version is used as any other model is: one request for a session with it.

    Signals:
        heard_with(str): the chosen place is to be heard with the model of this hash, as soon as its
            map shows.
    """

    heard_with = Signal(str)

    def __init__(
        self,
        panel: VersionsPanel,
        sessions: SessionController,
        services: Services,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.panel = panel
        self._sessions, self._services = sessions, services
        self._session = Session()
        self._other: tuple[str, Path] | None = None
        panel.use_requested.connect(self._use)
        panel.compare_requested.connect(self._compare)
        panel.note_requested.connect(self._write_note)
        panel.delete_requested.connect(self._delete)
        sessions.session_changed.connect(self._session_changed)

    @Slot()
    def refresh(self) -> None:
        """Read the versions again: there may be another one."""
        library = self._session.library_path
        self._services.background.submit(
            lambda: _read(library),
            lambda versions: self._show(library, versions),
            self.panel.show_error,
        )

    @Slot(object)
    def _session_changed(self, session: Session) -> None:
        before, self._session = self._session, session
        same_library = session.library_path == before.library_path
        if not same_library or (self._other and self._other[0] == session.model_hash):
            self._other = None
        self._show_present()
        if not same_library or session.model_hash != before.model_hash:
            self.refresh()

    @Slot(object)
    def _use(self, version: ModelVersion) -> None:
        """Work with a version, and have the library open with it; the demo keeps its own."""
        library, session = self._session.library_path, self._session
        self._other = None
        self._show_present()
        if version.model_hash != session.model_hash:
            self._sessions.adopt_model(library, version.path)
        if not session.is_demo:
            self._change(lambda: _remember(library, version.path))

    @Slot(object)
    def _compare(self, version: ModelVersion) -> None:
        """Hear the chosen place with a version, or with the one before if that sounds already."""
        session, other = self._session, self._other
        if session.model_path is None:
            return
        wanted = (version.model_hash, version.path)
        if version.model_hash == session.model_hash:
            if other is None:
                return
            wanted = other
        self._other = (session.model_hash, session.model_path)
        self.heard_with.emit(wanted[0])
        self._sessions.adopt_model(session.library_path, wanted[1])

    @Slot(object)
    def _write_note(self, request: VersionNote) -> None:
        library = self._session.library_path
        self._change(lambda: _write_note(library, request))

    @Slot(object)
    def _delete(self, version: ModelVersion) -> None:
        library = self._session.library_path
        if self._other and self._other[0] == version.model_hash:
            self._other = None
            self._show_present()
        self._change(lambda: _delete(library, version))

    def _change(self, work: Callable[[], None]) -> None:
        self._services.background.submit(work, lambda _: self.refresh(), self.panel.show_error)

    def _show(self, library: Path, versions: list[ModelVersion]) -> None:
        if library == self._session.library_path:
            self.panel.show_versions(versions)

    def _show_present(self) -> None:
        other = self._other[0] if self._other else ""
        self.panel.show_present(self._session.model_hash, other)


def _read(library: Path) -> list[ModelVersion]:
    from core.library.model_versions import read_versions

    return read_versions(library)


def _write_note(library: Path, request: VersionNote) -> None:
    from core.library.model_versions import write_note

    write_note(library, request.model_hash, request.note)


def _delete(library: Path, version: ModelVersion) -> None:
    from core.library.model_versions import delete_version

    delete_version(library, version.model_hash)


def _remember(library: Path, model: Path) -> None:
    from core.library.models import remember_model

    remember_model(library, model)
