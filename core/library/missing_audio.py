"""Audio that is gone from a library, found again by what it sounds like.

A library has its own copy of the music. Where a copy is lost (a disk that failed, a folder that was
cleaned up), the file that it was made from brings it back, wherever that lies now and whatever it
is called: only its sound has to be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Final

from core import presence
from core.errors import AudioError, InputError
from core.library import inputs, report
from core.library.importing import import_audio
from core.library.report import FileReport, ImportReport
from core.library.store import Library
from core.library.tracks import Track
from core.progress import CancelFlag, Progress, check, silent

_SLACK_SECONDS: Final = 1.0
"""By which the length that a file states may differ from what it decodes to."""
_LONGEST_LOOP_SECONDS: Final = 60.0
"""Loops are repeated when they are imported, so that the track is longer than its file."""


def missing_tracks(library: Library) -> tuple[Track, ...]:
    """The tracks whose audio is not there."""
    return tuple(
        track for track in library.tracks() if not presence.is_there(library.audio_path(track))
    )


def find_again(
    library_path: Path,
    folder: Path,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
    on_file: Callable[[FileReport], None] | None = None,
    executor: Executor | None = None,
) -> ImportReport:
    """Look through a folder for the missing audio of a library, and put it back.

    Only files that are as long as a missing track are read. Nothing else is imported.

    Args:
        library_path: folder of the library.
        folder: where to look, to the bottom.
        progress: as for `import_audio`.
        cancel: once set, it stops within a second; what was found stays.
        on_file: called with each file that brought audio back.
        executor: where files are read; by default in processes of this machine.

    Returns:
        The files that brought audio back, or could not be read.

    Raises:
        InputError: no file there can be one of the missing.
        LibraryError, OutputError: as `import_audio`.
    """
    with Library.open(library_path, read_only=True) as library:
        gone = missing_tracks(library)
    files = inputs.find([folder], library_path).files
    likely = [path for path in files if _may_be_one(path, gone, cancel)]
    if not likely:
        raise InputError(
            f"{folder}: none of its files is as long as a missing track; choose another folder"
        )

    def tell(file: FileReport) -> None:
        if on_file is not None and file.status != report.SKIPPED:
            on_file(file)

    done = import_audio(
        library_path,
        likely,
        progress,
        cancel,
        on_file=tell,
        executor=executor,
        only_known=True,
    )
    return replace(done, files=tuple(it for it in done.files if it.status != report.SKIPPED))


def _may_be_one(path: Path, tracks: Sequence[Track], cancel: CancelFlag | None) -> bool:
    """Whether a file states the length of one of the tracks, or states none."""
    from core.audio import files
    from core.audio.reading import cut_short

    check(cancel)
    try:
        info = files.probe(path)
    except (AudioError, OSError):
        return False
    if info.frames is None or not info.sample_rate:
        return bool(tracks)
    seconds = info.frames / info.sample_rate
    return any(
        abs(track.seconds - seconds) <= _SLACK_SECONDS
        or seconds <= min(_LONGEST_LOOP_SECONDS, track.seconds)
        or any(cut_short(seconds) in warning for warning in track.warnings)
        for track in tracks
    )
