"""Entering what workers made into the library: files first, by rename, then all rows at once."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

from core.atomic import writing_error
from core.deletion import delete_file
from core.file_names import located
from core.library import one_shots, records, report, shards, sources
from core.library.analysis import JobResult
from core.library.report import FileReport
from core.library.sources import Source
from core.library.store import SPECTROGRAMS, Library
from core.library.tracks import Track

_CHANGED = "the file has changed; its former music stays in the library"


def enter(library: Library, source: Source, result: JobResult) -> FileReport:
    """Enter what came of a file: its track, its one-shot, or only that it was tried.

    Args:
        library: open for writing.
        source: the file.
        result: of its job; its files are moved out of the staging folder.

    Returns:
        What to tell the user.

    Raises:
        LibraryError: the library cannot be written.
        OutputError: a file cannot be moved into place.
    """
    if result.track is not None and result.twin is None:
        # A copy of the same music may have come in while this one was analysed.
        twin, track = library.twin(result.track.content_hash), result.track
        result = replace(result, twin=twin, tags=(track.title, track.artist))
    if result.twin is not None:
        return _enter_twin(library, source, result, library.track(result.twin))
    if result.track is not None:
        return _enter_track(library, source, result, result.track)
    file = FileReport(source.path, result.status, result.reason, result.warnings, result.seconds)
    if result.one_shot is not None:
        assert result.audio is not None
        place = one_shots.audio_path(library.path, result.one_shot.id)
        with contextlib.suppress(OSError):  # if that fails, moving says so
            place.parent.mkdir(exist_ok=True)
        _move(result.audio, place)
    if result.remember:
        with library.database.transaction():
            if result.one_shot is not None:
                one_shots.write_one_shot(library.database, result.one_shot)
            sources.save(library.database, source, file)
    return file


def enter_regridded(library: Library, track: Track, result: JobResult) -> None:
    """Enter a track that was put on the library's tempo; one with no segment there is removed.

    Args:
        library: open for writing.
        track: as it was before.
        result: of its `RegridJob`; its shard is moved out of the staging folder.

    Raises:
        LibraryError: the library cannot be written.
        OutputError: the shard cannot be moved into place.
    """
    database = library.database
    if result.track is None:
        return  # its worker died; it goes on waiting for the next import
    if result.status == report.UNALIGNED:
        assert result.shard is not None
        _move(result.shard, library.path / SPECTROGRAMS / shards.name(result.track))
        with database.transaction():
            records.change_grid(database, result.track, result.segments)
        return
    with database.transaction():
        if result.remember:
            sources.release(database, track.id, result.status, result.reason)
        records.delete_track(database, track.id)
    delete_file(library.audio_path(track), library.path)


def _enter_track(library: Library, source: Source, result: JobResult, track: Track) -> FileReport:
    database = library.database
    assert result.audio is not None
    _move(result.audio, library.audio_path(track))
    if result.shard is not None:
        _move(result.shard, library.path / SPECTROGRAMS / shards.name(track))
    warnings = result.warnings
    if sources.has_other_music(database, source):
        warnings = (*warnings, _CHANGED)
    file = FileReport(
        source.path,
        result.status,
        result.reason,
        warnings,
        track.seconds,
        track.id,
        track.bpm,
        track.windows(),
    )
    with database.transaction():
        records.write_track(database, track, pending=result.status == report.UNALIGNED)
        records.write_segments(database, result.segments)
        sources.save(database, source, file)
    return file


def _enter_twin(library: Library, source: Source, result: JobResult, track: Track) -> FileReport:
    """The same music is there already: a copy, the same file again, or lost audio coming back."""
    database = library.database
    place = located(track.source_path)
    same = source.key == track.source_path or _is_same_file(source.path, place)
    moved = not same and not place.exists()
    retagged = (same or moved) and result.tags not in (None, (track.title, track.artist))
    if not library.audio_path(track).exists():
        assert result.audio is not None
        _move(result.audio, library.audio_path(track))
        status, reason = report.UNCHANGED, "its audio was missing from the library and is back"
    elif moved:
        status, reason = report.UNCHANGED, f"moved here from {track.source_path}"
    elif source.key == track.source_path:
        status, reason = report.UNCHANGED, "has new tags" if retagged else ""
    elif same:
        status, reason = report.UNCHANGED, f"the same file as {track.source_path}"
    else:
        status, reason = report.DUPLICATE, f"the same music as {track.source_path}"
    file = sources.of_track(library, source.path, status, track.id, reason)
    with database.transaction():
        if moved:
            records.write_source_path(database, track.id, source.key)
        if retagged and result.tags is not None:
            records.write_tags(database, track.id, *result.tags)
        sources.save(database, source, file)
    return file


def _is_same_file(one: Path, other: Path) -> bool:
    """Whether both names lead to one file: links of any kind, another spelling."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def _move(made: Path, place: Path) -> None:
    try:
        made.replace(place)
    except OSError as error:
        raise writing_error(place, error) from error
