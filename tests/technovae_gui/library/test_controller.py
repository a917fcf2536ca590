"""The library's controller: imports wait for each other, corrections reach their library."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from core import resources
from core.library.grid_change import GridChange
from core.library.latent_map import LatentMap
from core.library.report import FileReport, ImportReport
from core.library.store import Library
from core.session import Session
from core.settings import SAMPLE_RATE
from core.workers import tasks
from technovae_gui.library.beat_grid_editor import ClickPreview, GridCorrection
from technovae_gui.library.controller import SCHEDULER, ImportRequest, LibraryController
from technovae_gui.library.several_tracks import GridsChange
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from tests.technovae_gui.fakes import FakeJob, FakeServices, FakeSessions, LaterBackground


@pytest.fixture
def sessions(demo_map: LatentMap, tmp_path: Path) -> FakeSessions:
    """A session of the demo's tracks in a folder that can be written to."""
    tracks = tuple(demo_map.tracks.values())
    return FakeSessions(Session(library_path=tmp_path, writable=True, tracks=tracks))


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def controller(
    qtbot: QtBot, sessions: FakeSessions, services: FakeServices, fake_jobs: list[FakeJob]
) -> LibraryController:
    made = LibraryController(cast(SessionController, sessions), cast(Services, services))
    qtbot.addWidget(made.panel)
    sessions.put_in_place(sessions.session)
    made.panel.show()
    return made


def report(library: Path, name: str = "a.wav") -> ImportReport:
    file = FileReport(Path(name), "imported", "", (), 60.0, "t", 130.0, 8)
    return ImportReport(library, (file,), 1.0, 130.0)


def test_an_import_is_followed_by_a_new_session(
    qtbot: QtBot,
    controller: LibraryController,
    sessions: FakeSessions,
    fake_jobs: list[FakeJob],
    tmp_path: Path,
) -> None:
    with qtbot.waitSignal(controller.import_started) as started:
        controller.ask([Path("/music/a.wav")])
    assert started.args == [ImportRequest(tmp_path, (Path("/music/a.wav"),))]
    assert fake_jobs[0].function is tasks.import_audio
    assert fake_jobs[0].arguments == {
        "library": tmp_path,
        "audio": [Path("/music/a.wav")],
        "scheduler": None,
    }
    assert controller.panel.job.isVisible()
    fake_jobs[0].end(report(tmp_path))
    assert not controller.panel.job.isVisible()
    assert sessions.requests == [("reload", tmp_path)]


def test_an_import_runs_on_the_cluster_of_the_preferences(
    controller: LibraryController, fake_jobs: list[FakeJob]
) -> None:
    QSettings().setValue(SCHEDULER, "tcp://there:8786")
    controller.ask([Path("/music/a.wav")])
    assert fake_jobs[0].arguments["scheduler"] == "tcp://there:8786"


def test_an_import_during_an_import_waits_and_is_reported(
    qtbot: QtBot, controller: LibraryController, fake_jobs: list[FakeJob], tmp_path: Path
) -> None:
    controller.ask([Path("/music/a.wav")])
    with qtbot.waitSignal(controller.job.waiting):
        controller.ask([Path("/music/b.wav")])
    assert len(fake_jobs) == 1
    with qtbot.waitSignal(controller.import_started) as started:
        fake_jobs[0].end(report(tmp_path))
    assert started.args[0].paths == (Path("/music/b.wav"),)
    assert controller.panel.job.isVisible()
    assert fake_jobs[1].arguments["audio"] == [Path("/music/b.wav")]


def test_the_library_that_was_imported_into_is_read_again(
    controller: LibraryController,
    sessions: FakeSessions,
    fake_jobs: list[FakeJob],
    tmp_path: Path,
) -> None:
    controller.ask([Path("/music/a.wav")])
    sessions.put_in_place(Session(library_path=tmp_path / "other", writable=True))
    fake_jobs[0].end(report(tmp_path))
    assert sessions.requests == [("reload", tmp_path)]


def test_a_library_that_is_gone_is_not_made_again_by_an_import(
    qtbot: QtBot, controller: LibraryController, sessions: FakeSessions, fake_jobs: list[FakeJob]
) -> None:
    sessions.put_in_place(replace(sessions.session, library_path=Path("/gone")))
    with qtbot.waitSignal(controller.import_failed) as failed:
        controller.ask([Path("/music/a.wav")])
    assert "is gone" in failed.args[0]
    assert "is gone" in controller.panel.message.text()
    assert fake_jobs == []


def test_several_grids_are_one_job_and_what_failed_is_told(
    controller: LibraryController,
    sessions: FakeSessions,
    fake_jobs: list[FakeJob],
    tmp_path: Path,
) -> None:
    panel = controller.panel
    panel.grids_change_requested.emit(GridsChange(("a", "b", "c"), GridChange.HALVE))
    assert [job.function for job in fake_jobs] == [tasks.change_grids]
    assert fake_jobs[0].arguments["track_ids"] == ("a", "b", "c")
    assert "Correcting" in panel.tracks.message.text()  # its process takes a while to start
    fake_jobs[0].progress.emit(1.0, 3.0, "Lithium")
    assert "Lithium (1 of 3)" in panel.tracks.message.text()
    fake_jobs[0].end(("Lithium: too slow", "Helium: too slow"))
    assert "Lithium: too slow (and 1 more)" in panel.tracks.message.text()
    assert sessions.requests == [("reload", tmp_path)]


