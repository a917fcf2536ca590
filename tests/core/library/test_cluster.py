"""Imports on a Dask cluster: a real scheduler, and two workers of which one sees no file."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from core.errors import LibraryError
from core.library import cluster, report
from core.library.analysis import FileJob
from core.library.cluster import Order, Parcel
from core.library.import_jobs import analyse
from core.library.importing import import_audio
from core.library.report import FileReport, ImportReport
from core.library.store import Library
from core.settings import SAMPLE_RATE
from tests.core.library.building import kicks, steady_grid

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120.0
CLOCK = ("added_at",)
"""Columns that hold when something was imported."""

ImportHere = Callable[..., ImportReport]


@dataclass(frozen=True)
class Cluster:
    """Processes of a cluster. The last worker sees nothing in `shared` where `one_is_blind`."""

    shared: Path
    address: str
    scheduler: subprocess.Popen[bytes]
    workers: tuple[subprocess.Popen[bytes], ...]
    one_is_blind: bool


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three processes of some two seconds each: started once."""
    pytest.importorskip("distributed", reason="needs the extra `cluster`")
    shared, own = tmp_path_factory.mktemp("shared"), tmp_path_factory.mktemp("own")
    address = own / "scheduler.json"
    options = ["--scheduler-file", str(address), "--no-dashboard"]
    options += ["--preload", "technovae_gui"]
    scheduler = _dask("scheduler", "--host", "127.0.0.1", "--port", "0", *options)
    worker = ["worker", *options, "--nthreads", "1", "--no-nanny", "--local-directory", str(own)]
    blindly = _blindly(shared)
    workers = (_dask(*worker), _dask(*worker, before=blindly))
    try:
        yield Cluster(shared, _address(address), scheduler, workers, bool(blindly))
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def music(dask: Cluster) -> Path:
    """In the shared folder: three tracks, one of them without a beat, and what is no audio."""
    folder = dask.shared / "music"
    folder.mkdir()
    for number, bpm in enumerate((126.0, 130.0)):
        soundfile.write(folder / f"{bpm:.0f}.wav", kicks(9.0, bpm, 0.1, number), SAMPLE_RATE)
    noise = 0.1 * np.random.default_rng(0).standard_normal((10 * SAMPLE_RATE, 1))
    soundfile.write(folder / "noise.wav", noise, SAMPLE_RATE)
    (folder / "broken.wav").write_bytes(b"RIFF and nothing that would be music")
    return folder


@pytest.fixture(scope="module")
def expected(
    music: Path, tmp_path_factory: pytest.TempPathFactory, import_here: ImportHere
) -> dict[str, Any]:
    """What an import without a cluster makes of it."""
    library = tmp_path_factory.mktemp("expected") / "library"
    import_here(library, [music])
    return contents(library)


@pytest.fixture
def library(dask: Cluster, tmp_path: Path) -> Path:
    """Where to put a library, in the shared folder."""
    return dask.shared / tmp_path.name / "library"


@pytest.mark.slow
def test_the_library_is_the_same_byte_for_byte(
    dask: Cluster,
    music: Path,
    library: Path,
    expected: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parcels: list[Parcel] = []
    unpacked = Parcel.unpacked
    monkeypatch.setattr(
        Parcel, "unpacked", lambda self, folder: parcels.append(self) or unpacked(self, folder)
    )
    done = import_audio(library, [music], scheduler=dask.address)
    assert done.counts() == {"imported": 2, "unaligned": 1, "refused": 1}
    assert contents(library) == expected
    shipped = [parcel for parcel in parcels if parcel.files]
    assert bool(shipped) == dask.one_is_blind
    assert len(shipped) < len(parcels)


@pytest.mark.slow
def test_what_is_in_when_it_is_cancelled_stays_in(
    dask: Cluster,
    music: Path,
    library: Path,
    expected: dict[str, Any],
) -> None:
    cancel, threads = threading.Event(), threading.active_count()
    files: list[FileReport] = []

    def tell(file: FileReport) -> None:
        files.append(file)
        cancel.set()

    done = import_audio(library, [music], cancel=cancel, scheduler=dask.address, on_file=tell)
    assert done.cancelled
    assert [file.path for file in done.files] == [file.path for file in files]
    assert not list(library.glob(".library-incoming-*"))
    _wait_for(lambda: threading.active_count() <= threads + 2)  # Dask keeps two for other clients
    with Library.open(library, read_only=True) as opened:
        known = {file.track_id for file in files if file.track_id is not None}
        assert {track.id for track in opened.tracks()} == known
    # The workers are free for whoever comes next, and the import goes on where it was.
    import_audio(library, [music], scheduler=dask.address)
    assert contents(library) == expected


@pytest.mark.slow
def test_an_import_goes_on_without_a_worker_that_dies(
    dask: Cluster, music: Path, library: Path, expected: dict[str, Any]
) -> None:
    seeing, _ = dask.workers
    import_audio(library, [music], scheduler=dask.address, on_file=lambda file: seeing.kill())
    assert contents(library) == expected


@pytest.mark.slow
def test_a_scheduler_that_goes_away_ends_an_import_that_goes_on_later(
    dask: Cluster,
    music: Path,
    library: Path,
    expected: dict[str, Any],
    import_here: ImportHere,
) -> None:
    """Comes after the others: the cluster is gone."""
    files: list[FileReport] = []

    def end(file: FileReport) -> None:
        files.append(file)
        dask.scheduler.kill()

    with pytest.raises(LibraryError, match="does not answer any more; what was imported stays"):
        import_audio(library, [music], scheduler=dask.address, on_file=end)
    assert files
    done = import_here(library, [music])
    assert done.counts()["unchanged"] >= sum(file.status == report.IMPORTED for file in files)
    assert contents(library) == expected


def test_no_scheduler_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="needs the extra `cluster`")
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.1)
    soundfile.write(tmp_path / "a.wav", kicks(8.0, 128.0), SAMPLE_RATE)
    with pytest.raises(LibraryError, match=r"tcp://127.0.0.1:9: no scheduler answers") as told:
        import_audio(tmp_path / "library", [tmp_path / "a.wav"], scheduler="tcp://127.0.0.1:9")
    assert "\n" not in str(told.value)


