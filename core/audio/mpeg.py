"""MP3s with lost frames: where they are, and what a decoder is to read in their place.

MPEG audio is a row of frames without numbers. Decoders step over what they cannot read, and
everything behind it comes too early. Here the frames are counted before anything is decoded. In the
place of those that are lost or damaged the decoder is given frames that hold silence, so what
follows stays where it was.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.audio.byte_source import Piece
from core.audio.mpeg_frames import (
    Frame,
    Information,
    Octets,
    frame_groups,
    frames_place,
    is_information,
    parse_header,
    read_information,
    side_bytes,
)

_FEWEST_FRAMES = 2
_NEIGHBOURS = 50
_MISCOUNTED = 2
"""Frames: some encoders count the information frame, or one that they do not write."""
_DECODER_DELAY = 529
"""Samples by which a decoder is late, on top of the encoder's delay that a LAME header states."""
_RESERVOIR_BYTES = 511
"""How far back main data may begin (ISO 11172-3, 2.4.2.7: nine bits)."""
_FILLED_BYTES = 16
_FRAMES_A_PIECE = 1024
_INFORMATION_BIT_RATE = 0x90
"""128 kbit/s, in MPEG 2 80: room for all that an information frame may hold."""


@dataclass(frozen=True)
class Stream:
    """An MPEG audio stream; several may follow each other in one file.

    Attributes:
        start: place of its first frame in the file.
        sample_rate: Hz.
        channels: 1 or 2.
        frames: samples per channel by its header (Xing, Info or VBRI); None without one.
        pieces: what to give to a decoder.
        holes: what is lost, and silent when `pieces` are decoded: first sample, and how many.
        absent: samples that the header states beyond what is there, where no hole accounts for them
            and they are more than encoders miscount by.
    """

    start: int
    sample_rate: int
    channels: int
    frames: int | None
    pieces: tuple[Piece, ...]
    holes: tuple[tuple[int, int], ...] = ()
    absent: int = 0


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
        octets = Octets(file)
        groups = [group for group in frame_groups(octets, start) if len(group) >= _FEWEST_FRAMES]
        return tuple(_Repair(octets, group).stream() for group in groups)


class _Repair:
    """Finds what is lost of a stream, and what a decoder is to be given."""

    def __init__(self, octets: Octets, frames: list[Frame]) -> None:
        self._octets = octets
        self._frames = frames
        first = frames[0]
        self._header = first.header
        self._carries = is_information(first.head, first.header)
        self._stated = read_information(octets, first) if self._carries else Information()

    def stream(self) -> Stream:
        """The stream, its holes filled."""
        lost = self._lost()
        muted = self._muted(lost)
        samples, stated = self._header.samples, self._stated
        total = None
        if stated.frames is not None:
            frames = stated.frames if self._understated is None else self._understated
            total = max(0, frames * samples - stated.delay - stated.padding)
        return Stream(
            self._frames[0].at,
            self._header.sample_rate,
            self._header.channels,
            total,
            (*self._counted(sum(lost.values())), *self._corrected(), *self._pieces(lost, muted)),
            tuple(self._holes(lost, muted)),
            0 if lost else self._absent(),
        )

    def _absent(self) -> int:
        found = len(self._frames) - self._carries
        stated = self._stated.frames or 0
        absent = stated - found
        return absent * self._header.samples if _MISCOUNTED < absent <= found else 0

    @property
    def _understated(self) -> int | None:
        """Number of frames, where the information frame states fewer.

        Programs that join files leave it as it was, and libsndfile reads no more than it states.
        """
        found = len(self._frames) - self._carries
        stated = self._stated.frames
        return found if stated is not None and stated < found else None

    def _corrected(self) -> Iterator[Piece]:
        """The information frame with the number of frames that are there, if it states fewer."""
        if self._understated is not None:
            frame = self._frames[0]
            content = bytearray(self._octets.at(frame.at, frame.header.length))
            place = frames_place(frame.head, frame.header)
            content[place : place + 4] = self._understated.to_bytes(4, "big")
            yield Piece(content=bytes(content))

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
        content = octets + bytes(side_bytes(header)) + b"Xing\0\0\0\1" + count
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
        """Number of frames that the stream should have and has not; None if that is not known.

        It is not where the header states more than twice as many as there are: then more is wrong
        than a hole, most likely the header.
        """
        if self._stated.frames is None:
            return None
        last = self._frames[-1]
        whole = bool(self._octets.at(last.at + last.header.length - 1, 1))
        found = len(self._frames) - self._carries
        plausible = found <= self._stated.frames <= 2 * found
        return self._stated.frames - found if whole and plausible else None

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
        return header.length - 4 - 2 * header.checked - side_bytes(header)

    def _pieces(self, lost: dict[int, int], muted: dict[int, int]) -> Iterator[Piece]:
        first = self._understated is not None
        start = stop = self._frames[first].at
        for k, frame in enumerate(self._frames[first:], int(first)):
            end = min(frame.at + frame.header.length, self._octets.size)
            if k not in lost and k not in muted and frame.at == stop:
                stop = end
                continue
            if stop > start:
                yield Piece(start, stop)
            start = stop = frame.at
            yield from self._silent_pieces(frame, lost.get(k, 0))
            if k in muted:
                yield Piece(content=self._mute(k, muted[k]))
                start = end
            stop = end
        if stop > start:
            yield Piece(start, stop)

    def _silent_pieces(self, like: Frame, count: int) -> Iterator[Piece]:
        """Silent frames that share their bytes: a hole of zeros may be gigabytes long."""
        silent = self._silent(like)
        pieces, rest = divmod(count, _FRAMES_A_PIECE)
        if pieces:
            yield from itertools.repeat(Piece(content=silent * _FRAMES_A_PIECE), pieces)
        if rest:
            yield Piece(content=silent * rest)

    def _silent(self, like: Frame) -> bytes:
        head = bytes((like.head[0], like.head[1] | 1, *like.head[2:4]))
        return head.ljust(like.header.length, b"\0")

    def _mute(self, k: int, valid: int) -> bytes:
        """Frame `k` with nothing to decode; later frames may still refer to what is in it."""
        frame = self._frames[k]
        silent = self._silent(frame)
        if frame.header.layer != 3:
            return silent
        begin = min(valid, self._main_data_begin(k))
        side = side_bytes(frame.header)
        start = (
            bytes((begin >> 1, begin << 7 & 0x80)) if frame.header.version == 1 else bytes((begin,))
        )
        rest = self._octets.at(frame.at, frame.header.length)[4 + side :]
        return (silent[:4] + start.ljust(side, b"\0") + rest).ljust(len(silent), b"\0")

    def _holes(self, lost: dict[int, int], muted: dict[int, int]) -> Iterator[tuple[int, int]]:
        """Silent frames as stretches of samples."""
        samples = self._header.samples
        trimmed = self._stated.delay + _DECODER_DELAY if self._stated.delay else 0
        place, first = -int(self._carries), 0
        count = 0
        for k in range(len(self._frames)):
            silent = lost.get(k, 0) + (k in muted)
            if silent and first + count != place:
                if count:
                    yield max(0, first * samples - trimmed), count * samples
                first, count = place, 0
            count += silent
            place += lost.get(k, 0) + 1
        if count:
            yield max(0, first * samples - trimmed), count * samples
