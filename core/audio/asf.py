"""The length that the header of an ASF file (WMA) states.

FFmpeg does not believe it where the file is shorter than the header says, which is when it counts.
"""

from __future__ import annotations

import struct
from pathlib import Path

_OBJECT_BYTES, _HEADER_BYTES, _MOST_OBJECTS = 24, 30, 1000
_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_BROADCAST = 1
_TICKS = 10_000_000


def stated_seconds(path: Path, start: int = 0) -> float | None:
    """Read the play duration in the file properties (ASF specification, 3.2).

    Args:
        path: the file.
        start: where in it the header is.

    Returns:
        Seconds; None where the header does not say, as in what was sent while it was recorded.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        at = start + _HEADER_BYTES
        for _ in range(_MOST_OBJECTS):
            file.seek(at)
            head = file.read(_OBJECT_BYTES)
            if len(head) < _OBJECT_BYTES:
                return None
            if head[:16] == _FILE_PROPERTIES:
                return _play_duration(file.read(68))
            at += max(_OBJECT_BYTES, int.from_bytes(head[16:], "little"))
    return None


def _play_duration(content: bytes) -> float | None:
    if len(content) < 68:
        return None
    ticks, preroll, flags = struct.unpack_from("<40xQ8xQI", content)
    seconds = ticks / _TICKS - preroll / 1000
    return None if flags & _BROADCAST or seconds <= 0 else float(seconds)
