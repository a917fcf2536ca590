"""Files dropped on the timeline become clips there, whatever library is open."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core import resources
from core.arrangement.clip import RealSource
from core.audio import files
from core.library.latent_map import LatentMap
from core.library.report import FileReport, ImportReport
from core.library.store import Library
from core.session import Session
from core.settings import TICKS_PER_BAR, TICKS_PER_SEGMENT
from technovae_gui.document import Document
from technovae_gui.library.controller import LibraryController
from technovae_gui.library.dropped_files import DroppedFiles
from technovae_gui.main_window import MainWindow
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from technovae_gui.timeline import FileDrop
from technovae_gui.widgets.banners import Banners
from tests.synthetic import Spec, arrangement, render
from tests.technovae_gui.conftest import PATIENCE
from tests.technovae_gui.fakes import FakeJob, FakeServices, FakeSessions


class Bench:
    """The library's controller and what takes the drops, on the demo as if it could be written."""

    def __init__(self, demo_map: LatentMap, document: Document) -> None:
        self.document = document
        self.tracks = tuple(demo_map.tracks.values())
        session = Session(
            library_path=resources.demo_library().absolute(), writable=True, tracks=self.tracks
        )
        self.sessions = FakeSessions(session)
        sessions = cast(SessionController, self.sessions)
        services = cast(Services, FakeServices())
        self.library = LibraryController(sessions, services)
        self.banners = Banners()
        self.drops = DroppedFiles(sessions, services, document, self.library, self.banners)
        self.set_writable(True)

    def set_writable(self, writable: bool) -> None:
        self.library.panel.set_library(self.sessions.session.library_path, False, writable)

    def drop(self, *names: str, lane: int | None = None) -> None:
        """Drop files at bar 5, below the last lane by default."""
        lane_id = "" if lane is None else self.document.arrangement.lanes[lane].id
        self.drops.take(FileDrop(tuple(Path(name) for name in names), 4 * TICKS_PER_BAR, lane_id))

    def report(self, *reports: FileReport) -> ImportReport:
        return ImportReport(self.sessions.session.library_path, reports, 1.0, 130.0)

    def imported(self, name: str, track: int) -> ImportReport:
        track_id = self.tracks[track].id
        return self.report(FileReport(Path(name), "imported", "", (), 60.0, track_id, 128.0, 9))

    def reload(self) -> None:
        """Put a new session in place, as after an import."""
        self.sessions.put_in_place(self.sessions.session)
        self.set_writable(True)

    @property
    def banner(self) -> str:
        return self.banners.texts().get("drop", "")


@pytest.fixture
def bench(qtbot: QtBot, demo_map: LatentMap, document: Document, fake_jobs: list[FakeJob]) -> Bench:
    made = Bench(demo_map, document)
    qtbot.addWidget(made.library.panel)
    qtbot.addWidget(made.banners)
    return made


def test_a_file_is_placed_whole_in_one_step(bench: Bench, fake_jobs: list[FakeJob]) -> None:
    bench.drop("/music/a.wav", lane=1)
    assert "a.wav" in bench.banner
    fake_jobs[0].end(bench.imported("/music/a.wav", 0))
    assert bench.document.undo_stack.count() == 0  # not before the library is read again
    bench.reload()
    placed = bench.document.arrangement.lanes[1].clips
    assert len(placed) == bench.tracks[0].windows()
    assert placed[0].start == 4 * TICKS_PER_BAR
    assert {b.start - a.start for a, b in itertools.pairwise(placed)} == {TICKS_PER_SEGMENT}
    assert all(isinstance(clip.source, RealSource) for clip in placed)
    assert placed[0].name.startswith(bench.tracks[0].title)
    assert bench.document.undo_stack.count() == 1
    assert bench.banner == ""


def test_a_lane_that_is_gone_is_replaced_by_one_below(
    bench: Bench, fake_jobs: list[FakeJob]
) -> None:
    lanes = len(bench.document.arrangement.lanes)
    bench.drop("/music/a.wav")
    fake_jobs[0].end(bench.imported("/music/a.wav", 0))
    bench.reload()
    assert len(bench.document.arrangement.lanes) == lanes + 1


def test_a_file_that_is_refused_is_reported(bench: Bench, fake_jobs: list[FakeJob]) -> None:
    bench.drop("/music/a.txt")
    refused = FileReport(Path("/music/a.txt"), "refused", "not audio; export it again")
    fake_jobs[0].end(bench.report(refused))
    bench.reload()
    assert bench.banner == "“a.txt” was not placed: not audio; export it again"
    assert bench.document.undo_stack.count() == 0


def test_an_import_that_fails_is_reported(bench: Bench, fake_jobs: list[FakeJob]) -> None:
    bench.drop("/music/a.wav", "/music/b.wav")
    fake_jobs[0].fail("/lib: the disk is full; free some space")
    assert bench.banner == "2 files were not placed: /lib: the disk is full; free some space"
    assert bench.document.undo_stack.count() == 0


