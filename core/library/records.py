"""Tracks, sections and segments as rows: read from and written to a `Database`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path

from core.errors import LibraryError
from core.library import validation
from core.library.database import Database
from core.library.segments import Section, Segment
from core.library.tracks import LONGEST_TITLE, Track, natural_key
from core.rhythm.grid import BeatGrid
from core.settings import BARS_PER_SEGMENT

_SEGMENTS = """
    SELECT id, track_id, section, bar, start_seconds, segments.bpm,
        brightness, density, kick, energy, loudness, sections.bars
    FROM segments JOIN sections USING (track_id, section)"""
_FIRST_PHRASE = f"iif(phrase_bar + {BARS_PER_SEGMENT} <= bars, phrase_bar, 0)"
"""As `segments.first_phrase`; sections of fewer bars have no segments."""


def read_tracks(database: Database) -> list[Track]:
    """All tracks by title, numbers in it by value."""
    folder = database.path.parent
    sections: dict[str, list[validation.SectionRow]] = {}
    rows = database.rows("SELECT * FROM sections ORDER BY track_id, section")
    for row in validation.checked(rows, validation.SectionRow, folder):
        sections.setdefault(row[0], []).append(row)
    tracks = validation.checked(database.rows("SELECT * FROM tracks"), validation.TrackRow, folder)
    found = [_track(row, sections.get(row[0], []), folder) for row in tracks]
    return sorted(found, key=_order)


def read_track_ids(database: Database) -> list[str]:
    """Ids of all tracks, in the order of `read_tracks`, which takes twenty times as long."""
    rows = database.rows("SELECT id, title, artist FROM tracks")
    found = validation.checked(rows, validation.TrackNameRow, database.path.parent)
    return [row.id for row in sorted(found, key=_order)]


def read_track(database: Database, track_id: str) -> Track:
    """Read one track.

    Args:
        database: of the library.
        track_id: its id.

    Returns:
        The track with its sections.

    Raises:
        LibraryError: there is no such track, or its rows are damaged.
    """
    folder = database.path.parent
    rows = database.rows("SELECT * FROM tracks WHERE id = ?", (track_id,))
    if not rows:
        raise LibraryError(f"no track {track_id} in {folder}; `technovae info` lists them")
    (row,) = validation.checked(rows, validation.TrackRow, folder)
    return _track(row, _section_rows(database, track_id), folder)


def read_sections(database: Database, track_id: str) -> tuple[Section, ...]:
    """Read the sections of a track.

    Args:
        database: of the library.
        track_id: its id.

    Returns:
        The sections in order; none where there is no such track.

    Raises:
        LibraryError: the rows are damaged.
    """
    rows = _section_rows(database, track_id)
    return read_track(database, track_id).sections if rows else ()


def read_segments(database: Database, hop_bars: int, track_id: str | None) -> list[Segment]:
    """Read segments that begin in step with the four-bar phrases of their sections.

    Args:
        database: of the library.
        hop_bars: bars from one segment's beginning to the next one's, 1 or more.
        track_id: the track whose segments are wanted; None for all tracks.

    Returns:
        Segments by track id, section and bar.

    Raises:
        LibraryError: the rows are damaged.
    """
    sql = f"{_SEGMENTS} WHERE (bar - {_FIRST_PHRASE}) % ? = 0"
    values: list[object] = [hop_bars]
    if track_id is not None:
        sql += " AND track_id = ?"
        values.append(track_id)
    rows = database.rows(f"{sql} ORDER BY track_id, section, bar", values)
    folder = database.path.parent
    return [
        validation.segment_of(row, folder)
        for row in validation.checked(rows, validation.SegmentRow, folder)
    ]


def read_segment_ids(database: Database) -> list[str]:
    """Ids of all segments, one on every bar, by track id, section, bar."""
    sql = "SELECT id FROM segments ORDER BY track_id, section, bar"
    found = validation.checked(database.rows(sql), validation.IdRow, database.path.parent)
    return [row[0] for row in found]


def read_segment(database: Database, segment_id: str) -> Segment:
    """Read one segment.

    Args:
        database: of the library.
        segment_id: its id.

    Returns:
        The segment with its attributes.

    Raises:
        LibraryError: there is no such segment, or its row is damaged.
    """
    folder = database.path.parent
    rows = database.rows(f"{_SEGMENTS} WHERE id = ?", (segment_id,))
    if not rows:
        raise LibraryError(f"no segment {segment_id} in {folder}; import its track again")
    (row,) = validation.checked(rows, validation.SegmentRow, folder)
    return validation.segment_of(row, folder)


def write_track(database: Database, track: Track, *, pending: bool = False) -> None:
    """Insert `track` with its sections, inside a transaction.

    Args:
        database: of the library.
        track: has an id that is not in the library yet.
        pending: the track still waits for the library's tempo and has no segments until then.
    """
    values = (
        track.id,
        track.content_hash,
        track.title,
        track.artist,
        track.source_path,
        track.audio_file,
        track.frames,
        track.channels,
        track.source_lufs,
        track.stored_gain_db,
        track.grid.to_json(),
        track.aligned,
        pending,
        json.dumps(track.warnings),
        track.added_at,
    )
    marks = ", ".join("?" * len(values))
    database.execute(f"INSERT INTO tracks VALUES ({marks})", values)
    _write_sections(database, track.id, track.sections)


def write_segments(database: Database, segments: Iterable[Segment]) -> None:
    """Insert `segments`, inside a transaction.

    Args:
        database: of the library, which has their track.
        segments: new ones.
    """
    rows = (
        (s.id, s.track_id, s.section, s.bar, s.start_seconds, s.bpm, *astuple(s.attributes))
        for s in segments
    )
    database.execute_many("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def change_grid(database: Database, track: Track, segments: Iterable[Segment]) -> None:
    """Replace grid, sections and segments of `track`, inside a transaction.

    The latents of the old segments go with them.

    Args:
        database: of the library.
        track: as it is to be, with the new grid and its sections.
        segments: all segments on the new grid.
    """
    database.execute("DELETE FROM segments WHERE track_id = ?", (track.id,))
    database.execute("DELETE FROM sections WHERE track_id = ?", (track.id,))
    database.execute(
        "UPDATE tracks SET grid = ?, aligned = ?, pending = 0 WHERE id = ?",
        (track.grid.to_json(), track.aligned, track.id),
    )
    _write_sections(database, track.id, track.sections)
    write_segments(database, segments)


def delete_track(database: Database, track_id: str) -> None:
    """Delete a track and all that hangs on it, inside a transaction.

    Args:
        database: of the library.
        track_id: the track; its sections, segments and latents go with it by foreign key.
    """
    database.execute("DELETE FROM tracks WHERE id = ?", (track_id,))


def write_source_path(database: Database, track_id: str, path: str) -> None:
    """Keep where the file of a track is now, inside a transaction.

    Args:
        database: of the library.
        track_id: the track.
        path: as text (`core.file_names.as_text`).
    """
    database.execute("UPDATE tracks SET source_path = ? WHERE id = ?", (path, track_id))


def write_tags(database: Database, track_id: str, title: str, artist: str) -> None:
    """Keep the tags that the file of a track has now, inside a transaction.

    Args:
        database: of the library.
        track_id: the track.
        title: its new title.
        artist: its new artist; may be empty.
    """
    database.execute(
        "UPDATE tracks SET title = ?, artist = ? WHERE id = ?", (title, artist, track_id)
    )


def correction(database: Database, content_hash: str) -> BeatGrid | None:
    """Read the grid that the user set for some music, now or before its track was removed.

    Args:
        database: of the library.
        content_hash: of the decoded sound, `Track.content_hash`.

    Returns:
        The grid; None where the user set none.

    Raises:
        LibraryError: the row is damaged.
    """
    row = database.row("SELECT grid FROM corrections WHERE content_hash = ?", (content_hash,))
    return None if row is None else validation.grid_of(row[0], database.path.parent)


def corrections(database: Database) -> dict[str, BeatGrid]:
    """All grids that the user set, by the content that they are for."""
    rows = database.rows("SELECT content_hash, grid FROM corrections")
    return {str(row[0]): validation.grid_of(row[1], database.path.parent) for row in rows}


def write_correction(database: Database, content_hash: str, grid: BeatGrid | None) -> None:
    """Keep the grid that the user set for some music, or forget it, inside a transaction.

    Args:
        database: of the library.
        content_hash: of the decoded sound, `Track.content_hash`.
        grid: the user's; None forgets the one that is kept.
    """
    database.execute("DELETE FROM corrections WHERE content_hash = ?", (content_hash,))
    if grid is not None:
        values = (content_hash, grid.to_json())
        database.execute("INSERT INTO corrections VALUES (?, ?)", values)


def _order(track: Track | validation.TrackNameRow) -> tuple[object, ...]:
    title, artist = track.title[:LONGEST_TITLE], track.artist[:LONGEST_TITLE]
    return (natural_key(title), natural_key(artist), track.id)


def _write_sections(database: Database, track_id: str, sections: Iterable[Section]) -> None:
    rows = (
        (track_id, s.section, s.bpm, s.downbeat, s.bars, s.phrase_bar, s.first_row)
        for s in sections
    )
    database.execute_many("INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _section_rows(database: Database, track_id: str) -> list[validation.SectionRow]:
    sql = "SELECT * FROM sections WHERE track_id = ? ORDER BY section"
    return validation.checked(
        database.rows(sql, (track_id,)), validation.SectionRow, database.path.parent
    )


def _track(
    row: validation.TrackRow, sections: Sequence[validation.SectionRow], folder: Path
) -> Track:
    """The track of a row of the table `tracks`.

    Args:
        row: all columns, their types checked.
        sections: rows of its sections, in order.
        folder: of the library, for messages.

    Raises:
        LibraryError: it names something that is no track's, or does not hang together.
    """
    identity, content_hash, title, artist, source_path, audio_file, frames, channels = row[:8]
    source_lufs, stored_gain_db, grid, _aligned, _pending, warnings, added_at = row[8:]
    validation.require_track(identity, content_hash, audio_file, folder)
    return Track(
        identity,
        content_hash,
        title[:LONGEST_TITLE],
        artist[:LONGEST_TITLE],
        source_path,
        audio_file,
        frames,
        channels,
        source_lufs,
        stored_gain_db,
        validation.grid_of(grid, folder),
        validation.sections_of(sections, frames, folder),
        validation.warnings_of(warnings, folder),
        added_at,
    )
