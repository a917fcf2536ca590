"""One import at a time: a lock that the system takes back however the process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from core.atomic import writing_error
from core.errors import LibraryError

NAME = ".library.lock"
_FAR = 1 << 30
"""On Windows a locked byte cannot be read, so one far behind the process number is locked."""


class WriterLock:
    """Held while a library is imported into. A context manager.

    Raises:
        LibraryError: another process holds it; the message names that process.
        OutputError: the folder cannot be written.
    """

    def __init__(self, library: Path) -> None:
        self._library = library
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        try:
            self._file = (self._library / NAME).open("a+", encoding="ascii")
        except OSError as error:
            raise writing_error(self._library, error) from error
        if not _try_lock(self._file):
            holder = self._holder(self._file)
            self._file.close()
            raise LibraryError(
                f"{self._library}: another import{holder} is running; wait for it or stop it"
            )
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The file stays: deleting it could delete the one that the next process has just locked.
        assert self._file is not None
        self._file.truncate(0)
        self._file.close()

    @staticmethod
    def _holder(file: IO[str]) -> str:
        file.seek(0)
        number = file.read(20).strip()
        return f" (process {number})" if number.isdigit() else ""


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
