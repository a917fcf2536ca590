"""FLAC (RFC 9639): what its frames say of themselves, and decoding each in its place.

Every frame carries its number and two checksums, so a lost or damaged one is known, and silence
takes its place as in the reference decoder. The header may be wrong where the frames are right: it
is only believed for the MD5 of the whole, which proves a decoding right.
"""

from __future__ import annotations

import bisect
import collections
import hashlib
import io
import itertools
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from core.audio.byte_source import ByteSource
from core.audio.containers import PYAV_FAULTS, open_media
from core.audio.decoding import FLAC_CHECKS, Block, Gap, frame_samples, silence

Array = NDArray[np.float32]
_STREAMINFO, _LAST, _STREAMINFO_BYTES = 0, 0x80, 34
_RATES = (0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000)
_BITS = {1: 8, 2: 12, 4: 16, 5: 20, 6: 24, 7: 32}
_SYNC = (b"\xff\xf8", b"\xff\xf9")
_BLOCKS_AND_RATES = bytes(code for code in range(256) if code >> 4 and code & 15 != 15)
_CHANNELS_AND_BITS = bytes(
    code for code in range(256) if code >> 4 < 11 and code >> 1 & 7 != 3 and not code & 1
)
_HEADER = re.compile(
    b"\xff[\xf8\xf9]["
    + re.escape(_BLOCKS_AND_RATES)
    + b"]["
    + re.escape(_CHANNELS_AND_BITS)
    + b"]",
    re.DOTALL,
)
"""A sync code, and codes that a frame header may hold (9.1.1 to 9.1.4)."""
_SURE_FRAMES = 3
_SYNCS_BETWEEN = 16
"""Frames, or what looks like their beginnings, among which three in a row must be."""
_LONGEST_GAP = 1 << 27
"""Samples, 50 minutes at 44.1 kHz: no hole is longer, whatever the header and numbers say."""
_RECENT_FRAMES = 64
_LAST_PACKETS = 4
_MOST_BITS = 24
"""float32 holds no more."""


@dataclass(frozen=True)
class StreamInfo:
    """The STREAMINFO block (8.2): rate in Hz, channels, bits, frames or None, MD5 or None."""

    sample_rate: int
    channels: int
    bits: int
    frames: int | None
    md5: bytes | None


@dataclass(frozen=True)
class Survey:
    """What the frames of the whole file are, by their own headers (9.1).

    Attributes:
        starts: first sample of each packet that FFmpeg finds, -1 where it is no frame, or one that
            was there already.
        lengths: samples of each.
        repeated: number of frames that were there already.
        orders: by the number of a packet in which FFmpeg leaves frames together that are not in
            their order: how many samples behind the first of them each begins, which may be less
            than 0.
        sample_rates, channels, bits: all that occur.
    """

    starts: tuple[int, ...]
    lengths: tuple[int, ...]
    sample_rates: frozenset[int]
    channels: frozenset[int]
    bits: frozenset[int]
    repeated: int = 0
    orders: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """Samples from the first to the last."""
        return max(map(sum, zip(self.starts, self.lengths, strict=True)), default=0)

    @property
    def steady(self) -> bool:
        """Whether rate and channels stay the same."""
        return len(self.sample_rates) == 1 and len(self.channels) == 1


def stream_info(path: Path, start: int = 0) -> StreamInfo | None:
    """The header, wherever among the metadata it is.

    Args:
        path: the file.
        start: where `fLaC` is.

    Returns:
        What it says; None if there is no header.
    """
    with path.open("rb") as file:
        file.seek(start)
        if file.read(4) != b"fLaC":
            return None
        while len(head := file.read(4)) == 4:
            kind, length = head[0], int.from_bytes(head[1:], "big")
            if kind & ~_LAST == _STREAMINFO:
                return _parsed(file.read(_STREAMINFO_BYTES))
            if kind & _LAST:
                break
            file.seek(length, io.SEEK_CUR)
    return None