def test_a_missing_extra_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(LibraryError, match="pip install"), cluster.connected("tcp://127.0.0.1:9"):
        pass


def test_a_cluster_without_the_program_is_told_in_one_line(order: Order) -> None:
    pytest.importorskip("distributed", reason="needs the extra `cluster`")
    missing = RuntimeError("Error during deserialization of the task graph")
    missing.__cause__ = ImportError("No module named 'core'")
    future: Future[Any] = Future()
    future.set_exception(missing)
    client = SimpleNamespace(nthreads=lambda: {"worker": 1}, submit=lambda *_, **__: future)
    executor = cluster.ClusterExecutor(client, "tcp://there:8786")
    library = order.job.staging.parent / "library"
    with pytest.raises(LibraryError, match=r"No module named 'core'.*--preload") as told:
        executor.submit(analyse, library, order.job).result()
    assert "\n" not in str(told.value)
    executor.shutdown()


def test_what_a_worker_does_not_see_travels(order: Order) -> None:
    """The file, which lies elsewhere, and what is made of it; with the grid that the user set."""
    content = order.source.path.read_bytes()
    order.source.path.unlink()
    assert cluster.carry_out(order) is None
    parcel = cluster.carry_out(replace(order, content=content))
    assert parcel is not None
    assert parcel.files is not None
    assert not list(order.job.staging.iterdir())
    result = parcel.unpacked(order.job.staging)
    assert result.track is not None
    assert result.audio is not None
    assert result.shard is not None
    assert result.audio.exists()
    assert result.shard.exists()
    assert result.track.source_path == str(order.source.path)
    corrected = replace(order, corrections={result.track.content_hash: steady_grid(12.0, 100.0)})
    parcel = cluster.carry_out(replace(corrected, content=content))
    assert parcel is not None
    assert parcel.result.track is not None
    assert parcel.result.track.bpm == 100.0


def test_another_file_under_the_same_path_is_not_taken_for_it(order: Order) -> None:
    other = replace(order.source, size=order.source.size + 1)
    assert cluster.carry_out(replace(order, source=other)) is None


def test_a_worker_with_another_version_is_told(order: Order) -> None:
    with pytest.raises(LibraryError, match="install the same version"):
        cluster.carry_out(replace(order, version="0.0.1"))


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """A file to be imported, whose staging folder no worker sees."""
    path, staging = tmp_path / "a.wav", tmp_path / "staging"
    staging.mkdir()
    soundfile.write(path, kicks(12.0, 128.0), SAMPLE_RATE)
    with Library.create(tmp_path / "library") as library:
        return cluster.order_for(library, FileJob(0, path, staging))


def contents(library: Path) -> dict[str, Any]:
    """Rows, less the clock and the library's id, and the bytes of all other files."""
    found: dict[str, Any] = {
        path.relative_to(library).as_posix(): path.read_bytes()
        for folder in ("audio", "spectrograms", "one_shots")
        for path in (library / folder).glob("*")
    }
    with closing(sqlite3.connect(library / "library.sqlite")) as database:
        database.row_factory = sqlite3.Row
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in names:
            rows = [dict(row) for row in database.execute(f"SELECT * FROM {table}")]
            kept = [{k: v for k, v in row.items() if k not in CLOCK} for row in rows]
            found[table] = sorted(map(repr, kept)) if table != "facts" else len(kept)
    return found


def _dask(*arguments: str, before: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    command = [*before, sys.executable, "-m", "dask", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _address(file: Path) -> str:
    """What the scheduler writes into `file` once it listens."""
    _wait_for(lambda: file.exists() and file.read_text() != "")
    return str(json.loads(file.read_text())["address"])


def _wait_for(fine: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not fine():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _blindly(folder: Path) -> tuple[str, ...]:
    """What to put before a command so that it sees an empty folder in the place of `folder`.

    Nothing where that takes more rights than the tests have.
    """
    script = f'mount -t tmpfs none "{folder}" && exec "$@"'
    before = ("unshare", "--mount", "sh", "-c", script, "sh")
    try:
        allowed = subprocess.run([*before, "true"], capture_output=True, check=False)
    except OSError:
        return ()
    return before if allowed.returncode == 0 else ()
