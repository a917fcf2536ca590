"""The sound of a file, whatever its format, rate and channels, as blocks at 44.1 kHz."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.audio.containers import PYAV_FAULTS
from core.audio.conversion import Resampler, to_stereo
from core.audio.decoding import (
    ENDLESS,
    SOUNDFILE_FAULTS,
    Block,
    Gap,
    PyavBlocks,
    raise_if_unread,
    silence,
    soundfile_blocks,
    unreadable,
)
from core.audio.flac import Checksum, FlacBlocks
from core.audio.probing import AudioInfo, FileSpan, probe
from core.errors import AudioError
from core.progress import CancelFlag, check

Array = NDArray[np.float32]
BLOCK_FRAMES = 1 << 18
_TOLERANCE, _TOLERATED_SECONDS = 0.01, 0.5
"""Counts of frames that differ by less are taken for equal: headers of MP3s are that vague."""
_PLACES_NAMED = 4


class AudioReader:
    """Iterates over blocks (n, 1 or 2) float32 at 44.1 kHz, n at most `block_frames` or so.

    Memory does not depend on the file's length. After the iteration `warnings` tells what had to
    be mended. Iterating again starts from the beginning.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        block_frames: int = BLOCK_FRAMES,
        cancel: CancelFlag | None = None,
    ) -> None:
        """Look at the file; nothing is decoded yet.

        Args:
            path: the file, of any kind and name.
            block_frames: about how many samples a block has.
            cancel: once set, the iteration ends.

        Raises:
            AudioError: as `probe`.
        """
        self.info = probe(path)
        self.channels = min(2, self.info.channels)
        self.warnings: list[str] = []
        self._block_frames = block_frames
        self._cancel = cancel

    def __iter__(self) -> Iterator[Array]:
        """Decode from the beginning.

        Yields:
            Blocks (n, 1 or 2) float32 at 44.1 kHz.

        Raises:
            AudioError: NaN or infinite samples, no samples, or nothing that can be decoded.
            ReadError: the system cannot read the file.
            Cancelled: as asked.
        """
        self.warnings[:] = self.info.remarks
        resampler = Resampler(self.channels)
        decoder = _Decoder(self.info, self._block_frames, self.warnings)
        for block in _gathered(decoder, self._block_frames):
            check(self._cancel)
            _check_finite(self.info.path, block.samples)
            yield from resampler.feed(to_stereo(block.samples), block.rate)
        yield from resampler.flush()
        decoder.conclude()


