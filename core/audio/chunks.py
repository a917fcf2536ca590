"""The chunks of WAV and AIFF files, and the length that a file of samples or blocks states.

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
_LONG_PLACEHOLDERS = (1 << 63) - 1, (1 << 64) - 1
"""The same where sizes have 64 bits: the largest number with a sign, and without."""
_MOST_CHUNKS = 1000
_LITTLE_ENDIAN = (b"RIFF", b"RF64", b"BW64")
_LONG = 0xFFFF_FFFF
"""The size of a chunk whose real one is in `ds64`."""
_RF64_HEAD_BYTES, _DS64_BYTES = 36, 36
_MOST_BEHIND = 1 << 24
"""Bytes of chunks behind the samples."""
_W64_GUID_BYTES, _W64_HEADER_BYTES = 16, 24
_CAF_HEADER_BYTES, _CAF_CHUNK_BYTES, _CAF_EDITS_BYTES = 8, 12, 4
_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9 _.]{3}|\(c\) ")


class Chunk(NamedTuple):
    """A chunk: its name, where its content begins, how many bytes that should have.

    Attributes:
        padding_missing: the content has an odd size, and the next chunk begins right behind it.
    """

    name: bytes
    start: int
    size: int
    padding_missing: bool = False


class _Data(NamedTuple):
    """Where samples begin, and what is stated of them.

    Attributes:
        size: bytes of all.
        block_bytes, block_frames: bytes of a block, and the samples per channel that it holds.
        long: whether the size has 64 bits.
    """

    start: int
    size: int
    block_bytes: int
    block_frames: int = 1
    long: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether the size is one that programs write until they know it."""
        if self.long:
            return self.size in _LONG_PLACEHOLDERS
        return self.size >= _UNKNOWN_BYTES


def stated_frames(path: Path, kind: Kind, start: int = 0) -> int | None:
    """Read how many samples per channel the header of `path` promises.

    Args:
        path: the file.
        kind: WAVE, AIFF, AU, W64 or CAF; others state nothing here.
        start: where in it the header is.

    Returns:
        The number; None where the header does not say, or the coding has blocks of many sizes.

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
        except (struct.error, ValueError, OverflowError):
            return None
        size = file.seek(0, os.SEEK_END)
    if data is None or data.block_bytes <= 0 or data.block_frames <= 0:
        return None
    # Within the file any size is a real one; beyond its end only one that is no placeholder.
    if data.start + data.size > size and data.is_unknown:
        return None
    return data.size // data.block_bytes * data.block_frames or None


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


def without_long_sizes(path: Path, start: int) -> tuple[Piece, ...] | None:
    """What to read of an RF64 in the place of its bytes, if its sizes of 64 bits were never known.

    libsndfile reads a RIFF of unknown size to its end, and refuses such an RF64.

    Args:
        path: a WAV.
        start: where in it the header is.

    Returns:
        The pieces; None for any other WAV.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(start)
        head = file.read(_RF64_HEAD_BYTES)
        end = file.seek(0, os.SEEK_END)
    if head[:4] not in (b"RF64", b"BW64") or head[12:16] != b"ds64":
        return None
    if int.from_bytes(head[28:36], "little") != _LONG_PLACEHOLDERS[1]:
        return None
    return Piece(content=b"RIFF\xff\xff\xff\xffWAVEJUNK"), Piece(start + 16, end)


