"""Decoded blocks of a file at its own rate, by libsndfile (soundfile) or by FFmpeg (PyAV)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from core.audio.media import PYAV_FAULTS, open_media
from core.errors import AudioError

Array = NDArray[np.float32]

# What soundfile is known to raise on odd files: ValueError and MemoryError are numpy's, met where a
# header promises 2^63 samples, TypeError is what it says to a file that is called .raw.
SOUNDFILE_FAULTS = (soundfile.SoundFileError, RuntimeError, ValueError, MemoryError, TypeError)
FAULTS = (*SOUNDFILE_FAULTS, *PYAV_FAULTS)
ENDLESS = 1 << 40
"""Frames: what a header promises beyond this, eight months of sound, it does not know."""
_UNRECOGNISED = "Format not recognised"


class Block(NamedTuple):
    """Samples (n, channels) float32 at `rate` Hz."""

    samples: Array
    rate: int


class _Forward(soundfile.SoundFile):  # type: ignore[misc]
    """Reads straight on.

    soundfile seeks after every block of a file that can seek, which fails in a FLAC that does not
    say how long it is.
    """

    def seekable(self) -> bool:
        return False


def soundfile_blocks(path: Path, block_frames: int) -> Iterator[Block]:
    """Blocks as libsndfile decodes them. Raises `SOUNDFILE_FAULTS`."""
    with _Forward(path) as file:
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
    """Blocks as FFmpeg decodes them, from frame `start`. Damaged packets are left out.

    Attributes:
        faults: what was wrong with the packets that were left out.
        decoded: packets that were fine.
    """

    def __init__(self, path: Path, start: int = 0) -> None:
        self.path = path
        self.start = start
        self.faults: list[Exception] = []
        self.decoded = 0

    def __iter__(self) -> Iterator[Block]:
        """Raises `PYAV_FAULTS`: the file cannot be opened, or not one packet decodes."""
        place = 0
        for frame in self._frames():
            samples = _samples(frame)
            skip = min(max(0, self.start - place), len(samples))
            place += len(samples)
            if skip < len(samples):
                yield Block(samples[skip:], frame.sample_rate)
        if not place and self.faults:
            raise self.faults[0]

    def _frames(self) -> Iterator[av.AudioFrame]:
        with open_media(self.path) as container:
            for packet in container.demux(container.streams.audio[0]):
                try:
                    frames = packet.decode()
                except av.FFmpegError as error:
                    self.faults.append(error)
                    continue
                self.decoded += bool(frames)
                yield from frames


def _samples(frame: av.AudioFrame) -> Array:
    """The frame as (n, channels) float32, full scale 1.0."""
    if frame.format.name.startswith("s64"):
        # PyAV has no way from this format to numpy.
        frame = av.AudioResampler(format="dbl").resample(frame)[0]
    raw = frame.to_ndarray()
    raw = raw.T if frame.format.is_planar else raw.reshape(-1, len(frame.layout.channels))
    if raw.dtype.kind == "f":
        return np.asarray(np.ascontiguousarray(raw), dtype=np.float32)
    half = 2.0 ** (8 * raw.dtype.itemsize - 1)
    middle = half if raw.dtype.kind == "u" else 0.0
    return np.asarray((raw.astype(np.float64) - middle) / half, dtype=np.float32)


def unreadable(path: Path, *faults: Exception) -> AudioError:
    """The one clear line for a file that neither library reads: soundfile's fault, then PyAV's."""
    reasons = [_reason(fault) for fault in faults]
    told = next((reason for reason in reasons if reason != _UNRECOGNISED), None)
    if _UNRECOGNISED in reasons and isinstance(faults[-1], av.InvalidDataError):
        return AudioError(f"{path}: not an audio file, or damaged at its start; choose another")
    return AudioError(
        f"{path}: damaged, or of a kind that cannot be read ({told}); "
        "export it again as WAV or FLAC"
    )


def _reason(fault: Exception) -> str:
    text = getattr(fault, "error_string", None) or getattr(fault, "strerror", None) or str(fault)
    line = str(text).split("\n")[0].removeprefix("Error : ")
    return line.strip(" .")
