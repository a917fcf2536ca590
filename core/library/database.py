"""A connection to a database: its opening, its transactions, its errors as clear lines."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from core.errors import LibraryError, OutputError, TechnoVAEError
from core.library import schema
from core.library.lock import has_locks

_BUSY_SECONDS = 20.0
_LOCK_FOLDER_SECONDS = 60.0
_MOST_BYTES = 16 << 20
"""Of one row: the longest reports and beat grids take a few hundred thousand."""
_MOST_ROWS = 4_000_000
"""Of one table: three months of music have as many segments."""
_LONGEST_MESSAGE = 160
_NAMES_A_FILE = bytes.fromhex("d9d505f920a163d7")
"""What a journal ends with that names a super-journal (sqlite.org/fileformat2.html, 3)."""
_SQLITE_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Database:
    """A connection that several threads may share; one statement or transaction at a time.

    Opening changes nothing on disk. The first transaction turns write-ahead logging on, so that
    other processes read while this one writes; closing turns it off again where nobody else has the
    file open, so that a library at rest is one plain file that read-only media can hold.

    The file may be of anybody: no function that it names is run (`trusted_schema`), nothing but
    plain tables is accepted, what is read has limits, and no statement can write before the first
    transaction.
    """

    def __init__(self, path: Path, *, writable: bool) -> None:
        """Open a database.

        Args:
            path: of the file.
            writable: whether transactions may begin.

        Raises:
            LibraryError: it is damaged, of another program, or too new.
        """
        self.path = path
        self.writable = writable
        self._lock = threading.RLock()
        self._logging_ahead = False
        self._connection = _open(path, writable)

    def close(self) -> None:
        """Close the connection; nothing can be asked after that."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._logging_ahead:
                with contextlib.suppress(sqlite3.OperationalError):
                    self._connection.execute("PRAGMA busy_timeout = 0")
                    self._connection.execute("PRAGMA journal_mode = DELETE")
            self._connection.close()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Read all rows that a statement yields.

        Args:
            sql: the statement, with `?` for values.
            values: for the `?`, in order.

        Returns:
            The rows, at most four million.

        Raises:
            LibraryError: the file is damaged, locked by another process, or has more rows.
        """
        with self._lock, translated(self.path):
            found = self._connection.execute(sql, values).fetchmany(_MOST_ROWS + 1)
            if len(found) > _MOST_ROWS:
                raise LibraryError(
                    f"{self.path.parent}: this library has more rows than can be read; import its "
                    "music into several new folders"
                )
            return found

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        """Read the first row that a statement yields; as `rows` otherwise.

        Args:
            sql: the statement, with `?` for values.
            values: for the `?`, in order.

        Returns:
            The row; None where there is none.

        Raises:
            LibraryError: as `rows`.
        """
        found = self.rows(sql, values)
        return found[0] if found else None

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement inside a transaction.

        Args:
            sql: the statement, with `?` for values.
            values: for the `?`, in order.

        Returns:
            The number of rows that it changed.

        Raises:
            LibraryError: the file is damaged or cannot be written.
        """
        with self._lock, translated(self.path):
            return self._connection.execute(sql, values).rowcount

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement many times inside a transaction.

        Args:
            sql: the statement, with `?` for values.
            rows: values for the `?` of each run.

        Raises:
            LibraryError: the file is damaged or cannot be written.
        """
        with self._lock, translated(self.path):
            self._connection.executemany(sql, rows)

    def require_writable(self) -> None:
        """Make sure, before long work, that its result can be kept. Raises `LibraryError`."""
        if self.writable:
            return
        if has_other_names(self.path):
            raise LibraryError(
                f"{self.path}: a hard link; what has its other name would change, too; "
                "copy the library to change it"
            )
        raise LibraryError(f"{self.path.parent}: this library is read-only; copy it to change it")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is executed inside becomes visible at once, or nothing of it.

        Raises:
            LibraryError: the library is read-only, or another process keeps it locked.
        """
        self.require_writable()
        with self._lock:
            with translated(self.path):
                self._log_ahead()
                self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                with translated(self.path):
                    self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def copy_to(self, path: Path) -> None:
        """Write all that is committed to a new database at `path`."""
        with self._lock, translated(self.path):
            copy = sqlite3.connect(f"{path.absolute().as_uri()}?nolock=1", uri=True)
            try:
                self._connection.backup(copy)
            finally:
                copy.close()

    def compact(self) -> None:
        """Give the space of deleted rows back, outside a transaction."""
        with self._lock, translated(self.path):
            self._connection.execute("PRAGMA query_only = OFF")
            self._connection.execute("VACUUM")

    def _log_ahead(self) -> None:
        if self._logging_ahead:
            return
        self._logging_ahead = True
        self._connection.execute("PRAGMA query_only = OFF")
        # File systems without locks or shared memory have no write-ahead logging: SQLite stays with
        # its journal then, or says so at the first statement.
        with contextlib.suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA journal_mode = WAL")
        try:
            self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            self._connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.OperationalError:
            self._connection.execute("PRAGMA journal_mode = DELETE")


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors inside into one clear line about the library at `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _clear(path, error) from error
    except UnicodeDecodeError as error:  # text of a damaged page
        raise LibraryError(
            f"{path}: this library is damaged (text that is not UTF-8); "
            "import the music again into a new folder"
        ) from error


def has_other_names(path: Path) -> bool:
    """True for a file with hard links: SQLite writes into it, and who has the others may not know.

    Backups are made of hard links, and an installer may share the demo with its cache.
    """
    return path.stat().st_nlink > 1


def can_write(database: Path) -> bool:
    """True if `database` and the folder around it can be written (asked by trying)."""
    if not os.access(database, os.W_OK):
        return False
    try:
        with tempfile.TemporaryFile(prefix=".library-", dir=database.parent):
            return True
    except OSError:
        return False


def _open(path: Path, writable: bool) -> sqlite3.Connection:
    _require_plain_journal(path)
    with translated(path):
        if writable or can_write(path):
            mode = "mode=rw" if writable else "mode=ro"
            return _verified(path, mode if has_locks(path.parent) else mode + _without_locks(path))
        # Immutable ignores other writers, so it is for where SQLite cannot make its lock files.
        if path.with_name(path.name + "-wal").exists():
            with contextlib.suppress(sqlite3.OperationalError):
                return _verified(path, "mode=ro")
        return _verified(path, "mode=ro&immutable=1")


def _require_plain_journal(path: Path) -> None:
    """Refuse a journal that names another file: SQLite deletes that file, wherever it lies.

    Nothing here writes several databases in one transaction, so no journal of ours names one.

    Raises:
        LibraryError: the journal beside the database `path` names a file.
    """
    journal = path.with_name(path.name + "-journal")
    with contextlib.suppress(OSError), journal.open("rb") as file:
        file.seek(-len(_NAMES_A_FILE), os.SEEK_END)
        if file.read() == _NAMES_A_FILE:
            raise LibraryError(
                f"{journal}: left by another program, and names a file elsewhere; delete it"
            )


def _without_locks(path: Path) -> str:
    """The rest of a mode for a file system without locks: SQLite makes a folder for a lock.

    One that a killed process left is taken away: no transaction here lasts nearly as long.
    """
    left = path.with_name(path.name + ".lock")
    with contextlib.suppress(OSError):
        if time.time() - left.stat().st_mtime > _LOCK_FOLDER_SECONDS:
            left.rmdir()
    return "&vfs=unix-dotfile"


def _verified(path: Path, mode: str) -> sqlite3.Connection:
    connection = _connect(path, mode)
    try:
        schema.verify(connection, path.parent)
    except (sqlite3.Error, TechnoVAEError):
        connection.close()
        raise
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _clear(path: Path, error: sqlite3.Error) -> TechnoVAEError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    where = path.parent
    if code == sqlite3.SQLITE_TOOBIG:
        return LibraryError(
            f"{where}: this library holds a value that is too large to be read; import the music "
            "again into a new folder"
        )
    if code in _SQLITE_CORRUPT or "no such table" in str(error) or "no such column" in str(error):
        return LibraryError(
            f"{path}: this library is damaged ({error}); import the music again into a new folder"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryError(f"{where}: another program keeps this library locked; try again later")
    if code == sqlite3.SQLITE_CONSTRAINT:
        return LibraryError(
            f"{where}: the library's segments have changed meanwhile; do that again"
        )
    if code == sqlite3.SQLITE_FULL:
        return OutputError(f"{where}: the disk is full; free some space and try again")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return LibraryError(
            f"{where}: this library cannot be opened or written; check its folder's rights"
        )
    said = " ".join(str(error).split())[:_LONGEST_MESSAGE]
    return LibraryError(f"{where}: the library's database failed ({said}); try again")
