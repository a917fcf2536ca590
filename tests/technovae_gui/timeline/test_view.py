"""The whole: playhead, following, pictures that are asked for, snap and fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from core.arrangement import edits
from technovae_gui.document import Document, empty_arrangement
from technovae_gui.timeline import Snap, TimelineView
from technovae_gui.timeline import view as view_module
from technovae_gui.timeline.geometry import Geometry
from technovae_gui.timeline.thumbnails import ThumbnailRequest, waveform_thumbnail
from tests.technovae_gui.timeline.mouse_driver import BAR, clip

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def test_the_view_follows_the_playhead_out_of_sight(view: TimelineView) -> None:
    view.set_playing(True)
    view.set_playhead(23.9 * BAR)
    assert view.viewport.geometry.left == 0
    for bar in (24.5, 25.0, 25.2):
        view.set_playhead(bar * BAR)
    assert view.viewport.shows(25.2 * BAR)
    assert view.viewport.geometry.left > 20 * BAR


def test_who_scrolls_away_is_left_alone(view: TimelineView) -> None:
    view.set_playing(True)
    view.set_playhead(30.0 * BAR)
    view.viewport.set(view.viewport.geometry.scrolled_to(left=0))
    view.set_playhead(30.05 * BAR)
    assert view.viewport.geometry.left == 0
    view.set_playhead(40.0 * BAR)
    assert view.viewport.shows(40.0 * BAR)


def test_not_following(view: TimelineView) -> None:
    view.actions_by_name["follow"].trigger()
    view.set_playing(True)
    view.set_playhead(60.0 * BAR)
    assert view.viewport.geometry.left == 0


def test_fit_shows_all_lanes(view: TimelineView, document: Document, qtbot: Any) -> None:
    view.resize(1280, 300)
    qtbot.waitUntil(lambda: view.viewport.height < 240)
    view.viewport.set(view.viewport.geometry.taller(3.0, 0.0))
    assert view.viewport.last_top > 0
    view.fit()
    geometry = view.viewport.geometry
    assert geometry.y(0) == 0
    assert geometry.y(len(document.arrangement.lanes)) <= view.viewport.height
    header = view.headers.header(document.arrangement.lanes[0].id)
    assert header.gain.isVisible()
    assert header.gain.geometry().bottom() <= header.height()


def test_another_project_is_shown_whole(view: TimelineView, document: Document) -> None:
    view.viewport.scroll(dx=500)
    document.reset(edits.put(document.arrangement, [(0, clip("far", 200))]))
    view.begin_project()
    assert view.viewport.shows(0)
    assert view.viewport.shows(204 * BAR)
    document.reset(empty_arrangement())
    view.begin_project()
    assert view.viewport.geometry == Geometry()


def test_of_a_long_project_the_beginning_is_shown(view: TimelineView, document: Document) -> None:
    document.reset(edits.put(document.arrangement, [(0, clip("far", 400))]))
    view.begin_project()
    assert view.viewport.shows(250.0 * BAR)
    assert not view.viewport.shows(280.0 * BAR)
    view.fit()
    assert view.viewport.shows(400.0 * BAR)


def test_pictures_are_asked_for(view: TimelineView, qtbot: Any, document: Document) -> None:
    sources = {c.source for c in document.arrangement.clips()}
    assert set(view.missing()) == sources
    asked: list[ThumbnailRequest] = []
    view.missing_thumbnails.connect(asked.append)
    qtbot.waitUntil(lambda: bool(asked))
    assert set(asked[0].sources) == sources
    image = waveform_thumbnail(np.ones((1000, 2), np.float32))
    for source in sources:
        view.set_thumbnail(source, image)
    assert view.missing() == []


class Clock:
    """A clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(view_module.time, "monotonic", lambda: self.now)


def test_a_picture_that_did_not_come_is_asked_for_again_when_its_clip_is_painted(
    view: TimelineView, qtbot: Any, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    with qtbot.waitSignal(view.missing_thumbnails) as asked:
        pass
    a, b, c = (document.arrangement.clip(name).source for name in "abc")
    assert asked.args == [ThumbnailRequest((a, b, c))]
    view.set_thumbnail(a, waveform_thumbnail(np.ones((1000, 2), np.float32)))
    view.set_thumbnail(c, waveform_thumbnail(np.ones((1000, 2), np.float32)))
    clock.now += 10.0
    with qtbot.waitSignal(view.missing_thumbnails) as asked:
        view.set_playhead(9.0 * BAR)  # paints a strip of "b"
    assert asked.args == [ThumbnailRequest((b,))]


def test_a_picture_is_not_asked_for_again_at_once(
    view: TimelineView, qtbot: Any, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    with qtbot.waitSignal(view.missing_thumbnails):
        pass
    asked: list[object] = []
    view.missing_thumbnails.connect(asked.append)
    clock.now += 1.0
    with qtbot.waitSignal(view._request_timer.timeout):
        view.canvas.update()
    assert asked == []


def test_other_music_has_other_pictures(view: TimelineView, qtbot: Any, document: Document) -> None:
    with qtbot.waitSignal(view.missing_thumbnails) as first:
        pass
    for source in first.args[0].sources:
        view.set_thumbnail(source, waveform_thumbnail(np.ones((1000, 2), np.float32)))
    assert view.missing() == []
    with qtbot.waitSignal(view.missing_thumbnails) as again:
        view.clear_thumbnails()
    assert again.args == first.args


def test_pictures_out_of_view_are_not_asked_for(view: TimelineView, document: Document) -> None:
    view.viewport.set(view.viewport.geometry.fitted(0, 4 * BAR - 800, view.canvas.width()))
    assert view.missing() == [document.arrangement.clip("a").source]


def test_snap_is_chosen_in_the_tools(view: TimelineView) -> None:
    view.snap = Snap.BEAT
    assert view.toolbar.snap.currentText() == "Beat"
    view.toolbar.snap.activated.emit(list(Snap).index(Snap.SIXTEENTH))
    assert view.snap is Snap.SIXTEENTH


def test_the_other_document(view: TimelineView, document: Document) -> None:
    document.reset(edits.put(document.arrangement, [(6, clip("z", 2))]))
    assert len(view.headers._headers) == 7
    assert view.canvas.scene.find("z") is not None
