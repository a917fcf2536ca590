"""What the headers of AVI, VOC and Amiga files (8SVX, 16SV, MAUD) state of their length.

FFmpeg gives what is there, or an estimate by the size of the file.
"""

from __future__ import annotations

import os
import struct
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

_MOST_CHUNKS, _MOST_BLOCKS = 1000, 1 << 16
_PLACEHOLDERS = (0, 0xFFFF_FFFF, 0x7FFF_FFFF, 0xFFFF_FFFE)
"""Lengths that programs write until they know them."""
_LONGEST_SECONDS = 1 << 20
"""Twelve days: what is said to be longer is an error of the header."""
_VOC_END = 0
_STEREO_CHANNELS = 6
"""What a CHAN chunk holds for left and right."""
_DELTAS = (1, 2)
"""What a VHDR states for Fibonacci and exponential deltas, of 4 bits for each sample."""


def stated_seconds(path: Path, start: int = 0) -> float | None:
    """Read how long the first sound in a file is by its header.

    Args:
        path: an AVI, 8SVX, 16SV or MAUD; others state nothing here.
        start: where in it the header is.

    Returns:
        Seconds; None where the header does not say.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(start)
        head = file.read(12)
        try:
            if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
                seconds = _avi(file, start + 12)
            elif head[:4] == b"FORM":
                seconds = _amiga(file, start + 12, head[8:12])
            else:
                return None
        except (struct.error, ZeroDivisionError):
            return None
    return float(seconds) if seconds is not None and 0 < seconds < _LONGEST_SECONDS else None


def voc_is_cut(path: Path, start: int = 0) -> bool:
    """Look whether a VOC ends within one of its blocks, of which long sounds have many.

    Args:
        path: the file.
        start: where in it the header is.

    Returns:
        Whether its last block is not whole. The mark of the end is left out by some programs.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(start + 20)
        at = start + int.from_bytes(file.read(2), "little")
        end = file.seek(0, os.SEEK_END)
        for _ in range(_MOST_BLOCKS):
            if at >= end:
                break
            file.seek(at)
            kind, *size = file.read(4)
            if kind == _VOC_END:
                return False
            at += 4 + int.from_bytes(size, "little")
    return at > end


def _avi(file: BinaryIO, at: int) -> Fraction | None:
    """The first `auds` stream's length (AVI RIFF file reference: AVISTREAMHEADER)."""
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        name, size, list_name = struct.unpack("<4sI4s", file.read(12))
        if name == b"LIST" and list_name in (b"hdrl", b"strl"):
            at += 12  # what is in it comes next
            continue
        if name == b"LIST" and list_name == b"movi":
            return None
        if name == b"strh" and list_name == b"auds":
            scale, rate, _, length = struct.unpack("<16xIIII", file.read(32))
            return None if length in _PLACEHOLDERS else Fraction(length * scale, rate)
        at += 8 + size + size % 2
    return None


def _amiga(file: BinaryIO, at: int, form: bytes) -> Fraction | None:
    """Samples behind a VHDR (8SVX, 16SV) or MHDR (MAUD).

    An MHDR states the bits of a sample twice: as it is stored, then as it is when unpacked.
    """
    rate, channels, bits = Fraction(0), 1, 16 if form == b"16SV" else 8
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        name, size = struct.unpack(">4sI", file.read(8))
        if name == b"VHDR":
            hertz, _, packing = struct.unpack(">12xHBB", file.read(16))
            rate = Fraction(hertz)
            bits = 4 if packing in _DELTAS else bits
        elif name == b"MHDR":
            bits, _, source, divisor, _, channels = struct.unpack(">4xHHIHHH", file.read(18))
            rate = Fraction(source, divisor)
        elif name == b"CHAN":
            channels = 2 if struct.unpack(">I", file.read(4))[0] == _STEREO_CHANNELS else 1
        elif name in (b"BODY", b"MDAT"):
            return None if size in _PLACEHOLDERS else Fraction(8 * size, bits * channels) / rate
        at += 8 + size + size % 2
    return None
