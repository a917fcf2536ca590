"""The bytes of a file without its name, and with pieces left out or replaced.

libsndfile and FFmpeg both let a file's name decide what they take it for. Given an object that
has no name, they look at the bytes. The same object hides what they stumble over: padding before
the first frame, or damaged frames, in whose place it reads as something that decodes to silence.
"""

from __future__ import annotations

import bisect
import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFER_BYTES = 1 << 16


@dataclass(frozen=True)
class Piece:
    """Bytes `start` to `stop` of the file, or `content` in their place where it is given."""

    start: int = 0
    stop: int = 0
    content: bytes | None = None

    def __len__(self) -> int:
        return self.stop - self.start if self.content is None else len(self.content)


@dataclass(frozen=True)
class ByteSource:
    """What is read of a file.

    Attributes:
        path: the file.
        pieces: what is read, in order; None for the whole file as it is.
    """

    path: Path
    pieces: tuple[Piece, ...] | None = None

    def open(self) -> io.BufferedReader:
        """A seekable binary file that has no name. Raises `OSError`."""
        return io.BufferedReader(_Nameless(self), _BUFFER_BYTES)

    @contextlib.contextmanager
    def open_for_c(self) -> Iterator[io.BufferedReader]:
        """As `open`, for a library in C, which cannot be told of an error while it reads.

        What cannot be read looks like the end of the file to it, and is raised at the end.

        Raises:
            OSError: the file cannot be opened, or some of it could not be read.
        """
        raw = _Nameless(self, silent=True)
        file = _Bounded(raw, _BUFFER_BYTES)
        with file:
            try:
                yield file
            finally:
                if raw.fault is not None:
                    raise raw.fault


class _Bounded(io.BufferedReader):
    """Goes to no place behind the end: a damaged header may name one that no number can hold."""

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        raw = self.raw
        assert isinstance(raw, _Nameless)
        if whence == io.SEEK_CUR:
            offset, whence = self.tell() + offset, io.SEEK_SET
        highest = raw.size if whence == io.SEEK_SET else 0
        return super().seek(min(offset, highest), whence)


class _Nameless(io.RawIOBase):
    def __init__(self, source: ByteSource, *, silent: bool = False) -> None:
        super().__init__()
        self.fault: OSError | None = None
        self._silent = silent
        self._file = source.path.open("rb", buffering=0)
        size = os.fstat(self._file.fileno()).st_size
        self._pieces = source.pieces if source.pieces is not None else (Piece(0, size),)
        self._starts = [0]
        for piece in self._pieces:
            self._starts.append(self._starts[-1] + len(piece))
        self._at = 0

    @property
    def size(self) -> int:
        """Bytes of all pieces."""
        return self._starts[-1]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._starts[-1]}[whence]
        if base + offset < 0:
            if self._silent:  # a decoder of damaged audio sees by the place that it failed
                return self._at
            raise OSError("a place before the beginning of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        try:
            return self._readinto(buffer)
        except OSError as error:
            if not self._silent:
                raise
            self.fault = error
            return 0

    def _readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        number = bisect.bisect_right(self._starts, self._at) - 1
        if number >= len(self._pieces) or not len(view):
            return 0
        piece, within = self._pieces[number], self._at - self._starts[number]
        count = min(len(view), len(piece) - within)
        if piece.content is not None:
            view[:count] = piece.content[within : within + count]
        else:
            self._file.seek(piece.start + within)
            count = self._file.readinto(view[:count]) or 0
        self._at += count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
