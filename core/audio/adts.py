"""AAC in ADTS frames (ISO 13818-7, 6.2): where frames are lost.

The frames carry no numbers. FFmpeg steps over what it cannot read, and everything behind it comes
too early; so the file is decoded in stretches, with silence as long as what is between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.audio.mpeg_frames import Octets

_HEADER_BYTES = 7
_SAMPLES = 1024
_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025)
_SURE_FRAMES = 3
"""So many frames in a row are no coincidence."""
_LONGEST_SEARCH = 1 << 16
_RATE_CODES = bytes(code for code in range(256) if code >> 2 & 15 < len(_RATES))
_HEADER = re.compile(b"\xff[\xf0\xf1\xf8\xf9][" + re.escape(_RATE_CODES) + b"]", re.DOTALL)
"""A sync word, and a rate that there is."""


class _InMemory:
    """`Octets` of what is in memory already: going back and forth in it reads nothing."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self.size = len(octets)

    def at(self, place: int, count: int) -> bytes:
        return self._octets[place : place + count]


@dataclass(frozen=True)
class FrameRun:
    """Whole frames in a row.

    Attributes:
        start, stop: their bytes.
        lost_seconds: of sound that is lost before them.
    """

    start: int
    stop: int
    lost_seconds: float = 0.0


def first_frame(octets: bytes) -> int | None:
    """Where frames begin behind something else.

    Args:
        octets: the beginning of a file.

    Returns:
        The first byte of frames in a row; None without any.
    """
    whole = _InMemory(octets)
    for found in _HEADER.finditer(octets):
        if _starts_row(whole, found.start(), whole.at(found.start(), _HEADER_BYTES)):
            return found.start()
    return None


def frame_runs(path: Path, start: int) -> tuple[FrameRun, ...]:
    """Walk along the frames of a file.

    Args:
        path: the file.
        start: where its first frame is.

    Returns:
        The stretches that are whole; one where nothing is lost, none where this is no ADTS.

    Raises:
        OSError: the file cannot be read.
    """
    rows: list[tuple[int, int]] = []
    count = 0
    with path.open("rb", buffering=0) as file:
        octets = Octets(file)
        reference = octets.at(start, _HEADER_BYTES)
        first, place = start, start
        while (length := _length(octets.at(place, _HEADER_BYTES), reference)) is not None:
            after = place + length
            if _length(octets.at(after, _HEADER_BYTES), reference) is not None:
                place, count = after, count + 1
                continue
            following = None if after >= octets.size else _find(octets, place + 1, reference)
            # What the last frame before a hole holds may be damaged as well.
            rows.append((first, min(after, octets.size) if following is None else place))
            if following is None:
                count += 1
                break
            first = place = following
    return tuple(_with_losses(rows, count, reference))


def _with_losses(
    rows: Sequence[tuple[int, int]], frames: int, reference: bytes
) -> Iterator[FrameRun]:
    """The rows as stretches; `frames` tells, with their bytes, how long a frame is on average."""
    mean = sum(stop - start for start, stop in rows) / max(1, frames)
    end: int | None = None
    for start, stop in rows:
        gap = 0 if end is None else start - end
        lost = max(1, round(gap / mean)) * _SAMPLES / _rate(reference) if gap else 0.0
        if stop > start:
            yield FrameRun(start, stop, lost)
            end = stop
        elif end is None:
            end = start


def _find(octets: Octets, start: int, reference: bytes) -> int | None:
    """Where frames like that of `reference` go on."""
    place = start
    while block := octets.at(place, _LONGEST_SEARCH):
        at = block.find(reference[:1])
        if at < 0:
            place += len(block)
            continue
        place += at
        if _starts_row(octets, place, reference):
            return place
        place += 1
    return None


def _starts_row(octets: Octets | _InMemory, place: int, reference: bytes) -> bool:
    for number in range(_SURE_FRAMES):
        length = _length(octets.at(place, _HEADER_BYTES), reference)
        if length is None:
            return False
        place += length
        if place >= octets.size:
            return number > 0 or place == octets.size
    return True


def _length(head: bytes, reference: bytes) -> int | None:
    """Bytes of the frame that begins with `head`; None if it is none of that stream."""
    if len(head) < _HEADER_BYTES or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    if head[1] != reference[1] or head[2] & 0xFD != reference[2] & 0xFD:
        return None
    if (head[3] ^ reference[3]) & 0xC0 or head[2] >> 2 & 15 >= len(_RATES):
        return None
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > _HEADER_BYTES else None


def _rate(head: bytes) -> int:
    return _RATES[head[2] >> 2 & 15]
