"""Files of an import as independent jobs for a `concurrent.futures.Executor`.

A job reads one file and puts what it made of it into the import's staging folder; it can run in any
process that sees the library's folder. How far it is, it writes into a small file there, since an
executor brings nothing back before the end.
"""

from __future__ import annotations

import contextlib
import functools
import re
import struct
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from core import log, processes
from core.deletion import delete_file
from core.errors import LibraryError, OutputError, TechnoVAEError
from core.file_names import as_text
from core.library import analysis, report
from core.library.analysis import Job, JobResult, KnownMusic
from core.library.store import Library
from core.progress import CancelFlag, Progress, check

NICENESS = 10
JOBS_PER_WORKER = 2
"""Under way at a time, so that none waits until its last result has been entered."""
_POLL_SECONDS = 0.1
_PROGRESS_SECONDS = 0.2
_MOST_PROCESSES = 4
_SECONDS_AT_ONCE = 9000.0
"""Of music, in all jobs under way on one machine. A job takes some .1 MB per second of its file."""
_FRACTION = struct.Struct("<d")
_ANALYSIS = "the analysis of this file"
"""As `log.error_line` tells that it failed."""

Event: TypeAlias = tuple[Job, "float | JobResult"]
"""A job, and how far it is (0 to 1) or what came of it."""


def default_processes() -> int:
    """One per core that this process may use, four at most."""
    return min(_MOST_PROCESSES, processes.usable_cores())


class ImportPool:
    """Runs jobs on an executor; a process that dies loses only its file.

    A context manager: leaving it ends the processes of this machine at once. Those of an executor
    that was given are left to whoever gave it.
    """

    def __init__(self, library: Path, workers: int, executor: Executor | None = None) -> None:
        """Start nothing yet.

        Args:
            library: folder of the library; not opened here.
            workers: how many jobs are done at a time.
            executor: where; processes of this machine by default.
        """
        self._library, self._workers = library, workers
        self._given = executor
        self._own: Executor | None = None
        machines = 1.0 if executor is None else max(1.0, workers / _MOST_PROCESSES)
        self._seconds_at_once = machines * _SECONDS_AT_ONCE

    def __enter__(self) -> ImportPool:
        return self

    def __exit__(self, *_: object) -> None:
        own, self._own = self._own, None
        if own is not None:
            own.shutdown(cancel_futures=True)

    def run(self, jobs: Sequence[Job], cancel: CancelFlag | None) -> Iterator[Event]:
        """Do jobs, the first ones first.

        Args:
            jobs: what to do.
            cancel: once set, jobs under way are left.

        Yields:
            Events as they come in.

        Raises:
            Cancelled: `cancel` was set.
            LibraryError: the library cannot be read, or processes cannot be started.
            OutputError: the disk is full or read-only.
        """
        if not jobs:
            return
        executor = self._executor(len(jobs))
        waiting, under_way = list(jobs), dict[Future[JobResult], Job]()
        fractions: dict[int, float] = {}
        while waiting or under_way:
            while len(under_way) < JOBS_PER_WORKER * self._workers:
                job = _first_fitting(waiting, under_way.values(), self._seconds_at_once)
                if job is None:
                    break
                waiting.remove(job)
                under_way[executor.submit(analyse, self._library, job)] = job
            # Read before looking at results: a job begins when the last one's result is on its way.
            moved = _moved(under_way.values(), fractions)
            done, _ = wait(under_way, _POLL_SECONDS, FIRST_COMPLETED)
            for future in sorted(done, key=lambda future: under_way[future].number):
                job = under_way.pop(future)
                yield job, _result(future)
            yield from ((job, fractions[job.number]) for job in moved if job in under_way.values())
            check(cancel)

    def _executor(self, jobs: int) -> Executor:
        if self._given is not None:
            return self._given
        if self._own is None:
            count = min(self._workers, max(1, jobs))
            self._own = processes.ProcessExecutor(count, niceness=NICENESS)
        return self._own


