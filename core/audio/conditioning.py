"""A file made ready for the library: 44.1 kHz, one or two channels, no DC, -14 LUFS, as FLAC.

Everything is streamed. The file is decoded once, into a spool of raw samples, and measured on the
way; the second pass reads the spool. That is memory for some minutes of music, and a file for more:
two hours take 2.5 GB of disk for that time, and no more memory than five minutes.
"""

from __future__ import annotations

import hashlib
import math
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from core.atomic import writing_error
from core.audio.files import AudioInfo, AudioReader
from core.audio.loudness import LoudnessMeter, decibels
from core.audio.writing import AudioWriter
from core.errors import AudioError
from core.progress import CancelFlag, Progress, check, silent
from core.settings import SAMPLE_RATE, TARGET_LUFS

Array = NDArray[np.float32]
BLOCK_FRAMES = 1 << 16
"""What stays in a core's cache while one thing after the other is measured on it."""
_SPOOLED_IN_MEMORY = 96 << 20
"""Bytes: five minutes of stereo. A file costs a second for 20 minutes of music, and a slow disk
more."""
SILENCE_DBFS = -70.0
"""A file that never gets louder than this holds nothing to learn from."""
_MAX_GAIN_DB = 60.0
_STORED_PEAK = 0.98
_DECODING_SHARE = 0.7
_DC_WORTH_TELLING = 0.005
_FULL_SCALE_WORTH_TELLING = 1.5


@dataclass(frozen=True)
class Conditioned:
    """A conditioned file, and its spool until `close`. A context manager.

    Attributes:
        frames, channels: of the conditioned sound, at 44.1 kHz.
        source_info: what the file said of itself.
        content_hash: sha256 of the decoded sound, quantised; a retagged copy has the same.
        source_lufs: integrated loudness of the file.
        source_peak: largest sample of the file; above 1 it went over full scale.
        gain_db: from the file to -14 LUFS.
        stored_gain_db: multiply the decoded FLAC by this to be at -14 LUFS.
        warnings: what had to be mended, in words.
    """

    frames: int
    channels: int
    source_info: AudioInfo
    content_hash: str
    source_lufs: float
    source_peak: float
    gain_db: float
    stored_gain_db: float
    warnings: tuple[str, ...]
    _spool: _Spool = field(repr=False)
    _offset: Array = field(repr=False)

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.frames / SAMPLE_RATE

    def blocks(self, block_frames: int = BLOCK_FRAMES) -> Iterator[Array]:
        """The sound at -14 LUFS without DC in blocks (n, channels); samples may pass full scale."""
        factor = np.float32(10.0 ** (self.gain_db / 20.0))
        # As one long row: numpy subtracts two numbers a time from (n, 2) ten times slower.
        offset = np.tile(self._offset, block_frames)
        for block in self._spool.blocks(block_frames):
            row = block.reshape(-1) - offset[: block.size]
            row *= factor
            yield row.reshape(block.shape)

    def close(self) -> None:
        """Delete the spool."""
        self._spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def condition(
    path: str | os.PathLike[str],
    flac_path: str | os.PathLike[str],
    cancel: CancelFlag | None = None,
    progress: Progress = silent,
) -> Conditioned:
    """Decode and measure `path`, write it to `flac_path` (16 bit), and hand out its blocks.

    Args:
        path: the file.
        flac_path: where to put the FLAC, which holds the sound as loud as it goes without clipping.
        cancel: once set, the work ends.
        progress: gets the share that is done, up to 1.

    Returns:
        What was measured, and the sound until it is closed.

    Raises:
        AudioError: cannot be read, holds no samples, only silence, or samples that are not numbers.
        OutputError: no room for the spool or the FLAC.
        Cancelled: as asked; nothing is left behind.
    """
    reader = AudioReader(path, BLOCK_FRAMES, cancel)
    spool = _Spool(Path(flac_path), reader.channels)
    try:
        measured = _measure(reader, spool, progress)
        conditioned = _conditioned(reader, spool, measured)
        _store(conditioned, Path(flac_path), cancel, progress)
    except BaseException:
        spool.close()
        raise
    return conditioned


@dataclass
class _Measured:
    """What the first pass finds out."""

    frames: int
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]
    mean: NDArray[np.float64]
    lufs: float
    peak: float
    digest: str