def test_a_correction_goes_to_its_library_and_a_second_one_waits(
    controller: LibraryController,
    sessions: FakeSessions,
    fake_jobs: list[FakeJob],
    tmp_path: Path,
) -> None:
    first, second = sessions.session.tracks[:2]
    editor = controller.panel.grid_editor
    editor.correction_requested.emit(GridCorrection(first.id, first.grid))
    editor.refit_requested.emit(second.id)
    assert [job.function for job in fake_jobs] == [tasks.set_grid]
    sessions.put_in_place(Session(library_path=tmp_path / "other"))
    fake_jobs[0].end(first)
    assert sessions.requests == [("reload", tmp_path)]
    assert fake_jobs[1].function is tasks.fit_grid
    assert fake_jobs[1].arguments == {"library": tmp_path, "track_id": second.id}


def test_a_correction_that_fails_is_reported_where_its_track_is_shown(
    qtbot: QtBot, controller: LibraryController, sessions: FakeSessions, fake_jobs: list[FakeJob]
) -> None:
    first, second = sessions.session.tracks[:2]
    editor = controller.panel.grid_editor
    for shown, shown_in_editor in ((first, True), (second, False)):
        editor.wait_for(shown)
        editor.correction_requested.emit(GridCorrection(first.id, first.grid))
        problems: list[tuple[str, str]] = []
        controller.problem.connect(lambda *it, problems=problems: problems.append(it))
        fake_jobs[-1].fail("the disk is full")
        assert (editor.message.text() == "the disk is full") is shown_in_editor
        assert problems == ([] if shown_in_editor else [("grid", "the disk is full")])


def test_the_waveform_and_the_clicks_are_those_of_the_track(
    controller: LibraryController, sessions: FakeSessions, services: FakeServices
) -> None:
    track = sessions.session.tracks[0]
    sessions.put_in_place(replace(sessions.session, library_path=resources.demo_library()))
    controller.panel.waveform_wanted.emit(track.id)
    editor = controller.panel.grid_editor
    assert editor.track_id == track.id
    assert len(editor.wave.peaks) > 0
    editor.click_preview_requested.emit(ClickPreview(track.id, track.grid, 2.0))
    ((loop, bpm),) = services.player.auditions
    assert bpm == track.grid.bpm
    assert loop.shape == (8 * SAMPLE_RATE, 2)
    with Library.open(resources.demo_library(), read_only=True) as library:
        plain = library.audio(track.id, 2.0, 8 * SAMPLE_RATE)
    assert np.abs(loop - plain).max() > 0.1


def test_clicks_that_were_stopped_while_the_track_was_read_are_not_heard(
    controller: LibraryController, sessions: FakeSessions, services: FakeServices
) -> None:
    track = sessions.session.tracks[0]
    sessions.put_in_place(replace(sessions.session, library_path=resources.demo_library()))
    controller.panel.waveform_wanted.emit(track.id)
    services.background = later = LaterBackground()  # type: ignore[assignment]
    editor = controller.panel.grid_editor
    editor.buttons.click.setChecked(True)
    assert controller.is_awaited
    editor.stop_click()
    assert not controller.is_awaited
    assert not editor.buttons.click.isChecked()
    later.work()
    assert services.player.auditions == []


def test_a_track_that_cannot_be_removed_is_reported(
    qtbot: QtBot, controller: LibraryController, sessions: FakeSessions
) -> None:
    with qtbot.waitSignal(controller.problem) as problem:
        controller.panel.remove_requested.emit(("no such track",))
    assert problem.args[0] == "library"
    assert sessions.requests == []


def test_missing_audio_is_told_and_looked_for_where_the_user_says(
    qtbot: QtBot,
    controller: LibraryController,
    sessions: FakeSessions,
    tmp_path: Path,
    fake_jobs: list[FakeJob],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    header = controller.panel.header
    assert not header.find_button.isVisible()
    library = Path(shutil.copytree(resources.demo_library(), tmp_path / "library"))
    with Library.open(library, read_only=True) as opened:
        tracks = tuple(opened.tracks())
        opened.audio_path(tracks[3]).unlink()
    whole = replace(sessions.session, library_path=library, tracks=tracks)
    sessions.put_in_place(whole)
    assert header.find_button.isVisible()
    assert header.missing.text() == f"Audio of 1 of {len(tracks)} tracks is missing."
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "disk"))
    header.find_button.click()
    assert fake_jobs[-1].function is tasks.find_audio
    assert fake_jobs[-1].arguments == {"library": library, "folder": tmp_path / "disk"}
    fake_jobs[-1].end(ImportReport(library, (), 1.0, 130.0))
    assert controller.panel.message.text().startswith("None of the missing audio is in “disk”")
    assert not controller.panel.report.isVisible()
    sessions.put_in_place(replace(whole, writable=False))
    assert not header.find_button.isVisible()
