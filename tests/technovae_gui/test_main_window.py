"""The whole window on the built-in demo: clicked, heard, arranged, exported, closed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSettings, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QMenu

from core import resources
from core.arrangement import edits, project_file
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, LatentSource, RealSource
from core.arrangement.export_options import ExportOptions
from core.arrangement.project import Origin, Project
from core.library.store import Library
from core.library.training_weights import TrainingWeights, WeightRequest, span_of
from core.settings import TICKS_PER_BAR
from core.workers import tasks
from technovae_gui import mime
from technovae_gui.app import close_unasked
from technovae_gui.compose import ComposeRequest
from technovae_gui.main_window import MainWindow
from technovae_gui.map.map_point import MapPoint
from technovae_gui.project.questions import Leaving, MessageBoxes, OtherLibrary
from tests.technovae_gui.conftest import PATIENCE


def drop(window: MainWindow, source: Any, x: int, y: int, name: str = "") -> None:
    """Drop a source onto the timeline's lanes at a pixel, by the events that Qt would send."""
    canvas = window.timeline.canvas
    data = mime.encode([mime.DraggedSource(source, name)])
    copy, left, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    place = QPointF(x, y)
    canvas.dragEnterEvent(QDragEnterEvent(place.toPoint(), copy, data, left, none))
    canvas.dragMoveEvent(QDragMoveEvent(place.toPoint(), copy, data, left, none))
    canvas.dropEvent(QDropEvent(place, copy, data, left, none))


def clips(window: MainWindow) -> list[Any]:
    return list(window.document.arrangement.clips())


@pytest.mark.usefixtures("silent_renderer")
def test_a_click_on_a_dot_is_heard_and_seen(window: MainWindow, qtbot: Any) -> None:
    found = window.session.map
    assert found is not None
    with qtbot.waitSignal(window.services.loops.auditioned, timeout=PATIENCE):
        window.map_view.choose_segment(found.segments[7].id)
    qtbot.waitUntil(lambda: window.transport.clock.state.auditioning, timeout=PATIENCE)
    qtbot.waitUntil(lambda: max(window.transport.clock.state.peaks) > 0.01, timeout=PATIENCE)
    qtbot.waitUntil(lambda: window.sound.pictures.real.values is not None, timeout=PATIENCE)
    assert "original" in window.bar.sounding.text()
    window.transport.stop()
    qtbot.waitUntil(lambda: not window.transport.clock.state.auditioning, timeout=PATIENCE)


@pytest.mark.usefixtures("silent_renderer")
def test_what_is_dropped_plays_and_can_be_undone(window: MainWindow, qtbot: Any) -> None:
    found = window.session.map
    assert found is not None
    drop(window, RealSource(found.segments[3].id), 5, 20)
    assert len(clips(window)) == 1
    assert clips(window)[0].start % TICKS_PER_BAR == 0
    source, bpm = clips(window)[0].source, window.document.arrangement.bpm
    qtbot.waitUntil(lambda: window.services.loops.loop(source, bpm) is not None, timeout=PATIENCE)
    window.transport.play_or_silence()
    qtbot.waitUntil(lambda: window.transport.clock.state.frame > 20_000, timeout=PATIENCE)
    qtbot.waitUntil(lambda: max(window.transport.clock.state.peaks) > 0.01, timeout=PATIENCE)
    window.transport.play_or_silence()
    qtbot.waitUntil(lambda: not window.transport.clock.state.playing, timeout=PATIENCE)
    window.document.undo_stack.undo()
    assert clips(window) == []


@pytest.mark.usefixtures("silent_services")
def test_the_tempo_is_one_undo_step(window: MainWindow) -> None:
    before = window.document.arrangement.bpm
    for bpm in (128.0, 127.0, 126.5):
        window.bar.tempo_changed.emit(bpm)
    assert window.document.arrangement.bpm == 126.5
    window.document.undo_stack.undo()
    assert window.document.arrangement.bpm == before


@pytest.mark.usefixtures("silent_services")
def test_space_stops_what_is_still_to_be_heard(window: MainWindow, qtbot: Any) -> None:
    window.map_view.chosen.choose_row(3)
    for plays in (False, True):
        window.transport.play_or_silence()
        assert not window.audition.is_awaited
        assert window.services.player.state().playing == plays


