"""Disks, folders and files that fail: one clear line in a banner, and nothing is lost."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import resources
from core.arrangement import edits, project_file
from core.arrangement.clip import Clip, RealSource, new_id
from core.audio import files
from core.library.lock import WriterLock
from core.library.store import Library
from core.settings import TICKS_PER_SEGMENT
from technovae_gui.export.export_panel import ExportRequest
from technovae_gui.main_window import MainWindow
from technovae_gui.timeline import FileDrop
from tests.technovae_gui import disks
from tests.technovae_gui.conftest import PATIENCE


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Two megabytes of room."""
    with disks.mounted(tmp_path / "disk", 2048) as folder:
        yield folder


def place(window: MainWindow, count: int = 1) -> None:
    """Clips of the open library, one after the other."""
    found = window.session.map
    assert found is not None
    start = window.document.arrangement.end
    clips = [
        (0, Clip(new_id(), RealSource(found.segments[n].id), start + n * TICKS_PER_SEGMENT))
        for n in range(count)
    ]
    window.document.edit("place", lambda now: edits.put(now, clips))


def banner(window: MainWindow, key: str) -> str:
    return window.panels.banners.texts().get(key, "")


def wait_for_banner(window: MainWindow, qtbot: Any, key: str) -> str:
    qtbot.waitUntil(lambda: banner(window, key) != "", timeout=PATIENCE)
    line = banner(window, key)
    assert "\n" not in line
    return line


@pytest.mark.usefixtures("silent_services")
def test_saving_on_a_full_disk(window: MainWindow, disk: Path) -> None:
    path = disk / "a.technovae"
    place(window)
    assert window.open_project.save(path)
    before = path.read_bytes()
    filler = disks.fill(disk)
    place(window, 60)
    assert not window.open_project.save()
    assert "the disk is full" in banner(window, "save")
    assert path.read_bytes() == before
    assert window.open_project.unsaved
    assert [p.name for p in disk.iterdir() if p != filler] == ["a.technovae"]
    filler.unlink()
    assert window.open_project.save()
    assert project_file.load(path).arrangement == window.document.arrangement
    assert banner(window, "save") == ""


@pytest.mark.usefixtures("silent_services")
def test_unsaved_work_on_a_full_disk(window: MainWindow, qtbot: Any, disk: Path) -> None:
    """A newer copy of unsaved work cannot be kept: that is told, the earlier one stays, and a newer
    one is made once there is room."""
    other = MainWindow(disk / "sessions")
    lane = other.document.arrangement.lanes[0].id

    def work(*bars: int) -> None:
        for n in bars:
            clip = Clip(new_id(), RealSource("x-0-0"), n * TICKS_PER_SEGMENT)
            other.document.edit("place", lambda now, c=clip: edits.add(now, lane, c))
        other.open_project.autosave()

    def copies() -> list[Path]:
        return list((disk / "sessions").glob("[!.]*.technovae"))

    work(0)
    qtbot.waitUntil(lambda: len(copies()) == 1, timeout=PATIENCE)
    (earlier,) = copies()
    kept, files_then = earlier.read_bytes(), sorted((disk / "sessions").rglob("*"))
    filler = disks.fill(disk)
    work(*range(1, 61))
    assert "the disk is full" in wait_for_banner(other, qtbot, "autosave")
    assert earlier.read_bytes() == kept
    assert sorted((disk / "sessions").rglob("*")) == files_then
    filler.unlink()
    other.open_project.autosave()
    qtbot.waitUntil(lambda: earlier.read_bytes() != kept, timeout=PATIENCE)
    assert project_file.load(earlier).arrangement == other.document.arrangement
    qtbot.waitUntil(lambda: banner(other, "autosave") == "", timeout=PATIENCE)
    other.close()
    other.deleteLater()


@pytest.mark.usefixtures("silent_services")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_saving_where_nothing_can_be_written(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The same where no disk can be mounted: the lowest call fails."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    place(window)
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    assert not window.open_project.save(tmp_path / "a.technovae")
    expected = "the disk is full" if number == errno.ENOSPC else "read-only"
    assert expected in banner(window, "save")
    assert window.open_project.unsaved


@pytest.mark.usefixtures("silent_services")
def test_saving_into_a_read_only_folder(window: MainWindow, disk: Path) -> None:
    disks.lock(disk)
    place(window)
    assert not window.open_project.save(disk / "a.technovae")
    assert "read-only" in banner(window, "save")
    assert window.open_project.unsaved


@pytest.mark.usefixtures("silent_renderer")
def test_a_read_only_library_plays_and_takes_no_music(
    window: MainWindow, qtbot: Any, tmp_path: Path
) -> None:
    with disks.mounted(tmp_path / "big", 64 * 1024) as folder:
        shutil.copytree(resources.demo_library(), folder / "library")
        disks.lock(folder)
        window.sessions.open(folder / "library", resources.demo_model())
        qtbot.waitUntil(lambda: window.session.library_path == folder / "library", timeout=PATIENCE)
        qtbot.waitUntil(lambda: window.session.map is not None, timeout=PATIENCE)
        with qtbot.waitSignal(window.services.loops.auditioned, timeout=PATIENCE):
            window.map_view.choose_segment(window.session.map.segments[2].id)
        window.timeline.files_dropped.emit(FileDrop((Path("/music/a.wav"),), 0, ""))
        assert "read-only" in banner(window, "drop")
        assert window.library.panel.new_form.isVisible()
        window.close()


@pytest.mark.usefixtures("silent_services")
@pytest.mark.slow
def test_importing_onto_a_full_disk(window: MainWindow, qtbot: Any, disk: Path) -> None:
    Library.create(disk / "library").close()
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, (44_100 * 20, 2)).astype(np.float32)
    files.write(disk.parent / "noise.wav", sound)
    window.sessions.open(disk / "library")
    qtbot.waitUntil(lambda: window.session.library_path == disk / "library", timeout=PATIENCE)
    window.timeline.files_dropped.emit(FileDrop((disk.parent / "noise.wav",), 0, ""))
    qtbot.waitUntil(lambda: "not placed" in banner(window, "drop"), timeout=PATIENCE)
    assert "full" in banner(window, "drop")
    qtbot.waitUntil(lambda: not window.library.job.busy, timeout=PATIENCE)
    with Library.open(disk / "library") as library:
        assert library.tracks() == []


