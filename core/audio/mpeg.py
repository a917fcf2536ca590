"""The frames of an MP3 by their own headers: where some are lost, and what to read in their place.

MPEG audio (ISO 11172-3, 13818-3) is a row of frames without numbers. Decoders step over what they
cannot read, and everything behind it comes too early. Here the frames are counted before anything
is decoded. In the place of those that are lost or damaged the decoder is given frames that hold
silence, so what follows stays where it was.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from core.audio.byte_source import Piece
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
_WINDOW = 1 << 18
_SEARCH_BYTES = 1 << 20
_SURE_FRAMES = 3
"""So many frames in a row are no coincidence."""
_FEWEST_FRAMES = 2
_NEIGHBOURS = 50
_DECODER_DELAY = 529
"""Samples by which a decoder is late, on top of the encoder's delay that a LAME header states."""
_RESERVOIR_BYTES = 511
"""How far back main data may begin (ISO 11172-3, 2.4.2.7: nine bits)."""
_FILLED_BYTES = 16
_INFORMATION_BIT_RATE = 0x90
"""128 kbit/s, in MPEG 2 80: room for all that an information frame may hold."""
_HEAD_BYTES = 40
_APE_HEADER_BYTES, _ID3V1_BYTES = 32, 128


@dataclass(frozen=True)
class Stream:
    """An MPEG audio stream; several may follow each other in one file.

    Attributes:
        sample_rate: Hz.
        channels: 1 or 2.
        frames: samples per channel by its header (Xing, Info or VBRI); None without one.
        pieces: what to give to a decoder.
        holes: what is lost, and silent when `pieces` are decoded: first sample, and how many.
    """

    sample_rate: int
    channels: int
    frames: int | None
    pieces: tuple[Piece, ...]
    holes: tuple[tuple[int, int], ...] = ()


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


def survey(path: Path, start: int) -> tuple[Stream, ...]:
    """Look at the header of every frame from byte `start` on, decoding nothing.

    Args:
        path: the file.
        start: where the first frame is, or something that is to be skipped before it.

    Returns:
        The MPEG audio streams in it, in order; none if there are no frames.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        octets = _Octets(file)
        groups = [group for group in _groups(octets, start) if len(group) >= _FEWEST_FRAMES]
        return tuple(_Repair(octets, group).stream() for group in groups)


class _Octets:
    """Bytes of a file by their place, read in large blocks."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start, self._block = 0, b""
        self.size = file.seek(0, 2)

    def at(self, place: int, count: int) -> bytes:
        """Up to `count` bytes from `place`."""
        within = place - self._start
        if within < 0 or within + count > len(self._block):
            self._file.seek(place)
            self._start, self._block = place, self._file.read(_WINDOW)
            within = 0
        return self._block[within : within + count]


class _Frame(NamedTuple):
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


def _groups(octets: _Octets, start: int) -> Iterator[list[_Frame]]:
    """The frames of each stream: an information frame, as encoders put first, begins a new one."""
    place = _find(octets, start, None)
    if place is None:
        return
    reference = octets.at(place, 4)
    group: list[_Frame] = []
    gap = 0
    while place is not None:
        head = octets.at(place, _HEAD_BYTES)
        header = parse_header(head[:4])
        assert header is not None
        if group and _information(head, header):
            yield group
            group, gap = [], 0
        group.append(_Frame(place, header, head, gap))
        end = place + header.length
        following = _after_tags(octets, end)
        if _alike(octets.at(following, 4), reference):
            place, gap = following, 0
        elif following >= octets.size:
            place = None
        else:
            place = _find(octets, place + 4, reference)
            gap = 0 if place is None else place - end
    yield group