@pytest.mark.usefixtures("silent_services")
def test_a_new_project_takes_the_librarys_tempo(window: MainWindow) -> None:
    assert window.session.map is not None
    assert window.document.arrangement.bpm == round(window.session.map.tempo, 2)


@pytest.mark.usefixtures("silent_services")
def test_a_library_that_is_gone_is_reported(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    drop(window, RealSource("x-0-0"), 5, 20)
    path = tmp_path / "a.technovae"
    gone = Project(window.document.arrangement, library=tmp_path / "gone")
    project_file.save(gone, path)
    assert window.open_project.open(path)
    assert "gone" in window.panels.banners.texts()["relink"]
    assert len(clips(window)) == 1
    assert window.session.map is not None


@pytest.mark.usefixtures("silent_renderer")
def test_a_project_opens_with_its_own_library(qtbot: Any, tmp_path: Path) -> None:
    """Fault: the demo was opened as well; clips turned grey, and saving wrote no library."""
    QSettings().setValue("hint_seen", True)
    QSettings().setValue("library", "/music/last")
    folder, path = tmp_path / "mine", tmp_path / "night.technovae"
    shutil.copytree(resources.demo_library(), folder)
    with Library.open(folder, read_only=True) as library:
        source, library_id = RealSource(library.segments()[0].id), library.id
    lane = Lane("l", clips=(Clip("c", source, 0),))
    project_file.save(Project(Arrangement(130.0, (lane,)), folder, library_id=library_id), path)
    window = MainWindow(tmp_path / "sessions")
    opened: list[Path] = []
    window.sessions.session_changed.connect(lambda session: opened.append(session.library_path))
    window.show()
    window.begin(path)
    qtbot.waitUntil(lambda: bool(opened), timeout=PATIENCE)
    qtbot.waitUntil(lambda: window.services.loops.outstanding == 0, timeout=PATIENCE)
    loops, bpm = window.services.loops, window.document.arrangement.bpm
    qtbot.waitUntil(lambda: loops.loop(source, bpm) is not None, timeout=PATIENCE)
    assert set(opened) == {folder}
    assert not {"library", "relink", "clip", "sound"} & set(window.banners.texts())
    assert QSettings().value("library") == "/music/last"
    assert window.open_project.save()
    assert project_file.load(path).library == folder
    window.close()
    window.deleteLater()


def test_an_arrangement_sounds_on_from_its_own_library(
    window: MainWindow, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault: with a library of one's own, clips from the demo fell silent for good."""
    found, loops = window.session.map, window.services.loops
    assert found is not None
    real = RealSource(found.segments[3].id)
    latent = LatentSource((found.latents[5],), renderer="phase", model_hash=found.model_hash)
    drop(window, real, 5, 20)
    drop(window, latent, 5, 90)
    bpm = window.document.arrangement.bpm
    for source in (real, latent):
        qtbot.waitUntil(lambda it=source: loops.loop(it, bpm) is not None, timeout=PATIENCE)
    before = {source: loops.loop(source, bpm) for source in (real, latent)}
    silent: list[object] = []

    def read_again() -> bool:
        now = [loops.loop(source, bpm) for source in before]
        silent.extend(loop for loop in now if loop is None)
        return all(loop is not old for loop, old in zip(now, before.values(), strict=True))

    monkeypatch.setattr(MessageBoxes, "ask_other_library", lambda *_: OtherLibrary.KEEP)
    window.library.panel.create_requested.emit(tmp_path / "mine")
    qtbot.waitUntil(lambda: window.session.library_path == tmp_path / "mine", timeout=PATIENCE)
    qtbot.waitUntil(read_again, timeout=PATIENCE)
    assert silent == []  # meanwhile
    for source, loop in before.items():
        np.testing.assert_array_equal(loops.loop(source, bpm), loop)
    assert window.inspector.info(clips(window)[0]).subtitle == "from built-in demo, not open"
    assert not {"clip", "sound", "relink"} & set(window.banners.texts())
    path = tmp_path / "both.technovae"
    assert window.open_project.save(path)
    saved = project_file.load(path)
    assert saved.library == tmp_path / "mine"
    (demo,) = saved.origins
    assert demo.claims(real)
    assert demo.claims(latent)


@pytest.mark.usefixtures("silent_services")
def test_closing_with_unsaved_work_asks(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(window, RealSource("x-0-0"), 5, 20)
    answers = [Leaving.CANCEL]
    monkeypatch.setattr(MessageBoxes, "ask_leaving", lambda *_: answers[-1])
    assert not window.close()
    assert window.isVisible()
    assert len(clips(window)) == 1
    answers.append(Leaving.DISCARD)
    assert window.close()
    assert window.open_project.abandoned() == []


@pytest.mark.usefixtures("silent_services")
def test_the_system_ends_the_program_without_a_question(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(window, RealSource("x-0-0"), 5, 20)
    monkeypatch.setattr(MessageBoxes, "ask_leaving", lambda *_: pytest.fail("asked"))
    close_unasked(window)
    assert not window.isVisible()
    assert len(window.open_project.abandoned()) == 1


@pytest.mark.usefixtures("silent_services")
def test_two_windows_do_not_disturb_each_other(
    window: MainWindow, qtbot: Any, tmp_path: Path
) -> None:
    other = MainWindow(tmp_path / "sessions")
    other.show()
    other.begin()
    qtbot.waitUntil(lambda: other.session.map is not None, timeout=PATIENCE)
    drop(window, RealSource(other.session.map.segments[0].id), 5, 20)
    assert clips(other) == []
    assert other.open_project.abandoned() == []
    other.close()
    other.deleteLater()


@pytest.mark.usefixtures("silent_services")
def test_long_names_do_not_widen_the_window(window: MainWindow, qtbot: Any) -> None:
    window.resize(1280, 800)
    name = "near A Title That Its Maker Could Not End " * 4
    window.bar.show_sounding(name)
    window.bar.device.show_state(name, 0.02, 3)
    window.sessions.status.emit(name)
    window.sessions.problem.emit("model", name)
    first = window.document.arrangement.lanes[0].id
    window.document.edit("Rename lane", lambda it: edits.rename_lane(it, first, name))
    qtbot.waitUntil(lambda: "…" in window.bar.sounding.text())
    assert window.width() == 1280
    assert window.bar.sounding.toolTip() == name


def entries(actions: Iterable[QAction]) -> Iterator[QAction]:
    """All that can be chosen in menus, in those within them, too."""
    for action in actions:
        inside = action.menu()
        if isinstance(inside, QMenu):
            yield from entries(inside.actions())
        elif not action.isSeparator():
            yield action


@pytest.mark.usefixtures("silent_services")
def test_all_commands_of_the_timeline_are_in_menus_that_fit_on_a_low_screen(
    window: MainWindow,
) -> None:
    found = list(entries(window.menuBar().actions()))
    for name, action in window.timeline.actions_by_name.items():
        assert found.count(action) == 1, name
    for menu in window.menuBar().findChildren(QMenu):
        assert menu.sizeHint().height() < 560, menu.title()


@pytest.mark.usefixtures("silent_services")
def test_every_shortcut_of_the_window_is_its_own(window: MainWindow) -> None:
    keys: list[str] = []
    for action in entries(window.menuBar().actions()):
        keys += [key.toString() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
    assert {"Space", "Ctrl+Z", "Ctrl+S", "Ctrl+E", "F1", "Ctrl+Tab", "Ctrl+Shift+Tab"} <= set(keys)


@pytest.mark.slow
def test_a_latent_is_arranged_exported_and_reopened(
    window: MainWindow, qtbot: Any, tmp_path: Path
) -> None:
    """Through the panels: the decoder child renders it, another child exports it."""
    found = window.session.map
    assert found is not None
    between = (found.latents[0] + found.latents[9]) / 2
    drop(window, LatentSource((between,), model_hash=found.model_hash), 5, 20, "Between")
    drop(window, RealSource(found.segments[12].id), 5, 90)
    qtbot.waitUntil(
        lambda: all(
            window.services.loops.loop(c.source, window.document.arrangement.bpm) is not None
            for c in clips(window)
        ),
        timeout=PATIENCE,
    )
    out = tmp_path / "night.wav"
    job = window.exporting.job
    with qtbot.waitSignal(job.returned, timeout=PATIENCE) as reported:
        job.start(
            tasks.export_audio,
            library=found.library_path,
            model=found.model_path,
            arrangement=window.document.arrangement,
            path=out,
            options=ExportOptions(lane_stems=True, lufs=-14.0),
        )
    assert reported.args[0].lufs == pytest.approx(-14.0, abs=0.2)
    assert out.is_file()
    assert len(reported.args[0].stems) == 2
    qtbot.waitUntil(lambda: not job.busy, timeout=PATIENCE)
    before = window.document.arrangement
    assert window.open_project.save(tmp_path / "night.technovae")
    window.open_project.new()
    assert window.open_project.open(tmp_path / "night.technovae")
    assert window.document.arrangement == before


@pytest.mark.usefixtures("silent_services")
@pytest.mark.slow
def test_composing_fills_the_timeline_in_one_step(window: MainWindow, qtbot: Any) -> None:
    composing, job = window.composing, window.composing.job
    with qtbot.waitSignal(job.returned, timeout=PATIENCE):
        composing.panel.compose_requested.emit(ComposeRequest({"minutes": 1.0, "seed": 4}))
    assert len(clips(window)) > 6
    assert window.document.undo_stack.count() == 1
    qtbot.waitUntil(lambda: not job.busy, timeout=PATIENCE)


def _has(*programs: str) -> bool:
    return all(shutil.which(name) for name in programs)


@pytest.mark.slow
@pytest.mark.skipif(not _has("Xvfb", "xdotool"), reason="needs Xvfb and xdotool")
@pytest.mark.timeout(900)  # as all, but it waits for a screen and a mouse: it begins early
def test_real_mouse_drags_on_a_real_screen(tmp_path: Path, qapp: object) -> None:
    """By xdotool on Xvfb: dots dragged from the map onto a lane, trimmed, crossfaded, played."""
    environment = {k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}
    picture = tmp_path / "window.png"
    script = Path(__file__).with_name("drive_window.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(picture)],
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert picture.stat().st_size > 20_000


@pytest.mark.usefixtures("silent_renderer")
def test_what_the_map_says_of_training_is_kept_and_shown(window: MainWindow, qtbot: Any) -> None:
    found, view = window.session.map, window.map_view
    assert found is not None
    spans = (span_of(found.segments[7]),)

    def kept() -> TrainingWeights:
        with Library.open(window.session.library_path, read_only=True) as library:
            return library.training_weights()

    view.weight_requested.emit(WeightRequest(spans, 0.0))
    assert np.flatnonzero(view.scene.opacity() < 1.0).tolist() == [7]
    assert "224 of 225 segments" in window.training.panel.learning_text.text()
    qtbot.waitUntil(lambda: kept() == window.weights.weights, timeout=PATIENCE)
    view.weight_requested.emit(WeightRequest(spans, 1.0))
    qtbot.waitUntil(lambda: kept() == TrainingWeights(), timeout=PATIENCE)
    view.learn_requested.emit(spans)
    assert window.panels.shown_panel is window.training.panel
    assert "1 of 225 segments" in window.training.panel.learning_text.text()


@pytest.mark.usefixtures("silent_renderer")
def test_another_version_of_a_library_that_is_not_the_projects_own_is_heard_from_it(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project's library is gone; meanwhile the user compares models of the one that is open."""
    session, origins = window.session, window.open_project.origins
    assert session.map is not None
    elsewhere = Project(window.document.arrangement, Path("/gone"), library_id="gone")
    origins.load(elsewhere, untitled=False)
    made_from: list[Origin | None] = []
    monkeypatch.setattr(
        window.audition, "audition", lambda point: made_from.append(origins.of(point.source))
    )
    window.map_view.choose_segment(session.map.segments[7].id)
    window.training.versions.heard_with.emit("other")
    made_from.clear()
    latent_map = replace(session.map, model_hash="other")
    window.sessions.session_changed.emit(replace(session, model_hash="other", map=latent_map))
    assert made_from == [None], "the session that is open"


@pytest.mark.usefixtures("silent_renderer")
def test_the_chosen_place_is_heard_with_another_version(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, placement = window.session.map, window.map_view.placement
    assert found is not None
    heard: list[MapPoint] = []
    monkeypatch.setattr(window.audition, "audition", heard.append)
    window.map_view.choose_segment(found.segments[7].id)
    heard.clear()
    window.training.versions.heard_with.emit("other")
    turned = np.roll(found.latents, 1, axis=1)
    placement.set_map(replace(found, latents=turned, model_hash="other"))
    (point,) = heard
    assert isinstance(point.source, LatentSource)
    assert point.source.model_hash == "other"
    np.testing.assert_array_equal(point.latent, turned[7])
    placement.set_map(found)
    assert heard == [point], "a map that was not asked for plays nothing"
