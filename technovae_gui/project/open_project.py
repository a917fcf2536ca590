"""The open project: new, open, save, recent, and a copy of unsaved work that is never old."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSettings, QTimer, Signal, Slot

from core import presence
from core.arrangement.project import SUFFIX, Playback, Project
from core.deletion import delete_file
from core.errors import TechnoVAEError
from core.workers.background import Background
from technovae_gui.document import Document, empty_arrangement
from technovae_gui.project import recovery
from technovae_gui.project.project_origins import ProjectOrigins
from technovae_gui.project.recovery import RecoveryFile

_AUTOSAVE_MS: Final = 2000
"""After the first edit that is not on disk; writing takes less than a second."""
_MOST_RECENT: Final = 8
_log = logging.getLogger(__name__)


Stamp = tuple[int, int, int]
"""Which version of a file: its number, size and time of change."""


class OpenProject(QObject):
    """The document's file, and what its clips are made from.

    Attributes:
        path: the project's file; None while it is untitled.
        origins: libraries and models that the clips are made from.

    Signals:
        changed(): name or unsaved state is new.
        opened(Project, Path): another project is shown, of this file (None: untitled).
        problem(str, str): a key and one line. mended(str): the problem of this key is over.
        overtaken(Path): this file is another window's by now; nothing was saved.
    """

    changed = Signal()
    opened = Signal(object, object)
    problem = Signal(str, str)
    mended = Signal(str)
    overtaken = Signal(object)

    def __init__(
        self,
        document: Document,
        background: Background,
        folder: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        """An empty project; nothing is read or asked.

        Args:
            document: what is edited.
            background: writes copies of unsaved work.
            folder: where unsaved work is kept; default in the user's data folder.
            parent: the Qt parent.
        """
        super().__init__(parent)
        self._document, self._background, self._folder = document, background, folder
        self.origins = ProjectOrigins(document, self)
        self._loaded = Project(document.arrangement)
        self.path: Path | None = None
        self._saved_playback = Playback()
        self._relinked = self._discarding = False
        self._stamp: Stamp | None = None
        self._recovery = self._new_recovery_file()
        self._timer = QTimer(self, singleShot=True, interval=_AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave)
        document.changed.connect(self._edited)
        document.undo_stack.cleanChanged.connect(self._clean_changed)

    @property
    def name(self) -> str:
        """For the title bar."""
        return self.path.stem if self.path else "Untitled"

    @property
    def unsaved(self) -> bool:
        """Whether there is work that no project file holds; without a clip, an untitled project is
        none."""
        if self.path is None:
            return any(True for _ in self._document.arrangement.clips())
        played_otherwise = self._loaded.playback != self._saved_playback
        return self._relinked or played_otherwise or not self._document.undo_stack.isClean()

    def set_playback(self, playback: Playback) -> None:
        """Note how the document is listened to; it is saved with it."""
        if playback != self._loaded.playback:
            self._loaded = replace(self._loaded, playback=playback)
            self._edited()

    def note_relinked(self) -> None:
        """The user has said where library or model are now: that is to be saved."""
        self._relinked = True
        self._edited()

    def new(self) -> None:
        """Show an empty project, made from the library that is open."""
        self._leave()
        self.path = self._stamp = None
        self.origins.start_project()
        self._show(Project(empty_arrangement()))

    def open(self, path: Path) -> bool:
        """Open the project at `path`; says whether that was possible."""
        stamp = _stamp(path)
        from core.arrangement import project_file

        try:
            found = project_file.load(path).located(path)
        except TechnoVAEError as error:
            self._discarding = False
            self.problem.emit("project", str(error))
            return False
        self._leave()
        self.path, self._stamp = path, stamp
        self.origins.load(found, untitled=False)
        self._show(found)
        self._remember(path)
        return True

    def restore(self, path: Path) -> bool:
        """Take over unsaved work of a window that died; its file goes when this window's own
        holds the work."""
        with recovery.held(path) as free:
            try:
                found, original = recovery.restore(path)
            except TechnoVAEError as error:
                free, line = False, str(error)
            else:
                line = f"{path}: another window has restored this work"
            if not free:
                self._discarding = False
                self.problem.emit("recovery", line)
                return False
            self._leave()
            self.path, self._stamp = original, _stamp(original) if original else None
            self.origins.load(found.located(original or path), untitled=original is None)
            self._show(found)
            self._document.undo_stack.resetClean()
            if self._write_recovery_file():
                delete_file(path, path.parent)
        self.changed.emit()
        return True

    def save(self, path: Path | None = None, *, over: bool = False) -> bool:
        """Write the project to its file.

        Args:
            path: the file from now on; None for the one that it has.
            over: replace what another window has written to that file since it was read here;
                otherwise `overtaken` is emitted and nothing is written.

        Returns:
            Whether it is written.
        """
        target = path or self.path
        if target is None:
            return False
        target = target if target.suffix else target.with_suffix(SUFFIX)
        if target == self.path and not over and _stamp(target) not in (None, self._stamp):
            self.overtaken.emit(target)
            return False
        from core.arrangement import project_file

        try:
            project_file.save(self.snapshot(), target)
        except TechnoVAEError as error:
            self.problem.emit("save", f"not saved: {error}")
            return False
        self.path, self._stamp = target, _stamp(target)
        self._relinked = False
        self._saved_playback = self._loaded.playback
        self._document.undo_stack.setClean()
        self._discard_recovery_file()
        self._remember(target)
        for key in ("save", "autosave"):
            self.mended.emit(key)
        self.changed.emit()
        return True

    def snapshot(self) -> Project:
        """The project as it is now."""
        project = replace(
            self._loaded, arrangement=self._document.arrangement, origins=self.origins.used()
        )
        return project.with_origin(self.origins.main)

    def recent(self) -> list[Path]:
        """Projects opened or saved last that still exist, newest first."""
        paths = QSettings().value("recent", [])
        listed = paths if isinstance(paths, list) else [paths] if isinstance(paths, str) else []
        return [Path(p) for p in listed if presence.is_file(Path(p))]

    def abandoned(self) -> list[Path]:
        """Files of unsaved work of windows that died, newest first."""
        return recovery.abandoned(self._folder)

    def discard_when_left(self) -> None:
        """The user does not want the unsaved work: it goes when another project is shown or the
        window closes, unless it is edited before."""
        self._discarding = True

    def autosave(self) -> None:
        """Write the copy of unsaved work now, on a thread."""
        self._timer.stop()
        if self._recovery is None:
            return
        if not self.unsaved:  # all is saved, or undone
            self._recovery.discard()
            return
        file, snapshot, path = self._recovery, self.snapshot(), self.path
        number = file.take_number()
        self._background.submit(
            lambda: file.write(snapshot, path, number),
            self._autosaved,
            failed=self._autosave_failed,
        )

    def keep_unsaved_work(self) -> None:
        """Write the copy of unsaved work now; it is on disk when this returns."""
        self._timer.stop()
        if self.unsaved:
            self._write_recovery_file()

    def close(self) -> None:
        """The window closes: unsaved work that was not discarded is on disk when this returns."""
        self._timer.stop()
        self._finish_recovery_file()
        if self._recovery:
            self._recovery.close()

    @Slot(bool)
    def _clean_changed(self, clean: bool) -> None:
        self.changed.emit()

    @Slot()
    def _edited(self) -> None:
        self._discarding = False
        self.changed.emit()
        if not self._timer.isActive():
            self._timer.start()

    @Slot(object)
    def _autosaved(self, _: object) -> None:
        self.mended.emit("autosave")

    @Slot(str)
    def _autosave_failed(self, line: str) -> None:
        self.problem.emit("autosave", f"unsaved work is not kept: {line}")

    def _leave(self) -> None:
        """Unsaved work that was not discarded stays restorable; another project follows."""
        kept = self.unsaved and not self._discarding
        self._finish_recovery_file()
        if self._recovery and kept:
            self._recovery.close()
            self._recovery = self._new_recovery_file()

    def _finish_recovery_file(self) -> None:
        if self.unsaved and not self._discarding:
            self._write_recovery_file()
        else:
            self._discard_recovery_file()
        self._discarding = False

    def _write_recovery_file(self) -> bool:
        if self._recovery is None:
            return False
        try:
            self._recovery.write(self.snapshot(), self.path)
        except TechnoVAEError as error:
            self._autosave_failed(str(error))
            return False
        return True

    def _discard_recovery_file(self) -> None:
        self._timer.stop()
        if self._recovery:
            self._recovery.discard()

    def _show(self, shown: Project) -> None:
        self._loaded, self._saved_playback = shown, shown.playback
        self._relinked = False
        self._document.reset(shown.arrangement)
        self._timer.stop()
        self.opened.emit(shown, self.path)
        self.changed.emit()

    def _remember(self, path: Path) -> None:
        others = [str(p) for p in self.recent() if p != path]
        QSettings().setValue("recent", [str(path), *others][:_MOST_RECENT])

    def _new_recovery_file(self) -> RecoveryFile | None:
        """None where the user's data folder cannot be written; `problem` follows."""
        try:
            return RecoveryFile(self._folder)
        except OSError as error:
            _log.warning("no recovery file", exc_info=True)
            line = f"unsaved work is not kept: no room for it ({error.strerror})"
            QTimer.singleShot(0, self, lambda: self.problem.emit("autosave", line))
            return None


def _stamp(path: Path) -> Stamp | None:
    """None where there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
