"""What the open project is made from and cannot be found: its library, its model, others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from core.arrangement.project import Origin
from core.session import Session
from core.workers.background import Background
from technovae_gui.project.open_project import OpenProject
from technovae_gui.project.project_origins import is_same_library
from technovae_gui.project.relink_banner import RelinkBanner
from technovae_gui.session_controller import SessionController


@dataclass(frozen=True)
class _Checked:
    """Hashes of models that the library of `session` does not know, and the file of the version of
    its model that the project was made with."""

    session: Session
    unknown: frozenset[str]
    version: Path | None = None


@dataclass(frozen=True)
class _Moved:
    """A library that is gone, where the user says that it is, and whether that is it."""

    origin: Origin
    library: Path
    fits: bool


class MissingFiles(QObject):
    """Finds out what is missing, and asks for each until it is found.

    A library brings latents of its earlier models along, so a model is missing only if the library
    does not know it.

    Attributes:
        banner: asks the user.

    Signals:
        problem(str, str): a topic and one line.
        version_found(Path): the project was made with this version of its library's model, and
            another is open; said once for each project that is opened.
    """

    problem = Signal(str, str)
    version_found = Signal(object)

    def __init__(
        self,
        open_project: OpenProject,
        sessions: SessionController,
        background: Background,
        banner: RelinkBanner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_project, self._sessions, self._background = open_project, sessions, background
        self.banner = banner
        self._made_with = ""
        banner.other_chosen.connect(self._other_found)

    def check(self, session: Session) -> None:
        """Find out what is missing with `session` in place, and ask for it."""
        origins = self._open_project.origins
        self._check_others()
        if not origins.is_open(origins.main):
            return
        self.banner.settle("library")
        hashes = self.unsettled_models(session)
        if not hashes or session.model_path is None:
            self._models_checked(_Checked(session, hashes))
            return
        self._background.submit(
            lambda: _check_models(session, hashes, self._made_with), self._models_checked
        )

    def unsettled_models(self, session: Session) -> frozenset[str]:
        """Hashes of the models of the project's own latents, but for the one that is open."""
        return self._open_project.origins.models_of_main() - {session.model_hash}

    def ask_library(self, sentence: str = "") -> None:
        """Ask where the project's library is; `sentence` says why, by default that it is gone."""
        main = self._open_project.origins.main
        place = f" from {main.library.parent}" if main.library else ""
        gone = f"This project's library “{main.library_name}” is gone{place}."
        self.banner.ask("library", sentence or gone)

    def ask_model(self) -> None:
        """Ask where the project's model is."""
        model = self._open_project.origins.main.model
        name = f" (“{model.name}”)" if model else ""
        self.banner.ask("model", f"The model of the decoded clips is gone{name}.")

    def settle_model(self) -> None:
        """The project's model is known."""
        self.banner.settle("model")

    def start_project(self, made_with: str) -> None:
        """Ask for nothing any more, since another project is open.

        Args:
            made_with: hash of the model that it was made with.
        """
        self.banner.settle("library", "model", "other")
        self._made_with = made_with

    # Inside

    @Slot(object)
    def _models_checked(self, found: _Checked) -> None:
        if found.session is not self._sessions.session:
            return
        if found.unknown:
            self.ask_model()
        else:
            self._open_project.origins.adopt_model()
            self.banner.settle("model")
        if found.version is not None and self._made_with:
            self.version_found.emit(found.version)
        self._made_with = ""

    def _check_others(self) -> None:
        gone = self._gone_other()
        if gone is None:
            self.banner.settle("other")
        else:
            self.banner.ask("other", f"Some clips are from “{gone.library_name}”, which is gone.")

    def _gone_other(self) -> Origin | None:
        """The first library besides the project's own that clips are made from and that is gone."""
        origins = self._open_project.origins
        others = [it for it in origins.others() if not is_same_library(it, origins.main)]
        return next((it for it in others if not it.is_library_there), None)

    @Slot(object)
    def _other_found(self, library: Path) -> None:
        gone = self._gone_other()
        if gone is not None:
            self._background.submit(
                lambda: _Moved(gone, library, _holds(library, gone)),
                self._other_read,
                self._other_unreadable,
            )

    @Slot(object)
    def _other_read(self, moved: _Moved) -> None:
        if not moved.fits:
            name = moved.library.name
            self.banner.ask("other", f"“{name}” has none of the tracks of these clips.")
            return
        self._open_project.origins.relocate(moved.origin, moved.library)
        self._open_project.note_relinked()
        self._check_others()

    @Slot(str)
    def _other_unreadable(self, line: str) -> None:
        self.problem.emit("library", line)


def _check_models(session: Session, hashes: frozenset[str], made_with: str) -> _Checked:
    version = None
    if made_with in hashes:
        from core.library.model_versions import find_version  # seldom, and not at the start

        version = find_version(session.library_path, made_with)
        hashes -= {made_with} if version is not None else set()
    return _Checked(session, unknown_models(session.library_path, hashes), version)


def unknown_models(library: Path, hashes: frozenset[str]) -> frozenset[str]:
    """Find the models whose latents a library cannot bring along to another model.

    Args:
        library: its folder.
        hashes: of the models that are asked about.

    Returns:
        Those of `hashes` under which it has no latents.

    Raises:
        LibraryError: it cannot be read.
    """
    from core.library.store import Library

    with Library.open(library, read_only=True) as opened:
        return frozenset(it for it in hashes if not opened.latents(it)[0])


def _holds(library: Path, origin: Origin) -> bool:
    """Whether a library is that of `origin`, or has a track of it. Raises `LibraryError`."""
    from core.library.store import Library

    with Library.open(library, read_only=True) as opened:
        tracks = {track.id for track in opened.tracks()}
        return opened.id == origin.library_id or bool(origin.tracks & tracks)
