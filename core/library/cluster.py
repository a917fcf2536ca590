"""A Dask cluster as the executor of an import.

A worker needs TechnoVAE, and nothing else of this machine: where it does not see a file that is to
be read, or the folder in which results are put together, their content travels. No worker opens the
library, for SQLite's write-ahead log is not for several machines. So what is in there already is
analysed again, and found to be when it is entered.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import logging
import platform
import shutil
import socket
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from core import atomic
from core.errors import LibraryError
from core.file_names import as_text
from core.library import import_jobs, report, sound
from core.library.analysis import FileJob, Job, JobResult
from core.library.sources import Source
from core.library.store import Library
from core.library.tracks import Track
from core.progress import silent
from core.rhythm.grid import BeatGrid

_CONNECT_SECONDS: Final = 10
_PATIENCE_SECONDS: Final = 30.0
"""After which a job that has not ended asks whether there is still a worker."""
_ROUNDING_NS: Final = 2_000_000_000
_WORKER_COMMAND: Final = "dask worker {} --nthreads 1 --preload technovae_gui"


class ClusterExecutor(Executor):
    """Does jobs of an import on the workers of a Dask cluster; made by `connected`.

    A worker that dies is nothing new to Dask: its jobs go to the others.

    Attributes:
        workers: threads of all workers.
    """

    def __init__(self, client: Any, address: str) -> None:
        """
        Args:
            client: a `distributed.Client`.
            address: of the scheduler, as the user gave it.
        """
        self._client, self._address = client, address
        self.workers = max(1, sum(client.nthreads().values()))
        # A thread waits for each job under way: reading a file, and writing what came of it, is
        # nothing for the client's event loop.
        self._threads = ThreadPoolExecutor(
            import_jobs.JOBS_PER_WORKER * self.workers, thread_name_prefix="cluster"
        )
        self._ending = threading.Event()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As `Executor.submit`, for `import_jobs.analyse` alone."""
        assert fn is import_jobs.analyse, "a cluster does the jobs of imports"
        return self._threads.submit(self._analyse, *args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As `Executor.shutdown`; with `cancel_futures` nobody waits for jobs under way."""
        if cancel_futures:
            self._ending.set()
        self._threads.shutdown(wait, cancel_futures=cancel_futures)

    def _analyse(self, library_path: Path, job: Job) -> JobResult:
        try:
            with Library.open(library_path, read_only=True) as library:
                order = order_for(library, job)
            order.mark_staging()
            parcel = self._parcel(order)
            if parcel is None:
                parcel = self._parcel(replace(order, content=order.source.path.read_bytes()))
        except OSError as error:
            return JobResult(report.REFUSED, f"cannot be opened ({error.strerror})", remember=False)
        assert parcel is not None
        return parcel.unpacked(job.staging)

    def _parcel(self, order: Order) -> Parcel | None:
        """As `carry_out`, on a worker. Raises `LibraryError` where the cluster is of no use."""
        from distributed import KilledWorker

        future = self._client.submit(carry_out, order, pure=False)
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    parcel: Parcel | None = future.result(timeout=_PATIENCE_SECONDS)
                    return parcel
                self._require_workers()
        except KilledWorker:
            reason = "every worker that read it died (damaged data, or memory ran out)"
            return Parcel(JobResult(report.REFUSED, reason, remember=False))
        except RuntimeError as error:
            # Both scheduler and worker unpickle an order.
            if not isinstance(error.__cause__, ImportError):
                raise
            raise LibraryError(
                f"{self._address}: its scheduler or a worker cannot load TechnoVAE "
                f"({error.__cause__}); install it there, and start both with "
                "--preload technovae_gui"
            ) from error
        except (CancelledError, OSError) as error:
            raise self._lost() from error
        finally:
            with contextlib.suppress(Exception):
                future.release()

    def _require_workers(self) -> None:
        if self._ending.is_set():
            raise self._lost()
        if not self._client.nthreads():
            raise LibraryError(
                f"{self._address}: no worker is left; what was imported stays. Start one "
                f"({_WORKER_COMMAND.format(self._address)}) and import again"
            )

    def _lost(self) -> LibraryError:
        return LibraryError(
            f"{self._address}: the scheduler does not answer any more; what was imported stays. "
            "Start it and import again, or import without it"
        )


@contextlib.contextmanager
def connected(address: str) -> Iterator[ClusterExecutor]:
    """An executor on the cluster whose scheduler is at `address` ("tcp://host:8786").

    Raises:
        LibraryError: the extra is missing, no scheduler answers, or it has no worker.
    """
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError as error:
        raise LibraryError(
            "a cluster needs Dask: pip install 'technovae[cluster]'; or import without --scheduler"
        ) from error
    _be_quiet()
    try:
        # A client that finds nobody leaves a thread behind, and takes its time to find out.
        socket.create_connection(get_address_host_port(address), _CONNECT_SECONDS).close()
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise LibraryError(
            f"{address}: no scheduler answers there; start one "
            "(dask scheduler --preload technovae_gui), check the "
            "address, or import without it"
        ) from error
    with contextlib.ExitStack() as opened:
        opened.callback(client.close)
        try:
            client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        except TimeoutError as error:
            raise LibraryError(
                f"{address}: this scheduler has no workers; start one: "
                f"{_WORKER_COMMAND.format(address)}"
            ) from error
        executor = ClusterExecutor(client, address)
        opened.callback(executor.shutdown)
        opened.callback(client.close)  # which wakes the threads
        opened.callback(executor.shutdown, wait=False, cancel_futures=True)
        yield executor


@dataclass(frozen=True)
class Order:
    """A job, and what of the library and of this machine it needs.

    Attributes:
        job: what to do.
        source: the file that it reads, as this machine sees it.
        corrections: the user's grids by the content they are for.
        track: of a `RegridJob`.
        mark: stands in a file of the staging folder, for whoever sees that folder.
        version: of TechnoVAE.
        content: of the file, for a worker that does not see it.
    """

    job: Job
    source: Source
    corrections: Mapping[str, BeatGrid]
    track: Track | None
    mark: str
    version: str
    content: bytes | None = None

    def mark_staging(self) -> None:
        """Let whoever sees the staging folder know it. Raises `OutputError`."""
        atomic.write_text(self._mark_path, self.mark)

    def sees_staging(self) -> bool:
        """Whether this machine sees the staging folder, not just another one of that name."""
        try:
            return self._mark_path.read_text() == self.mark
        except OSError:
            return False

    @property
    def _mark_path(self) -> Path:
        return self.job.staging / f"{self.job.number}.mark"


@dataclass(frozen=True)
class Parcel:
    """What came of a job; with the content of its files, by name, unless they are in place."""

    result: JobResult
    files: Mapping[str, bytes] | None = None

    def unpacked(self, staging: Path) -> JobResult:
        """The result, its files in `staging`. Raises `OutputError`."""
        for name, content in (self.files or {}).items():
            atomic.write_bytes(staging / name, content)
        return self.result


def carry_out(order: Order) -> Parcel | None:
    """Do `order`, anywhere: what a worker runs.

    Returns:
        What came of it; None if this machine does not see the file.

    Raises:
        LibraryError: another version of TechnoVAE is installed here.
        OutputError: no room for temporary files.
    """
    here = _version()
    if order.version != here:
        raise LibraryError(
            f"a worker on {platform.node()} has TechnoVAE {here}, not {order.version}; "
            "install the same version everywhere"
        )
    with tempfile.TemporaryDirectory(prefix="technovae-") as name:
        folder = Path(name)
        path = order.source.path
        if order.content is not None:
            path = folder / path.name
            atomic.write_bytes(path, order.content)
        elif not _is_here(order.source):
            return None
        made = folder / "made"
        made.mkdir()
        job = replace(order.job, staging=made)
        if isinstance(job, FileJob):
            job = replace(job, path=path)
        result = import_jobs.guarded(job, _Known(order, path), silent)
        if isinstance(job, FileJob):
            result = _with_source(result, order.source.path)
        return _packed(order, result)


class _Known:
    """`analysis.KnownMusic`: as much of the library as an order holds."""

    def __init__(self, order: Order, audio: Path) -> None:
        self._order, self._audio = order, audio

    def twin(self, content_hash: str) -> str | None:
        """None: a worker does not know what else there is."""
        return None

    def correction(self, content_hash: str) -> BeatGrid | None:
        return self._order.corrections.get(content_hash)

    def track(self, track_id: str) -> Track:
        assert self._order.track is not None
        return self._order.track

    def audio_path(self, track: Track) -> Path:
        return self._audio

    def blocks(self, track: Track) -> sound.Blocks:
        return sound.blocks(self._audio, track.stored_gain_db)


def order_for(library: Library, job: Job) -> Order:
    """Put a job together with all of the library that it needs on another machine.

    Args:
        library: that is imported into.
        job: an import of a file, or a track to be put on the library's tempo.

    Returns:
        What is sent.

    Raises:
        LibraryError: the track is gone.
        OSError: the file is gone.
    """
    track = None if isinstance(job, FileJob) else library.track(job.track_id)
    path = job.path if isinstance(job, FileJob) else library.audio_path(library.track(job.track_id))
    mark = uuid.uuid4().hex
    return Order(job, Source.of(path), library.corrections(), track, mark, _version())


def _version() -> str:
    return importlib.metadata.version("technovae")


def _is_here(source: Source) -> bool:
    """Whether this machine sees the same file under that path; shares round times."""
    try:
        found = Source.of(source.path)
    except OSError:
        return False
    return found.size == source.size and abs(found.mtime_ns - source.mtime_ns) < _ROUNDING_NS


def _with_source(result: JobResult, path: Path) -> JobResult:
    """`result` of the file that lies at `path` on the importing machine."""
    if result.track is not None:
        result = replace(result, track=replace(result.track, source_path=as_text(path)))
    if result.one_shot is not None:
        result = replace(result, one_shot=replace(result.one_shot, source_path=as_text(path)))
    return result


def _packed(order: Order, result: JobResult) -> Parcel:
    """`result` with its files put into the staging folder, or packed where that is not seen."""
    made = [path for path in (result.audio, result.shard) if path is not None]
    staging = order.job.staging
    there = replace(
        result,
        audio=result.audio and staging / result.audio.name,
        shard=result.shard and staging / result.shard.name,
    )
    if not order.sees_staging():
        return Parcel(there, {path.name: path.read_bytes() for path in made})
    for path in made:
        with atomic.replacing(staging / path.name) as temporary:
            shutil.copyfile(path, temporary)
    return Parcel(there)


def _be_quiet() -> None:
    """What goes wrong is told in the program's own words."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
