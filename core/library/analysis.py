"""One file from its bytes to a track with segments, all but entering it into the library."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.errors import AudioError, InputError, LibraryError, ReadError
from core.file_names import as_text
from core.library import gridding, report, shards, sound, spectrograms
from core.library.one_shots import OneShot
from core.library.segments import Segment, lay_out
from core.library.tracks import LONGEST_TITLE, Track, track_id
from core.progress import Progress
from core.rhythm.grid import BeatGrid

if TYPE_CHECKING:
    from core.audio.conditioning import Conditioned
    from core.rhythm.loops import LoopTiming

Array = NDArray[np.float32]
READER = 3
"""Raised whenever files that were refused might be read now; they are then tried again."""
_NO_BEAT = "no steady beat; on the library's tempo"
_SHARES = {"condition": 0.55, "beats": 0.2, "spectrogram": 0.25}
"""Of the time that a file takes, for its progress."""


@dataclass(frozen=True)
class FileJob:
    """A file to import. Files made for it go into `staging`, named after `number`.

    `expected_seconds` is a guess at the length of its audio. With `only_known` music that is not in
    the library is skipped.
    """

    number: int
    path: Path
    staging: Path
    expected_seconds: float = 0.0
    only_known: bool = False


@dataclass(frozen=True)
class RegridJob:
    """A track without a steady beat, to be put on the library's tempo, now that it is known."""

    number: int
    track_id: str
    bpm: float
    staging: Path
    expected_seconds: float = 0.0


Job = FileJob | RegridJob


@dataclass(frozen=True)
class JobResult:
    """What came of a job.

    Attributes:
        status: of `report`; `unaligned` tracks still wait for their tempo and have no segments.
        reason: why it was not imported.
        remember: False if trying again might end otherwise.
        track: with it `audio` and, if it has segments, `shard`: its files in the staging folder.
        twin: id of the track in the library that has the same content.
        one_shot: what is kept aside; `audio` is its file in the staging folder.
        tags: title and artist of the file, where it has a twin.
        seconds: length of the audio.
        stages: seconds per stage.
        peak_bytes: largest memory of the process that did it, so far.
    """

    status: str
    reason: str = ""
    remember: bool = True
    warnings: tuple[str, ...] = ()
    track: Track | None = None
    segments: tuple[Segment, ...] = ()
    audio: Path | None = None
    shard: Path | None = None
    twin: str | None = None
    one_shot: OneShot | None = None
    tags: tuple[str, str] | None = None
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    peak_bytes: int = 0


class KnownMusic(Protocol):
    """What a job asks of the library: `Library`, or as much of it as a job takes along."""

    def twin(self, content_hash: str) -> str | None: ...
    def correction(self, content_hash: str) -> BeatGrid | None: ...
    def track(self, track_id: str) -> Track: ...
    def audio_path(self, track: Track) -> Path: ...
    def blocks(self, track: Track) -> sound.Blocks: ...


def run(job: Job, library: KnownMusic, progress: Progress) -> JobResult:
    """Do a job, in a worker process or here.

    Args:
        job: an import of a file, or a track to be put on the library's tempo.
        library: only read from; the result is entered by `entering`.
        progress: the share done, of 1.

    Returns:
        What came of it, and what is wrong with the file, if that is so.

    Raises:
        OutputError: the staging folder cannot be written, which concerns all files.
    """
    stages = _Stages(progress)
    if isinstance(job, RegridJob):
        return replace(_regrid(job, library, stages), stages=stages.seconds)
    try:
        return replace(_import(job, library, stages), stages=stages.seconds)
    except (AudioError, InputError) as error:
        reason, again = _without_path(str(error), job.path), isinstance(error, ReadError)
        return JobResult(report.REFUSED, reason, remember=not again, stages=stages.seconds)
    except MemoryError:
        reason = "not enough memory for this file; close other programs and import again"
        return JobResult(report.REFUSED, reason, remember=False, stages=stages.seconds)


