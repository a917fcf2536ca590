"""The pages of an Ogg file: streams that follow each other in it, and pages that are lost.

Ogg files may be joined end to end (RFC 3533, 4: chaining). libsndfile reads the first link only.
Each link is a whole Ogg file, so it is handed to the decoder as if it were one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

_CAPTURE = b"OggS"
_HEADER_BYTES = 27
_FIRST_PAGE = 2
_VORBIS = b"\1vorbis"
_REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))
_LONGEST_PAGE = _HEADER_BYTES + 255 + 255 * 255


@dataclass(frozen=True)
class Link:
    """Bytes `start` to `stop` of the file: an Ogg file of its own.

    Attributes:
        start, stop: where it begins and ends.
        broken: whether pages of it are missing or damaged.
        frames: samples by its last page, of Vorbis; None for others.
    """

    start: int
    stop: int
    broken: bool = False
    frames: int | None = None


class _Page(NamedTuple):
    start: int
    stop: int
    begins: bool
    serial: int
    sequence: int
    granule: int
    vorbis: bool


def links(path: Path, start: int = 0) -> tuple[Link, ...]:
    """Read all pages of `path` and say which belong together.

    Args:
        path: the file.
        start: where its first page is.

    Returns:
        The links in order; none if there is not one whole page.

    Raises:
        OSError: the file cannot be read.
    """
    found: list[Link] = []
    with path.open("rb") as file:
        link: list[_Page] = []
        for page in _pages(file, start):
            if page.begins and link and not link[-1].begins:
                found.append(_link(link))
                link = []
            link.append(page)
        if link:
            found.append(_link(link))
    return tuple(found)


def _link(pages: Sequence[_Page]) -> Link:
    numbers: dict[int, int] = {}
    broken, end = False, pages[0].start
    for page in pages:
        expected = numbers.get(page.serial, page.sequence - 1) + 1
        broken = broken or page.sequence != expected or page.start != end
        numbers[page.serial], end = page.sequence, page.stop
    vorbis = {page.serial for page in pages if page.vorbis}
    granules = [page.granule for page in pages if page.serial in vorbis]
    return Link(pages[0].start, end, broken, max(granules) if len(vorbis) == 1 else None)


def _pages(file: BinaryIO, start: int) -> Iterator[_Page]:
    """The pages whose checksums fit, from byte `start` on."""
    place = start
    while True:
        file.seek(place)
        block = file.read(_LONGEST_PAGE)
        if not block:
            return
        page = _page(block, place)
        if page is not None:
            yield page
            place = page.stop
            continue
        at = block.find(_CAPTURE, 1)
        place += at if at > 0 else max(1, len(block) - len(_CAPTURE) + 1)


def _page(block: bytes, place: int) -> _Page | None:
    """The page that `block` begins with, which is at `place` (RFC 3533, 6)."""
    if block[:4] != _CAPTURE or len(block) < _HEADER_BYTES:
        return None
    count = block[26]
    length = _HEADER_BYTES + count + sum(block[_HEADER_BYTES : _HEADER_BYTES + count])
    if length > len(block) or not _intact(block[:length]):
        return None
    serial, sequence = (int.from_bytes(block[k : k + 4], "little") for k in (14, 18))
    granule = int.from_bytes(block[6:14], "little", signed=True)
    begins = bool(block[5] & _FIRST_PAGE)
    body = block[_HEADER_BYTES + count :][: len(_VORBIS)]
    return _Page(place, place + length, begins, serial, sequence, granule, body == _VORBIS)


def _intact(page: bytes) -> bool:
    """Whether a page fits its checksum.

    Ogg's CRC-32 is that of zlib with bits in the other order, and without the complements.
    """
    blank = page[:22] + bytes(4) + page[26:]
    value = zlib.crc32(blank.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return value.to_bytes(4, "big").translate(_REVERSED) == page[22:26]