def test_an_import_that_is_stopped_is_reported(bench: Bench, fake_jobs: list[FakeJob]) -> None:
    bench.drop("/music/a.wav")
    fake_jobs[0].end_cancelled()
    assert bench.banner == "“a.wav” was not placed: the import was stopped"


def test_a_drop_during_an_import_waits_for_its_end(bench: Bench, fake_jobs: list[FakeJob]) -> None:
    """And the second import begins before the first one's tracks are in the session."""
    bench.drop("/music/0.wav", lane=0)
    bench.drop("/music/1.wav", lane=1)
    assert "when the import under way is done" in bench.banner
    assert len(fake_jobs) == 1
    fake_jobs[0].end(bench.imported("/music/0.wav", 0))
    assert fake_jobs[1].arguments["audio"] == [Path("/music/1.wav")]
    fake_jobs[1].end(bench.imported("/music/1.wav", 1))
    bench.reload()
    assert bench.document.undo_stack.count() == 2
    placed = [bench.document.arrangement.lanes[n].clips for n in range(2)]
    assert [clips[0].name.rsplit(",")[0] for clips in placed] == [
        bench.tracks[0].title,
        bench.tracks[1].title,
    ]
    assert bench.banner == ""


def test_a_library_that_is_left_meanwhile_is_reported(
    bench: Bench, fake_jobs: list[FakeJob], tmp_path: Path
) -> None:
    bench.drop("/music/a.wav")
    report = bench.imported("/music/a.wav", 0)
    bench.sessions.put_in_place(Session(library_path=tmp_path))
    fake_jobs[0].end(report)
    bench.sessions.put_in_place(Session(library_path=tmp_path))
    assert "no longer open" in bench.banner
    assert bench.document.undo_stack.count() == 0


def test_a_read_only_library_asks_for_another_one_first(
    bench: Bench, fake_jobs: list[FakeJob]
) -> None:
    bench.set_writable(False)
    bench.drop("/music/a.wav")
    form = bench.library.panel.new_form
    assert not form.isHidden()
    assert "read-only" in bench.banner
    form.cancel_button.click()
    assert bench.banner == ""
    assert fake_jobs == []


def banner(window: MainWindow) -> str:
    return window.panels.banners.texts().get("drop", "")


@pytest.mark.usefixtures("silent_services")
@pytest.mark.slow
def test_what_is_dropped_on_the_demo_goes_into_the_library_made_for_it(
    window: MainWindow, qtbot: Any, tmp_path: Path
) -> None:
    files.write(tmp_path / "a.wav", render(Spec(bpm=132.0, parts=arrangement(16))).samples)
    lane = window.document.arrangement.lanes[2].id
    window.timeline.files_dropped.emit(FileDrop((tmp_path / "a.wav",), TICKS_PER_BAR, lane))
    form = window.library.panel.new_form
    form.folder.setText(str(tmp_path / "mine"))
    form.create_button.click()
    qtbot.waitUntil(lambda: window.document.undo_stack.count() == 1, timeout=PATIENCE)
    assert window.session.library_path == tmp_path / "mine"
    placed = window.document.arrangement.lanes[2].clips
    assert len(placed) >= 3
    assert placed[0].start == TICKS_PER_BAR
    assert banner(window) == ""


@pytest.mark.usefixtures("silent_services")
@pytest.mark.slow
def test_a_real_file_into_a_library_of_ones_own(
    window: MainWindow, qtbot: Any, tmp_path: Path
) -> None:
    """Through the child that imports, below the last lane, while another drop waits."""
    Library.create(tmp_path / "mine").close()
    track = render(Spec(bpm=132.0, parts=arrangement(16)))
    for name in ("a.wav", "b.wav"):
        noise = np.random.default_rng(ord(name[0])).normal(0, 1e-3, (len(track.samples), 1))
        samples = np.asarray(track.samples).reshape(len(track.samples), -1)
        files.write(tmp_path / name, (samples + noise).astype(np.float32))
    window.sessions.open(tmp_path / "mine")
    qtbot.waitUntil(lambda: window.session.library_path == tmp_path / "mine", timeout=PATIENCE)
    window.timeline.files_dropped.emit(FileDrop((tmp_path / "a.wav",), 0, ""))
    lane = window.document.arrangement.lanes[0].id
    window.timeline.files_dropped.emit(FileDrop((tmp_path / "b.wav",), 0, lane))
    assert "when the import under way is done" in banner(window)
    qtbot.waitUntil(lambda: window.document.undo_stack.count() == 2, timeout=PATIENCE)
    lanes = window.document.arrangement.lanes
    assert len(lanes) == 5
    assert len(lanes[4].clips) >= 3
    assert len(lanes[0].clips) >= 3
    assert banner(window) == ""
