"""Decoded blocks of a file at its own rate, by libsndfile (soundfile) or by FFmpeg (PyAV)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from core.audio.byte_source import ByteSource
from core.audio.containers import PYAV_FAULTS, open_media
from core.errors import AudioError, ReadError

Array = NDArray[np.float32]

# What soundfile is known to raise on odd files: ValueError and MemoryError are numpy's, met where a
# header promises 2^63 samples.
SOUNDFILE_FAULTS = (soundfile.SoundFileError, RuntimeError, ValueError, MemoryError, OSError)
FAULTS = (*SOUNDFILE_FAULTS, *PYAV_FAULTS)
ENDLESS = 1 << 40
"""Frames: what a header promises beyond this, eight months of sound, it does not know."""
FLAC_CHECKS = "crccheck+explode"
"""Without this FFmpeg hands out what a damaged frame happens to decode to."""
_UNRECOGNISED = "Format not recognised"
_FEWEST_MISSING = 64
"""Samples: a smaller gap between time stamps is how they are rounded."""
_COARSE_SECONDS = 2.5e-3
"""As much is rounding where time stamps are of whole milliseconds, as in Matroska."""
_OF_ANY_LEVEL = ("pcm", "wavpack")
"""Codecs that hold floating-point samples as they were."""
_LOUDEST = 64.0
"""Full scales: 36 dB. What is coded from much too loud sound decodes up to 8.5 of them."""
_LONGEST_GAP_SECONDS = 3600.0
_SILENT_FRAMES = 1 << 18


class Block(NamedTuple):
    """Samples (n, channels) float32 at `rate` Hz."""

    samples: Array
    rate: int


class Gap(NamedTuple):
    """A stretch that is lost, and silent in the blocks: its first sample, and how many."""

    start: int
    frames: int


class _Forward(soundfile.SoundFile):  # type: ignore[misc]
    """Reads straight on.

    soundfile seeks after every block of a file that can seek, which fails in a FLAC that does not
    say how long it is.
    """

    def seekable(self) -> bool:
        return False


def soundfile_blocks(source: ByteSource, block_frames: int) -> Iterator[Block]:
    """Decode with libsndfile, as far as its header says.

    Args:
        source: the bytes.
        block_frames: samples of a block; the last may have fewer.

    Yields:
        Blocks at the file's rate, with its channels.

    Raises:
        SOUNDFILE_FAULTS: it cannot be read, or not to its end.
    """
    with source.open_for_c() as octets, _Forward(octets) as file:
        left = stated_frames(file.frames)
        while left > 0:
            samples = file.read(min(left, block_frames), dtype="float32", always_2d=True)
            if not len(samples):
                return
            left -= len(samples)
            yield Block(samples, file.samplerate)


def stated_frames(header: int) -> int:
    """What a header says of the length, or more than any file has where it does not know."""
    return header if 0 <= header < ENDLESS else ENDLESS


class PyavBlocks:
    """Blocks as FFmpeg decodes them. Silence takes the place of packets that are damaged.

    Attributes:
        gaps: where silence was put, in samples from the beginning of the source.
    """

    def __init__(
        self,
        source: ByteSource,
        start: int = 0,
        *,
        by_time: bool = False,
        frames: int | None = None,
    ) -> None:
        """Decodes nothing yet.

        Args:
            source: the bytes.
            start: samples that are left out at the beginning.
            by_time: whether the time stamps count samples, so that what is missing between two of
                them is lost sound.
            frames: samples of the source, if that is known; what is decoded beyond is left out.
        """
        self.gaps: list[Gap] = []
        self._source = source
        self._start = start
        self._by_time = by_time
        self._frames = frames
        self._place = 0
        self._origin: int | None = None
        self._is_coded = False

    def __iter__(self) -> Iterator[Block]:
        """Raises `PYAV_FAULTS`: the file cannot be opened, or not one packet decodes."""
        for block in self._blocks():
            first, last = self._start - self._place, None
            if self._frames is not None:
                last = max(0, self._frames - self._place)
            self._place += len(block.samples)
            samples = block.samples[max(0, first) : last]
            if len(samples):
                yield Block(samples, block.rate)

    def _blocks(self) -> Iterator[Block]:
        frames = self._decoded()
        following = next(frames, None)
        while following is not None:
            (frame, missing), following = following, next(frames, None)
            block = Block(frame_samples(frame), frame.sample_rate)
            if self._is_garbage(block.samples):
                block = Block(np.zeros_like(block.samples), block.rate)
                self.gaps.append(Gap(self._place, len(block.samples)))
            lost = round(missing * block.rate)
            if lost < _FEWEST_MISSING:  # the rest of a packet at the cut end of a file
                lost = 0
            if self._by_time and not lost:
                lost = self._missing(frame, None if following is None else following[0])
            if lost:
                self.gaps.append(Gap(self._place, lost))
                yield from silence(lost, block)
            yield block

    def _is_garbage(self, samples: Array) -> bool:
        """Whether damaged packets decoded to this: no encoder is given sound that is so loud."""
        return self._is_coded and bool(np.abs(samples).max(initial=0.0) > _LOUDEST)

    def _decoded(self) -> Iterator[tuple[av.AudioFrame, float]]:
        """Frames, and the seconds of packets that did not decode before each."""
        fault: av.FFmpegError | None = None
        decoded, missing = False, 0.0
        with open_media(self._source) as container:
            stream = container.streams.audio[0]
            self._is_coded = not stream.codec_context.name.startswith(_OF_ANY_LEVEL)
            if stream.codec_context.name == "flac":  # in MP4 or Matroska, or beyond libsndfile
                stream.codec_context.options = {"err_detect": FLAC_CHECKS}
            for packet in container.demux(stream):
                try:
                    frames = packet.decode()
                except av.FFmpegError as error:
                    # What does not decode before the first sound, or behind the last, is no sound.
                    fault = error
                    seconds = (packet.duration or 0) * (packet.time_base or 0) if decoded else 0
                    missing += float(seconds)
                    continue
                for frame in frames:
                    yield frame, missing
                    decoded, missing = True, 0.0
        if not decoded and fault is not None:
            raise fault

    def _missing(self, frame: av.AudioFrame, following: av.AudioFrame | None) -> int:
        """Samples between what was decoded so far and `frame`, by time stamps.

        FFmpeg's are half a block off where Vorbis changes the size of its blocks, and right again
        at the next frame; so both have to say it.
        """
        late = [self._late(frame, self._place)]
        if following is not None:
            late.append(self._late(following, self._place + frame.samples))
        missing = min(late)
        fewest = max(_FEWEST_MISSING, round(_COARSE_SECONDS * frame.sample_rate))
        plausible = fewest <= missing <= _LONGEST_GAP_SECONDS * frame.sample_rate
        return missing if plausible else 0

    def _late(self, frame: av.AudioFrame, place: int) -> int:
        if frame.pts is None or frame.time_base is None:
            return 0
        stamp: int = round(frame.pts * frame.time_base * frame.sample_rate)
        if self._origin is None:
            self._origin = stamp - place
        return stamp - self._origin - place


def silence(frames: int, like: Block) -> Iterator[Block]:
    """Silence to put in the place of what could not be read.

    Args:
        frames: how many samples.
        like: a block of the same file.

    Yields:
        Blocks with the channels and rate of `like`, none longer than `_SILENT_FRAMES`: what a
        damaged or forged header says is lost may be hours.
    """
    for start in range(0, frames, _SILENT_FRAMES):
        count = min(_SILENT_FRAMES, frames - start)
        yield Block(np.zeros((count, like.samples.shape[1]), np.float32), like.rate)


def frame_samples(frame: av.AudioFrame) -> Array:
    """The frame as (n, channels) float32, full scale 1.0, samples of a moment side by side."""
    if frame.format.name.startswith("s64"):
        # PyAV has no way from this format to numpy.
        frame = av.AudioResampler(format="dbl").resample(frame)[0]
    raw = frame.to_ndarray()
    raw = raw.T if frame.format.is_planar else raw.reshape(-1, len(frame.layout.channels))
    raw = np.ascontiguousarray(raw)
    if raw.dtype.kind == "f":
        return np.asarray(raw, dtype=np.float32)
    half = 2.0 ** (8 * raw.dtype.itemsize - 1)
    if raw.dtype.kind == "u":
        return np.asarray((raw.astype(np.float64) - half) / half, dtype=np.float32)
    # A power of two: as exact in float32 as by way of float64, and three times as fast.
    return raw.astype(np.float32) * np.float32(1.0 / half)


def raise_if_unread(path: Path, error: Exception) -> None:
    """Raise `ReadError` if `error` is the system's: what is read is not to blame, and may be whole.

    Args:
        path: the file.
        error: what a reader raised.

    Raises:
        ReadError: the system could not read the file.
    """
    if isinstance(error, OSError) and not isinstance(error, av.FFmpegError):
        raise ReadError(
            f"{path}: could not be read to its end ({error.strerror or error}); import it again"
        ) from error


def unreadable(path: Path, *faults: Exception) -> AudioError:
    """The one clear line for a file that neither library reads: soundfile's fault, then PyAV's."""
    reasons = [_reason(fault) for fault in faults]
    reason = next((each for each in reasons if each != _UNRECOGNISED), None)
    return AudioError(
        f"{path}: damaged, or of a kind that cannot be read ({reason}); "
        "export it again as WAV or FLAC"
    )


def _reason(fault: Exception) -> str:
    text = getattr(fault, "error_string", None) or getattr(fault, "strerror", None) or str(fault)
    line = str(text).split("\n")[0].removeprefix("Error : ")
    return line.strip(" .")