class _Decoder:
    """Blocks at the file's own rate: by the reader `info` names, then, if need be, by FFmpeg."""

    def __init__(self, info: AudioInfo, block_frames: int, warnings: list[str]) -> None:
        self._info = info
        self._block_frames = block_frames
        self._warnings = warnings
        self._done = 0
        self._fault: Exception | None = None
        self._gaps: list[Gap] = []
        self._rates: set[int] = set()
        self._checksum = _checksum(info)

    def __iter__(self) -> Iterator[Block]:
        for part in self._info.parts:
            if part.lost_before:
                self._gaps.append(Gap(self._done, part.lost_before))
                self._done += part.lost_before
                yield from silence(part.lost_before, self._empty())
            before = self._done
            self._gaps += [Gap(before + gap.start, gap.frames) for gap in part.gaps]
            for block in self._decoded(part):
                self._done += len(block.samples)
                self._rates.add(block.rate)
                if self._checksum is not None:
                    self._checksum.feed(block.samples)
                yield block

    def _empty(self) -> Block:
        return Block(np.zeros((0, self._info.channels), np.float32), self._info.sample_rate)

    def conclude(self) -> None:
        """Compare what came out with what the file promised."""
        path, info = self._info.path, self._info
        if not self._done and self._fault is not None:
            raise unreadable(path, self._fault)
        if not self._done:
            raise AudioError(f"{path}: holds no samples; export it again")
        if self._gaps:
            self._warnings.append(_gap_warning(self._gaps, info.sample_rate))
        elif self._checksum is not None and not self._checksum.fits:
            self._warnings.append("its sound does not fit its own checksum: damaged somewhere")
        expected = info.frames or 0
        if expected > ENDLESS:
            seconds = self._done / info.sample_rate
            self._warnings.append(
                f"its header promises an impossible length; {seconds:.1f} s are there"
            )
        elif len(self._rates) == 1 and _clearly_more(expected, self._done, info.sample_rate):
            self._warnings.append(
                f"{cut_short(expected / info.sample_rate)}, "
                f"{self._done / info.sample_rate:.1f} s are there"
            )

    def _decoded(self, part: FileSpan) -> Iterator[Block]:
        if part.survey is not None:
            yield from self._checked(FlacBlocks(part.source, part.survey), 0)
            return
        start = 0
        if part.reader == "soundfile":
            fault: Exception | None = None
            try:
                for block in soundfile_blocks(part.source, self._block_frames):
                    start += len(block.samples)
                    yield block
            except SOUNDFILE_FAULTS as error:
                raise_if_unread(self._info.path, error)
                self._fault = fault = error
            if fault is None and not self._more_by_ffmpeg():
                return
        blocks = PyavBlocks(part.source, start, by_time=part.by_time, frames=part.frames)
        yield from self._checked(blocks, start)

    def _more_by_ffmpeg(self) -> bool:
        """libsndfile stops where the header says so, although more may follow."""
        other = self._info.other_frames or 0
        return _clearly_more(other, self._done, self._info.sample_rate)

    def _checked(self, blocks: PyavBlocks | FlacBlocks, start: int) -> Iterator[Block]:
        before = self._done - start
        try:
            yield from blocks
        except PYAV_FAULTS as error:
            raise_if_unread(self._info.path, error)
            if not self._done:
                raise unreadable(self._info.path, *filter(None, [self._fault]), error) from error
            seconds = self._done / self._info.sample_rate
            self._warnings.append(f"damaged after {seconds:.1f} s; the part before is used")
        self._gaps += [Gap(before + gap.start, gap.frames) for gap in blocks.gaps]


def cut_short(seconds: float) -> str:
    """How the warning of a file begins that promises so many seconds, and has fewer."""
    return f"cut short: {seconds:.1f} s were promised"


def _gap_warning(gaps: Sequence[Gap], rate: int) -> str:
    """How much is silent because it is lost, and where."""
    seconds = sum(gap.frames for gap in gaps) / rate
    places = ", ".join(f"{gap.start / rate:.1f} s" for gap in sorted(gaps)[:_PLACES_NAMED])
    more = f" and {len(gaps) - _PLACES_NAMED} more" if len(gaps) > _PLACES_NAMED else ""
    return f"damaged: {seconds:.2f} s are lost and silent, at {places}{more}"


def _gathered(blocks: Iterable[Block], block_frames: int) -> Iterator[Block]:
    """FFmpeg's packets are small: gather them, as long as rate and channels stay."""
    held: list[Array] = []
    count, rate = 0, 0
    for block in blocks:
        same = held and rate == block.rate and held[0].shape[1] == block.samples.shape[1]
        if held and (not same or count >= block_frames):
            yield Block(_joined(held), rate)
            held, count = [], 0
        held.append(block.samples)
        count += len(block.samples)
        rate = block.rate
    if held:
        yield Block(_joined(held), rate)


def _joined(blocks: list[Array]) -> Array:
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)


def _check_finite(path: Path, samples: Array) -> None:
    # One sum is finite only if all samples are, and costs a tenth of asking each; that of large
    # numbers may be infinite, too.
    if not np.isfinite(np.sum(samples)) and not np.isfinite(samples).all():
        raise AudioError(
            f"{path}: holds samples that are not numbers (NaN or infinite); export it again"
        )


def _checksum(info: AudioInfo) -> Checksum | None:
    surveys = [part.survey for part in info.parts]
    if len(surveys) == 1 and surveys[0] is not None and surveys[0].steady:
        return Checksum.of(info.header, surveys[0])
    return None


def _clearly_more(expected: float, found: float, rate: int) -> bool:
    """Whether `expected` frames are more than `found` ones by more than headers are vague."""
    return expected - found > max(_TOLERANCE * expected, _TOLERATED_SECONDS * rate)
