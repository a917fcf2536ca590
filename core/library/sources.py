"""Which files were imported before and what came of them, so that imports are incremental."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from core.file_names import as_text
from core.file_times import changed_ns
from core.library import analysis, report, validation
from core.library.database import Database
from core.library.inputs import expected_seconds
from core.library.report import FileReport
from core.library.store import Library

_KEPT = (report.IMPORTED, report.UNALIGNED, report.UNCHANGED)


@dataclass(frozen=True)
class Source:
    """A file as it was when the import began; with another size or time it is another one."""

    path: Path
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Source:
        """Look at `path`. Raises `OSError`."""
        status = path.stat()
        return cls(path, status.st_size, changed_ns(status))

    def has_changed(self) -> bool:
        """Whether the file is another one by now; one that went away has been read and counts."""
        try:
            return Source.of(self.path) != self
        except OSError:
            return False

    @property
    def key(self) -> str:
        """Its path as the library keeps it."""
        return as_text(self.path)

    @property
    def expected_seconds(self) -> float:
        """A guess at the length of its audio."""
        return expected_seconds(self.path, self.size)


def known(library: Library, source: Source) -> FileReport | None:
    """Look up what came of a file in an earlier import.

    Args:
        library: that is imported into.
        source: the file as it is now.

    Returns:
        The report on it; None if it is new, changed, worth another try, or its audio was lost.
    """
    row = library.database.row(
        "SELECT * FROM sources WHERE path = ? AND size = ? AND mtime_ns = ? AND reader = ?",
        (source.key, source.size, source.mtime_ns, analysis.READER),
    )
    if row is None or _audio_is_lost(library, row["track_id"]):
        return None
    status = report.UNCHANGED if row["status"] in _KEPT else row["status"]
    warnings = validation.warnings_of(str(row["warnings"]), library.path)
    track_id = row["track_id"]
    if track_id is None:
        return FileReport(source.path, status, row["reason"], warnings, row["seconds"])
    # That it was moved or has new tags was news once.
    reason = "" if row["status"] == report.UNCHANGED else row["reason"]
    return of_track(library, source.path, status, track_id, reason, warnings)


def of_track(
    library: Library,
    path: Path,
    status: str,
    track_id: str,
    reason: str = "",
    warnings: tuple[str, ...] = (),
) -> FileReport:
    """Report on a file whose music is in the library.

    Args:
        library: that holds the track.
        path: of the file.
        status: one of `report.STATUSES`.
        track_id: the track with its music.
        reason: why it has this status, in a few words.
        warnings: what had to be mended to read it.

    Returns:
        The report, with length, tempo and number of segments of the track.

    Raises:
        LibraryError: no such track.
    """
    track = library.track(track_id)
    return FileReport(
        path, status, reason, warnings, track.seconds, track_id, track.bpm, track.windows()
    )


def _audio_is_lost(library: Library, track_id: str | None) -> bool:
    return track_id is not None and not library.audio_path(library.track(track_id)).exists()


def has_other_music(database: Database, source: Source) -> bool:
    """Whether a track was imported from the same path before: the file has changed since.

    Args:
        database: of the library.
        source: the file as it is now.

    Returns:
        True if there is such a track.
    """
    sql = "SELECT 1 FROM sources WHERE path = ? AND track_id IS NOT NULL"
    return database.row(sql, (source.key,)) is not None


def save(database: Database, source: Source, file: FileReport) -> None:
    """Remember what came of a file, inside a transaction.

    Args:
        database: of the library.
        source: the file as it was read.
        file: the report on it.
    """
    values = (
        source.key,
        source.size,
        source.mtime_ns,
        file.track_id,
        file.status,
        file.reason,
        json.dumps(file.warnings),
        file.seconds,
        analysis.READER,
    )
    database.execute("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def paths_of(database: Database, track_id: str) -> list[str]:
    """List the files whose music is a track.

    Args:
        database: of the library.
        track_id: the track.

    Returns:
        Paths as text, sorted.
    """
    rows = database.rows("SELECT path FROM sources WHERE track_id = ? ORDER BY path", (track_id,))
    return [row[0] for row in rows]


def release(database: Database, track_id: str, status: str, reason: str) -> None:
    """Keep `status` and `reason` for the files of a track that is about to be deleted.

    Args:
        database: of the library; inside a transaction.
        track_id: the track.
        status: one of `report.STATUSES`.
        reason: why it goes, in a few words.
    """
    database.execute(
        "UPDATE sources SET track_id = NULL, status = ?, reason = ? WHERE track_id = ?",
        (status, reason, track_id),
    )


def pending_tracks(database: Database) -> list[str]:
    """Ids of tracks without a steady beat that wait for the library's tempo."""
    return [row[0] for row in database.rows("SELECT id FROM tracks WHERE pending = 1 ORDER BY id")]
