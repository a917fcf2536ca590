"""Jobs of an import on executors that are fakes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from pebble import ProcessExpired

from core.errors import Cancelled, LibraryError, OutputError
from core.library import analysis, report
from core.library.analysis import FileJob, JobResult
from core.library.import_jobs import ImportPool, guarded
from core.library.importing import import_audio
from core.library.store import Library
from core.progress import silent
from tests.systems import needs_kill


class FakeExecutor(Executor):
    """Has an answer for each file name: a result, an error, or None for one that never comes."""

    def __init__(self, answers: dict[str, JobResult | Exception | None]) -> None:
        self.answers = answers
        self.most_at_once = self.at_once = 0
        self.shut_down = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        answer = self.answers[args[1].path.name]
        if isinstance(answer, Exception):
            future.set_exception(answer)
        elif answer is not None:
            future.set_result(answer)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.shut_down = True


def jobs(folder: Path, *names: str, seconds: float = 10.0) -> list[FileJob]:
    return [FileJob(number, Path(name), folder, seconds) for number, name in enumerate(names)]


def outcomes(
    folder: Path, answers: dict[str, JobResult | Exception | None], cancel: Any = None
) -> dict[str, JobResult]:
    pool = ImportPool(folder, 2, FakeExecutor(answers))
    with pool:
        return {
            job.path.name: event
            for job, event in pool.run(jobs(folder, *answers), cancel)
            if isinstance(job, FileJob) and isinstance(event, JobResult)
        }


@needs_kill
def test_a_worker_that_dies_loses_only_its_file(tmp_path: Path) -> None:
    fine = JobResult(report.IMPORTED)
    found = outcomes(
        tmp_path,
        {
            "fine": fine,
            "killed": ProcessExpired("died", code=-9),
            "ended": ProcessExpired("died", code=3),
            "elsewhere": RuntimeError("the worker is gone"),
        },
    )
    assert found["fine"] is fine
    assert "died on this file (SIGKILL" in found["killed"].reason
    assert "status 3" in found["ended"].reason
    assert "RuntimeError: the worker is gone" in found["elsewhere"].reason
    assert not found["killed"].remember


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OutputError("the disk is full"), OutputError),
        (BrokenExecutor("none can be started"), LibraryError),
    ],
)
def test_what_concerns_all_files_ends_the_import(
    tmp_path: Path, error: Exception, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        outcomes(tmp_path, {"a": error, "b": None})


def test_cancelling_leaves_what_is_under_way(tmp_path: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        outcomes(tmp_path, {"never": None}, cancel)


def test_an_executor_that_was_given_is_left_to_its_owner(tmp_path: Path) -> None:
    executor = FakeExecutor({})
    with ImportPool(tmp_path, 2, executor) as pool:
        assert list(pool.run([], None)) == []
    assert not executor.shut_down


def test_long_files_are_not_all_under_way_at_once(tmp_path: Path) -> None:
    executor = FakeExecutor({"a": None, "b": None, "c": None})
    cancel = threading.Event()
    cancel.set()
    pool = ImportPool(tmp_path, 2, executor)
    with pytest.raises(Cancelled):
        list(pool.run(jobs(tmp_path, "a", "b", "c", seconds=4000.0), cancel))
    assert executor.most_at_once == 2


def test_files_are_read_where_the_executor_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a reader that breaks on one of them does not end the others."""
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        noise = 0.1 * rng.standard_normal((10 * 44_100, 1))
        soundfile.write(tmp_path / f"{name}.wav", noise, 44_100)
    threads: list[str] = []
    run = analysis.run

    def noted(job: Any, *rest: Any) -> JobResult:
        threads.append(threading.current_thread().name)
        if isinstance(job, FileJob) and job.path.name == "b.wav":
            raise ZeroDivisionError("inside")
        return run(job, *rest)

    monkeypatch.setattr(analysis, "run", noted)
    with ThreadPoolExecutor(1, thread_name_prefix="somewhere") as executor:
        done = import_audio(tmp_path / "library", [tmp_path], executor=executor)
    files = {file.path.name: file for file in done.files}
    assert files["a.wav"].status == report.UNALIGNED
    assert "ZeroDivisionError" in files["b.wav"].reason
    assert {name.split("_")[0] for name in threads} == {"somewhere"}
    assert not list((tmp_path / "library").glob(".library-incoming*"))


def test_what_nobody_foresaw_is_told_in_the_report_and_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> JobResult:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(analysis, "run", fail)
    (job,) = jobs(tmp_path / "staging", "a.wav")
    result = guarded(job, Library.create(tmp_path / "library"), silent)
    assert result.status == report.REFUSED
    assert "division by zero" in result.reason
    assert "technovae.log" in result.reason
    assert caplog.records[-1].exc_info is not None


def test_a_full_disk_is_said_of_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was said of a file in the import's own folder, whose name nobody knows."""
    staging = tmp_path / "library" / ".library-incoming-7"

    def refuse(*_: object) -> JobResult:
        raise OutputError(f"{staging / '0.flac'}: the disk is full; free some space and try again")

    monkeypatch.setattr(analysis, "run", refuse)
    (job,) = jobs(staging, "a.wav")
    with pytest.raises(OutputError) as caught:
        guarded(job, Library.create(tmp_path / "library"), silent)
    assert str(caught.value).startswith(f"{tmp_path / 'library'}: the disk is full")
