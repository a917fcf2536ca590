"""Stretches of a track's stored audio."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core import presence, settings
from core.errors import LibraryError
from core.file_names import for_c

if TYPE_CHECKING:
    import soundfile

Array = NDArray[np.float32]
Blocks: TypeAlias = Iterable[Array]
ReadAudio: TypeAlias = Callable[[int, int], Array]
"""(first sample, number) -> that stretch of a track, (number, 1 or 2); silence outside it."""
BLOCK_FRAMES = 1 << 18


class Forward:
    """A `ReadAudio` over blocks that come in sequence: each call begins no earlier than the last.

    Only the blocks that the last stretch touched are held.
    """

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = iter(blocks)
        self._held: list[tuple[int, Array]] = []
        self._end = 0
        self._channels = 1

    def __call__(self, first: int, frames: int) -> Array:
        """Read the next stretch.

        Args:
            first: sample, no earlier than that of the last call.
            frames: how many samples.

        Returns:
            (frames, 1 or 2); silent outside the blocks.
        """
        self._advance(first, first + frames)
        out = np.zeros((frames, self._channels), np.float32)
        for at, block in self._held:
            begin, end = max(at, first), min(at + len(block), first + frames)
            if end > begin:
                out[begin - first : end - first] = block[begin - at : end - at]
        return out

    def _advance(self, first: int, last: int) -> None:
        self._drop_before(first)
        while self._end < last and (block := next(self._blocks, None)) is not None:
            self._channels = block.shape[1]
            self._held.append((self._end, block))
            self._end += len(block)
            self._drop_before(first)

    def _drop_before(self, first: int) -> None:
        self._held = [(at, block) for at, block in self._held if at + len(block) > first]


def require_length(path: Path, frames: int) -> None:
    """See that stored audio is as long as its track, before room is made for that length.

    Args:
        path: of the audio.
        frames: of the track.

    Raises:
        LibraryError: it is shorter by more than a second, gone or damaged.
    """
    import soundfile

    try:
        with _opened(path) as file:
            length = file.frames
    except (soundfile.LibsndfileError, OSError) as error:
        raise damaged(path, error) from error
    if length + settings.SAMPLE_RATE < frames:
        raise damaged(path, ValueError(f"{length} samples instead of {frames}"))


def read(path: Path, start: int, frames: int, gain_db: float) -> Array:
    """Read a stretch of a track's stored audio.

    Args:
        path: of the FLAC or Ogg file.
        start: first sample; may be negative.
        frames: how many samples.
        gain_db: to multiply by: `Track.stored_gain_db` for -14 LUFS.

    Returns:
        (frames, 1 or 2), silent outside the file.

    Raises:
        LibraryError: the file is gone or damaged.
    """
    import soundfile

    try:
        with _opened(path) as file:
            _require_kind(path, file.channels)
            out = np.zeros((frames, file.channels), np.float32)
            first = max(0, start)
            last = min(file.frames, start + frames)
            if last > first:
                file.seek(first)
                block = file.read(last - first, dtype="float32", always_2d=True)
                out[first - start : first - start + len(block)] = block
    except (soundfile.LibsndfileError, OSError) as error:
        raise damaged(path, error) from error
    out *= _factor(gain_db)
    return out


def blocks(path: Path, gain_db: float) -> Iterator[Array]:
    """Read a track's whole stored audio piece by piece.

    Args:
        path: of the FLAC or Ogg file.
        gain_db: to multiply by: `Track.stored_gain_db` for -14 LUFS.

    Yields:
        Blocks (n, 1 or 2) of at most `BLOCK_FRAMES`.

    Raises:
        LibraryError: the file is gone or damaged.
    """
    import soundfile

    try:
        with _opened(path) as file:
            _require_kind(path, file.channels)
            while len(block := file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)):
                yield block * _factor(gain_db)
    except (soundfile.LibsndfileError, OSError) as error:
        raise damaged(path, error) from error


def stereo(samples: Array) -> Array:
    """(n, 2) of (n, 1 or 2)."""
    return samples if samples.shape[1] == 2 else np.repeat(samples, 2, axis=1)


def seconds_to_frame(seconds: float) -> int:
    """The sample nearest to `seconds`."""
    return round(seconds * settings.SAMPLE_RATE)


def damaged(path: Path, error: Exception) -> LibraryError:
    """The one clear line for audio that cannot be read.

    Args:
        path: of the audio.
        error: met while reading it.

    Returns:
        An error that says whether the audio is missing, damaged or not for us to read.
    """
    if isinstance(error, PermissionError) or (presence.is_there(path) and not _may_read(path)):
        return LibraryError(f"{path}: the library's audio may not be read; check its rights")
    what = f"damaged ({error})" if presence.is_there(path) else "missing"
    return LibraryError(
        f"{path}: the library's audio is {what}; remove the track and import it again"
    )


def _may_read(path: Path) -> bool:
    return os.access(path, os.R_OK)


def _opened(path: Path) -> soundfile.SoundFile:
    """A reader of a file. Raises `OSError` for a pipe or the like, which would never answer."""
    import soundfile

    if path.exists() and not path.is_file():
        raise OSError("it is no file")
    return soundfile.SoundFile(for_c(path))


def _require_kind(path: Path, channels: int) -> None:
    if channels > 2:
        raise damaged(path, ValueError(f"{channels} channels"))


def _factor(gain_db: float) -> np.float32:
    return np.float32(10.0 ** (gain_db / 20.0))
