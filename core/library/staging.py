"""Where an import puts files before they belong to the library, and what killed imports left there.

All of it happens under the `WriterLock`, so whatever is found at the beginning is nobody's.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from core.atomic import writing_error
from core.deletion import delete_file, delete_folder
from core.library import one_shots, shards
from core.library.store import AUDIO, SPECTROGRAMS, Library
from core.library.tracks import ID_LENGTH

_PREFIX = ".library-incoming-"
_OURS = re.compile(rf"\.?[0-9a-f]{{{ID_LENGTH}}}(-.*)?\.(flac|ogg|npy)")
_HALF_WRITTEN_SECONDS = 3600.0
"""A correction may be writing a shard this moment, without the lock; older ones were given up."""


@contextlib.contextmanager
def folder(library: Path) -> Iterator[Path]:
    """An empty folder for this import's files, gone at the end. Raises `OutputError`."""
    place = library / f"{_PREFIX}{os.getpid()}"
    try:
        place.mkdir()
    except OSError as error:
        raise writing_error(place, error) from error
    try:
        yield place
    finally:
        delete_folder(place, library)


def sweep(library: Library) -> None:
    """Delete what killed imports left: their folders, and files of tracks never entered."""
    for folder in library.path.glob(f"{_PREFIX}*"):
        delete_folder(folder, library.path)
    for left in library.path.glob(".library-*.sqlite"):
        delete_file(left, library.path)
    tracks = library.tracks()
    _keep_only(library.path, AUDIO, {track.audio_file for track in tracks})
    kept = {one_shots.audio_path(library.path, one.id).name for one in library.one_shots()}
    _keep_only(library.path, one_shots.FOLDER, kept)
    _keep_only(library.path, SPECTROGRAMS, {shards.name(track) for track in tracks})


def discard(place: Path, *paths: Path) -> None:
    """Delete files in `place`, an import's folder, that did not become part of the library."""
    for path in paths:
        delete_file(path, place)


def _keep_only(library: Path, name: str, names: set[str]) -> None:
    folder = library / name
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in names and _OURS.fullmatch(path.name) and not _fresh(path):
            delete_file(path, library)


def _fresh(path: Path) -> bool:
    """True for a temporary file that somebody may still be writing."""
    if not path.name.startswith("."):
        return False
    try:
        return time.time() - path.stat().st_mtime < _HALF_WRITTEN_SECONDS
    except OSError:
        return True
