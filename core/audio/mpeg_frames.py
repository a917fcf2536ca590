"""The frames of MPEG audio (ISO 11172-3, 13818-3) by their own headers, and information frames."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from core.audio.containers import id3_bytes

_BIT_RATES = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""kbit/s by (version, layer); version 2 is MPEG 2 and 2.5."""
_RATES = (44_100, 48_000, 32_000)
_SAME = 0xFFFE_0C00
"""Bits of a header that no frame of a stream changes: sync, version, layer, sample rate."""
_MONO = 0xC0
_WINDOW, _BLOCK_BYTES = 1 << 18, 1 << 16
_SYNC, _SYNC_BYTES = re.compile(rb"\xff(?=[\xe2-\xff][\x10-\xef])"), 3
"""What may begin a header: a layer and a bit rate are to be in it."""
_SEARCH_BYTES = 16 << 20
"""As far as frames are looked for; pictures in tags of a wrong length are that large."""
_SURE_FRAMES = 3
"""So many frames in a row are no coincidence."""
_HEAD_BYTES = 40
_LONGEST_TRIM = 0xFFF
"""Samples; what an information frame has twelve bits for."""
_APE_HEADER_BYTES, _ID3V1_BYTES = 32, 128


class Header(NamedTuple):
    """What the four bytes of a frame's header say."""

    version: int
    layer: int
    bit_rate: int
    sample_rate: int
    channels: int
    length: int
    samples: int
    checked: bool


