"""The pages of an Ogg file: streams that follow each other in it, and pages that are lost.

Ogg files may be joined end to end (RFC 3533, 4: chaining). libsndfile reads the first link only.
Each link is a whole Ogg file, so it is handed to the decoder as if it were one.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from core.audio.byte_source import Piece

_CAPTURE = b"OggS"
_HEADER_BYTES = 27
_FIRST_PAGE, _LAST_PAGE = 2, 4
_NEAR = 64
"""Pages: one that is further from its place is of something else."""
_VORBIS = b"\1vorbis"
_REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))
_LONGEST_PAGE = _HEADER_BYTES + 255 + 255 * 255


@dataclass(frozen=True)
class Link:
    """Bytes of the file that are an Ogg file of their own.

    Attributes:
        pieces: its bytes, each page once and in its order.
        is_reordered: whether pages were twice, or in each other's place.
        ends: whether its last page says that it is the last one, as all encoders do.
        broken: whether pages of it are missing or damaged.
        frames: samples by its last page, of Vorbis; None for others.
    """

    pieces: tuple[Piece, ...]
    is_reordered: bool = False
    ends: bool = True
    broken: bool = False
    frames: int | None = None


class _Page(NamedTuple):
    start: int
    stop: int
    begins: bool
    ends: bool
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


def _link(found: Sequence[_Page]) -> Link:
    pages = _in_order(found)
    numbers: dict[int, int] = {}
    broken = any(before.stop != after.start for before, after in itertools.pairwise(found))
    for page in pages:
        expected = numbers.get(page.serial, page.sequence - 1) + 1
        broken = broken or page.sequence != expected
        numbers[page.serial] = page.sequence
    vorbis = {page.serial for page in pages if page.vorbis}
    granules = [page.granule for page in pages if page.serial in vorbis]
    is_reordered = pages is not found
    return Link(
        tuple(Piece(page.start, page.stop) for page in pages)
        if is_reordered
        else (Piece(pages[0].start, pages[-1].stop),),
        is_reordered,
        pages[-1].ends,
        broken,
        max(granules) if len(vorbis) == 1 else None,
    )


def _in_order(pages: Sequence[_Page]) -> Sequence[_Page]:
    """The pages by their numbers, each once; `pages` itself where they are, or cannot be told."""
    if len({page.serial for page in pages}) > 1:
        return pages
    by_number: dict[int, tuple[int, _Page]] = {}
    for place, page in enumerate(pages):
        _, same = by_number.setdefault(page.sequence, (place, page))
        if (same.granule, same.stop - same.start) != (page.granule, page.stop - page.start):
            return pages
    ordered = [by_number[number] for number in sorted(by_number)]
    furthest = max(abs(place - number) for number, (place, _) in enumerate(ordered))
    inside = [page for _, page in ordered]
    return pages if furthest > _NEAR or inside == list(pages) else inside


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
    begins, ends = bool(block[5] & _FIRST_PAGE), bool(block[5] & _LAST_PAGE)
    body = block[_HEADER_BYTES + count :][: len(_VORBIS)]
    return _Page(place, place + length, begins, ends, serial, sequence, granule, body == _VORBIS)


def _intact(page: bytes) -> bool:
    """Whether a page fits its checksum.

    Ogg's CRC-32 is that of zlib with bits in the other order, and without the complements.
    """
    blank = page[:22] + bytes(4) + page[26:]
    value = zlib.crc32(blank.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return value.to_bytes(4, "big").translate(_REVERSED) == page[22:26]