def survey(source: ByteSource, header: StreamInfo | None) -> Survey | None:
    """Look at the header of every frame, decoding none. Some 5000 times as fast as the music plays.

    Args:
        source: the file's bytes.
        header: its STREAMINFO.

    Returns:
        What was found; None where FFmpeg finds no frames.
    """
    heads: list[_Frame | None] = []
    repetitions = _Repetitions()
    orders: dict[int, tuple[int, ...]] = {}
    following, since_lost = 0, _RECENT_FRAMES
    last: collections.deque[tuple[int, _Frame, av.Packet]] = collections.deque(maxlen=_LAST_PACKETS)
    try:
        with open_media(source) as container:
            for packet in container.demux(container.streams.audio[0]):
                if packet.size:
                    start = bytes(memoryview(packet)[:16]).ljust(16, b"\0")
                    head = _frame(start) if start[:2] in _SYNC else None
                    if head is not None and repetitions.has(head, zlib.crc32(packet)):
                        head = None
                    if head is not None:
                        since_lost = 0 if head.number > following else since_lost + 1
                        following = head.number + head.step
                        if since_lost < _RECENT_FRAMES and (order := _order(bytes(packet))):
                            orders[len(heads)] = order
                        last.append((len(heads), head, packet))
                    heads.append(head)
    except PYAV_FAULTS:
        return None
    frames = [head for head in heads if head is not None]
    if not frames:
        return None
    if header is not None and sum(head.length for head in frames) < (header.frames or 0):
        orders |= _last_orders(last)
    rates = {head.rate or (header.sample_rate if header else 0) for head in frames}
    bits = {head.bits or (header.bits if header else 0) for head in frames}
    lengths = [frame.length for frame in frames]
    steady = len(rates) == 1 and len({frame.channels for frame in frames}) == 1
    places: Iterable[int] = itertools.accumulate(lengths[:-1], initial=0)
    if steady:
        places = _places(frames, header.frames if header else None)
    place = iter(places)
    return Survey(
        tuple(-1 if head is None else next(place) for head in heads),
        tuple(0 if head is None else head.length for head in heads),
        frozenset(rates),
        frozenset(head.channels for head in frames),
        frozenset(bits),
        repetitions.count,
        orders,
    )


def _last_orders(
    last: Iterable[tuple[int, _Frame, av.Packet]],
) -> dict[int, tuple[int, ...]]:
    """As `Survey.orders`, of the last packets: numbers of none behind them show what is amiss.

    Args:
        last: number, first frame and bytes of each.
    """
    last = list(last)
    found = {}
    for place, (number, _, packet) in enumerate(last):
        later = {head.number for _, head, _ in last[place + 1 :]}
        if order := _order(bytes(packet), later):
            found[number] = order
    return found


def _order(octets: bytes, later: Collection[int] = ()) -> tuple[int, ...] | None:
    """Where the frames of a packet belong, as in `Survey.orders`; None if they are in order.

    Args:
        octets: the packet.
        later: numbers of frames that come after it.
    """
    found = list(_headers(octets))
    if not found or found[0][0]:
        return None
    heads = [head for _, head in found]
    longest = max(head.length for head in heads)  # in a fixed stream, of all but its last frame
    count = 1 if heads[0].counts_samples else longest
    places = tuple((head.number - heads[0].number) * count for head in heads)
    near = max(map(abs, places)) <= _RECENT_FRAMES * longest
    highest = max(head.number for head in heads)
    mixed = places != tuple(sorted(places)) or any(heads[0].number < n < highest for n in later)
    return places if near and mixed else None


def first_frame(octets: bytes) -> int | None:
    """Where frames begin in bytes that have no header, or a damaged one.

    Args:
        octets: the beginning of a file.

    Returns:
        The first byte of the first of `_SURE_FRAMES` frames that count on; None without any.
    """
    heads = list(_headers(octets))
    for number, (at, head) in enumerate(heads):
        later = (each for _, each in heads[number + 1 : number + _SYNCS_BETWEEN])
        row = 1
        for following in later:
            if following.number == head.number + head.step and following.channels == head.channels:
                head, row = following, row + 1
                if row == _SURE_FRAMES:
                    return at
    return None


def _headers(octets: bytes) -> Iterator[tuple[int, _Frame]]:
    """Where sync codes are whose header has the right checksum (9.1.8), and that header."""
    for found in _HEADER.finditer(octets):
        start = octets[found.start() : found.start() + 16].ljust(16, b"\0")
        size = _coded_number(start)[1]
        size += {6: 1, 7: 2}.get(start[2] >> 4, 0) + {12: 1, 13: 2, 14: 2}.get(start[2] & 15, 0)
        if size < len(start) and _crc8(start[:size]) == start[size]:
            yield found.start(), _frame(start)


def _crc8(octets: bytes) -> int:
    value = 0
    for octet in octets:
        value ^= octet
        for _ in range(8):
            value = (value << 1 ^ 0x107) if value & 0x80 else value << 1
    return value


