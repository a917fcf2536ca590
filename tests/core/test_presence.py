"""Folders that may not be searched, as `pathlib` meets them: an error, where others say no."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from core import presence
from core.atomic import writing_error
from core.errors import LibraryError
from core.library import sound
from core.library.store import Library


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of another user. Whoever runs the tests may be allowed everything, so it is told."""
    folder, stat = tmp_path / "locked", os.stat
    folder.mkdir()

    def refuse(path: object, **options: object) -> os.stat_result:
        if str(path).startswith(f"{folder}{os.sep}"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(os, "stat", refuse)
    return folder


def test_nothing_is_said_to_be_where_nobody_may_look(locked: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert presence.is_there(locked)
    assert presence.is_folder(locked)
    assert presence.is_file(tmp_path / "file")
    inside = locked / "file"
    inside.touch()
    assert not any(ask(inside) for ask in (presence.is_there, presence.is_file, presence.is_folder))


def test_a_library_there_is_refused_in_one_line(locked: Path) -> None:
    with pytest.raises(LibraryError, match=r"may not be looked into \(Permission denied\)"):
        Library.open(locked / "library")


def test_its_errors_can_be_told(locked: Path) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", str(locked / "a.flac"))
    assert "a.flac" in str(writing_error(locked / "a.flac", error))
    assert "may not be read" in str(sound.damaged(locked / "a.flac", error))
