"""Importing: folders, files and patterns into a library."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from core.errors import Cancelled, LibraryError
from core.file_names import as_text
from core.library import cluster, entering, inputs, report, sources, staging
from core.library.analysis import FileJob, Job, JobResult, RegridJob
from core.library.import_jobs import ImportPool, default_processes
from core.library.inputs import Found
from core.library.lock import WriterLock
from core.library.report import FileReport, ImportReport
from core.library.sources import Source
from core.library.store import DATABASE, Library, make_folders, require_free
from core.progress import CancelFlag, Progress, check, silent

_BEING_WRITTEN = "it changed while it was read, as a file that is being written; import again"
_REGRID_SHARE = 0.3
"""Of the time of a whole file, what putting a track on another grid takes."""


def import_audio(
    library_path: str | os.PathLike[str],
    audio: Iterable[str | os.PathLike[str]],
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
    workers: int | None = None,
    on_file: Callable[[FileReport], None] | None = None,
    executor: Executor | None = None,
    scheduler: str | None = None,
    only_known: bool = False,
) -> ImportReport:
    """Import audio files into the library at `library_path`, which is made if it is not there.

    Each file is read, brought to -14 LUFS at 44.1 kHz, put on a beat grid and cut into segments, in
    worker processes. A file that is known (path, size and time of change) is not read again; a
    killed import goes on where it was. Music that is there already under another name or with other
    tags is a duplicate. Tracks without a steady beat go on the library's tempo after all others.

    Args:
        library_path: folder of the library.
        audio: audio files, folders (searched to the bottom) and patterns.
        progress: gets seconds of music done and to do, guessed from the files' sizes, and a name.
        cancel: once set, the import stops within a second; the report says so. What is in, stays.
        workers: how many files are read at a time; default one per core, four at most.
        on_file: called with what became of a file as soon as it is known.
        executor: where files are read; by default in processes of this machine. Its workers have to
            see the files and the library's folder under the same paths.
        scheduler: address of a Dask cluster's ("tcp://host:8786") whose workers read the files, and
            need to see none of them (`core.library.cluster`).
        only_known: skip music that is not in the library (see `missing_audio`).

    Returns:
        What became of each file.

    Raises:
        InputError: no audio files in any input.
        LibraryError: another import runs; or the folder holds something else, or a library that is
            read-only, damaged or newer; or the cluster cannot be used, or not any more.
        OutputError: the disk is full or read-only; what was imported before is kept.
    """
    folder = Path(library_path).absolute()
    found = inputs.find(audio, folder)
    if not (folder / DATABASE).exists():
        require_free(folder)
        make_folders(folder)
    with WriterLock(folder), _open_or_create(folder) as library:
        staging.sweep(library)
        run = _Run(library, progress, cancel, on_file, only_known=only_known)
        if scheduler is None:
            return run.do(found, ImportPool(folder, workers or default_processes(), executor))
        with cluster.connected(scheduler) as remote:
            most = min(workers or remote.workers, remote.workers)
            return run.do(found, ImportPool(folder, most, remote))


def _open_or_create(folder: Path) -> Library:
    if not (folder / DATABASE).exists():
        return Library.create(folder)
    library = Library.open(folder)
    if not library.writable:
        library.close()
        raise LibraryError(f"{folder}: this library is read-only; import into another folder")
    make_folders(folder)
    return library


class _Run:
    """One import: what is to be done, and what became of each file so far."""

    def __init__(
        self,
        library: Library,
        progress: Progress,
        cancel: CancelFlag | None,
        on_file: Callable[[FileReport], None] | None,
        *,
        only_known: bool = False,
    ) -> None:
        self._on_file, self._only_known = on_file, only_known
        self._library = library
        self._cancel = cancel
        self._tally = _Tally(progress)
        self._files: dict[str, FileReport] = {}
        self._order: list[str] = []
        self._sources: dict[int, Source] = {}

    def do(self, found: Found, jobs: ImportPool) -> ImportReport:
        """Import the files that were found, and tell what was skipped."""
        started = time.monotonic()
        paths = found.files
        self._order = [as_text(path) for path in (*(it.path for it in found.skipped), *paths)]
        for skipped in found.skipped:
            self._add(FileReport(skipped.path, report.SKIPPED, skipped.reason))
        cancelled = False
        with staging.folder(self._library.path) as folder:
            try:
                new = [s for path in paths if (s := self._look(path)) is not None]
                with jobs as pool:
                    self._import(pool, new, folder)
                    self._regrid(pool, folder)
            except Cancelled:
                cancelled = True
        return self._report(time.monotonic() - started, cancelled)

    def _look(self, path: Path) -> Source | None:
        """The file at `path` if it has to be read; what is known of it goes into the report."""
        check(self._cancel)
        try:
            source = Source.of(path)
        except OSError as error:
            self._add(FileReport(path, report.REFUSED, f"cannot be opened ({error.strerror})"))
            return None
        file = sources.known(self._library, source)
        if file is None:
            return source
        self._add(file)
        return None

    def _import(self, pool: ImportPool, new: Iterable[Source], folder: Path) -> None:
        """The longest first, so that no worker is left alone with a long one at the end."""
        longest_first = sorted(new, key=lambda source: -source.expected_seconds)
        self._sources = dict(enumerate(longest_first))
        jobs = [
            FileJob(number, source.path, folder, source.expected_seconds, self._only_known)
            for number, source in self._sources.items()
        ]
        for job in jobs:
            self._tally.expect(job.number, job.expected_seconds, job.path.name)
        for number, result in self._done(pool, jobs):
            source = self._sources[number]
            if source.has_changed():
                result = JobResult(report.REFUSED, _BEING_WRITTEN, remember=False)
            self._add(entering.enter(self._library, source, result))
            staging.discard(folder, *folder.glob(f"{number}.*"), *_made(result))

    def _regrid(self, pool: ImportPool, folder: Path) -> None:
        """Put the tracks without a steady beat on the tempo of the others."""
        waiting = [self._library.track(i) for i in sources.pending_tracks(self._library.database)]
        bpm = self._library.tempo
        first = len(self._sources)
        tracks = dict(enumerate(waiting, first))
        for number, track in tracks.items():
            self._tally.expect(number, track.seconds * _REGRID_SHARE, track.title)
        jobs = [RegridJob(number, track.id, bpm, folder) for number, track in tracks.items()]
        for number, result in self._done(pool, jobs):
            track = tracks[number]
            paths = sources.paths_of(self._library.database, track.id)
            entering.enter_regridded(self._library, track, result)
            staging.discard(folder, *_made(result))
            for path in paths:
                self._add_regridded(path, track.id, result)

    def _done(self, pool: ImportPool, jobs: Sequence[Job]) -> Iterator[tuple[int, JobResult]]:
        for job, event in pool.run(jobs, self._cancel):
            self._tally.tell(job.number, event)
            if isinstance(event, JobResult):
                yield job.number, event

    def _add(self, file: FileReport) -> None:
        shown = as_text(file.path)
        self._files[shown] = replace(file, path=Path(shown))
        if self._on_file is not None:
            self._on_file(self._files[shown])

    def _add_regridded(self, path: str, track_id: str, result: JobResult) -> None:
        """Tell of the files of a track that was put on the library's tempo, or was too short."""
        before = self._files.get(path)
        if before is None:
            return
        if result.status == report.UNALIGNED:
            status = before.status if before.status == report.DUPLICATE else report.UNALIGNED
            reason = before.reason or result.reason
            file = sources.of_track(
                self._library, before.path, status, track_id, reason, before.warnings
            )
        else:
            file = FileReport(
                before.path, result.status, result.reason, before.warnings, before.seconds
            )
        self._add(file)

    def _report(self, elapsed: float, cancelled: bool) -> ImportReport:
        return ImportReport(
            library=self._library.path,
            files=tuple(self._files[key] for key in self._order if key in self._files),
            elapsed=elapsed,
            tempo=self._library.tempo,
            cancelled=cancelled,
            decoded_seconds=self._tally.decoded_seconds,
            stages=dict(self._tally.stages),
            peak_bytes=self._tally.peak_bytes,
        )


class _Tally:
    """Sums up what workers tell: for the progress bar, and for the report."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._expected: dict[int, tuple[float, str]] = {}
        self._done: dict[int, float] = {}
        self.decoded_seconds = 0.0
        self.stages: Counter[str] = Counter()
        self.peak_bytes = 0

    def expect(self, number: int, seconds: float, name: str) -> None:
        """Job `number` will take about as long as `seconds` of music."""
        self._expected[number] = (max(seconds, 1.0), name)

    def tell(self, number: int, event: float | JobResult) -> None:
        """Job `number` is so far, or done with this result."""
        seconds, name = self._expected[number]
        if isinstance(event, JobResult):
            self._count(event)
        self._done[number] = seconds * (1.0 if isinstance(event, JobResult) else event)
        total = sum(expected for expected, _ in self._expected.values())
        self._progress(sum(self._done.values()), total, name)

    def _count(self, result: JobResult) -> None:
        if result.stages.get("condition"):
            self.decoded_seconds += result.seconds
        self.stages.update(result.stages)
        self.peak_bytes = max(self.peak_bytes, result.peak_bytes)


def _made(result: JobResult) -> list[Path]:
    return [path for path in (result.audio, result.shard) if path is not None]
