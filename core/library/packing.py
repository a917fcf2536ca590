"""A small copy of a library to give away: Ogg Vorbis, no shards, nothing of this machine."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path, PurePath

from core.atomic import writing_error
from core.audio.writing import AudioWriter
from core.deletion import delete_folder
from core.library import sound
from core.library.database import Database
from core.library.store import AUDIO, DATABASE, Library, make_folders, require_free
from core.library.tracks import Track
from core.progress import CancelFlag, Progress, check, silent

QUALITY = 0.5
"""Of Ogg Vorbis, 0 to 1: about 160 kbit/s in stereo."""


def pack(
    library: Library,
    path: str | os.PathLike[str],
    quality: float = QUALITY,
    library_id: str | None = None,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
) -> Path:
    """Write a small copy of a library: all of it or none.

    Tracks, grids, segments, attributes, latents and maps are kept, ids too. Paths of imported files
    are cut to their names, and the memory of imports goes, so that the copy tells nothing about the
    machine it was made on.

    Args:
        library: the original.
        path: a new folder, or an empty one.
        quality: of Ogg Vorbis, 0 to 1.
        library_id: the copy's own id; None for that of the original.
        progress: tracks done, of how many.
        cancel: stops it between two tracks.

    Returns:
        The folder, as an absolute path.

    Raises:
        LibraryError: `path` is a library or holds other things; audio of `library` is gone.
        OutputError: `path` cannot be written.
        Cancelled: as asked; nothing is left.
    """
    out = Path(path).absolute()
    require_free(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=".~", dir=out.parent))
    except OSError as error:
        raise writing_error(out, error) from error
    try:
        made = place / "library"
        _write(library, made, quality, library_id or library.id, progress, cancel)
        if out.exists():
            out.rmdir()  # only if it is empty
        made.replace(out)
    except OSError as error:
        raise writing_error(out, error) from error
    finally:
        delete_folder(place, out.parent)
    return out


def _write(
    library: Library,
    out: Path,
    quality: float,
    library_id: str,
    progress: Progress,
    cancel: CancelFlag | None,
) -> None:
    make_folders(out)
    tracks = library.tracks()
    for done, track in enumerate(tracks):
        check(cancel)
        progress(done, len(tracks), track.title)
        _encode(library, track, out / AUDIO / _name(track), quality)
    progress(len(tracks), len(tracks))
    library.database.copy_to(out / DATABASE)
    database = Database(out / DATABASE, writable=True)
    try:
        with database.transaction():
            _forget_this_machine(database, tracks, library_id)
        database.compact()
    finally:
        database.close()


def _encode(library: Library, track: Track, path: Path, quality: float) -> None:
    with AudioWriter(path, track.channels, quality=quality) as writer:
        for block in sound.blocks(library.audio_path(track), 0.0):
            writer.write(block)


def _forget_this_machine(database: Database, tracks: list[Track], library_id: str) -> None:
    database.execute("DELETE FROM sources")
    database.execute("DELETE FROM corrections")
    database.execute("UPDATE facts SET value = ? WHERE name = 'id'", (library_id,))
    for track in tracks:
        database.execute(
            "UPDATE tracks SET audio_file = ?, source_path = ?, added_at = 0 WHERE id = ?",
            (_name(track), PurePath(track.source_path).name, track.id),
        )


def _name(track: Track) -> str:
    return f"{track.id}.ogg"
