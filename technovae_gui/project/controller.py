"""The project room's controller: projects are opened, saved, left and recovered."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from core import resources
from core.arrangement.project import SUFFIX
from core.library.models import is_demo
from core.workers.background import Background
from technovae_gui.project import recovery
from technovae_gui.project.missing_files import MissingFiles
from technovae_gui.project.open_project import OpenProject
from technovae_gui.project.project_library import ProjectLibrary
from technovae_gui.project.questions import Leaving, MessageBoxes, OtherLibrary, Questions
from technovae_gui.project.recovery_dialog import RecoveryDialog, time_text
from technovae_gui.project.relink_banner import RelinkBanner
from technovae_gui.session_controller import SessionController
from technovae_gui.widgets.banners import Banners

_VERSION = "version"
_FILTER = f"TechnoVAE projects (*{SUFFIX})"


class ProjectController(QObject):
    """Opens and saves projects for the user, who is asked before anything unsaved is lost.

    Attributes:
        library: keeps the window on the library that the project is made from.
        missing: asks for what the project is made from and cannot be found.
        dialog: the list of unsaved work, once it was shown.
    """

    def __init__(
        self,
        window: QWidget,
        open_project: OpenProject,
        sessions: SessionController,
        background: Background,
        banners: Banners,
        questions: Questions | None = None,
    ) -> None:
        """`questions`: who answers them; default the user, in boxes above the window."""
        super().__init__(window)
        self._window, self._open_project, self._banners = window, open_project, banners
        self._questions = questions or MessageBoxes(window)
        banner = RelinkBanner(banners, window)
        self.missing = MissingFiles(open_project, sessions, background, banner, self)
        open_project.opened.connect(lambda *_: banners.dismiss(_VERSION))
        self.library = ProjectLibrary(open_project, sessions, background, self.missing, self)
        self.missing.version_found.connect(self._offer_version)
        self._unasked = False
        self.dialog: RecoveryDialog | None = None
        open_project.overtaken.connect(self._overtaken)
        open_project.changed.connect(self._work_goes_on)

    # New, open, save, leave

    def confirm_leaving(self) -> bool:
        """Ask what becomes of unsaved work, if there is any; False: stay.

        Everything that takes the arrangement away goes through this: a new or another project,
        recovered work, closing the window.
        """
        if self._unasked or not self._open_project.unsaved:
            return True
        answer = self._questions.ask_leaving(self._open_project.name)
        if answer is Leaving.SAVE:
            return self.save()
        if answer is Leaving.DISCARD:
            self._open_project.discard_when_left()
        return answer is Leaving.DISCARD

    def leave_unasked(self) -> None:
        """The system ends the program: unsaved work is on disk when this returns, where the next
        window finds it, and nobody is asked about it; unless it is worked on after all."""
        self._open_project.keep_unsaved_work()
        self._unasked = True

    @Slot()
    def _work_goes_on(self) -> None:
        self._unasked = False

    @Slot()
    def ask_new(self) -> None:
        """Begin an empty project, after the question what becomes of unsaved work."""
        if self.confirm_leaving():
            self._open_project.new()

    @Slot()
    def ask_open(self) -> None:
        """Choose a project and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open project", self._folder(), _FILTER)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> bool:
        """Open the project at `path`; says whether it is open."""
        return self.confirm_leaving() and self._open_project.open(path)

    @Slot()
    def ask_save(self) -> bool:
        """Choose where to save, and save; says whether it is saved."""
        start = str(Path(self._folder()) / f"{self._open_project.name}{SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(self._window, "Save project", start, _FILTER)
        return bool(name) and self._open_project.save(Path(name))

    @Slot()
    def save(self) -> bool:
        """Save where it was; ask where there is no such place yet. Says whether it is saved."""
        return self._open_project.save() if self._open_project.path else self.ask_save()

    @Slot(object)
    def _offer_version(self, model: Path) -> None:
        use = partial(self.library.use_version, model)
        line = "This project was made with an earlier model of its library; now it plays with the"
        self._banners.show_message(
            _VERSION,
            f"{line} present one.",
            kind="info",
            actions=(("Use the earlier one", use),),
        )

    # Unsaved work of windows that died

    def offer_recovery(self) -> None:
        """Say that there is unsaved work of windows that died, if there is."""
        found = self._open_project.abandoned()
        newest = recovery.read(found[0]) if found else None
        if newest is None:
            return
        time = time_text(newest.time, datetime.now())
        self._banners.show_message(
            "recovery",
            f"There is unsaved work from {time} ({len(found)}).",
            kind="info",
            actions=(("Show…", self.show_recovery),),
        )

    @Slot()
    def show_recovery(self) -> None:
        """The list of unsaved work of windows that died."""
        works = [work for path in self._open_project.abandoned() if (work := recovery.read(path))]
        self._banners.dismiss("recovery")
        self.dialog = RecoveryDialog(works, self._window)
        self.dialog.restore_requested.connect(self._restore)
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()

    @Slot(object)
    def _restore(self, path: Path) -> None:
        if self.confirm_leaving():
            self._open_project.restore(path)

    @Slot(object)
    def _overtaken(self, path: Path) -> None:
        self._banners.show_message(
            "save",
            f"Not saved: another window has written “{path.name}” since you opened it here.",
            kind="warning",
            actions=(
                ("Save as…", self._save_as),
                ("Replace theirs", self._save_over),
            ),
        )

    @Slot()
    def _save_as(self) -> None:
        self.ask_save()

    @Slot()
    def _save_over(self) -> None:
        self._open_project.save(over=True)

    # Another library

    @Slot()
    @Slot(object)
    def open_library(self, library: Path | None = None) -> None:
        """Open a library of the user's choice (default: the built-in demo). Where the arrangement
        is made from others, they are asked whether to start a new project for it."""
        path = library or resources.demo_library()
        if self._may_open(path):
            self.library.use(path)

    def create_library(self, path: Path, *, keep: bool = False) -> bool:
        """Make an empty library and open it.

        Args:
            path: an empty folder, or one that does not exist yet.
            keep: the arrangement stays; otherwise the user is asked as in `open_library`.

        Returns:
            False if the user would rather not.
        """
        if not keep and not self._may_open(path):
            return False
        self.library.create(path)
        return True

    def _may_open(self, library: Path) -> bool:
        """Ask what becomes of the arrangement if it has clips of other libraries alone."""
        origins = self._open_project.origins
        if not self._open_project.snapshot().sources() or origins.uses(library):
            return True
        name = "built-in demo" if is_demo(library) else library.name
        answer = self._questions.ask_other_library(name, origins.main.library_name)
        if answer is OtherLibrary.NEW_PROJECT and self.confirm_leaving():
            self._open_project.new()
            return True
        return answer is OtherLibrary.KEEP

    def _folder(self) -> str:
        path = self._open_project.path
        return str(path.parent if path else Path.home())
