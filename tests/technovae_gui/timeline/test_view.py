"""The whole: scrolling, zoom, playhead, pictures, menus, and what is painted again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from core.arrangement import edits
from core.arrangement.clip import RealSource
from technovae_gui.document import Document
from technovae_gui.timeline import ClipInfo, Snap, TimelineView, thumbnails
from technovae_gui.timeline.canvas import Canvas
from tests.technovae_gui.timeline.hand import BAR, Hand, clip

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def turn(view: TimelineView, notches: int, keys: Qt.KeyboardModifier, place: QPoint) -> None:
    event = QWheelEvent(
        QPointF(place),
        QPointF(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.canvas, event)


def test_the_wheel(view: TimelineView) -> None:
    place = QPoint(300, 50)
    tick = view.camera.geometry.tick(300)
    turn(view, 3, CTRL, place)
    assert view.camera.geometry.tick(300) == pytest.approx(tick, abs=1)
    left = view.camera.geometry.left
    turn(view, -2, SHIFT, place)
    assert view.camera.geometry.left > left
    turn(view, 4, CTRL | SHIFT, place)
    assert view.camera.geometry.lane_height > 68
    turn(view, -2, NONE, place)
    assert view.camera.geometry.top > 0
    turn(view, 50, NONE, place)
    assert view.camera.geometry.top == 0


def test_the_playhead_paints_a_line_only(
    view: TimelineView, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    painted: list[QRectF] = []
    whole = Canvas._paint

    def spy(canvas: Canvas, painter: QPainter, dirty: QRectF) -> None:
        painted.append(dirty)
        whole(canvas, painter, dirty)

    monkeypatch.setattr(Canvas, "_paint", spy)
    QTest.qWait(50)
    painted.clear()
    view.set_playhead(2.0 * BAR)
    qtbot.waitUntil(lambda: bool(painted))
    assert all(rect.width() <= 8 for rect in painted)


def test_following(view: TimelineView) -> None:
    view.set_playing(True)
    view.set_playhead(23.9 * BAR)
    assert view.camera.geometry.left == 0
    for bar in (24.5, 25.0, 25.2):
        view.set_playhead(bar * BAR)
    assert view.camera.shows(25.2 * BAR)
    assert view.camera.geometry.left > 20 * BAR


def test_who_scrolls_away_is_left_alone(view: TimelineView) -> None:
    view.set_playing(True)
    view.set_playhead(30.0 * BAR)
    view.camera.set(view.camera.geometry.at(left=0))
    view.set_playhead(30.05 * BAR)
    assert view.camera.geometry.left == 0
    view.set_playhead(40.0 * BAR)
    assert view.camera.shows(40.0 * BAR)


def test_not_following(view: TimelineView) -> None:
    view.actions()["follow"].trigger()
    view.set_playing(True)
    view.set_playhead(60.0 * BAR)
    assert view.camera.geometry.left == 0


def test_pictures_are_asked_for_once(view: TimelineView, qtbot: Any, document: Document) -> None:
    sources = {c.source for c in document.arrangement.clips()}
    assert set(view.missing()) == sources
    asked: list[list[RealSource]] = []
    view.missing_thumbnails.connect(asked.append)
    qtbot.waitUntil(lambda: bool(asked))
    assert set(asked[0]) == sources
    image = thumbnails.of_loop(np.ones((1000, 2), np.float32))
    for source in sources:
        view.set_thumbnail(source, image)
    assert view.missing() == []


def test_pictures_out_of_view_are_not_asked_for(view: TimelineView, document: Document) -> None:
    view.camera.set(view.camera.geometry.fitted(0, 4 * BAR - 800, view.canvas.width()))
    assert view.missing() == [document.arrangement.clip("a").source]


def test_looks_change_what_is_painted(view: TimelineView, document: Document) -> None:
    before = view.canvas.grab().toImage()
    view.set_clip_info(lambda c: ClipInfo(f"clip {c.id}", "#ff0000", "sub"))
    named = view.canvas.grab().toImage()
    assert named != before
    view.set_pending({document.arrangement.clip("a").source})
    assert view.canvas.grab().toImage() != named
    view.set_pending(set())
    assert view.canvas.grab().toImage() == named


def test_a_difference_is_painted_as_the_whole_would_be(
    view: TimelineView, document: Document, hand: Hand
) -> None:
    """Painting only what changed leaves nothing behind."""
    view.set_playhead(9.1 * BAR)
    document.select(["a"])
    steps = [
        lambda now: edits.move(now, ["a"], ticks=6 * BAR),
        lambda now: edits.set_clip(now, "b", bass_swap=True, fade_in=BAR),
        lambda now: edits.move(now, ["a"], ticks=-4 * BAR, lanes=2),
        lambda now: edits.trim_end(now, "c", 13 * BAR),
        lambda now: edits.delete(now, ["b"]),
    ]
    for step in steps:
        document.edit("step", step)
        QTest.qWait(20)
        shown = view.screen().grabWindow(view.winId()).toImage()
        if shown.isNull():
            pytest.skip("this platform cannot show what is on the screen")
        view.canvas.update()
        QTest.qWait(20)
        assert view.screen().grabWindow(view.winId()).toImage() == shown


def test_menus_open(view: TimelineView, hand: Hand, document: Document, qtbot: Any) -> None:
    for point, selected in ((hand.title("c"), {"c"}), (hand.at(20, 3), {"c"})):
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, point, view.canvas.mapToGlobal(point)
        )
        QApplication.sendEvent(view.canvas, event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert menu.actions()
        assert document.selection == selected
        menu.close()
        qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)


def test_tool_tips_tell_the_clip(view: TimelineView, hand: Hand) -> None:
    point = hand.title("a")
    QApplication.sendEvent(
        view.canvas, QHelpEvent(QEvent.Type.ToolTip, point, view.canvas.mapToGlobal(point))
    )


def test_snap_is_chosen_in_the_tools(view: TimelineView) -> None:
    view.snap = Snap.BEAT
    assert view.tools.snap.currentText() == "Beat"
    view.tools.snap.activated.emit(2)
    assert view.snap is Snap.SIXTEENTH


def test_an_empty_timeline_says_what_to_do(
    view: TimelineView, document: Document, qtbot: Any
) -> None:
    document.select(["a", "b", "c"])
    view.actions()["delete"].trigger()
    empty = view.canvas.grab().toImage()
    document.edit("add", lambda now: edits.put(now, [(3, clip("z", 20))]))
    document.edit("delete", lambda now: edits.delete(now, ["z"]))
    assert view.canvas.grab().toImage() == empty


def test_the_other_document(view: TimelineView, document: Document) -> None:
    document.reset(edits.put(document.arrangement, [(6, clip("z", 2))]))
    assert len(view.headers._headers) == 7
    assert view.canvas.mirror.where("z") is not None


def test_stencils() -> None:
    loud = thumbnails.of_loop(np.ones((4410, 2), np.float32))
    assert (loud.width(), loud.height()) == (thumbnails.COLUMNS, thumbnails.ROWS)
    assert loud.pixelColor(10, 2).alpha() > 200
    for loop in (np.zeros((4410, 1)), np.zeros((0, 2)), np.zeros((3, 2))):
        quiet = thumbnails.of_loop(loop.astype(np.float32))
        assert quiet.pixelColor(100, 2).alpha() == 0
    picture = thumbnails.of_spectrogram(np.full((512, 128), -90.0, np.float32))
    assert (picture.width(), picture.height()) == (512, 128)
    assert picture.pixelColor(5, 5).alpha() == 0
