"""Processes of this machine: what is said of their end, and calls on several of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import pytest
from pebble import ProcessExpired

from core import log, processes
from core.processes import ProcessExecutor, exit_message

PATIENCE = 240.0
"""Seconds."""


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [
        (None, "could not be started"),
        (-int(signal.SIGTERM), "was ended (SIGTERM"),
        (-1000, "was ended (status -1000"),
        (3, "ended by itself (status 3)"),
    ],
)
def test_the_end_of_a_process_is_one_line(exit_code: int | None, words: str) -> None:
    line = exit_message("the decoder", exit_code)
    assert line.startswith(f"the decoder {words}")
    assert "\n" not in line


def test_where_the_details_are_is_told() -> None:
    assert str(log.path()) in exit_message("the decoder", None)


def niceness() -> int:
    return os.nice(0)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def begin_and_stay(file: Path) -> None:
    file.touch()
    time.sleep(600.0)


@pytest.mark.skipif(not hasattr(os, "nice"), reason="kills and niceness as POSIX has them")
@pytest.mark.parametrize(("most", "seen"), [("", 7), ("3", 3), ("much", 7)])
def test_a_process_is_as_nice_as_it_is_told_and_may_be(
    most: str, seen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(processes.MOST_NICE, most)
    executor = ProcessExecutor(1, niceness=7)
    try:
        assert executor.submit(niceness).result(PATIENCE) == min(19, os.nice(0) + seen)
    finally:
        executor.shutdown(cancel_futures=True)


@pytest.mark.skipif(not hasattr(os, "nice"), reason="kills and niceness as POSIX has them")
def test_a_process_that_dies_fails_only_its_call_and_all_can_be_killed(tmp_path: Path) -> None:
    executor = ProcessExecutor(1)
    try:
        first, killed, second = (executor.submit(it) for it in (niceness, die, niceness))
        assert first.result(PATIENCE) == second.result(PATIENCE) == os.nice(0)
        with pytest.raises(ProcessExpired) as death:
            killed.result(PATIENCE)
        assert death.value.exitcode == -signal.SIGKILL
        file = tmp_path / "begun"
        executor.submit(begin_and_stay, file)
        while not file.exists():
            time.sleep(0.01)
    finally:
        executor.shutdown(cancel_futures=True)
    assert active_children() == []


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_as_many_files_may_be_open_as_the_system_allows() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        processes.allow_many_files()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert hard == before[1]
        assert soft > 256 or hard == 256
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_memory_of_a_process_is_not_that_of_the_one_that_started_it() -> None:
    large = bytearray(400 << 20)
    large[:: 1 << 12] = b"x" * len(large[:: 1 << 12])  # so that all of it is there
    command = [sys.executable, "-c", "from core import processes; print(processes.peak_bytes())"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    assert 1 << 20 < int(done.stdout) < len(large) < processes.peak_bytes()