def _import(job: FileJob, library: KnownMusic, stages: _Stages) -> JobResult:
    from core.audio.conditioning import condition

    audio = job.staging / f"{job.number}.flac"
    with stages.of("condition") as progress:
        conditioned = condition(job.path, audio, progress=progress)
    with conditioned:
        twin = library.twin(conditioned.content_hash)
        if twin is not None:
            _repeat_as(library, twin, conditioned, audio)
            tags = _tags(job.path, conditioned)
            seconds = conditioned.seconds
            return JobResult(report.DUPLICATE, twin=twin, tags=tags, audio=audio, seconds=seconds)
        if job.only_known:
            return JobResult(report.SKIPPED, "no track of the library", remember=False)
        return _analyse(job, library, conditioned, audio, stages)


def _analyse(
    job: FileJob, library: KnownMusic, conditioned: Conditioned, audio: Path, stages: _Stages
) -> JobResult:
    from core.rhythm.loops import LoopTiming

    found: BeatGrid | LoopTiming | str | None = library.correction(conditioned.content_hash)
    if found is None:
        with stages.of("beats") as progress:
            features = gridding.onset_features(_with_progress(conditioned, progress))
            found = gridding.of_file(job.path, features)
    if isinstance(found, str):
        return _one_shot(job.path, conditioned, audio, f"{found}; kept aside")
    if isinstance(found, LoopTiming):
        grid = found.grid()
    else:
        grid = gridding.with_segment(found, conditioned.seconds)
    track = _track(job.path, conditioned, grid)
    repeated: Array | None = None
    if isinstance(found, LoopTiming) and found.repeats > 1:
        repeated = _repeated(conditioned, audio, found)
        seconds = len(repeated) / settings.SAMPLE_RATE
        track = replace(track, frames=len(repeated), sections=lay_out(grid, seconds))
    result = JobResult(
        report.IMPORTED,
        warnings=tuple(conditioned.warnings),
        track=track,
        audio=audio,
        seconds=conditioned.seconds,
    )
    if not grid.is_steady:
        waiting = BeatGrid.default(track.seconds, confidence=grid.confidence)
        return replace(
            result,
            status=report.UNALIGNED,
            reason=_NO_BEAT,
            track=replace(track, grid=waiting, sections=()),
        )
    if not track.windows(1):
        reason = gridding.too_short(track.seconds, grid.bpm)
        warnings = tuple(conditioned.warnings)
        return JobResult(report.NO_SEGMENTS, reason, warnings=warnings, seconds=conditioned.seconds)
    with stages.of("spectrogram") as progress:
        blocks = _with_progress(conditioned, progress) if repeated is None else [repeated]
        return _with_segments(result, track, blocks, job.staging)


def _one_shot(path: Path, conditioned: Conditioned, audio: Path, reason: str) -> JobResult:
    title, _ = _tags(path, conditioned)
    kept = OneShot(
        id=track_id(conditioned.content_hash),
        title=title,
        source_path=as_text(path),
        frames=conditioned.frames,
        channels=conditioned.channels,
        stored_gain_db=conditioned.stored_gain_db,
        added_at=time.time(),
    )
    return JobResult(
        report.ONE_SHOT,
        reason,
        warnings=tuple(conditioned.warnings),
        audio=audio,
        one_shot=kept,
        seconds=conditioned.seconds,
    )


def _repeated(conditioned: Conditioned, audio: Path, loop: LoopTiming) -> Array:
    """The loop (n, channels) at -14 LUFS, played until it fills a segment; stored in `audio`, too.

    Each round begins on the sample nearest to its exact time.
    """
    from core.audio.writing import AudioWriter

    once = np.concatenate(list(conditioned.blocks()))[round(loop.start * settings.SAMPLE_RATE) :]
    exact = loop.seconds * settings.SAMPLE_RATE
    starts = [round(k * exact) for k in range(loop.repeats + 1)]
    samples = np.zeros((starts[-1], conditioned.channels), np.float32)
    for start, end in pairwise(starts):
        part = once[: end - start]
        samples[start : start + len(part)] = part
    back = np.float32(10.0 ** (-conditioned.stored_gain_db / 20.0))
    with AudioWriter(audio, conditioned.channels, bit_depth=16) as writer:
        writer.write(samples * back)
    return samples


