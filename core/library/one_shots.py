"""One-shots: single sounds that an import keeps aside, outside tracks, segments and the map."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

from core.errors import LibraryError
from core.library import validation
from core.library.database import Database
from core.library.tracks import ID_LENGTH, natural_key

FOLDER: Final = "one_shots"
"""Of the library's folder; holds `<id>.flac`."""

_ID: Final = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")
# Made when the first one comes in: libraries of before have none, and need no other format.
_TABLE: Final = """CREATE TABLE IF NOT EXISTS one_shots (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    source_path TEXT NOT NULL,
    frames INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    stored_gain_db REAL NOT NULL,
    added_at REAL NOT NULL
) WITHOUT ROWID"""


@dataclass(frozen=True)
class OneShot:
    """A single sound.

    Attributes:
        id: from the content, as a track's.
        title: from its tags, else from its name.
        source_path: the file that was imported.
        frames, channels: of its audio at 44.1 kHz.
        stored_gain_db: brings the stored audio to -14 LUFS.
        added_at: seconds since 1970.
    """

    id: str
    title: str
    source_path: str
    frames: int
    channels: int
    stored_gain_db: float
    added_at: float


def audio_path(library: Path, one_shot_id: str) -> Path:
    """Where the audio of a one-shot is kept.

    Args:
        library: folder of the library.
        one_shot_id: as in the database; checked here.

    Raises:
        LibraryError: that is no id.
    """
    if not _ID.fullmatch(one_shot_id):
        raise LibraryError(f"{library}: the list of one-shots is damaged; import them again")
    return library / FOLDER / f"{one_shot_id}.flac"


def write_one_shot(database: Database, one_shot: OneShot) -> None:
    """Insert or replace a one-shot, inside a transaction.

    Args:
        database: of the library; the table is made if it has none.
        one_shot: whose audio is in its place already.
    """
    database.execute(_TABLE)
    marks = ", ".join("?" * len(astuple(one_shot)))
    database.execute(f"INSERT OR REPLACE INTO one_shots VALUES ({marks})", astuple(one_shot))


def read_one_shots(database: Database) -> list[OneShot]:
    """All one-shots by title, numbers in it by value."""
    if database.row("SELECT 1 FROM sqlite_master WHERE name = 'one_shots'") is None:
        return []
    rows = database.rows("SELECT * FROM one_shots")
    found = [
        OneShot(*row)
        for row in validation.checked(rows, validation.OneShotRow, database.path.parent)
    ]
    for one in found:
        audio_path(database.path.parent, one.id)
    return sorted(found, key=lambda one: (natural_key(one.title), one.id))