@pytest.mark.slow
def test_exporting_onto_a_full_disk(window: MainWindow, qtbot: Any, disk: Path) -> None:
    place(window)
    disks.fill(disk)
    exporting = window.exporting
    exporting.panel.export_requested.emit(ExportRequest(disk / "a.wav", 24, "whole", False, None))
    assert "the disk is full" in wait_for_banner(window, qtbot, "job")
    assert "the disk is full" in exporting.panel.message.text()
    assert not (disk / "a.wav").exists()
    qtbot.waitUntil(lambda: not exporting.job.busy, timeout=PATIENCE)


@pytest.mark.usefixtures("silent_renderer")
def test_a_library_that_is_removed_while_it_is_open(
    window: MainWindow, qtbot: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "library"
    shutil.copytree(resources.demo_library(), folder)
    window.sessions.open(folder, resources.demo_model())
    qtbot.waitUntil(lambda: window.session.library_path == folder, timeout=PATIENCE)
    place(window)
    qtbot.waitUntil(lambda: window.services.loops.outstanding == 0, timeout=PATIENCE)
    shutil.rmtree(folder)
    window.map_view.choose_segment(window.session.map.segments[100].id)
    assert "library" in wait_for_banner(window, qtbot, "sound")
    window.sessions.reload()
    assert str(folder) in wait_for_banner(window, qtbot, "library")
    window.timeline.files_dropped.emit(FileDrop((tmp_path / "a.wav",), 0, ""))
    assert f"not placed: {folder}: this library is gone" in banner(window, "drop")
    assert not folder.exists()
    assert len(list(window.document.arrangement.clips())) == 1
    assert window.open_project.save(tmp_path / "a.technovae")


def test_a_file_that_is_no_model(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    """It is told; the map and the model that were there stay."""
    bad = tmp_path / "bad.keras"
    bad.write_bytes(b"PK\x03\x04 no model")
    before = window.session.map
    window.sessions.open(window.session.library_path, bad)
    assert "bad.keras" in wait_for_banner(window, qtbot, "model")
    qtbot.waitUntil(lambda: window.session.map is not None, timeout=PATIENCE)
    assert window.session.map.model_hash == before.model_hash
    assert window.session.model_path != bad
    assert window.open_project.snapshot().model_hash == before.model_hash


@pytest.mark.usefixtures("silent_services")
def test_two_windows_with_one_project(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    """Who saves last is asked, and neither's work is lost."""
    path = tmp_path / "a.technovae"
    place(window)
    assert window.open_project.save(path)
    other = MainWindow(tmp_path / "sessions")
    assert other.open_project.open(path)
    other.document.edit("tempo", lambda now: edits.set_tempo(now, 99.0))
    assert other.open_project.save()
    place(window)
    assert not window.open_project.save()
    assert "another window" in banner(window, "save")
    assert project_file.load(path).arrangement.bpm == 99.0
    assert window.open_project.unsaved
    assert window.open_project.save(tmp_path / "b.technovae")
    assert window.open_project.save(path, over=True)
    assert project_file.load(path).arrangement == window.document.arrangement
    other.close()
    other.deleteLater()


@pytest.mark.usefixtures("silent_services")
@pytest.mark.slow
def test_two_imports_into_one_library(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    Library.create(folder).close()
    window.sessions.open(folder)
    qtbot.waitUntil(lambda: window.session.library_path == folder, timeout=PATIENCE)
    files.write(tmp_path / "a.wav", np.zeros((44_100, 1), np.float32) + 0.1)
    with WriterLock(folder):
        window.timeline.files_dropped.emit(FileDrop((tmp_path / "a.wav",), 0, ""))
        line = wait_for_banner(window, qtbot, "drop")
        qtbot.waitUntil(lambda: "another import" in banner(window, "drop"), timeout=PATIENCE)
    assert line


@pytest.mark.usefixtures("silent_services")
def test_what_a_panel_in_front_says_is_not_said_twice(window: MainWindow) -> None:
    exporting = window.exporting
    window.panels.show_tab(exporting.panel)
    exporting.job.errored.emit("a.wav: the disk is full")
    assert not banner(window, "job")
    window.panels.show_tab(window.sound)
    exporting.job.errored.emit("a.wav: the disk is full")
    assert "the disk is full" in banner(window, "job")
