"""Worker processes, each analysing one file after the other; one that dies loses only its file."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeAlias

from core.errors import LibraryError, OutputError, TechnoVAEError
from core.library import analysis, report
from core.library.analysis import Job, Result
from core.library.store import Library
from core.progress import CancelFlag, Progress, check

_POLL_SECONDS = 0.1
_TELL_EVERY_SECONDS = 0.2
_NICENESS = 10
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)
_SECONDS_AT_ONCE = 9000.0
"""Of music, over all workers. A worker takes some .1 MB per second of the file it is at."""
_LAUNCHING = threading.Lock()

Event: TypeAlias = tuple[Job, "float | Result"]
"""A job, and how far it is (0 to 1) or what came of it."""


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    job: Job | None = None
    started: bool = False

    def give(self, job: Job) -> None:
        self.job = job
        with contextlib.suppress(OSError):  # if it is dead, its sentinel says so
            self.connection.send(job)


class Pool:
    """Worker processes for one import. A context manager: leaving it ends them, at once."""

    def __init__(self, library: Path, processes: int) -> None:
        self._library = library
        self._processes = processes
        self._workers: list[_Worker] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.connection.close()
        self._workers.clear()

    def run(self, jobs: Sequence[Job], cancel: CancelFlag | None) -> Iterator[Event]:
        """Do `jobs`, the first ones first; yields events as they come in.

        Raises:
            Cancelled: `cancel` was set.
            TechnoVAEError: what concerns all files: a full disk, processes that cannot start.
        """
        waiting = list(jobs)
        self._grow(min(self._processes, len(jobs)))
        while waiting or any(worker.job for worker in self._workers):
            for worker in self._workers:
                fitting = None if worker.job else self._first_fitting(waiting)
                if fitting is not None:
                    waiting.remove(fitting)
                    worker.give(fitting)
            yield from self._events()
            check(cancel)

    def _first_fitting(self, waiting: Sequence[Job]) -> Job | None:
        """The first job that does not bring more long music under way than memory might do for."""
        busy = [worker.job.expected_seconds for worker in self._workers if worker.job]
        room = _SECONDS_AT_ONCE - sum(busy) if busy else float("inf")
        return next((job for job in waiting if job.expected_seconds <= room), None)

    def _events(self) -> Iterator[Event]:
        busy = [worker for worker in self._workers if worker.job is not None]
        handles = [h for w in busy for h in (w.connection, w.process.sentinel)]
        ready = wait(handles, _POLL_SECONDS)
        for worker in busy:
            if worker.connection in ready:
                yield from self._received(worker)
            elif worker.process.sentinel in ready:
                yield self._died(worker)

    def _received(self, worker: _Worker) -> Iterator[Event]:
        assert worker.job is not None
        try:
            message = worker.connection.recv()
        except (EOFError, OSError):
            yield self._died(worker)
            return
        if isinstance(message, TechnoVAEError):
            raise message
        worker.started = True
        job = worker.job
        if isinstance(message, Result):
            worker.job = None
        yield job, message

    def _died(self, worker: _Worker) -> Event:
        assert worker.job is not None
        worker.process.join()
        worker.connection.close()
        if not worker.started:
            raise LibraryError(
                f"processes that read audio cannot be started (status {worker.process.exitcode});"
                " free some memory or install the program again"
            )
        self._workers[self._workers.index(worker)] = _launch(self._library)
        return worker.job, Result(
            report.REFUSED, _obituary(worker.process.exitcode), remember=False
        )

    def _grow(self, count: int) -> None:
        while len(self._workers) < count:
            self._workers.append(_launch(self._library))


def default_processes() -> int:
    """One per core that this process may use, four at most."""
    usable = getattr(os, "sched_getaffinity", None)
    return max(1, min(4, len(usable(0)) if usable else os.cpu_count() or 1))


def serve(library_path: Path, connection: Connection) -> None:
    """Body of a worker process: does jobs from `connection` until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent decides
    _end_with_parent()
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionError):
        try:
            library = Library.open(library_path, read_only=True)
        except TechnoVAEError as error:
            connection.send(error)
            return
        _be_quiet()
        with library:
            while True:
                job: Job = connection.recv()
                connection.send(0.0)
                connection.send(_do(job, library, connection))


def _be_quiet() -> None:
    """Decoders in C write remarks about odd files to the terminal, across the progress bar."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _do(job: Job, library: Library, connection: Connection) -> Result | OutputError:
    try:
        result = analysis.run(job, library, _teller(connection))
    except OutputError as error:
        return error
    except Exception as error:
        # Nothing that a file does to a decoder may end the import of the others.
        reason = f"could not be analysed ({type(error).__name__}: {error})".splitlines()[0]
        result = Result(report.REFUSED, reason, remember=False)
    return replace(result, peak_bytes=peak_bytes())


def _teller(connection: Connection) -> Progress:
    told_at = 0.0

    def tell(done: float, total: float, message: str = "") -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= _TELL_EVERY_SECONDS:
            told_at = now
            connection.send(min(1.0, done / total))

    return tell


def peak_bytes() -> int:
    """Largest memory of this process so far; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _launch(library: Path) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(library, theirs), name="import", daemon=True)
    with _LAUNCHING, _one_thread():
        process.start()
    theirs.close()
    return _Worker(process, ours)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Processes started inside compute on one thread: the libraries read this when imported."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _end_with_parent() -> None:
    """End this process when the one that started it has died, even by SIGKILL in mid-file."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _obituary(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(-exit_code).name
            return f"the reader died on this file ({name}: damaged data, or memory ran out)"
    return f"the reader died on this file (status {exit_code}: damaged data, or memory ran out)"