def _find(octets: _Octets, start: int, reference: bytes | None) -> int | None:
    """The first place from `start` on where frames begin; with `reference`, frames like that."""
    place = start
    limit = start + _SEARCH_BYTES if reference is None else None
    while limit is None or place < limit:
        block = octets.at(place, _WINDOW // 4)
        at = block.find(b"\xff")
        if at < 0:
            if not block:
                return None
            place += len(block)
            continue
        place += at
        if _starts_row(octets, place, reference):
            return place
        place += 1
    return None


def _starts_row(octets: _Octets, place: int, reference: bytes | None) -> bool:
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


def _after_tags(octets: _Octets, place: int) -> int:
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


def _side_bytes(header: Header) -> int:
    """Length of the side information (2.4.1.7) of a frame of layer III."""
    if header.version == 1:
        return 17 if header.channels == 1 else 32
    return 9 if header.channels == 1 else 17


def _information(head: bytes, header: Header) -> bool:
    """Whether a frame carries Xing's, LAME's or Fraunhofer's information instead of sound."""
    at = 4 + _side_bytes(header)
    return head[at : at + 4] in (b"Xing", b"Info") or head[36:40] == b"VBRI"


class _Information(NamedTuple):
    """Number of frames of a stream by its information frame, and the samples to be trimmed."""

    frames: int | None = None
    delay: int = 0
    padding: int = 0


def _read_information(octets: _Octets, frame: _Frame) -> _Information:
    """Layouts: gabriel.mp3-tech.org/mp3infotag.html, and Fraunhofer's VBRI."""
    content = octets.at(frame.at, frame.header.length)
    if frame.head[36:40] == b"VBRI":
        return _Information(int.from_bytes(content[50:54], "big") or None)
    at = 4 + _side_bytes(frame.header)
    flags = int.from_bytes(content[at + 4 : at + 8], "big")
    at += 8
    frames = int.from_bytes(content[at : at + 4], "big") if flags & 1 else None
    at += 4 * bool(flags & 1) + 4 * bool(flags & 2) + 100 * bool(flags & 4) + 4 * bool(flags & 8)
    trims = int.from_bytes(content[at + 21 : at + 24], "big")
    return _Information(frames or None, trims >> 12, trims & 0xFFF)


class _Repair:
    """Finds what is lost of a stream, and what a decoder is to be given."""

    def __init__(self, octets: _Octets, frames: list[_Frame]) -> None:
        self._octets = octets
        self._frames = frames
        first = frames[0]
        self._header = first.header
        self._carries = _information(first.head, first.header)
        self._stated = _read_information(octets, first) if self._carries else _Information()

    def stream(self) -> Stream:
        """The stream, its holes filled."""
        lost = self._lost()
        muted = self._muted(lost)
        samples, stated = self._header.samples, self._stated
        total = None
        if stated.frames is not None:
            total = max(0, stated.frames * samples - stated.delay - stated.padding)
        return Stream(
            self._header.sample_rate,
            self._header.channels,
            total,
            (*self._counted(sum(lost.values())), *self._pieces(lost, muted)),
            tuple(self._holes(lost, muted)),
        )

    def _counted(self, lost: int) -> Iterator[Piece]:
        """An information frame where there is none and the frames are of many lengths.

        mpg123 would guess the length by the first frame, and libsndfile reads no more than that.
        """
        constant = len({frame.header.bit_rate for frame in self._frames}) == 1
        if self._carries or constant or self._header.layer != 3:
            return
        head = self._frames[0].head
        octets = bytes((head[0], head[1] | 1, head[2] & 0x0C | _INFORMATION_BIT_RATE, head[3]))
        header = parse_header(octets)
        assert header is not None
        count = (len(self._frames) + lost).to_bytes(4, "big")
        content = octets + bytes(_side_bytes(header)) + b"Xing\0\0\0\1" + count
        yield Piece(content=content.ljust(header.length, b"\0"))

    def _lost(self) -> dict[int, int]:
        """Number of lost frames before each frame where the row is broken, maybe none."""
        breaks = {k: frame.gap for k, frame in enumerate(self._frames) if frame.gap}
        lost = {k: max(0, round(gap / self._mean_bytes(k))) for k, gap in breaks.items()}
        missing = self._missing()
        if not breaks or missing is None:
            return lost
        if missing == 0:
            return dict.fromkeys(breaks, 0)
        # What the lengths of the gaps do not explain was cut out, most likely at the widest one.
        widest = max(breaks, key=lambda k: breaks[k])
        rest = missing - sum(lost.values())
        return {**lost, widest: max(0, lost[widest] + rest)}

    def _missing(self) -> int | None:
        """Number of frames that the stream should have and has not; None if that is not known."""
        if self._stated.frames is None:
            return None
        last = self._frames[-1]
        whole = bool(self._octets.at(last.at + last.header.length - 1, 1))
        found = len(self._frames) - self._carries
        return self._stated.frames - found if whole and found <= self._stated.frames else None

    def _mean_bytes(self, k: int) -> float:
        """Of the frames around frame `k`."""
        near = self._frames[max(0, k - _NEIGHBOURS) : k + _NEIGHBOURS]
        if all(frame.header.bit_rate == near[0].header.bit_rate for frame in near):
            header = near[0].header
            slot = 4 if header.layer == 1 else 1
            return slot * (header.samples // (8 * slot)) * header.bit_rate / header.sample_rate
        return sum(frame.header.length for frame in near) / len(near)

    def _muted(self, lost: dict[int, int]) -> dict[int, int]:
        """Frames that cannot be decoded, and how many bytes before each are theirs to refer to."""
        muted: dict[int, int] = {}
        for k in lost:
            if k and (self._frames[k].gap < 0 or self._ends_in_filling(k - 1)):
                muted[k - 1] = 0
            valid = 0
            for after in range(k, len(self._frames)):
                if valid >= _RESERVOIR_BYTES or (after > k and after in lost):
                    break
                if self._main_data_begin(after) > valid:
                    muted[after] = valid
                valid += self._main_data_bytes(after)
        return muted

    def _ends_in_filling(self, k: int) -> bool:
        frame = self._frames[k]
        tail = self._octets.at(frame.at + frame.header.length - _FILLED_BYTES, _FILLED_BYTES)
        return len(set(tail)) <= 1

    def _main_data_begin(self, k: int) -> int:
        """How many bytes before the frame its sound begins (2.4.1.7)."""
        frame = self._frames[k]
        if frame.header.layer != 3:
            return 0
        at = 6 if frame.header.checked else 4
        first, second = frame.head[at : at + 2]
        return first << 1 | second >> 7 if frame.header.version == 1 else first

    def _main_data_bytes(self, k: int) -> int:
        header = self._frames[k].header
        return header.length - 4 - 2 * header.checked - _side_bytes(header)

    def _pieces(self, lost: dict[int, int], muted: dict[int, int]) -> Iterator[Piece]:
        start = stop = self._frames[0].at
        for k, frame in enumerate(self._frames):
            end = min(frame.at + frame.header.length, self._octets.size)
            if k not in lost and k not in muted and frame.at == stop:
                stop = end
                continue
            if stop > start:
                yield Piece(start, stop)
            start = stop = frame.at
            if lost.get(k):
                yield Piece(content=self._silent(frame) * lost[k])
            if k in muted:
                yield Piece(content=self._mute(k, muted[k]))
                start = end
            stop = end
        if stop > start:
            yield Piece(start, stop)

    def _silent(self, like: _Frame) -> bytes:
        head = bytes((like.head[0], like.head[1] | 1, *like.head[2:4]))
        return head.ljust(like.header.length, b"\0")

    def _mute(self, k: int, valid: int) -> bytes:
        """Frame `k` with nothing to decode; later frames may still refer to what is in it."""
        frame = self._frames[k]
        silent = self._silent(frame)
        if frame.header.layer != 3:
            return silent
        begin = min(valid, self._main_data_begin(k))
        side = _side_bytes(frame.header)
        start = (
            bytes((begin >> 1, begin << 7 & 0x80)) if frame.header.version == 1 else bytes((begin,))
        )
        rest = self._octets.at(frame.at, frame.header.length)[4 + side :]
        return (silent[:4] + start.ljust(side, b"\0") + rest).ljust(len(silent), b"\0")

    def _holes(self, lost: dict[int, int], muted: dict[int, int]) -> Iterator[tuple[int, int]]:
        """Silent frames as stretches of samples."""
        samples = self._header.samples
        silent: list[int] = []
        place = -int(self._carries)
        for k in range(len(self._frames)):
            silent += range(place, place := place + lost.get(k, 0))
            if k in muted:
                silent.append(place)
            place += 1
        trimmed = self._stated.delay + _DECODER_DELAY if self._stated.delay else 0
        runs = itertools.groupby(enumerate(silent), key=lambda pair: pair[1] - pair[0])
        for _, run in runs:
            numbers = [number for _, number in run]
            yield max(0, numbers[0] * samples - trimmed), len(numbers) * samples