def _repeat_as(library: KnownMusic, twin: str, conditioned: Conditioned, audio: Path) -> None:
    """Repeat a loop as often as it is in the library, whose audio may have to be put back."""
    from core.rhythm.loops import LoopTiming, from_first_sound

    track = library.track(twin)
    if track.frames > conditioned.frames and not library.audio_path(track).exists():
        bars = conditioned.seconds * track.bpm / 60.0 / settings.BEATS_PER_BAR
        loop = LoopTiming(track.bpm, max(1, round(bars)))
        features = gridding.onset_features(conditioned.blocks())
        _repeated(conditioned, audio, from_first_sound(loop, features))


def _regrid(job: RegridJob, library: KnownMusic, stages: _Stages) -> JobResult:
    track = library.track(job.track_id)
    grid = BeatGrid.default(track.seconds, job.bpm, track.confidence)
    sections = lay_out(grid, track.seconds)
    track = replace(track, grid=grid, sections=sections)
    if not track.windows(1):
        reason = gridding.too_short(track.seconds, job.bpm)
        return JobResult(report.NO_SEGMENTS, reason, track=track, seconds=track.seconds)
    result = JobResult(report.UNALIGNED, _NO_BEAT, track=track)
    with stages.of("spectrogram") as progress:
        blocks = gridding.reported(library.blocks(track), track.frames, progress, None)
        try:
            return _with_segments(result, track, blocks, job.staging)
        except LibraryError as error:
            return JobResult(report.REFUSED, str(error), remember=False, track=track)


def _with_segments(
    result: JobResult, track: Track, blocks: Iterable[Array], staging: Path
) -> JobResult:
    rows = spectrograms.track_rows(sound.Forward(blocks), track.sections)
    shard = shards.path(staging, track)
    spectrograms.save(shard, rows)
    segments = spectrograms.segments_of(track.id, track.sections, rows)
    return replace(result, track=track, segments=tuple(segments), shard=shard)


def _track(path: Path, conditioned: Conditioned, grid: BeatGrid) -> Track:
    identity = track_id(conditioned.content_hash)
    title, artist = _tags(path, conditioned)
    return Track(
        id=identity,
        content_hash=conditioned.content_hash,
        title=title,
        artist=artist,
        source_path=as_text(path),
        audio_file=f"{identity}.flac",
        frames=conditioned.frames,
        channels=conditioned.channels,
        source_lufs=_finite(conditioned.source_lufs),
        stored_gain_db=conditioned.stored_gain_db,
        grid=grid,
        sections=lay_out(grid, conditioned.seconds),
        warnings=tuple(conditioned.warnings),
        added_at=time.time(),
    )


def _tags(path: Path, conditioned: Conditioned) -> tuple[str, str]:
    """Title and artist of the file; its name where it has no title."""
    info = conditioned.source_info
    title, artist = info.title or as_text(path.stem), info.artist or ""
    return title[:LONGEST_TITLE], artist[:LONGEST_TITLE]


def _with_progress(conditioned: Conditioned, progress: Progress) -> Iterator[Array]:
    return gridding.reported(conditioned.blocks(), conditioned.frames, progress, None)


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def _without_path(message: str, path: Path) -> str:
    """`message` less the path in front: the report has it in a column of its own."""
    return message.removeprefix(f"{path}: ").removeprefix(f"{path.name}: ")


class _Stages:
    """Times the stages of a job and joins their progress into one, from 0 to 1."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._before = 0.0
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[Progress]:
        share, before, started = _SHARES[name], self._before, time.process_time()

        def stage_progress(done: float, total: float, message: str = "") -> None:
            self._progress(before + share * done / max(total, 1e-9), 1.0, message)

        try:
            yield stage_progress
        finally:
            self._before = before + share
            self.seconds[name] = time.process_time() - started