def analyse(library_path: Path, job: Job) -> JobResult:
    """Do one job: what an executor runs.

    Args:
        library_path: folder of the library, which is read only.
        job: a file, or a track to be put on another tempo.

    Returns:
        What came of it; what is wrong with the file is in there.

    Raises:
        LibraryError: the library cannot be read.
        OutputError: the disk is full or read-only.
    """
    library = _opened(library_path)
    with _ProgressFile(job) as progress:
        return guarded(job, library, progress)


def guarded(job: Job, library: KnownMusic, progress: Progress) -> JobResult:
    """Do a job as `analysis.run`, such that no file ends the import of the others.

    Args:
        job: an import of a file, or a track to be put on the library's tempo.
        library: what is known of the library.
        progress: the share done, of 1.

    Returns:
        What came of it; whatever the file does to a decoder is in it, too.

    Raises:
        OutputError: the staging folder cannot be written, which concerns all files.
    """
    try:
        result = analysis.run(job, library, progress)
    except OutputError as error:
        # Nobody knows the files of an import by name; it is the library that has no room.
        place, staged = as_text(job.staging.parent), re.escape(as_text(job.staging))
        raise OutputError(re.sub(rf"^{staged}[^:]*", lambda _: place, str(error))) from error
    except Exception as error:
        result = JobResult(report.REFUSED, log.error_line(error, _ANALYSIS), remember=False)
    return replace(result, peak_bytes=processes.peak_bytes())


@functools.lru_cache(maxsize=1)
def _opened(library_path: Path) -> Library:
    """One for all jobs of this process."""
    return Library.open(library_path, read_only=True)


class _ProgressFile:
    """`core.progress.Progress` into a file beside what the job makes; `_fraction` reads it."""

    def __init__(self, job: Job) -> None:
        self._path = _progress_path(job)
        self._written_at = 0.0

    def __enter__(self) -> _ProgressFile:
        self._write(0.0)
        return self

    def __exit__(self, *_: object) -> None:
        delete_file(self._path, self._path.parent)

    def __call__(self, done: float, total: float, message: str = "") -> None:
        now = time.monotonic()
        if now - self._written_at >= _PROGRESS_SECONDS:
            self._written_at = now
            self._write(min(1.0, done / total))

    def _write(self, fraction: float) -> None:
        # On a full disk the job itself says so.
        with contextlib.suppress(OSError):
            self._path.write_bytes(_FRACTION.pack(fraction))


def _progress_path(job: Job) -> Path:
    return job.staging / f"{job.number}.progress"


def _fraction(job: Job) -> float | None:
    """How far a job is; None before it has begun."""
    try:
        (fraction,) = _FRACTION.unpack(_progress_path(job).read_bytes())
    except (OSError, struct.error):
        return None
    return float(fraction)


def _moved(under_way: Iterable[Job], fractions: dict[int, float]) -> list[Job]:
    """Jobs that are further than `fractions` says, which is brought up to date."""
    moved = []
    for job in under_way:
        fraction = _fraction(job)
        if fraction is not None and fraction > fractions.get(job.number, -1.0):
            fractions[job.number] = fraction
            moved.append(job)
    return moved


def _first_fitting(
    waiting: Sequence[Job], under_way: Iterable[Job], most_seconds: float
) -> Job | None:
    """The first job that does not bring more long music under way than memory might do for."""
    seconds = [job.expected_seconds for job in under_way]
    room = most_seconds - sum(seconds) if seconds else float("inf")
    return next((job for job in waiting if job.expected_seconds <= room), None)


def _result(future: Future[JobResult]) -> JobResult:
    from pebble import ProcessExpired

    try:
        return future.result()
    except TechnoVAEError:
        raise  # it concerns all files
    except BrokenExecutor as error:
        raise LibraryError(
            "processes that read audio cannot be started; free some memory or install the program"
            " again"
        ) from error
    except ProcessExpired as error:
        how = processes.signal_name(error.exitcode)
        reason = f"the reader died on this file ({how}: damaged data, or memory ran out)"
        return JobResult(report.REFUSED, reason, remember=False)
    except Exception as error:  # what other executors say of a worker that died
        return JobResult(report.REFUSED, log.error_line(error, _ANALYSIS), remember=False)