class _Decoded(NamedTuple):
    """A frame: its first sample, the samples that its header states; None if it does not decode."""

    start: int
    length: int
    block: Block | None


def _place(decoded: _Decoded) -> int:
    return decoded.start


class FlacBlocks:
    """Blocks of a FLAC as FFmpeg decodes them, each in its place.

    Attributes:
        gaps: where silence was put for frames that are lost or damaged.
    """

    def __init__(self, source: ByteSource, found: Survey) -> None:
        """Read nothing yet.

        Args:
            source: the file.
            found: what its frames say of themselves.
        """
        self.gaps: list[Gap] = []
        self._source = source
        self._found = found

    def __iter__(self) -> Iterator[Block]:
        """Raises `PYAV_FAULTS`: the file cannot be opened."""
        place = 0
        last: Block | None = None
        for start, length, block in self._sorted():
            last = block or last
            if last is None:
                continue  # damaged from the start: silence once it is known of which kind
            if start > place:
                yield from self._silent(place, start, last)
                place = start
            surplus = place - start  # of a packet that holds more than its header says
            if block is None and surplus < length:
                yield from self._silent(place, start + length, last)
                place = start + length
            elif block is not None and surplus < len(block.samples):
                yield Block(block.samples[surplus:], block.rate)
                place = start + len(block.samples)

    def _decoded(self) -> Iterator[tuple[int, _Decoded]]:
        """Each frame, and the number of the packet it is in."""
        with open_media(self._source) as container:
            stream = container.streams.audio[0]
            stream.codec_context.options = {"err_detect": FLAC_CHECKS}
            packets = (packet for packet in container.demux(stream) if packet.size)
            layout = zip(self._found.starts, self._found.lengths, packets, strict=False)
            for number, (start, length, packet) in enumerate(layout):
                if start < 0:
                    continue
                try:
                    frames = packet.decode()
                except av.FFmpegError:
                    frames = []
                if not frames:
                    yield number, _Decoded(start, length, None)
                order = self._found.orders.get(number, ())
                if len(order) != len(frames):
                    order = tuple(itertools.accumulate(f.samples for f in frames))
                    order = (0, *order[:-1])
                for behind, frame in zip(order, frames, strict=False):
                    block = Block(frame_samples(frame), frame.sample_rate)
                    yield number, _Decoded(max(0, start + behind), length, block)

    def _sorted(self) -> Iterator[_Decoded]:
        """All frames by their places. What is held is what comes before a later packet's."""
        end = self._found.frames
        earliest = [
            start + min(self._found.orders.get(number, (0,))) if start >= 0 else end
            for number, start in enumerate(self._found.starts)
        ]
        later = [*itertools.accumulate(reversed(earliest), min)][::-1]
        held: list[_Decoded] = []
        for number, decoded in self._decoded():
            bisect.insort(held, decoded, key=_place)
            limit = later[number + 1] if number + 1 < len(later) else end
            count = bisect.bisect_right(held, limit, key=_place)
            yield from held[:count]
            del held[:count]
        yield from held

    def _silent(self, start: int, stop: int, like: Block) -> Iterator[Block]:
        before = self.gaps[-1] if self.gaps else None
        if before is not None and before.start + before.frames == start:
            self.gaps[-1] = Gap(before.start, stop - before.start)
        else:
            self.gaps.append(Gap(start, stop - start))
        return silence(stop - start, like)


class Checksum:
    """Compares what was decoded with the MD5 in the header (8.2)."""

    def __init__(self, bits: int, expected: bytes) -> None:
        """Begin with nothing; `of` says when that makes sense.

        Args:
            bits: of a sample in the file.
            expected: the MD5 in the header, 16 bytes.
        """
        self._bits = bits
        self._expected = expected
        self._digest = hashlib.md5(usedforsecurity=False)

    @classmethod
    def of(cls, header: StreamInfo | None, found: Survey | None) -> Checksum | None:
        """Begin to compare what is decoded with the MD5 in the header, where that can be done.

        Args:
            header: of the file; None where it has none or it is damaged.
            found: what the frames say; their own bit depth is the one that counts.

        Returns:
            The checksum; None where nothing can be compared.
        """
        if header is None or header.md5 is None or (found and len(found.bits) > 1):
            return None
        bits = next(iter(found.bits)) if found else header.bits
        return cls(bits, header.md5) if bits <= _MOST_BITS else None

    def feed(self, samples: Array) -> None:
        """Take the next block (n, channels), before anything was done to it."""
        steps = np.rint(samples * np.float32(1 << (self._bits - 1))).astype("<i4")
        width = (self._bits + 7) // 8
        octets = steps.reshape(-1, 1).view(np.uint8)
        self._digest.update(np.ascontiguousarray(octets[:, :width]).data)

    @property
    def fits(self) -> bool:
        """Whether all that was fed is what went into the encoder."""
        return self._digest.digest() == self._expected


