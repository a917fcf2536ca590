"""The original recipe's single array of all training windows, `spectrogram_dataset.npy`."""

from __future__ import annotations

import os

import numpy as np

from core import atomic, settings
from core.errors import InputError, LibraryError
from core.library.store import Library
from core.progress import CancelFlag, Progress, check, silent

WINDOW_SHAPE = (settings.FRAMES_PER_SEGMENT, settings.N_BANDS)


def write_dataset(
    library: Library,
    path: str | os.PathLike[str],
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
    hop_bars: int = 1,
) -> int:
    """Write every window of `library` to `path` as one array.

    The file is a plain `.npy`, (n, 512, 128) float32: log power in dB between `FLOOR_DB` and
    `CEILING_DB`, row r at r / 128 bars, one window every `hop_bars` bars, tracks in the order of
    `Library.tracks()`. `window_tracks` names the track of each. It is written window by window:
    256 kB each on disk, next to nothing in memory.

    Args:
        library: whose windows; a missing shard is computed from the audio.
        path: ends in `.npy`.
        progress: windows done, of how many, and the title of the track at hand.
        cancel: stops it between two windows.
        hop_bars: bars from one window's beginning to the next one's, 1 or more.

    Returns:
        The number of windows.

    Raises:
        InputError: `path` does not end in `.npy`.
        LibraryError: no segments, or neither shard nor audio of a track is there.
        OutputError: `path` cannot be written.
        Cancelled: as asked; nothing is left at `path`.
    """
    if os.path.splitext(path)[1] != ".npy":  # noqa: PTH122  (any kind of path)
        raise InputError(f"{os.fspath(path)}: a dataset is a .npy file; name it so")
    count = len(window_tracks(library, hop_bars))
    if count == 0:
        raise LibraryError(f"{library.path}: no segments in this library; import some music first")
    with atomic.replacing(path) as temporary, temporary.open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (count, *WINDOW_SHAPE)}
        np.lib.format.write_array_header_1_0(file, header)
        done = 0
        for track in library.tracks():
            rows = library.track_spectrogram(track.id)
            for first in library.segment_rows(track.id, hop_bars):
                check(cancel)
                file.write(rows[first : first + WINDOW_SHAPE[0]].astype("<f4").tobytes())
                done += 1
            progress(done, count, track.title)
    return count


def window_tracks(library: Library, hop_bars: int = 1) -> list[str]:
    """The track of every window of the dataset, by which training splits off its validation.

    Args:
        library: whose windows.
        hop_bars: as for `write_dataset`.

    Returns:
        A track id for each window, in the order of the dataset.
    """
    return [track.id for track in library.tracks() for _ in range(track.windows(hop_bars))]
