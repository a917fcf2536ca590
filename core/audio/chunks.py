"""The chunks of WAV and AIFF files, and the length that a file of plain samples states.

libsndfile and FFmpeg both give what is there, so that a file that was cut short looks whole.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from core.audio.byte_source import Piece
from core.audio.containers import Kind

_UNKNOWN_BYTES = 0x7FFF_0000
"""Sizes from here on are what programs write that do not know the length when they begin."""
_MOST_CHUNKS = 1000
_LITTLE_ENDIAN = (b"RIFF", b"RF64", b"BW64")
_LONG = 0xFFFF_FFFF
"""The size of a chunk whose real one is in `ds64`."""
_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9 _.]{3}|\(c\) ")


class Chunk(NamedTuple):
    """A chunk: its name, where its content begins, how many bytes that should have.

    padding_missing: the content has an odd size, and the next chunk begins right behind it.
    """

    name: bytes
    start: int
    size: int
    padding_missing: bool = False


class _Data(NamedTuple):
    """Where samples begin, their stated number of bytes, and bytes per sample of all channels."""

    start: int
    size: int
    frame_bytes: int


def stated_frames(path: Path, kind: Kind, start: int = 0) -> int | None:
    """Read how many samples per channel the header of `path` promises.

    Args:
        path: the file.
        kind: WAVE, AIFF or AU; others state nothing here.
        start: where in it the header is.

    Returns:
        The number; None where the header does not say, or says it of compressed samples.

    Raises:
        OSError: the file cannot be read.
    """
    parse = _PARSERS.get(kind)
    if parse is None:
        return None
    with path.open("rb") as file:
        file.seek(start)
        try:
            data = parse(file)
        except (struct.error, ValueError):
            return None
        size = file.seek(0, os.SEEK_END)
    if data is None or data.frame_bytes <= 0:
        return None
    # Within the file any size is a real one; beyond its end only one that is no placeholder.
    if data.start + data.size > size and data.size >= _UNKNOWN_BYTES:
        return None
    return data.size // data.frame_bytes or None


def iff_chunks(file: BinaryIO) -> Iterator[Chunk]:
    """The chunks of a RIFF, RIFX, RF64, BW64 (WAV) or FORM (AIFF) file, from its header on.

    A chunk of odd size is padded to an even one, but some programs leave that out: where another
    chunk begins right behind it, there is none.

    Args:
        file: at its header.

    Raises:
        struct.error: the file ends within a chunk's header.
    """
    start = file.tell()
    order = "<" if file.read(4) in _LITTLE_ENDIAN else ">"
    end = file.seek(0, os.SEEK_END)
    at, long_size = start + 12, 0
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        name, size = struct.unpack(f"{order}4sI", file.read(8))
        if name == b"ds64":
            long_size = struct.unpack("<8xQ", file.read(16))[0]
        elif name == b"data" and size == _LONG and long_size:
            size = long_size
        at += 8 + size
        missing = False
        if size % 2 and at < end:
            file.seek(at)
            missing = _begins_chunk(file.read(8), order, end - at)
        yield Chunk(name, at - size, size, missing)
        at += size % 2 - missing
        if at >= end:
            return


def padded(path: Path, start: int) -> tuple[Piece, ...] | None:
    """What to read of a file in the place of its bytes, if chunks of odd size are not padded in it.

    Args:
        path: a WAV or AIFF.
        start: where in it the header is.

    Returns:
        The pieces; None where nothing is missing.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(start)
        ends: list[int] = []
        with contextlib.suppress(struct.error):
            ends += (c.start + c.size for c in iff_chunks(file) if c.padding_missing)
        edges = [start, *ends, file.seek(0, os.SEEK_END)]
    if not ends:
        return None
    pieces = [Piece(*span) for span in itertools.pairwise(edges)]
    return tuple(p for piece in pieces for p in (piece, Piece(content=b"\0")))[:-1]


def _begins_chunk(head: bytes, order: str, room: int) -> bool:
    """Whether `head` is the name and size of a chunk that ends within `room` bytes."""
    if len(head) < 8 or not _NAME.fullmatch(head[:4]):
        return False
    size = struct.unpack(f"{order}I", head[4:])[0]
    return size + 8 <= room or head[:4] in (b"data", b"SSND")


def _wave(file: BinaryIO) -> _Data | None:
    """RIFF, RIFX, RF64 and BW64 (EBU Tech 3306: sizes of 64 bits in `ds64`)."""
    start = file.tell()
    order = "<" if file.read(4) in _LITTLE_ENDIAN else ">"
    file.seek(start)
    frame_bytes = 0
    for chunk in iff_chunks(file):
        file.seek(chunk.start)
        if chunk.name == b"fmt ":
            coding, frame_bytes = struct.unpack(f"{order}H10xH", file.read(14))
            if coding not in (1, 3, 0xFFFE):
                return None
        elif chunk.name == b"data":
            return _Data(chunk.start, chunk.size, frame_bytes)
    return None


def _aiff(file: BinaryIO) -> _Data | None:
    start = file.tell()
    compressed = file.read(12)[8:] == b"AIFC"
    file.seek(start)
    frame_bytes = 0
    for chunk in iff_chunks(file):
        file.seek(chunk.start)
        if chunk.name == b"COMM":
            channels, _, bits = struct.unpack(">HIH", file.read(8))
            coding = file.read(14)[10:]
            if compressed and coding not in (b"NONE", b"sowt", b"fl32", b"FL32", b"fl64", b"FL64"):
                return None
            frame_bytes = channels * ((bits + 7) // 8)
        elif chunk.name == b"SSND":
            return _Data(chunk.start + 8, max(0, chunk.size - 8), frame_bytes)
    return None


def _au(file: BinaryIO) -> _Data | None:
    start, size, coding, _, channels = struct.unpack(">4xIIIII", file.read(24))
    octets = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}.get(coding, 0)
    return _Data(start, size, octets * channels)


_PARSERS: dict[Kind, Callable[[BinaryIO], _Data | None]] = {
    Kind.WAVE: _wave,
    Kind.AIFF: _aiff,
    Kind.AU: _au,
}
