"""Projects, libraries and models: chosen in the system's file dialogs, found again if moved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from core import resources
from core.arrangement.project import Project
from core.arrangement.project_file import SUFFIX
from core.errors import TechnoVAEError
from technovae_gui.widgets import file_dialogs

if TYPE_CHECKING:
    from collections.abc import Callable

    from technovae_gui.project.open_project import Projects
    from technovae_gui.studio import Studio
    from technovae_gui.widgets.banners import Banners

_FILTER = f"TechnoVAE projects (*{SUFFIX})"


class Filing(QObject):
    """Between the projects, the studio and the person."""

    def __init__(
        self,
        window: QWidget,
        projects: Projects,
        studio: Studio,
        banners: Banners,
        import_files: Callable[[list[Path]], None],
    ) -> None:
        super().__init__(window)
        self._window, self._projects = window, projects
        self._studio, self._banners = studio, banners
        self._import = import_files
        self._worked: tuple[Path, Path | None] | None = None
        projects.opened.connect(self._opened)
        projects.overtaken.connect(self._overtaken)
        studio.library_opened.connect(self._surround)
        studio.map_changed.connect(self._map_changed)
        studio.problem.connect(self._studio_failed)

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

    @Slot()
    def ask_import(self) -> None:
        """Choose audio files to import."""
        paths = file_dialogs.choose_audio_files(self._window)
        if paths:
            self._import(paths)

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
        same = library.resolve() == self._studio.library_path.resolve()
        if not same or (document.model_hash and document.model_hash != self._model_hash()):
            self._studio.open(library, model)

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
            self._studio.open(Path(name))

    def _find_model(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Where is the model?", "", "Models (*.keras)"
        )
        if name:
            self._studio.open(self._studio.library_path, Path(name))

    def _model_hash(self) -> str:
        return self._studio.map.model_hash if self._studio.map else ""

    @Slot(object)
    def _map_changed(self, found: object) -> None:
        if self._studio.map is not None:
            self._worked = self._studio.library_path, self._studio.model_path
        self._surround()

    @Slot(str, str)
    def _studio_failed(self, key: str, line: str) -> None:
        """A model that cannot be used is told; the one that worked with this library comes back."""
        if key != "model" or self._worked is None:
            return
        library, model = self._worked
        if library == self._studio.library_path and model != self._studio.model_path:
            self._studio.open(library, model)

    @Slot()
    def _surround(self) -> None:
        studio = self._studio
        own = studio.model_path is None or (
            studio.model_path.resolve() == resources.demo_model().resolve()
        )
        self._projects.surround(
            None if studio.is_demo else studio.library_path.resolve(),
            None if own else studio.model_path,
            self._model_hash(),
            studio.library_id,
        )

    def _folder(self) -> str:
        path = self._projects.path
        return str(path.parent if path else Path.home())
