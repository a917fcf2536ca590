"""Files dropped on the lanes become clips there, whatever library is open."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.arrangement.clip import RealSource
from core.audio import files
from core.library.report import FileReport, ImportReport
from core.library.store import Library
from core.settings import TICKS_PER_BAR, TICKS_PER_SEGMENT
from technovae_gui.main_window import MainWindow
from technovae_gui.timeline import FileDrop
from tests.synthetic import Spec, arrangement, render
from tests.technovae_gui.conftest import PATIENCE


def banner(window: MainWindow) -> str:
    return window.panels.banners.texts().get("drop", "")


def pretend_import(window: MainWindow, paths: list[str], lane_id: str) -> None:
    """The drop of `paths` at bar 5, with an import that began and is under way."""
    importing = window.library
    window.timeline.files_dropped.emit(
        FileDrop(tuple(Path(path) for path in paths), 4 * TICKS_PER_BAR, lane_id)
    )
    importing.import_started.emit([Path(path) for path in paths])


def report(window: MainWindow, *reports: FileReport) -> ImportReport:
    return ImportReport(window.session.library_path.absolute(), reports, 1.0, 130.0)


def test_a_file_is_placed_whole_in_one_step(window: MainWindow, qtbot: Any) -> None:
    track = window.session.tracks[0]
    lane = window.document.arrangement.lanes[1]
    pretend_import(window, ["/music/a.wav"], lane.id)
    assert "a.wav" in banner(window)
    file = FileReport(Path("/music/a.wav"), "imported", "", (), 60.0, track.id, 128.0, 9)
    window.library.job.returned.emit(report(window, file))
    qtbot.waitUntil(lambda: bool(window.document.arrangement.end), timeout=PATIENCE)
    placed = window.document.arrangement.lanes[1].clips
    assert len(placed) == track.windows()
    assert placed[0].start == 4 * TICKS_PER_BAR
    assert {b.start - a.start for a, b in itertools.pairwise(placed)} == {TICKS_PER_SEGMENT}
    assert all(isinstance(clip.source, RealSource) for clip in placed)
    assert placed[0].name.startswith(track.title)
    assert window.document.undo_stack.count() == 1
    assert banner(window) == ""


def test_a_file_that_is_refused_is_told(window: MainWindow, qtbot: Any) -> None:
    pretend_import(window, ["/music/a.txt"], "")
    file = FileReport(Path("/music/a.txt"), "refused", "not audio; export it again")
    window.library.job.returned.emit(report(window, file))
    qtbot.waitUntil(lambda: "not audio" in banner(window), timeout=PATIENCE)
    assert window.document.undo_stack.count() == 0


def test_an_import_that_fails_is_told(window: MainWindow) -> None:
    pretend_import(window, ["/music/a.wav", "/music/b.wav"], "")
    window.library.job.errored.emit("/lib: the disk is full; free some space")
    assert banner(window) == "2 files were not placed: /lib: the disk is full; free some space"
    assert window.document.undo_stack.count() == 0


def test_a_second_import_does_not_take_the_place_of_the_first(
    window: MainWindow, qtbot: Any
) -> None:
    """It begins before the library is open anew with what the first one brought."""
    first, second = window.session.tracks[:2]
    lanes = [lane.id for lane in window.document.arrangement.lanes]
    importing = window.library
    for number, track in enumerate((first, second)):
        path = f"/music/{number}.wav"
        pretend_import(window, [path], lanes[number])
        file = FileReport(Path(path), "imported", "", (), 60.0, track.id, 128.0, 9)
        importing.job.returned.emit(report(window, file))
    qtbot.waitUntil(lambda: window.document.undo_stack.count() == 2, timeout=PATIENCE)
    placed = [window.document.arrangement.lanes[n].clips for n in range(2)]
    assert [clips[0].name.rsplit(",")[0] for clips in placed] == [first.title, second.title]


def test_a_library_that_is_left_meanwhile_is_told(window: MainWindow, qtbot: Any) -> None:
    pretend_import(window, ["/music/a.wav"], "")
    gone = ImportReport(Path("/elsewhere"), (), 1.0, 130.0)
    window.library.job.returned.emit(gone)
    qtbot.waitUntil(lambda: "no longer open" in banner(window), timeout=PATIENCE)


def test_the_demo_asks_for_a_library_first(window: MainWindow) -> None:
    window.timeline.files_dropped.emit(FileDrop((Path("/music/a.wav"),), 0, ""))
    form = window.library.panel.new_form
    assert form.isVisible()
    assert "library" in banner(window)
    form.cancel_button.click()
    assert banner(window) == ""


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
