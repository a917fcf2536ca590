"""One import at a time: a lock that the system takes back however the process dies.

Some network and FUSE file systems have no locks. There a file that only one process can make stands
for the lock, and a process that died is known by its number.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import IO, Self

from core.atomic import writing_error
from core.deletion import delete_file, leads_outside
from core.errors import LibraryError

NAME = ".library.lock"
OWNER = ".library.lock-owner"
"""Made instead of locking `NAME` where there are no locks; deleted when the import ends."""
_LONGEST_OWNER = 1 << 10
_FAR = 1 << 30
"""On Windows a locked byte cannot be read, so one far behind the process number is locked."""
_HELD = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)
"""What a system says of a lock that another process holds; anything else means: no locks here."""


class WriterLock:
    """Held while a library is imported into. A context manager.

    Raises:
        LibraryError: another process holds it; the message names that process.
        OutputError: the folder cannot be written.
    """

    def __init__(self, library: Path) -> None:
        self._library = library
        self._file: IO[str] | None = None
        self._owner: Path | None = None

    def __enter__(self) -> Self:
        if leads_outside(self._library / NAME, self._library):  # it would be emptied
            raise LibraryError(f"{self._library / NAME}: a link out of the library; delete it")
        self._file = self._open()
        try:
            self._lock(self._file)
            if os.fstat(self._file.fileno()).st_nlink > 1:
                # What has its other name is not to be emptied; a new file takes its place.
                self._file.close()
                delete_file(self._library / NAME, self._library)
                self._file = self._open()
                self._lock(self._file)
        except OSError:
            self._file.close()
            self._own()
            return self
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()
        return self

    def __exit__(self, *_: object) -> None:
        if self._owner is not None:
            delete_file(self._owner, self._library)
            return
        # The file stays: deleting it could delete the one that the next process has just locked.
        assert self._file is not None
        self._file.truncate(0)
        self._file.close()

    def _open(self) -> IO[str]:
        try:
            return (self._library / NAME).open("a+", encoding="ascii")
        except OSError as error:
            raise writing_error(self._library, error) from error

    def _lock(self, file: IO[str]) -> None:
        """Lock it. Raises `LibraryError` if another process has, `OSError` without locks."""
        if _try_lock(file):
            return
        holder = self._holder(file)
        file.close()
        raise LibraryError(
            f"{self._library}: another import{holder} is running; wait for it or stop it"
        )

    def _own(self) -> None:
        """Make the file that stands for the lock. Raises as `__enter__`."""
        path = self._library / OWNER
        for _ in range(2):
            try:
                with path.open("x", encoding="utf-8") as file:
                    file.write(f"{os.getpid()} {platform.node()}")
                self._owner = path
                return
            except FileExistsError:
                if not _has_died(path):
                    break
                delete_file(path, self._library)
            except OSError as error:
                raise writing_error(self._library, error) from error
        raise LibraryError(
            f"{self._library}: another import is running; wait for it or stop it "
            f"(if there is none, delete {OWNER} there)"
        )

    @staticmethod
    def _holder(file: IO[str]) -> str:
        file.seek(0)
        number = file.read(20).strip()
        return f" (process {number})" if number.isdigit() else ""


def has_locks(folder: Path) -> bool:
    """Whether the file system of `folder`, which can be written, has the locks that SQLite uses."""
    try:
        with tempfile.TemporaryFile(prefix=".library-", dir=folder) as file:
            return _has_locks(file)
    except OSError:
        return True


def _has_died(path: Path) -> bool:
    """Whether the owner in `path` was a process of this machine that is no more."""
    try:
        if not path.is_file():  # a pipe would never answer
            return False
        with path.open(encoding="utf-8") as file:
            number, _, node = file.read(_LONGEST_OWNER).partition(" ")
        if node != platform.node() or not number.isdigit():
            return False
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, UnicodeDecodeError, OverflowError):
        return False
    return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _has_locks(file: IO[bytes]) -> bool:
        return True

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        """Raises `OSError` where there are no locks."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                return False
            raise
        return True

    def _has_locks(file: IO[bytes]) -> bool:
        with contextlib.suppress(OSError):
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