def _measure(reader: AudioReader, spool: _Spool, progress: Progress) -> _Measured:
    meter = LoudnessMeter(true_peak=False)
    digest = hashlib.sha256()
    total = np.zeros(reader.channels)
    lowest, highest = np.full((2, reader.channels), np.inf)
    highest = -highest
    frames = 0
    expected = _expected_frames(reader.info)
    for block in reader:
        spool.write(block)
        meter.feed(block)
        digest.update(_quantised(block))
        # Channel by channel: numpy reduces the long axis of (n, 2) ten times slower.
        planar = np.ascontiguousarray(block.T)
        total += planar.sum(axis=1, dtype=np.float64)
        lowest = np.minimum(lowest, planar.min(axis=1))
        highest = np.maximum(highest, planar.max(axis=1))
        frames += len(block)
        progress(_DECODING_SHARE * min(1.0, frames / expected), 1.0, "decoding")
    mean = total / max(frames, 1)
    peak = meter.sample_peak
    return _Measured(frames, lowest, highest, mean, meter.integrated, peak, digest.hexdigest())


def _quantised(block: Array) -> memoryview:
    """Steps of 16 bits, beyond full scale too: one decoder's last float is not another sound."""
    steps = block * np.float32(32768.0)
    np.rint(steps, out=steps)
    np.clip(steps, -(2**31), 2**31 - 256, out=steps)
    return steps.astype("<i4").data


def _conditioned(reader: AudioReader, spool: _Spool, found: _Measured) -> Conditioned:
    path = reader.info.path
    swing = float(np.maximum(found.highest - found.mean, found.mean - found.lowest).max())
    if decibels(swing) < SILENCE_DBFS or not math.isfinite(found.lufs):
        raise AudioError(f"{path}: holds only silence; choose another file")
    gain_db = min(TARGET_LUFS - found.lufs, _MAX_GAIN_DB)
    return Conditioned(
        frames=found.frames,
        channels=reader.channels,
        source_info=reader.info,
        content_hash=found.digest,
        source_lufs=found.lufs,
        source_peak=found.peak,
        gain_db=gain_db,
        stored_gain_db=gain_db - decibels(_STORED_PEAK / swing),
        warnings=(*reader.warnings, *_remarks(found)),
        _spool=spool,
        _offset=found.mean.astype(np.float32),
    )


def _remarks(found: _Measured) -> Iterator[str]:
    if np.abs(found.mean).max() > _DC_WORTH_TELLING:
        yield f"a DC offset of {np.abs(found.mean).max():.1%} was removed"
    if found.peak > _FULL_SCALE_WORTH_TELLING:
        yield f"went {decibels(found.peak):.1f} dB over full scale; scaled, not clipped"


def _store(
    conditioned: Conditioned, path: Path, cancel: CancelFlag | None, progress: Progress
) -> None:
    back = np.float32(10.0 ** (-conditioned.stored_gain_db / 20.0))
    done = 0
    with AudioWriter(path, conditioned.channels, bit_depth=16) as writer:
        for block in conditioned.blocks():
            check(cancel)
            block *= back
            writer.write(block)
            done += len(block)
            share = _DECODING_SHARE + (1 - _DECODING_SHARE) * done / conditioned.frames
            progress(share, 1.0, "storing")


def _expected_frames(info: AudioInfo) -> float:
    """For the progress bar only: ten minutes where the header does not say."""
    frames = info.frames or 600 * info.sample_rate
    return max(1.0, frames * SAMPLE_RATE / info.sample_rate)


class _Spool:
    """Raw float32 samples: in memory, and if they are many in a file without a name, in the folder
    where the FLAC will be."""

    def __init__(self, near: Path, channels: int) -> None:
        self._channels = channels
        self._path = near
        self._held: list[Array] = []
        self._bytes = 0
        self._file: BinaryIO | None = None

    def write(self, block: Array) -> None:
        self._bytes += block.nbytes
        if self._file is None and self._bytes <= _SPOOLED_IN_MEMORY:
            self._held.append(np.ascontiguousarray(block, np.float32))
            return
        try:
            if self._file is None:
                self._file = self._opened()
            self._file.write(np.ascontiguousarray(block, dtype="<f4").data)
        except OSError as error:
            raise writing_error(self._path, error) from error

    def _opened(self) -> BinaryIO:
        """A file with all that was held in memory."""
        file: BinaryIO = tempfile.TemporaryFile(  # noqa: SIM115  (lives until `close`)
            dir=self._path.parent, prefix=".spool-"
        )
        for block in self._held:
            file.write(block.data)
        self._held.clear()
        return file

    def blocks(self, block_frames: int) -> Iterator[Array]:
        """Independent readers may run at once: each remembers its own place."""
        if self._file is None:
            yield from self._from_memory(block_frames)
            return
        size = 4 * self._channels * block_frames
        place = 0
        while True:
            self._file.seek(place)
            content = self._file.read(size)
            if not content:
                return
            place += len(content)
            yield np.frombuffer(content, dtype="<f4").reshape(-1, self._channels)

    def _from_memory(self, block_frames: int) -> Iterator[Array]:
        for block in self._held:
            for first in range(0, len(block), block_frames):
                yield block[first : first + block_frames]

    def close(self) -> None:
        self._held.clear()
        if self._file is not None:
            self._file.close()
