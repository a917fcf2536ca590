"""One file from its bytes to a track with segments, all but entering it into the library."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.errors import AudioError, InputError, LibraryError, ReadError
from core.file_names import as_text
from core.library import gridding, report, shards, sound, spectrograms
from core.library.segments import Segment, lay_out
from core.library.store import Library
from core.library.tracks import Track, track_id
from core.progress import Progress
from core.rhythm.grid import BeatGrid

if TYPE_CHECKING:
    from core.audio.conditioning import Conditioned

Array = NDArray[np.float32]
READER = 2
"""Raised whenever files that were refused might be read now; they are then tried again."""
_NO_BEAT = "no steady beat; on the library's tempo"
_SHORTEST = f"four bars take at least {settings.segment_seconds(settings.TEMPO_MAX):.1f} s"
_SHARES = {"condition": 0.55, "beats": 0.2, "spectrogram": 0.25}
"""Of the time that a file takes, for its progress."""


@dataclass(frozen=True)
class FileJob:
    """A file to import. Files made for it go into `staging`, named after `number`.

    `expected_seconds` is a guess at the length of its audio.
    """

    number: int
    path: Path
    staging: Path
    expected_seconds: float = 0.0


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
class Result:
    """What came of a job.

    Attributes:
        status: of `report`; `unaligned` tracks still wait for their tempo and have no segments.
        reason: why it was not imported.
        remember: False if trying again might end otherwise.
        track: with it `audio` and, if it has segments, `shard`: its files in the staging folder.
        twin: id of the track in the library that has the same content.
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
    tags: tuple[str, str] | None = None
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    peak_bytes: int = 0


def run(job: Job, library: Library, progress: Progress) -> Result:
    """Do `job`. What is wrong with the file is in the result; `OutputError` concerns all files."""
    stages = _Stages(progress)
    if isinstance(job, RegridJob):
        return replace(_regrid(job, library, stages), stages=stages.seconds)
    try:
        return replace(_import(job, library, stages), stages=stages.seconds)
    except (AudioError, InputError) as error:
        reason, again = _without_path(str(error), job.path), isinstance(error, ReadError)
        return Result(report.REFUSED, reason, remember=not again, stages=stages.seconds)
    except MemoryError:
        reason = "not enough memory for this file; close other programs and import again"
        return Result(report.REFUSED, reason, remember=False, stages=stages.seconds)


def _import(job: FileJob, library: Library, stages: _Stages) -> Result:
    from core.audio.conditioning import condition

    audio = job.staging / f"{job.number}.flac"
    with stages.of("condition") as progress:
        conditioned = condition(job.path, audio, progress=progress)
    with conditioned:
        if conditioned.seconds < settings.segment_seconds(settings.TEMPO_MAX):
            return _no_segment(conditioned, f"{conditioned.seconds:.1f} s long; {_SHORTEST}")
        twin = library.twin(conditioned.content_hash)
        if twin is not None:
            tags = _tags(job.path, conditioned)
            seconds = conditioned.seconds
            return Result(report.DUPLICATE, twin=twin, tags=tags, audio=audio, seconds=seconds)
        return _analyse(job, library, conditioned, audio, stages)


def _analyse(
    job: FileJob, library: Library, conditioned: Conditioned, audio: Path, stages: _Stages
) -> Result:
    grid = library.correction(conditioned.content_hash)
    if grid is None:
        with stages.of("beats") as progress:
            grid = gridding.fit(_told(conditioned, progress))
    track = _track(job.path, conditioned, grid)
    result = Result(
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
        return _no_segment(conditioned, gridding.too_short(track.seconds, grid.bpm))
    with stages.of("spectrogram") as progress:
        return _with_segments(result, track, _told(conditioned, progress), job.staging)


def _regrid(job: RegridJob, library: Library, stages: _Stages) -> Result:
    track = library.track(job.track_id)
    grid = BeatGrid.default(track.seconds, job.bpm, track.confidence)
    sections = lay_out(grid, track.seconds)
    track = replace(track, grid=grid, sections=sections)
    if not track.windows(1):
        reason = gridding.too_short(track.seconds, job.bpm)
        return Result(report.NO_SEGMENTS, reason, track=track, seconds=track.seconds)
    result = Result(report.UNALIGNED, _NO_BEAT, track=track)
    with stages.of("spectrogram") as progress:
        blocks = gridding.reported(library.blocks(track), track.frames, progress, None)
        try:
            return _with_segments(result, track, blocks, job.staging)
        except LibraryError as error:
            return Result(report.REFUSED, str(error), remember=False, track=track)


def _with_segments(result: Result, track: Track, blocks: Iterable[Array], staging: Path) -> Result:
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
    return info.title or as_text(path.stem), info.artist or ""


def _no_segment(conditioned: Conditioned, reason: str) -> Result:
    warnings = tuple(conditioned.warnings)
    return Result(report.NO_SEGMENTS, reason, warnings=warnings, seconds=conditioned.seconds)


def _told(conditioned: Conditioned, progress: Progress) -> Iterator[Array]:
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
        share, before, started = _SHARES[name], self._before, time.perf_counter()

        def told(done: float, total: float, message: str = "") -> None:
            self._progress(before + share * done / max(total, 1e-9), 1.0, message)

        try:
            yield told
        finally:
            self._before = before + share
            self.seconds[name] = time.perf_counter() - started
