"""The open project: new, open, save, recent, and a copy of unsaved work that is never old."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSettings, QTimer, Signal, Slot

from core.arrangement import project_file
from core.arrangement.project import Playback, Project
from core.errors import TechnoVAEError
from core.workers.background import Background
from technovae_gui.document import Document, empty_arrangement
from technovae_gui.project import recovery
from technovae_gui.project.recovery import Session

_AUTOSAVE_MS: Final = 2000
"""After the first edit that is not on disk; writing takes less than a second."""
_MOST_RECENT: Final = 8


Stamp = tuple[int, int, int]
"""Which version of a file: its number, size and time of change."""


class Projects(QObject):
    """Where the document is kept.

    Signals:
        changed(): name or unsaved state is new.
        opened(object, object): a `Project` and its path or None; the window finds its library.
        problem(str, str): a key and one line. mended(str): that of this key is over.
        overtaken(object): the file at this path is another window's by now; nothing was saved.
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
        super().__init__(parent)
        self._document, self._background, self._folder = document, background, folder
        self._surroundings = Project(document.arrangement)
        self.path: Path | None = None
        self._saved_playback = Playback()
        self._stamp: Stamp | None = None
        self._session = self._new_session()
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
        """Whether there are edits that no project file holds."""
        if self.path is None:
            clips = any(True for _ in self._document.arrangement.clips())
            return clips or not self._document.undo_stack.isClean()
        heard_otherwise = self._surroundings.playback != self._saved_playback
        return heard_otherwise or not self._document.undo_stack.isClean()

    def surround(
        self, library: Path | None, model: Path | None, model_hash: str, library_id: str
    ) -> None:
        """Note what the document is used with; None is the built-in demo's."""
        self._surroundings = replace(
            self._surroundings,
            library=library,
            model=model,
            model_hash=model_hash,
            library_id=library_id,
        )

    def set_playback(self, playback: Playback) -> None:
        """Note how the document is listened to; it is saved with it."""
        if playback != self._surroundings.playback:
            self._surroundings = replace(self._surroundings, playback=playback)
            self._edited()

    def new(self) -> None:
        """An empty project; unsaved work of the old one stays restorable."""
        self._leave()
        self.path = self._stamp = None
        empty = empty_arrangement()
        self._show(replace(self._surroundings, arrangement=empty, extra={}, playback=Playback()))

    def open(self, path: Path) -> bool:
        """Open the project at `path`; says whether that was possible."""
        stamp = _stamp(path)
        try:
            found = project_file.load(path)
        except TechnoVAEError as error:
            self.problem.emit("project", str(error))
            return False
        self._leave()
        self.path, self._stamp = path, stamp
        self._show(found)
        self._remember(path)
        return True

    def restore(self, path: Path) -> bool:
        """Take over unsaved work of a window that died."""
        try:
            found, original = recovery.restore(path)
        except TechnoVAEError as error:
            self.problem.emit("recovery", str(error))
            return False
        self._leave()
        self.path, self._stamp = original, _stamp(original) if original else None
        self._show(found)
        self._document.undo_stack.resetClean()
        self.autosave()
        path.unlink(missing_ok=True)
        self.changed.emit()
        return True

    def save(self, path: Path | None = None, *, over: bool = False) -> bool:
        """Write the project to `path` or where it was; says whether it is written.

        What another window has written there meanwhile is only replaced if `over`.
        """
        target = path or self.path
        if target is None:
            return False
        target = target if target.suffix else target.with_suffix(project_file.SUFFIX)
        if target == self.path and not over and _stamp(target) not in (None, self._stamp):
            self.overtaken.emit(target)
            return False
        try:
            project_file.save(self.snapshot(), target)
        except TechnoVAEError as error:
            self.problem.emit("save", f"not saved: {error}")
            return False
        self.path, self._stamp = target, _stamp(target)
        self._document.undo_stack.setClean()
        self._saved_playback = self._surroundings.playback
        self._timer.stop()
        if self._session:
            self._session.discard()
        self._remember(target)
        for key in ("save", "autosave"):
            self.mended.emit(key)
        self.changed.emit()
        return True

    def snapshot(self) -> Project:
        """The project as it is now."""
        return replace(self._surroundings, arrangement=self._document.arrangement)

    def recent(self) -> list[Path]:
        """Projects opened or saved last that still exist, newest first."""
        paths = QSettings().value("recent", []) or []
        listed = [paths] if isinstance(paths, str) else list(paths)
        return [Path(p) for p in listed if Path(p).is_file()]

    def abandoned(self) -> list[Path]:
        """Unsaved work of windows that died."""
        return recovery.abandoned(self._folder)

    def autosave(self) -> None:
        """Write the copy of unsaved work now, on a thread."""
        self._timer.stop()
        if self._session is None or not self.unsaved:
            return
        snapshot, session, path = self.snapshot(), self._session, self.path
        self._background.submit(
            lambda: session.write(snapshot, path),
            lambda _: self.mended.emit("autosave"),
            failed=lambda line: self.problem.emit("autosave", f"unsaved work is not kept: {line}"),
        )

    def close(self) -> None:
        """The window closes: unsaved work is on disk when this returns."""
        self._timer.stop()
        self._leave(wait=True)
        if self._session:
            self._session.close()

    @Slot(bool)
    def _clean_changed(self, clean: bool) -> None:
        self.changed.emit()

    @Slot()
    def _edited(self) -> None:
        self.changed.emit()
        if not self._timer.isActive():
            self._timer.start()

    def _leave(self, *, wait: bool = False) -> None:
        """Keep unsaved work in the session's file, then begin another session."""
        if self._session is None:
            return
        if self.unsaved:
            try:
                self._session.write(self.snapshot(), self.path)
            except TechnoVAEError as error:
                self.problem.emit("autosave", f"unsaved work is not kept: {error}")
            if not wait:
                self._session.close()
                self._session = self._new_session()
        else:
            self._session.discard()

    def _show(self, shown: Project) -> None:
        self._document.reset(shown.arrangement)
        self._surroundings = shown
        self._saved_playback = shown.playback
        self._timer.stop()
        self.opened.emit(shown, self.path)
        self.changed.emit()

    def _new_session(self) -> Session | None:
        try:
            return Session(self._folder)
        except OSError as error:
            line = f"unsaved work cannot be kept in your data folder ({error.strerror}); save often"
            QTimer.singleShot(0, lambda: self.problem.emit("autosave", line))
            return None

    def _remember(self, path: Path) -> None:
        rest = [str(p) for p in self.recent() if p != path]
        QSettings().setValue("recent", [str(path), *rest][:_MOST_RECENT])


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
