"""What is in `library.sqlite`, which version this program reads, and how a new one is made."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import uuid
from pathlib import Path

from core import atomic
from core.errors import LibraryError

APPLICATION_ID = 0x54564145
"""`TVAE`, in the file's header: tells a library from any other SQLite file."""
VERSION = 1
_MOST_OBJECTS = 100
_PLAIN = re.compile(
    r"CREATE (?:TABLE [\w\s(),]{1,4000}|(?:UNIQUE )?INDEX \w+ ON \w+ ?\([\w\s,]{1,1000}\))"
)
_ACTIVE = re.compile(r"(?i)\b(?:as|check|default|generated|collate|conflict|replace)\b")
"""Words of SQL by which a plain table would compute something, or change what it is not asked to.
"""

_LATENT_TABLES = """
CREATE TABLE latents (
    model_hash TEXT NOT NULL,
    segment_id TEXT NOT NULL{segments},
    mean BLOB NOT NULL,
    PRIMARY KEY (model_hash, segment_id)
) WITHOUT ROWID;
CREATE TABLE map (
    model_hash TEXT NOT NULL,
    segment_id TEXT NOT NULL{segments},
    x REAL NOT NULL,
    y REAL NOT NULL,
    saved_at REAL NOT NULL,
    PRIMARY KEY (model_hash, segment_id)
) WITHOUT ROWID;
"""

_LIBRARY_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tracks (
    id TEXT PRIMARY KEY,
    content_hash TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    artist TEXT NOT NULL,
    source_path TEXT NOT NULL,
    audio_file TEXT NOT NULL,
    frames INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    source_lufs REAL,
    stored_gain_db REAL NOT NULL,
    grid TEXT NOT NULL,
    aligned INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    warnings TEXT NOT NULL,
    added_at REAL NOT NULL
);
CREATE TABLE sections (
    track_id TEXT NOT NULL REFERENCES tracks ON DELETE CASCADE,
    section INTEGER NOT NULL,
    bpm REAL NOT NULL,
    downbeat REAL NOT NULL,
    bars INTEGER NOT NULL,
    phrase_bar INTEGER NOT NULL,
    first_row INTEGER NOT NULL,
    PRIMARY KEY (track_id, section)
) WITHOUT ROWID;
CREATE TABLE segments (
    id TEXT PRIMARY KEY,
    track_id TEXT NOT NULL REFERENCES tracks ON DELETE CASCADE,
    section INTEGER NOT NULL,
    bar INTEGER NOT NULL,
    start_seconds REAL NOT NULL,
    bpm REAL NOT NULL,
    brightness REAL NOT NULL,
    density REAL NOT NULL,
    kick REAL NOT NULL,
    energy REAL NOT NULL,
    loudness REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX segments_of_track ON segments (track_id, section, bar);
CREATE TABLE sources (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    track_id TEXT REFERENCES tracks ON DELETE CASCADE,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    warnings TEXT NOT NULL,
    seconds REAL NOT NULL,
    reader INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sources_of_track ON sources (track_id);
CREATE TABLE corrections (content_hash TEXT PRIMARY KEY, grid TEXT NOT NULL) WITHOUT ROWID;
"""

_CHROMA_TABLE = """
CREATE TABLE IF NOT EXISTS chroma (
    track_id TEXT PRIMARY KEY{tracks},
    version INTEGER NOT NULL,
    frames BLOB NOT NULL
) WITHOUT ROWID"""


def chroma_table(*, of_library: bool) -> str:
    """The statement that adds the table of chroma where it is missing.

    It is made when the first chroma is kept: libraries without it stay as they are, and programs
    that do not know it ignore it.

    Args:
        of_library: whether the database holds the tracks too, and chroma goes with its track.

    Returns:
        One SQL statement.
    """
    return _CHROMA_TABLE.format(tracks=" REFERENCES tracks ON DELETE CASCADE" if of_library else "")


def create(path: Path) -> None:
    """Write an empty library database to `path`, all of it or none. Raises `OutputError`."""
    tables = _LIBRARY_TABLES + _LATENT_TABLES.format(
        segments=" REFERENCES segments ON DELETE CASCADE"
    )
    _write(path, tables, {"id": uuid.uuid4().hex})


def create_overlay(path: Path, library_id: str) -> None:
    """Make the database that keeps latents and maps of a read-only library.

    Args:
        path: of the new file.
        library_id: of the library.

    Raises:
        OutputError: it cannot be written.
    """
    tables = "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    _write(path, tables + _LATENT_TABLES.format(segments=""), {"id": library_id})


def verify(connection: sqlite3.Connection, path: Path) -> None:
    """See that a database is a library of this program and of this version.

    Args:
        connection: to it.
        path: of its file, for messages.

    Raises:
        LibraryError: it is something else, of another version, or holds more than a library does.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise LibraryError(f"{path}: not a TechnoVAE library; choose another folder")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise LibraryError(
            f"{path}: written by a newer TechnoVAE (format {version}, this one reads {VERSION});"
            " update the program"
        )
    if version < VERSION:
        raise LibraryError(
            f"{path}: format {version} is older than any this program reads;"
            " import the music again into a new folder"
        )
    _require_plain(connection, path)


def _require_plain(connection: sqlite3.Connection, path: Path) -> None:
    """See that a database holds plain tables and indices: nothing that acts when it is read.

    Raises:
        LibraryError: it holds triggers, views, virtual tables, computed columns or the like.
    """
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT ?", (_MOST_OBJECTS + 1,)
    ).fetchall()
    if len(found) > _MOST_OBJECTS:
        raise LibraryError(
            f"{path}: holds more than a library does, so it is not opened; "
            "import the music into a new folder"
        )
    for name, sql in found:
        if not (isinstance(sql, str) and _PLAIN.fullmatch(sql)) or _ACTIVE.search(sql):
            raise LibraryError(
                f"{path}: holds more than plain tables ({str(name)[:40]!r}), so it is not opened; "
                "import the music into a new folder"
            )


def _write(path: Path, tables: str, facts: dict[str, str]) -> None:
    with atomic.replacing(path) as temporary:
        # Nobody else knows the temporary name, and some file systems have no locks.
        address = f"{temporary.absolute().as_uri()}?nolock=1"
        connection = sqlite3.connect(address, uri=True, isolation_level=None)
        try:
            connection.executescript(tables)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                raise
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        finally:
            connection.close()
