"""Sound that is too long for memory, kept in a temporary file while it is worked on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from core.atomic import writing_error

Array = NDArray[np.float32]

BLOCK_FRAMES: Final = 1 << 16
_IN_MEMORY: Final = 8 << 20
"""Bytes: an hour is written to the disk as fast, and its file must have room there anyway."""


class ScratchAudio:
    """Blocks (n, 2) float32, written once and read as often as needed, bit for bit.

    A context manager. The file has no name where the system allows that, and is gone afterwards.

    Args:
        target: the file that the work is for; what passes 8 MB goes to the disk in its folder,
            where room is needed anyway.
    """

    def __init__(self, target: Path) -> None:
        self.frames = 0
        self._target = target
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by __exit__
            _IN_MEMORY, dir=str(target.parent)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, samples: Array) -> None:
        """Add a block (n, 2) at the end. Raises `OutputError` where the disk is full."""
        try:
            self._file.write(np.ascontiguousarray(samples, np.float32).tobytes())
        except OSError as error:
            raise writing_error(self._target, error) from error
        self.frames += len(samples)

    def blocks(self) -> Iterator[Array]:
        """Give everything from the beginning, in blocks of `BLOCK_FRAMES`; the last is shorter.

        Raises:
            OutputError: the disk is full, or cannot be read.
        """
        try:
            self._file.seek(0)
            while content := self._file.read(BLOCK_FRAMES * 8):
                yield np.frombuffer(content, np.float32).reshape(-1, 2)
        except OSError as error:
            raise writing_error(self._target, error) from error
