"""The length that a file of plain samples states in its header.

libsndfile and FFmpeg both give what is there, so that a file that was cut short looks whole.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from core.audio.containers import Kind

_UNKNOWN_BYTES = 0x7FFF_0000
"""Sizes from here on are what programs write that do not know the length when they begin."""
_MOST_CHUNKS = 1000


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


def _wave(file: BinaryIO) -> _Data | None:
    """RIFF, RIFX, RF64 and BW64 (EBU Tech 3306: sizes of 64 bits in `ds64`)."""
    order = ">" if file.read(4) == b"RIFX" else "<"
    file.seek(8, os.SEEK_CUR)
    frame_bytes, long_size = 0, 0
    for _ in range(_MOST_CHUNKS):
        name, size = struct.unpack(f"{order}4sI", file.read(8))
        start = file.tell()
        if name == b"ds64":
            long_size = struct.unpack("<8xQ", file.read(16))[0]
        elif name == b"fmt ":
            coding, frame_bytes = struct.unpack(f"{order}H10xH", file.read(14))
            if coding not in (1, 3, 0xFFFE):
                return None
        elif name == b"data":
            return _Data(start, long_size or size, frame_bytes)
        file.seek(start + size + size % 2)
    return None


def _aiff(file: BinaryIO) -> _Data | None:
    file.seek(8, os.SEEK_CUR)
    compressed = file.read(4) == b"AIFC"
    frame_bytes = 0
    for _ in range(_MOST_CHUNKS):
        name, size = struct.unpack(">4sI", file.read(8))
        start = file.tell()
        if name == b"COMM":
            channels, _, bits = struct.unpack(">HIH", file.read(8))
            coding = file.read(14)[10:]
            if compressed and coding not in (b"NONE", b"sowt", b"fl32", b"FL32", b"fl64", b"FL64"):
                return None
            frame_bytes = channels * ((bits + 7) // 8)
        elif name == b"SSND":
            return _Data(start + 8, size - 8, frame_bytes)
        file.seek(start + size + size % 2)
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
