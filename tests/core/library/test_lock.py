"""Locks, and file systems that have none."""

from __future__ import annotations

import errno
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import LibraryError
from core.library.lock import NAME, OWNER, WriterLock, has_locks
from core.library.store import Library
from tests.core.library.building import add_track

fcntl = pytest.importorskip("fcntl")


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    monkeypatch.setattr(fcntl, "lockf", refuse)


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_disk_with_locks_is_told_from_one_without(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert has_locks(tmp_path)
    request.getfixturevalue("no_locks")
    assert not has_locks(tmp_path)


@pytest.mark.usefixtures("no_locks")
def test_one_import_at_a_time_without_locks(tmp_path: Path) -> None:
    with WriterLock(tmp_path):
        assert (tmp_path / OWNER).exists()
        with pytest.raises(LibraryError, match="another import is running"), WriterLock(tmp_path):
            pytest.fail("two at a time")
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME]
    with WriterLock(tmp_path):
        pass


@pytest.mark.usefixtures("no_locks")
@pytest.mark.parametrize(
    ("owner", "free"),
    [
        ("{ended} {node}", True),
        ("{here} {node}", False),
        ("{ended} another-machine", False),
        ("nonsense", False),
        ("", False),
        ("99999999999999999999 {node}", False),
    ],
)
def test_the_lock_of_a_process_that_died_is_taken_over(
    tmp_path: Path, owner: str, free: bool
) -> None:
    names = {"ended": ended_process(), "here": os.getpid(), "node": platform.node()}
    (tmp_path / OWNER).write_text(owner.format(**names))
    if free:
        with WriterLock(tmp_path):
            pass
        return
    with pytest.raises(LibraryError, match=f"delete {OWNER}"), WriterLock(tmp_path):
        pytest.fail("taken from a living process")


@pytest.mark.usefixtures("no_locks")
def test_a_pipe_in_the_place_of_the_owner_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / OWNER)
    with pytest.raises(LibraryError, match="another import is running"), WriterLock(tmp_path):
        pytest.fail("locked")


@pytest.mark.usefixtures("no_locks")
def test_a_library_lives_on_a_disk_without_locks(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        track = add_track(library, "One")
        with Library.open(library.path, read_only=True) as other:
            assert [it.id for it in other.tracks()] == [track.id]
            library.remove_track(track.id)
            assert other.tracks() == []
    # Nothing is left of logs and locks.
    names = {path.name for path in (tmp_path / "library").iterdir()}
    assert names == {"audio", "library.sqlite", "spectrograms"}


@pytest.mark.usefixtures("no_locks")
def test_a_lock_that_a_killed_process_left_is_taken_away(tmp_path: Path) -> None:
    Library.create(tmp_path / "library").close()
    left = tmp_path / "library" / "library.sqlite.lock"
    left.mkdir()
    os.utime(left, (1, 1))
    with Library.open(tmp_path / "library") as library:
        assert library.tracks() == []
