"""Clips dragged out of the window are a WAV file by then, as they are heard."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData

from core.arrangement import edits
from core.arrangement.clip import Clip, RealSource
from core.audio import files
from core.settings import TICKS_PER_BAR, TICKS_PER_SEGMENT, segment_frames
from technovae_gui import mime
from technovae_gui.document import Document
from technovae_gui.main_window import MainWindow
from technovae_gui.timeline import ClipRequest
from technovae_gui.timeline.drag_out import DragOutController, cut_of, written
from tests.technovae_gui.conftest import PATIENCE


@pytest.fixture
def drag_out(window: MainWindow, tmp_path: Path) -> DragOutController:
    """Two clips on the first lane, muted, one on the second; files go to the test's folder."""
    found = window.session.map
    assert found is not None
    clips = [
        (row, Clip(name, RealSource(found.segments[n].id), start * TICKS_PER_BAR, name=name))
        for n, (row, name, start) in enumerate(((0, "a", 0), (0, "b", 4), (1, "c", 2)))
    ]
    document = window.document
    document.edit("place", lambda now: edits.put(now, clips))
    lane = document.arrangement.lanes[0].id
    document.edit("mute", lambda now: edits.set_lane(now, lane, mute=True))
    window.drag_out.folder = tmp_path / "out"
    return window.drag_out


def wait_for_loops(window: MainWindow, qtbot: Any) -> None:
    qtbot.waitUntil(
        lambda: all(
            window.services.loops.loop(c.source, window.document.arrangement.bpm) is not None
            for c in window.document.arrangement.clips()
        ),
        timeout=PATIENCE,
    )


@pytest.mark.usefixtures("silent_renderer")
def test_a_clip_becomes_a_file_of_its_length(
    window: MainWindow, drag_out: DragOutController, qtbot: Any, tmp_path: Path
) -> None:
    wait_for_loops(window, qtbot)
    drag_out.begin(ClipRequest(("b",)))
    path = tmp_path / "out" / "b.wav"
    qtbot.waitUntil(path.is_file, timeout=PATIENCE)
    samples = files.read(path)
    arrangement = window.document.arrangement
    assert len(samples) == arrangement.frame(8 * TICKS_PER_BAR) - arrangement.frame(
        4 * TICKS_PER_BAR
    )
    assert np.abs(samples).max() > 0.05  # its lane is muted, it was dragged to be heard


@pytest.mark.usefixtures("silent_renderer")
def test_a_selection_becomes_one_file(
    window: MainWindow, drag_out: DragOutController, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[Path] = []
    monkeypatch.setattr(drag_out, "_drag", dragged.append)
    wait_for_loops(window, qtbot)
    drag_out.begin(ClipRequest(("a", "c")))
    qtbot.waitUntil(lambda: drag_out._ready is not None, timeout=PATIENCE)
    assert dragged == []  # nobody holds the mouse: the next drag finds it ready
    drag_out.begin(ClipRequest(("a", "c")))
    assert [path.name for path in dragged] == ["Untitled, bars 1 to 6.wav"]


@pytest.mark.usefixtures("silent_services")
def test_what_is_not_decoded_yet_is_told(window: MainWindow, drag_out: DragOutController) -> None:
    window.services.loops.loop = lambda source, bpm: None  # type: ignore[method-assign]
    drag_out.begin(ClipRequest(("a",)))
    assert "still being decoded" in window.panels.banners.texts()["drag out"]


@pytest.mark.usefixtures("silent_renderer")
def test_a_folder_that_cannot_be_used_is_told(
    window: MainWindow, drag_out: DragOutController, qtbot: Any, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("in the way")
    wait_for_loops(window, qtbot)
    drag_out.begin(ClipRequest(("a",)))
    qtbot.waitUntil(lambda: "drag out" in window.panels.banners.texts(), timeout=PATIENCE)
    assert "nothing was dragged out" in window.panels.banners.texts()["drag out"]


def test_names_are_free_and_fit_every_file_system(document: Document, tmp_path: Path) -> None:
    source = RealSource("x-0-0")
    lane = document.arrangement.lanes[0].id
    clip = Clip("a", source, 0, TICKS_PER_SEGMENT)
    cut = cut_of(edits.add(document.arrangement, lane, clip), frozenset("a"))
    assert cut is not None
    loops = {source: np.full((segment_frames(document.arrangement.bpm), 2), 0.1, np.float32)}
    made = [written(cut, loops, tmp_path, 'Kick: "A/B"?') for _ in range(2)]
    assert [path.name for path in made] == ["Kick A B.wav", "Kick A B 2.wav"]
    os.utime(made[0], (time.time() - 90 * 86_400,) * 2)
    written(cut, loops, tmp_path, "c")
    assert sorted(path.name for path in tmp_path.glob("*.wav")) == ["Kick A B 2.wav", "c.wav"]


def test_what_went_out_does_not_come_in_again(tmp_path: Path) -> None:
    data = mime.encode_file(tmp_path / "a.wav")
    assert data.urls()[0].toLocalFile() == str(tmp_path / "a.wav")
    assert mime.local_files(data) == []
    from_desktop = QMimeData()
    from_desktop.setUrls(data.urls())
    assert mime.local_files(from_desktop) == [str(tmp_path / "a.wav")]
