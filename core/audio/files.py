"""Audio files in and out: what the other rooms use."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.audio.probing import AudioInfo, probe
from core.audio.reading import BLOCK_FRAMES, AudioReader
from core.audio.writing import AudioWriter, coding_room_db, require_target, write
from core.progress import CancelFlag

__all__ = [
    "AUDIO_EXTENSIONS",
    "AudioInfo",
    "AudioReader",
    "AudioWriter",
    "coding_room_db",
    "probe",
    "read",
    "read_blocks",
    "require_target",
    "write",
]

Array = NDArray[np.float32]
AUDIO_EXTENSIONS = frozenset(
    f".{name}"
    for name in (
        *("wav", "wave", "aif", "aiff", "aifc", "au", "caf", "w64", "rf64", "flac", "wv", "ape"),
        *("ogg", "oga", "opus", "mp3", "mp2", "m4a", "m4b", "mp4", "aac", "alac", "wma", "webm"),
        *("mka", "tta", "mp1", "mpga", "m4r", "mpc", "tak", "dsf", "dff", "shn", "spx", "snd"),
        *("ac3", "dts"),
    )
)
"""What counts as audio in a folder; a file that is named outright is tried whatever its name."""


def read_blocks(
    path: str | os.PathLike[str],
    block_frames: int = BLOCK_FRAMES,
    cancel: CancelFlag | None = None,
) -> Iterator[Array]:
    """Decode a file block by block.

    Args:
        path: the file, of any kind and name.
        block_frames: about how many samples a block has.
        cancel: once set, the iteration ends.

    Returns:
        An iterator over blocks (n, 1 or 2) float32 at 44.1 kHz; see `AudioReader`.

    Raises:
        AudioError: it cannot be read, is no audio, or holds nothing usable.
        Cancelled: as asked.
    """
    return iter(AudioReader(path, block_frames, cancel))


def read(path: str | os.PathLike[str]) -> Array:
    """The whole of `path`, (n, 1 or 2) float32 at 44.1 kHz. Raises `AudioError`."""
    return np.concatenate(list(read_blocks(path)))