def _parsed(block: bytes) -> StreamInfo | None:
    if len(block) < _STREAMINFO_BYTES:
        return None
    packed = int.from_bytes(block[10:18], "big")
    md5 = block[18:]
    return StreamInfo(
        sample_rate=packed >> 44,
        channels=(packed >> 41 & 7) + 1,
        bits=(packed >> 36 & 31) + 1,
        frames=packed & (1 << 36) - 1 or None,
        md5=md5 if any(md5) else None,
    )


class _Frame(NamedTuple):
    """A frame by its header: length in samples, number, rate, channels and bits.

    The number is that of the first sample if the frame `counts_samples`, else that of the frame in
    a stream of frames of one length. Rate and bits are 0 for "as in STREAMINFO".
    """

    length: int
    number: int
    counts_samples: bool
    rate: int
    channels: int
    bits: int

    @property
    def step(self) -> int:
        """How much higher the number of the next frame is."""
        return self.length if self.counts_samples else 1


def _frame(start: bytes) -> _Frame:
    """The frame that begins with `start` (9.1)."""
    block_code, rate_code = start[2] >> 4, start[2] & 15
    channel_code = start[3] >> 4
    number, at = _coded_number(start)
    width = {6: 1, 7: 2}.get(block_code, 0)
    stated = int.from_bytes(start[at : at + width], "big") + 1
    length = stated if width else _block_size(block_code)
    rate = _rate(rate_code, start[at + width :])
    channels = channel_code + 1 if channel_code < 8 else 2
    bits = _BITS.get(start[3] >> 1 & 7, 0)
    return _Frame(length, number, bool(start[1] & 1), rate, channels, bits)


class _Repetitions:
    """Finds frames that come twice: the same bytes, of the same number, soon again."""

    def __init__(self) -> None:
        self.count = 0
        self._recent: collections.deque[tuple[int, int]] = collections.deque(maxlen=_RECENT_FRAMES)

    def has(self, frame: _Frame, content: int) -> bool:
        """Take the next frame, and the checksum of its bytes; whether it was there already."""
        here = frame.number, content
        if frame.number == 0 and self._recent and self._recent[-1] != here:
            self._recent.clear()  # another file begins, which may be the same one again
        found = here in self._recent
        self.count += found
        self._recent.append(here)
        return found


def _coded_number(start: bytes) -> tuple[int, int]:
    """The frame's or its first sample's number, coded as in UTF-8 (9.1.5), and where it ends."""
    first = start[4]
    ones = 8 - (first ^ 0xFF).bit_length()
    if ones < 2:
        return first, 5
    number = first & (0x7F >> ones)
    for octet in start[5 : 4 + ones]:
        number = number << 6 | octet & 0x3F
    return number, 4 + ones


def _places(frames: Sequence[_Frame], total: int | None) -> Iterator[int]:
    """First sample of each frame, the first of the file being 0.

    A damaged header may pass its eight-bit checksum by chance, so a number is believed only where
    the next one is above it. Numbers that begin again (files joined end to end) go on.
    """
    block = max((frame.length for frame in frames[:-1]), default=frames[0].length)
    own = [f.number if f.counts_samples else f.number * block for f in frames]
    end = own[-1] + frames[-1].length
    offset = 0 if total is not None and end <= total else -own[0]
    expected = 0
    for here, following, frame in zip(own, [*own[1:], end], frames, strict=True):
        after = here + frame.length
        if here + offset < expected and after == following:
            offset = expected - here
        place = here + offset
        limit = expected + _LONGEST_GAP
        if total is not None:
            limit = min(limit, total - frame.length)
        if not expected <= place <= limit or after > following:
            place = expected
        yield place
        expected = place + frame.length


def _block_size(code: int) -> int:
    if code == 1:
        return 192
    return 144 << code if code < 6 else 1 << code


def _rate(code: int, rest: bytes) -> int:
    if code < len(_RATES):
        return _RATES[code]
    if code == 12:
        return 1000 * rest[0]
    return int.from_bytes(rest[:2], "big") * (10 if code == 14 else 1)