def with_whole_size(path: Path, start: int) -> tuple[Piece, ...] | None:
    """What to read of a WAV in the place of its bytes, if its size did not fit into 32 bits.

    Programs that know no RF64 go on writing beyond 4 GiB, and state what is left over.

    Args:
        path: a WAV.
        start: where in it the header is.

    Returns:
        The same as an RF64; None for any other WAV.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(start)
        if end - start <= _LONG or file.read(4) != b"RIFF":
            return None
        file.seek(start)
        data = None
        with contextlib.suppress(struct.error):
            data = next((chunk for chunk in iff_chunks(file) if chunk.name == b"data"), None)
    if data is None:
        return None
    beyond, behind = divmod(end - data.start - data.size, _LONG + 1)
    if beyond < 1 or behind > _MOST_BEHIND:
        return None
    size = data.size + beyond * (_LONG + 1)
    sizes = struct.pack("<QQQI", end - start + _DS64_BYTES - 8, size, 0, 0)
    head = b"RF64\xff\xff\xff\xffWAVE" + b"ds64" + struct.pack("<I", len(sizes)) + sizes
    return (
        Piece(content=head),
        Piece(start + 12, data.start - 4),
        Piece(content=b"\xff\xff\xff\xff"),
        Piece(data.start, end),
    )


def _begins_chunk(head: bytes, order: str, room: int) -> bool:
    """Whether `head` is the name and size of a chunk that ends within `room` bytes."""
    if len(head) < 8 or not _NAME.fullmatch(head[:4]):
        return False
    size = struct.unpack(f"{order}I", head[4:])[0]
    return size + 8 <= room or head[:4] in (b"data", b"SSND")


def _wave(file: BinaryIO) -> _Data | None:
    """RIFF, RIFX, RF64 and BW64 (EBU Tech 3306: sizes of 64 bits in `ds64`)."""
    start = file.tell()
    order = "<" if (form := file.read(4)) in _LITTLE_ENDIAN else ">"
    file.seek(start)
    block: tuple[int, int] | None = None
    for chunk in iff_chunks(file):
        file.seek(chunk.start)
        if chunk.name == b"fmt ":
            block = _wave_block(file.read(min(chunk.size, 20)), order)
        elif chunk.name == b"data" and block is not None:
            long = form in (b"RF64", b"BW64") and chunk.size > _LONG
            return _Data(chunk.start, chunk.size, *block, long)
    return None


def _wave_block(format: bytes, order: str) -> tuple[int, int] | None:
    """Bytes and samples of a block by a `fmt ` chunk; None where blocks are of many sizes."""
    coding, rate, byte_rate, octets = struct.unpack_from(f"{order}H2xIIH", format)
    if coding in _WAVE_SAMPLES:
        return octets, 1
    if coding in _WAVE_BLOCKS and len(format) >= 20:
        return octets, struct.unpack_from(f"{order}H", format, 18)[0]
    return (byte_rate, rate) if coding in _WAVE_STEADY else None


def _w64(file: BinaryIO) -> _Data | None:
    """Sony Wave64: a WAV whose chunks have 16 bytes of name and 64 bits of size."""
    at = file.tell() + _W64_GUID_BYTES + _W64_HEADER_BYTES
    block: tuple[int, int] | None = None
    end = file.seek(0, os.SEEK_END)
    for _ in range(_MOST_CHUNKS):
        if at >= end:
            break
        file.seek(at)
        name, size = struct.unpack("<4s12xQ", file.read(_W64_HEADER_BYTES))
        if name == b"fmt ":
            block = _wave_block(file.read(20), "<")
        elif name == b"data" and block is not None:
            content = size if size in _LONG_PLACEHOLDERS else max(0, size - _W64_HEADER_BYTES)
            return _Data(at + _W64_HEADER_BYTES, content, *block, True)
        at += max(_W64_HEADER_BYTES, size + -size % 8)
    return None


def _caf(file: BinaryIO) -> _Data | None:
    """Core Audio Format. A size of -1 is one that was not known yet."""
    at = file.tell() + _CAF_HEADER_BYTES
    block = 0, 0
    end = file.seek(0, os.SEEK_END)
    for _ in range(_MOST_CHUNKS):
        if at >= end:
            break
        file.seek(at)
        name, size = struct.unpack(">4sQ", file.read(_CAF_CHUNK_BYTES))
        at += _CAF_CHUNK_BYTES
        if name == b"desc":
            block = struct.unpack(">16xII", file.read(24))
        elif name == b"data":
            content = size if size in _LONG_PLACEHOLDERS else max(0, size - _CAF_EDITS_BYTES)
            return _Data(at + _CAF_EDITS_BYTES, content, *block, True)
        at += size
    return None


def _aiff(file: BinaryIO) -> _Data | None:
    start = file.tell()
    compressed = file.read(12)[8:] == b"AIFC"
    file.seek(start)
    block = 0, 0
    for chunk in iff_chunks(file):
        file.seek(chunk.start)
        if chunk.name == b"COMM":
            channels, _, bits = struct.unpack(">HIH", file.read(8))
            coding = file.read(14)[10:] if compressed else b"NONE"
            octets, frames = _AIFF_BLOCKS.get(coding.lower(), ((bits + 7) // 8, 1))
            if coding.lower() not in (*_AIFF_BLOCKS, *_AIFF_SAMPLES):
                return None
            block = channels * octets, frames
        elif chunk.name == b"SSND":
            return _Data(chunk.start + 8, max(0, chunk.size - 8), *block)
    return None


def _au(file: BinaryIO) -> _Data | None:
    start, size, coding, _, channels = struct.unpack(">4xIIIII", file.read(24))
    octets, frames = _AU_BLOCKS.get(coding, (0, 1))
    return _Data(start, size, octets * channels, frames)


_WAVE_SAMPLES = (1, 3, 6, 7, 0xFFFE)
"""Codings whose block is one sample: PCM, float, A-law, mu-law, and the extensible form."""
_WAVE_BLOCKS = (2, 0x11, 0x31)
"""Those that state samples per block: ADPCM (Microsoft's and IMA's), GSM 6.10."""
_WAVE_STEADY = (0x14, 0x40)
"""Those of so many bits per sample, which is told by the byte rate alone: G.723 and G.721."""
_AIFF_SAMPLES = (b"none", b"twos", b"sowt", b"fl32", b"fl64", b"raw ", b"in24", b"in32")
_AIFF_BLOCKS = {b"alaw": (1, 1), b"ulaw": (1, 1), b"ima4": (34, 64), b"gsm ": (33, 160)}
_AU_BLOCKS = {
    1: (1, 1), 2: (1, 1), 3: (2, 1), 4: (3, 1), 5: (4, 1), 6: (4, 1), 7: (8, 1), 27: (1, 1),
    23: (1, 2), 25: (3, 8), 26: (5, 8),
}  # fmt: skip
"""By coding: samples, A-law, mu-law; and G.721, G.723 (3 and 5 bits)."""
_PARSERS: dict[Kind, Callable[[BinaryIO], _Data | None]] = {
    Kind.WAVE: _wave,
    Kind.AIFF: _aiff,
    Kind.AU: _au,
    Kind.W64: _w64,
    Kind.CAF: _caf,
}
