"""Audio files out: WAV, FLAC, Ogg Vorbis or MP3 by extension, with the tempo in their tags."""

from __future__ import annotations

import errno
import math
import os
import shutil
import struct
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from core.atomic import replacing, require_writable, writing_error
from core.audio import mpeg_frames
from core.errors import InputError, OutputError
from core.file_names import as_text, for_c
from core.settings import SAMPLE_RATE, WRITTEN_EXTENSIONS

Array = NDArray[np.float32]
BIT_DEPTHS = (16, 24, 32)
_CHUNK = 1 << 16
_LARGEST_WAV = 0xFFFF_FFFF - (1 << 16)
"""Bytes of samples: with header and tags all of them are less than 4 GiB."""
_LEAST_ROOM = 1 << 14
"""Bytes: on a disk with less, what fails fails for want of room."""
_MP3_BIT_RATE = 320_000
_FLAC_LEVEL = 0.5
"""Of libsndfile, 0 to 1. A tenth less work than its own choice, and .2 % more bytes."""


class _Encoder(Protocol):
    def write(self, samples: Array) -> None: ...

    def close(self) -> None: ...


class AudioWriter:
    """Streams blocks (n, channels) float32 into a file; it appears under its name when complete.

    Samples beyond full scale are clipped, but in 32-bit WAV. A context manager: what goes wrong
    inside leaves no file behind.

    A WAV states sizes in 32 bits: 4 GiB, 4.5 hours at 24 bits. One that is going to be longer
    becomes an RF64 (EBU Tech 3306), which states them in 64 bits and is otherwise the same.

    Args:
        path: .wav (16, 24 or 32-bit float), .flac (16 or 24; 32 becomes 24), .ogg or .mp3.
        channels: 1 or 2.
        bit_depth: of WAV and FLAC.
        quality: of Ogg Vorbis, 0 to 1.
        bpm: tempo for the file's tags (WAV: a chunk `acid`). MP3s hold it rounded half up in
            `TBPM`, which takes whole numbers, and exactly in `TXXX:BPM`.
        title: for the tags (WAV: a chunk `LIST`).
        sample_rate: Hz.
        frames: how many there will be, at most, where that is known. It matters for WAVs beyond
            4 GiB only.

    Raises:
        InputError: unknown bit depth, or a block of another shape.
        OutputError: unknown extension, missing or read-only folder, full disk, more than 4 GiB in a
            WAV that was said to be shorter.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        channels: int,
        *,
        bit_depth: int = 24,
        quality: float = 0.7,
        bpm: float | None = None,
        title: str = "",
        sample_rate: int = SAMPLE_RATE,
        frames: int = 0,
    ) -> None:
        self.path = Path(path)
        self.channels = channels
        self.frames = 0
        title = as_text(title or "")  # a file's name, often: any bytes
        self._tags = {"title": title} if title else {}
        self._bpm = bpm
        self._options = (bit_depth, quality, sample_rate)
        self._stack = ExitStack()
        _require_known(self.path)
        if bit_depth not in BIT_DEPTHS:
            raise InputError(f"{bit_depth} bits are not possible; choose 16, 24 or 32 (float)")
        self._most_frames = _LARGEST_WAV // (channels * bit_depth // 8)
        self._long = self._is(".wav") and frames > self._most_frames

    def __enter__(self) -> Self:
        self._temporary = self._stack.enter_context(replacing(self.path))
        try:
            self._encoder = self._open()
        except Exception as error:
            self._stack.__exit__(type(error), error, error.__traceback__)
            raise self._fault(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._encoder.close()
            if kind is None:
                self._tag()
        except (*_FAULTS,) as fault:
            failed = self._fault(fault)
            self._stack.__exit__(type(failed), failed, None)
            if kind is None:
                raise failed from fault
            return
        self._stack.__exit__(kind, error, trace)

    def write(self, samples: Array) -> None:
        """Append a block."""
        if samples.ndim != 2 or samples.shape[1] != self.channels:
            raise InputError(
                f"a block of shape {samples.shape} does not fit {self.channels} channels"
            )
        self.frames += len(samples)
        if self._is(".wav") and not self._long and self.frames > self._most_frames:
            raise OutputError(f"{self.path}: too long for a WAV; write a FLAC")
        try:
            for start in range(0, len(samples), _CHUNK):
                self._encoder.write(
                    np.ascontiguousarray(samples[start : start + _CHUNK], np.float32)
                )
        except _FAULTS as error:
            raise self._fault(error) from error

    def _open(self) -> _Encoder:
        bit_depth, quality, rate = self._options
        kind = self.path.suffix.lower()
        if kind == ".mp3":
            return _Mp3(self._temporary, self.channels, rate, self._all_tags())
        format, subtype, level = _sndfile_format(kind, bit_depth, quality)
        if self._long:
            format = "RF64"
        return _Sndfile(self._temporary, self.channels, rate, format, subtype, level)

    def _all_tags(self) -> dict[str, str]:
        if self._bpm is None:
            return self._tags
        tags = {**self._tags, "BPM": f"{self._bpm:.3f}".rstrip("0").rstrip(".")}
        if self._is(".mp3"):
            # ID3v2 (4.2.1) allows whole numbers only in TBPM, so the exact tempo goes into a
            # text of its own, `TXXX:BPM`; Vorbis comments take it as it is.
            tags["TBPM"] = str(math.floor(self._bpm + 0.5))
        return tags

    def _is(self, extension: str) -> bool:
        return self.path.suffix.lower() == extension

    def _tag(self) -> None:
        if self._is(".wav"):
            _append_chunks(self._temporary, self._wav_chunks(), long=self._long)
        elif not self._is(".mp3") and self._all_tags():
            _retag(self._temporary, self._all_tags())

    def _wav_chunks(self) -> bytes:
        chunks = b""
        if self._bpm is not None:
            beats = round(self.frames / self._options[2] * self._bpm / 60)
            chunks += _chunk(b"acid", acid_chunk(self._bpm, beats))
        if self._tags:
            title = self._tags["title"].encode("utf-8") + b"\0"
            chunks += _chunk(b"LIST", b"INFO" + _chunk(b"INAM", title))
        return chunks

    def _fault(self, error: BaseException) -> OutputError:
        if isinstance(error, OutputError):
            return error
        if isinstance(error, OSError):
            return writing_error(self.path, error)
        # libsndfile that cannot write says "System error", whatever the system said.
        said = self._asked_again()
        if said is not None:
            return writing_error(self.path, said)
        if (
            "No space" in str(error)
            or "write" in str(error).lower()
            or _has_no_room(self.path.parent)
        ):
            return OutputError(f"{self.path}: the disk is full; free some space and try again")
        return OutputError(f"{self.path}: could not be written ({error}); choose another place")

    def _asked_again(self) -> OSError | None:
        """What the system says to somebody else who writes more into the file, if it refuses."""
        try:
            with self._temporary.open("r+b") as file:
                file.seek(0, os.SEEK_END)
                file.write(b"\0" * _LEAST_ROOM)
        except FileNotFoundError:  # it is gone already
            return None
        except OSError as error:
            return error
        return None


def coding_room_db(path: str | os.PathLike[str]) -> float:
    """How far the true peak of what is read from `path` may lie above what was written, in dB.

    Ogg Vorbis and MP3 are not exact: limited loops came back up to .7 dB higher, noise squeezed
    to -6 LUFS up to 1.5 dB, still below full scale.
    """
    return 1.0 if Path(path).suffix.lower() in (".ogg", ".mp3") else 0.0


def require_target(path: str | os.PathLike[str]) -> None:
    """Make sure, before long work, that audio can be written to `path` when the work is done.

    Raises:
        OutputError: unknown extension, or a place that cannot be written.
    """
    _require_known(Path(path))
    require_writable(path)


def _require_known(path: Path) -> None:
    if path.suffix.lower() not in WRITTEN_EXTENSIONS:
        known = ", ".join(WRITTEN_EXTENSIONS)
        raise OutputError(
            f"{as_text(path)}: unknown kind of file; end the name with one of {known}"
        )


def write(
    path: str | os.PathLike[str],
    samples: Array,
    *,
    bit_depth: int = 24,
    quality: float = 0.7,
    bpm: float | None = None,
    title: str = "",
    sample_rate: int = SAMPLE_RATE,
) -> None:
    """Write a whole file at once.

    Args:
        path: as for `AudioWriter`, like all that follow.
        samples: (n, channels), full scale 1.0.
        bit_depth: of WAV and FLAC.
        quality: of Ogg Vorbis, 0 to 1.
        bpm: tempo for the tags.
        title: for the tags.
        sample_rate: Hz.

    Raises:
        InputError: unknown bit depth.
        OutputError: unknown extension, or a place that cannot be written.
    """
    with AudioWriter(
        path,
        samples.shape[1],
        bit_depth=bit_depth,
        quality=quality,
        bpm=bpm,
        title=title,
        sample_rate=sample_rate,
        frames=len(samples),
    ) as writer:
        writer.write(samples)


def acid_chunk(bpm: float, beats: int) -> bytes:
    """Content of the chunk in which DAWs look for a WAV's tempo.

    Layout as libsndfile reads it (src/wav.c, `wav_read_acid_chunk`): flags, root note, 0x8000,
    0.0, beats, meter denominator and numerator, tempo; little endian. Flag 4 (stretch) marks
    something with a tempo, not a one-shot.

    Args:
        bpm: the tempo.
        beats: length of the audio.

    Returns:
        24 bytes, without the chunk's name and size.
    """
    return struct.pack("<IHHfIHHf", 4, 60, 0x8000, 0.0, beats, 4, 4, bpm)


_FAULTS = (OSError, RuntimeError, av.FFmpegError, soundfile.SoundFileError)


def _sndfile_format(kind: str, bit_depth: int, quality: float) -> tuple[str, str, float | None]:
    samples = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}[bit_depth]
    return {
        ".wav": ("WAV", samples, None),
        ".flac": ("FLAC", "PCM_24" if samples == "FLOAT" else samples, _FLAC_LEVEL),
        ".ogg": ("OGG", "VORBIS", 1.0 - quality),
    }[kind]


class _Sndfile:
    """WAV, FLAC and Ogg Vorbis through libsndfile."""

    def __init__(
        self, path: Path, channels: int, rate: int, format: str, subtype: str, level: float | None
    ) -> None:
        self._file = soundfile.SoundFile(
            for_c(path), "w", rate, channels, subtype, format=format, compression_level=level
        )
        self._clips = subtype != "FLOAT"

    def write(self, samples: Array) -> None:
        self._file.write(np.clip(samples, -1.0, 1.0) if self._clips else samples)

    def close(self) -> None:
        self._file.close()


class _Mp3:
    """MP3 through LAME in FFmpeg, which writes the gapless header: players get the exact length."""

    def __init__(self, path: Path, channels: int, rate: int, tags: dict[str, str]) -> None:
        self._file = path.open("w+b")  # for FFmpeg takes names of UTF-8 only
        try:
            self._container = av.open(self._file, "w", format="mp3")
        except BaseException:
            self._file.close()
            raise
        self._container.metadata.update(tags)
        self._layout = "mono" if channels == 1 else "stereo"
        self._stream = self._container.add_stream("libmp3lame", rate=rate)
        self._stream.layout = self._layout
        self._stream.format = "fltp"
        self._stream.bit_rate = _MP3_BIT_RATE
        self._stream.time_base = Fraction(1, rate)
        self._rate = rate
        self._at = 0

    def write(self, samples: Array) -> None:
        planar = np.ascontiguousarray(np.clip(samples, -1.0, 1.0).T)
        frame = av.AudioFrame.from_ndarray(planar, format="fltp", layout=self._layout)
        frame.sample_rate, frame.pts, frame.time_base = (
            self._rate,
            self._at,
            Fraction(1, self._rate),
        )
        self._at += len(samples)
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        with self._file:
            self._container.mux(self._stream.encode(None))
            self._container.close()
            mpeg_frames.state_length(self._file, self._at)


def _has_no_room(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _LEAST_ROOM
    except OSError:
        return False


def _retag(path: Path, tags: dict[str, str]) -> None:
    """Copy the stream into a file with `tags`: libsndfile knows no tag for the tempo."""
    tagged = path.with_name("tagged-" + path.name)
    try:
        with (
            path.open("rb") as octets,
            tagged.open("w+b") as sink,
            av.open(octets) as source,
            av.open(sink, "w", format=path.suffix.lower().removeprefix(".")) as target,
        ):
            stream = source.streams.audio[0]
            copy = target.add_stream_from_template(stream)
            target.metadata.update(tags)
            copy.metadata.update(tags)
            for packet in source.demux(stream):
                if packet.dts is not None:
                    packet.stream = copy
                    target.mux(packet)
        tagged.replace(path)
    except av.FFmpegError as error:
        # PyAV says that a callback failed, not why; once the file is gone there is room again.
        if _has_no_room(path.parent):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise
    finally:
        tagged.unlink(missing_ok=True)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _append_chunks(path: Path, chunks: bytes, *, long: bool = False) -> None:
    """Add RIFF chunks at the end of a WAV, or of an RF64 if `long`, and correct its length."""
    if not chunks:
        return
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        size = file.tell()
        if size % 2:
            chunks = b"\0" + chunks
        file.write(chunks)
        length = size + len(chunks) - 8
        # An RF64 has it in `ds64`, which is always its first chunk: "RF64", -1, "WAVE", "ds64", 28.
        file.seek(20 if long else 4)
        file.write(struct.pack("<Q" if long else "<I", length))
