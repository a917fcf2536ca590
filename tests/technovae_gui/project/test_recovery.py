"""Unsaved work on disk: written in order, listed whatever else lies there, deleted on demand."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import pytest

from core.arrangement import project_file
from core.arrangement.project import Project
from technovae_gui.document import empty_arrangement
from technovae_gui.project import recovery
from technovae_gui.project.recovery import RecoveryFile


def project(bpm: float) -> Project:
    return Project(empty_arrangement(bpm))


def left_behind(folder: Path, bpm: float = 120.0, original: Path | None = None) -> Path:
    file = RecoveryFile(folder)
    file.write(project(bpm), original)
    file.close()
    return file.path


def test_an_older_state_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    file = RecoveryFile(tmp_path)
    older = file.take_number()
    file.write(project(140.0), None)
    file.write(project(120.0), None, older)
    assert recovery.restore(file.path)[0].arrangement.bpm == 140.0


def test_what_is_being_written_while_it_is_discarded_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault: an autosave under way while the project was saved left a file behind, which the next
    start offered as unsaved work."""
    file = RecoveryFile(tmp_path)
    under_way, go_on, save = threading.Event(), threading.Event(), project_file.save

    def slow_save(saved: Project, path: Path) -> None:
        under_way.set()
        assert go_on.wait(60)
        save(saved, path)

    monkeypatch.setattr(project_file, "save", slow_save)
    writing = threading.Thread(target=file.write, args=(project(120.0), None, file.take_number()))
    writing.start()
    assert under_way.wait(60)
    file.discard()
    go_on.set()
    writing.join()
    assert not file.path.exists()


def test_what_is_written_after_it_was_discarded_stays(tmp_path: Path) -> None:
    file = RecoveryFile(tmp_path)
    file.write(project(120.0), None)
    file.discard()
    file.write(project(121.0), None)
    assert recovery.restore(file.path)[0].arrangement.bpm == 121.0


def test_a_damaged_file_is_listed_as_such_and_hides_no_other(tmp_path: Path) -> None:
    whole = left_behind(tmp_path, 133.0, Path("/music/night.technovae"))
    damaged = left_behind(tmp_path)
    damaged.write_text("{")
    works = {path: recovery.read(path) for path in recovery.abandoned(tmp_path)}
    assert set(works) == {whole, damaged}
    found, broken = works[whole], works[damaged]
    assert found is not None
    assert found.name == "night"
    assert found.library == "built-in demo"
    assert broken is not None
    assert broken.project is None
    assert "damaged" in broken.problem
    assert damaged.exists()


def test_a_file_that_has_gone_meanwhile_is_not_listed(tmp_path: Path) -> None:
    path = left_behind(tmp_path)
    path.unlink()
    assert recovery.read(path) is None


def test_work_that_another_window_has_taken_over_is_not_deleted(tmp_path: Path) -> None:
    file = RecoveryFile(tmp_path)
    file.write(project(120.0), None)
    recovery.remove(file.path)
    assert file.path.exists()
    file.close()
    recovery.remove(file.path)
    assert not file.path.exists()


def test_the_newest_is_listed_first(tmp_path: Path) -> None:
    import os

    first, second = left_behind(tmp_path), left_behind(tmp_path)
    os.utime(first, (2_000_000_000, 2_000_000_000))
    os.utime(second, (1_000_000_000, 1_000_000_000))
    assert recovery.abandoned(tmp_path) == [first, second]
    found = recovery.read(second)
    assert found is not None
    assert found.time == datetime.fromtimestamp(1_000_000_000)
