"""Unsaved work on disk: every window writes one file, and finds those of windows that died."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile

from core.arrangement.project import SUFFIX, Project
from core.deletion import delete_file
from core.errors import ProjectError
from core.file_times import local_time
from core.user_folders import data_folder

_OF: Final = "autosave_of"


def default_folder() -> Path:
    """Where unsaved work of this user lies."""
    return data_folder() / "sessions"


class RecoveryFile:
    """The file of unsaved work of one window, held by a lock while the window lives.

    Threads may share it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Take a new file in `folder` (default: the user's).

        Raises:
            OSError: the folder cannot be written.
        """
        self.folder = folder or default_folder()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / f"{os.getpid()}-{os.urandom(4).hex()}{SUFFIX}"
        self._lock = _lock(self.path)
        self._lock.tryLock(0)
        self._writing = threading.Lock()
        self._taken = self._written = self._discarded = 0

    def take_number(self) -> int:
        """The place of a state of the work in the order of all states, for `write`."""
        self._taken += 1
        return self._taken

    def write(self, project: Project, original: Path | None, number: int | None = None) -> None:
        """Keep `project`, unless a later state is kept or was discarded.

        Args:
            project: the work.
            original: the file that it is or will be saved in; None if it was never saved.
            number: from `take_number`, called when `project` was taken; None: now.

        Raises:
            OutputError: it cannot be written.
        """
        number = self.take_number() if number is None else number
        note = {_OF: str(original) if original else ""}
        from core.arrangement import project_file

        with self._writing:
            if number <= max(self._written, self._discarded):
                return
            project_file.save(replace(project, extra={**project.extra, **note}), self.path)
            self._written = number
            if number <= self._discarded:  # meanwhile
                self._unlink()

    def discard(self) -> None:
        """Nothing is unsaved: the file goes, the lock stays. What is being written goes, too."""
        self._discarded = self._taken
        self._unlink()

    def close(self) -> None:
        """Let go; what is unsaved can be restored by the next window."""
        self._lock.unlock()

    def _unlink(self) -> None:
        delete_file(self.path, self.folder)


@dataclass(frozen=True)
class AbandonedWork:
    """Unsaved work of a window that died, as far as it can be read.

    Attributes:
        path: the file.
        time: when it was written last.
        project: the work; None if the file is damaged.
        original: the file that it is saved in; None if it was never saved.
        problem: why it cannot be read, in one line; empty if it can.
    """

    path: Path
    time: datetime
    project: Project | None = None
    original: Path | None = None
    problem: str = ""

    @property
    def name(self) -> str:
        """Name of the project, as its file is called."""
        return self.original.stem if self.original else "Untitled"

    @property
    def library(self) -> str:
        """Name of the library that it was made with; empty if unknown."""
        if self.project is None:
            return ""
        return self.project.library.name if self.project.library else "built-in demo"

    @property
    def clips(self) -> int:
        """How many clips it has."""
        return 0 if self.project is None else sum(1 for _ in self.project.arrangement.clips())


def abandoned(folder: Path | None = None) -> list[Path]:
    """Files of unsaved work that no living window holds, newest first."""
    found = []
    for path in (folder or default_folder()).glob(f"[!.]*{SUFFIX}"):
        with contextlib.suppress(OSError), held(path) as free:
            if free:
                found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def read(path: Path) -> AbandonedWork | None:
    """What is in a file of unsaved work; None if it has gone meanwhile."""
    try:
        time = local_time(path.stat().st_mtime)
    except OSError:
        return None
    try:
        project, original = restore(path)
    except ProjectError as error:
        return AbandonedWork(path, time, problem=str(error).removeprefix(f"{path}: "))
    return AbandonedWork(path, time, project, original)


def restore(path: Path) -> tuple[Project, Path | None]:
    """The work in a file, and the file that it is saved in.

    Raises:
        ProjectError: it cannot be read.
    """
    from core.arrangement import project_file

    project = project_file.load(path)
    extra = dict(project.extra)
    original = extra.pop(_OF, "")
    if not isinstance(original, str):
        raise ProjectError(f"{path}: this autosave is damaged; open an older copy")
    return replace(project, extra=extra), Path(original) if original else None


def remove(path: Path) -> None:
    """Delete a file of unsaved work, unless a living window holds it by now."""
    with held(path) as free:
        if free:
            delete_file(path, path.parent)


@contextlib.contextmanager
def held(path: Path) -> Iterator[bool]:
    """Keep other windows from taking over the work in `path`; False if one has."""
    lock = _lock(path)
    free = lock.tryLock(0)
    try:
        yield free
    finally:
        if free:
            lock.unlock()


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    lock.setStaleLockTime(0)  # held as long as the process lives, however long that is
    return lock
