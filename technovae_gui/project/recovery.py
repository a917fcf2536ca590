"""Unsaved work on disk: every window keeps one file, and finds those of windows that died."""

from __future__ import annotations

import contextlib
import os
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile

from core.arrangement import project_file
from core.arrangement.project import Project
from core.errors import ProjectError
from core.user_folders import data_folder

_OF: Final = "autosave_of"


def default_folder() -> Path:
    """Where sessions of this user lie."""
    return data_folder() / "sessions"


class Session:
    """The file of unsaved work of one window, held by a lock while the window lives."""

    def __init__(self, folder: Path | None = None) -> None:
        """Raises `OSError` where the user's data folder cannot be written."""
        self.folder = folder or default_folder()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}{project_file.SUFFIX}"
        self._lock = _lock(self.path)
        self._lock.tryLock(0)

    def write(self, document: Project, original: Path | None) -> None:
        """Keep `document`, which is or will be saved as `original`. Raises `OutputError`."""
        note = {_OF: str(original) if original else ""}
        project_file.save(replace(document, extra={**document.extra, **note}), self.path)

    def discard(self) -> None:
        """All is saved: the file goes, the lock stays."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go; what is unsaved can be restored by the next window."""
        self._lock.unlock()


def abandoned(folder: Path | None = None) -> list[Path]:
    """Files of unsaved work that no living window holds, newest first."""
    place = folder or default_folder()
    found = []
    for path in place.glob(f"[!.]*{project_file.SUFFIX}"):
        lock = _lock(path)
        if lock.tryLock(0):
            lock.unlock()
            found.append(path)
    return sorted(found, key=lambda p: p.stat().st_mtime, reverse=True)


def restore(path: Path) -> tuple[Project, Path | None]:
    """The work in `path` and the file it belongs to. Raises `ProjectError`."""
    document = project_file.load(path)
    extra = dict(document.extra)
    original = extra.pop(_OF, "")
    if not isinstance(original, str):
        raise ProjectError(f"{path}: this autosave is damaged; open an older copy")
    return replace(document, extra=extra), Path(original) if original else None


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    lock.setStaleLockTime(0)  # held as long as the process lives, however long that is
    return lock