@functools.lru_cache(maxsize=4096)
def parse_header(octets: bytes) -> Header | None:
    """The header of a frame (2.4.1.3); None if `octets` are none, or of free format."""
    if len(octets) < 4 or octets[0] != 0xFF or octets[1] & 0xE0 != 0xE0:
        return None
    kind, layer = octets[1] >> 3 & 3, 4 - (octets[1] >> 1 & 3)
    rate_code, bit_code = octets[2] >> 2 & 3, octets[2] >> 4
    if kind == 1 or layer == 4 or rate_code == 3 or not 0 < bit_code < 15:
        return None
    version = 1 if kind == 3 else 2
    sample_rate = _RATES[rate_code] >> {3: 0, 2: 1, 0: 2}[kind]
    bit_rate = 1000 * _BIT_RATES[version, layer][bit_code - 1]
    padding = octets[2] >> 1 & 1
    samples = 384 if layer == 1 else 576 if layer == 3 and version == 2 else 1152
    if layer == 1:
        length = 4 * (12 * bit_rate // sample_rate + padding)
    else:
        length = samples // 8 * bit_rate // sample_rate + padding
    channels = 1 if octets[3] & _MONO == _MONO else 2
    checked = not octets[1] & 1
    return Header(version, layer, bit_rate, sample_rate, channels, length, samples, checked)


class Octets:
    """Bytes of a file by their place, read in large blocks."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start, self._block = 0, b""
        self.size = file.seek(0, 2)

    def at(self, place: int, count: int) -> bytes:
        """Read some bytes.

        Args:
            place: of the first one, from the beginning of the file.
            count: how many.

        Returns:
            The bytes; fewer at the end of the file.
        """
        within = place - self._start
        if within < 0 or within + count > len(self._block):
            self._file.seek(place)
            self._start, self._block = place, self._file.read(_WINDOW)
            within = 0
        return self._block[within : within + count]


class Frame(NamedTuple):
    """A frame.

    Attributes:
        at: its place in the file.
        header: what its header says.
        head: its first bytes, up to the side information.
        gap: bytes between the end of the frame before and this one that are no tag; below 0 where
            the frame before is cut.
    """

    at: int
    header: Header
    head: bytes
    gap: int = 0


def frame_groups(octets: Octets, start: int) -> Iterator[list[Frame]]:
    """Walk along the frames of a file, over tags and whatever else is between them.

    Args:
        octets: the file.
        start: where the first frame is, or something before it.

    Yields:
        The frames of each stream. An information frame, as encoders put first, begins a new one;
        so does a row of frames of another layer, rate or number of channels.
    """
    place = _find(octets, start, None)
    if place is None:
        return
    reference = octets.at(place, 4)
    group: list[Frame] = []
    gap = 0
    while place is not None:
        head = octets.at(place, _HEAD_BYTES)
        header = parse_header(head[:4])
        assert header is not None
        if group and is_information(head, header):
            yield group
            group, gap = [], 0
        group.append(Frame(place, header, head, gap))
        end = place + header.length
        following = _after_tags(octets, end)
        if _alike(octets.at(following, 4), reference):
            place, gap = following, 0
        elif following >= octets.size:
            place = None
        else:
            other = following if _starts_row(octets, following, None) else None
            alike = None if other else _find(octets, place + 4, reference)
            gap = 0 if alike is None else alike - end
            place = alike or other or _find(octets, place + 4, None)
            if alike is None and place is not None:
                yield group
                group, reference = [], octets.at(place, 4)
    yield group


def _find(octets: Octets, start: int, reference: bytes | None) -> int | None:
    """The first place from `start` on where frames begin; with `reference`, frames like that."""
    place = start
    limit = start + _SEARCH_BYTES if reference is None else None
    while limit is None or place < limit:
        block = octets.at(place, _BLOCK_BYTES)
        for match in _SYNC.finditer(block):
            if _starts_row(octets, place + match.start(), reference):
                return place + match.start()
        if len(block) < _BLOCK_BYTES:
            return None
        place += len(block) - _SYNC_BYTES
    return None


def _starts_row(octets: Octets, place: int, reference: bytes | None) -> bool:
    """Whether several frames follow each other from `place` on, up to the end of the file."""
    first = octets.at(place, 4)
    like = reference or first
    for number in range(_SURE_FRAMES):
        head = octets.at(place, 4)
        header = parse_header(head) if _alike(head, like) else None
        if header is None:
            return False
        place = _after_tags(octets, place + header.length)
        if place >= octets.size:
            # The last frames of a file; before the first one is known they are no proof.
            return reference is not None and (number > 0 or place == octets.size)
    return True


def _alike(octets: bytes, reference: bytes) -> bool:
    """Whether `octets` are a header of the stream that `reference` is from."""
    header, other = parse_header(octets), parse_header(reference)
    if header is None or other is None:
        return False
    both = int.from_bytes(octets, "big") ^ int.from_bytes(reference, "big")
    return not both & _SAME and header.channels == other.channels


def _after_tags(octets: Octets, place: int) -> int:
    """`place`, or the end of the tags (ID3, APE) that begin there."""
    while True:
        head = octets.at(place, _APE_HEADER_BYTES)
        if head[:3] == b"ID3":
            size = id3_bytes(head)
        elif head[:3] == b"TAG":
            size = _ID3V1_BYTES
        elif head[:8] == b"APETAGEX" and len(head) == _APE_HEADER_BYTES:
            size = _APE_HEADER_BYTES + int.from_bytes(head[12:16], "little")
        else:
            return place
        if not size:
            return place
        place += size


def side_bytes(header: Header) -> int:
    """Length of the side information (2.4.1.7) of a frame of layer III."""
    if header.version == 1:
        return 17 if header.channels == 1 else 32
    return 9 if header.channels == 1 else 17


def is_information(head: bytes, header: Header) -> bool:
    """Whether a frame carries Xing's, LAME's or Fraunhofer's information instead of sound.

    Args:
        head: its first bytes.
        header: what its header says.
    """
    at = 4 + side_bytes(header)
    return head[at : at + 4] in (b"Xing", b"Info") or head[36:40] == b"VBRI"


def frames_place(head: bytes, header: Header) -> int:
    """Where in an information frame, in bytes, the number of frames is, if it states it.

    Args:
        head: its first bytes.
        header: what its header says.
    """
    return 50 if head[36:40] == b"VBRI" else 4 + side_bytes(header) + 8


def state_length(file: BinaryIO, frames: int) -> None:
    """Make the information frame of an MP3 say how long it is.

    FFmpeg counts as padding what it discards of the last packet alone (mp3enc.c), 1681 samples at
    most, while LAME adds up to 1727: one length in 25 came out up to 46 samples too long.

    Args:
        file: an MP3 by FFmpeg, open for reading and writing.
        frames: samples per channel that were encoded.
    """
    octets = Octets(file)
    at = _after_tags(octets, 0)
    head = octets.at(at, _HEAD_BYTES)
    header = parse_header(head[:4])
    if header is None or not is_information(head, header):
        return
    first = Frame(at, header, head)
    stated = read_information(octets, first)
    padding = (stated.frames or 0) * header.samples - stated.delay - frames
    if padding == stated.padding or not 0 <= padding <= _LONGEST_TRIM:
        return
    content = bytearray(octets.at(at, header.length))
    place = _trims_at(content, header)
    content[place : place + 3] = (stated.delay << 12 | padding).to_bytes(3, "big")
    content[place + 13 : place + 15] = _crc(content[: place + 13]).to_bytes(2, "big")
    file.seek(at)
    file.write(content)


class Information(NamedTuple):
    """Number of frames of a stream by its information frame, and the samples to be trimmed."""

    frames: int | None = None
    delay: int = 0
    padding: int = 0


def read_information(octets: Octets, frame: Frame) -> Information:
    """Read an information frame (gabriel.mp3-tech.org/mp3infotag.html, and Fraunhofer's VBRI).

    Args:
        octets: the file.
        frame: the information frame.

    Returns:
        What it states of the stream.
    """
    content = octets.at(frame.at, frame.header.length)
    if frame.head[36:40] == b"VBRI":
        return Information(int.from_bytes(content[50:54], "big") or None)
    at = 4 + side_bytes(frame.header)
    flags = int.from_bytes(content[at + 4 : at + 8], "big")
    frames = int.from_bytes(content[at + 8 : at + 12], "big") if flags & 1 else None
    place = _trims_at(content, frame.header)
    trims = int.from_bytes(content[place : place + 3], "big")
    return Information(frames, trims >> 12, trims & _LONGEST_TRIM)


def _trims_at(content: bytes | bytearray, header: Header) -> int:
    """Where an information frame states delay and padding, in three bytes."""
    at = 4 + side_bytes(header)
    flags = int.from_bytes(content[at + 4 : at + 8], "big")
    sizes = 4 * bool(flags & 1) + 4 * bool(flags & 2) + 100 * bool(flags & 4) + 4 * bool(flags & 8)
    return at + 8 + sizes + 21


def _crc(octets: bytes | bytearray) -> int:
    """CRC-16 of an information frame up to itself (polynomial 8005 hex, reflected, from 0)."""
    value = 0
    for octet in octets:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ 0xA001 * (value & 1)
    return value
