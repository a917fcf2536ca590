"""Drags on the lanes, with a real mouse: each is one step of history, and Escape takes it back."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from core.arrangement import edits
from technovae_gui.document import Document
from technovae_gui.timeline import Snap, TimelineView, layout
from tests.technovae_gui.timeline.hand import BAR, Hand, clip, moved

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def starts(document: Document) -> dict[str, float]:
    return {c.id: c.start / BAR for c in document.arrangement.clips()}


def test_moving_snaps_and_is_one_step(hand: Hand, document: Document) -> None:
    grip = hand.title("a")
    hand.drag(grip, grip + hand.shift(bars=2.2, rows=2))
    assert starts(document)["a"] == 2
    assert hand.placed("a")[0] == 2
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "move clip"
    document.undo_stack.undo()
    assert (hand.placed("a")[0], starts(document)["a"]) == (0, 0)


def test_moving_is_live(hand: Hand, document: Document) -> None:
    grip = hand.title("c")
    hand.press(grip)
    hand.move(grip + hand.shift(bars=3))
    assert starts(document)["c"] == 7
    hand.move(grip + hand.shift(bars=1))
    assert starts(document)["c"] == 5
    hand.release(grip + hand.shift(bars=1))


def test_alt_moves_freely(hand: Hand, document: Document) -> None:
    grip = hand.title("c")
    hand.drag(grip, grip + hand.shift(bars=0.4), ALT)
    assert starts(document)["c"] == pytest.approx(4.4, abs=0.03)


def test_a_finer_grid(hand: Hand, document: Document, view: TimelineView) -> None:
    view.snap = Snap.BEAT
    grip = hand.title("c")
    hand.drag(grip, grip + hand.shift(bars=0.55))
    assert starts(document)["c"] == 4.5


def test_ctrl_drag_copies(hand: Hand, document: Document) -> None:
    grip = hand.title("c")
    hand.drag(grip, grip + hand.shift(bars=6, rows=1), CTRL)
    assert starts(document)["c"] == 4
    assert [c.start / BAR for c in document.arrangement.lanes[2].clips] == [10]
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "copy clip"
    assert document.selection == {document.arrangement.lanes[2].clips[0].id}


def test_several_move_together(hand: Hand, document: Document) -> None:
    document.select(["a", "c"])
    grip = hand.title("a")
    hand.drag(grip, grip + hand.shift(bars=1))
    assert starts(document) == {"a": 1, "b": 8, "c": 5}
    assert document.undo_stack.undoText() == "move 2 clips"


def test_moving_over_a_neighbour_and_back_leaves_it_whole(hand: Hand, document: Document) -> None:
    grip = hand.title("a")
    hand.press(grip)
    hand.move(grip + hand.shift(bars=8))
    assert "b" not in starts(document)
    hand.move(grip + hand.shift(bars=0.1))
    hand.release(grip)
    assert starts(document) == {"a": 0, "b": 8, "c": 4}
    assert document.undo_stack.count() == 0


@pytest.mark.parametrize("keys", [Qt.KeyboardModifier.NoModifier, CTRL])
def test_escape_cancels(hand: Hand, document: Document, keys: Qt.KeyboardModifier) -> None:
    before = document.arrangement
    grip = hand.title("a")
    hand.press(grip, keys)
    hand.move(grip + hand.shift(bars=3, rows=1), keys)
    assert document.arrangement != before
    QTest.keyClick(hand.canvas, Qt.Key.Key_Escape)
    assert document.arrangement == before
    assert document.undo_stack.count() == 0
    assert document.selection == {"a"}
    hand.move(grip + hand.shift(bars=5), keys)
    hand.release(grip + hand.shift(bars=5), keys)
    assert document.arrangement == before


def test_the_end_is_trimmed_and_loops(hand: Hand, document: Document) -> None:
    edge = hand.at(4, 0) - QPoint(2, 0)
    hand.drag(edge, edge + hand.shift(bars=2))
    assert document.arrangement.clip("a").length == 6 * BAR
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "trim end"


def test_the_start_is_trimmed_and_the_sound_stays(hand: Hand, document: Document) -> None:
    edge = hand.at(4, 1) + QPoint(2, 0)
    hand.drag(edge, edge + hand.shift(bars=1))
    trimmed = document.arrangement.clip("c")
    assert (trimmed.start, trimmed.end, trimmed.offset) == (5 * BAR, 8 * BAR, BAR)


def test_a_clip_is_never_trimmed_to_nothing(hand: Hand, document: Document) -> None:
    edge = hand.at(4, 0) - QPoint(2, 0)
    hand.drag(edge, edge + hand.shift(bars=-9))
    assert 0 < document.arrangement.clip("a").length < BAR


def test_trimming_over_a_neighbour_crossfades(hand: Hand, document: Document) -> None:
    edge = hand.at(4, 0) - QPoint(2, 0)
    hand.drag(edge, edge + hand.shift(bars=5))
    first, second = document.arrangement.lanes[0].clips
    assert (first.end, second.start) == (9 * BAR, 8 * BAR)
    # The overlap's edges can be grabbed again.
    edge = hand.at(9, 0) - QPoint(1, 0)
    hand.drag(edge, edge + hand.shift(bars=1))
    assert document.arrangement.clip("a").end == 10 * BAR


def test_moving_onto_a_neighbour_crossfades(hand: Hand, document: Document) -> None:
    grip = hand.title("a")
    hand.drag(grip, grip + hand.shift(bars=6))
    first, second = document.arrangement.lanes[0].clips
    assert (first.start, first.end, second.start) == (6 * BAR, 10 * BAR, 8 * BAR)


@pytest.mark.parametrize(("which", "field"), [(0, "fade_in"), (1, "fade_out")])
def test_fade_handles(hand: Hand, document: Document, which: int, field: str) -> None:
    rect = layout.clip_rect(hand.view.camera.geometry, 0, document.arrangement.clip("a"))
    handles = layout.fade_handles(hand.view.camera.geometry, rect, document.arrangement.clip("a"))
    grip = handles[which].center().toPoint()
    hand.drag(grip, grip + hand.shift(bars=(1, -1)[which]))
    assert getattr(document.arrangement.clip("a"), field) == BAR
    assert document.undo_stack.count() == 1


def test_fades_leave_each_other_room(hand: Hand, document: Document) -> None:
    document.edit("fades", lambda now: edits.set_fades(now, "a", fade_out=3 * BAR))
    geometry, a = hand.view.camera.geometry, document.arrangement.clip("a")
    grip = layout.fade_handles(geometry, layout.clip_rect(geometry, 0, a), a)[0].center().toPoint()
    hand.drag(grip, grip + hand.shift(bars=3))
    assert document.arrangement.clip("a").fade_in == BAR


def test_the_gain_line(hand: Hand, document: Document) -> None:
    geometry, a = hand.view.camera.geometry, document.arrangement.clip("a")
    body = layout.body_rect(layout.clip_rect(geometry, 0, a))
    grip = QPoint(round(body.center().x()), round(layout.gain_y(body, 0.0)))
    hand.drag(grip, grip + QPoint(0, 20))
    assert document.arrangement.clip("a").gain_db == -6.0
    assert document.undo_stack.undoText() == "clip gain"
    hand.press(QPoint(grip.x(), round(layout.gain_y(body, -6.0))))
    hand.move(QPoint(grip.x(), 4000))
    assert document.arrangement.clip("a").gain_db == -96.0
    QTest.keyClick(hand.canvas, Qt.Key.Key_Escape)
    assert document.arrangement.clip("a").gain_db == -6.0


def test_the_rubber_band(hand: Hand, document: Document) -> None:
    hand.press(hand.at(14, 2))
    hand.move(hand.at(10, 1))
    hand.move(hand.at(7, 0))
    assert document.selection == {"b", "c"}
    assert not hand.canvas.mouse.band.isNull()
    hand.release(hand.at(7, 0))
    assert hand.canvas.mouse.band.isNull()
    hand.drag(hand.at(6, 2), hand.at(1, 0), CTRL)
    assert document.selection == {"a", "b", "c"}


def test_clicks_select(hand: Hand, document: Document) -> None:
    hand.click(hand.title("a"))
    assert document.selection == {"a"}
    hand.click(hand.title("b"), CTRL)
    assert document.selection == {"a", "b"}
    hand.click(hand.title("b"), CTRL)
    assert document.selection == {"a"}
    hand.click(hand.title("a"))
    hand.click(hand.title("b"), SHIFT)
    assert document.selection == {"a", "b"}
    hand.click(hand.title("c"))
    assert document.selection == {"c"}
    hand.click(hand.at(16, 2))
    assert document.selection == frozenset()
    assert document.undo_stack.count() == 0


def test_shapes_tell_what_will_happen(hand: Hand) -> None:
    shapes = {
        Qt.CursorShape.OpenHandCursor: hand.title("a"),
        Qt.CursorShape.SizeHorCursor: hand.at(4, 0) - QPoint(2, 0),
        Qt.CursorShape.ArrowCursor: hand.at(20, 3),
    }
    for shape, point in shapes.items():
        QTest.mouseMove(hand.canvas, point)
        assert hand.canvas.cursor().shape() == shape


def test_a_double_click_loops_the_clip(hand: Hand, document: Document) -> None:
    QTest.mouseDClick(hand.canvas, Qt.MouseButton.LeftButton, pos=hand.title("c"))
    assert document.loop == (4 * BAR, 8 * BAR)


def test_a_drag_held_outside_scrolls(hand: Hand, view: TimelineView, qtbot: Any) -> None:
    grip = hand.title("b")
    hand.press(grip)
    outside = QPoint(view.canvas.width() + 40, grip.y())
    hand.move(outside)
    qtbot.waitUntil(lambda: view.camera.geometry.left > 0, timeout=2000)
    hand.release(outside)
    assert hand.placed("b")[1].start > 8 * BAR


def test_a_clip_taken_out_of_the_window_stays_where_it_was(
    hand: Hand, document: Document, view: TimelineView, qtbot: Any
) -> None:
    grip = hand.title("b")
    hand.press(grip)
    hand.move(grip + hand.shift(bars=3))
    with qtbot.waitSignal(view.drag_out_requested) as out:
        hand.move(QPoint(grip.x(), view.height() + 90))
    assert out.args == [["b"]]
    assert hand.placed("b")[1].start == 8 * BAR
    assert document.undo_stack.count() == 0
    hand.release(grip)
    assert document.selection == {"b"}


def test_the_handle_drags_the_selection_out(
    document: Document, view: TimelineView, qtbot: Any
) -> None:
    handle = view.tools.out
    assert not handle.isEnabled()
    document.select(["a", "c"])
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(view.drag_out_requested) as out:
        moved(handle, handle.rect().center() + QPoint(0, 40))
    assert out.args == [["a", "c"]]


def test_hiding_ends_a_drag(hand: Hand, document: Document, view: TimelineView) -> None:
    grip = hand.title("a")
    hand.press(grip)
    hand.move(grip + hand.shift(bars=3))
    view.hide()
    assert starts(document)["a"] == 0
    assert not hand.canvas.mouse.dragging


def test_short_clips_can_be_moved(hand: Hand, document: Document, view: TimelineView) -> None:
    document.edit("add", lambda now: edits.put(now, [(2, clip("s", 2, 0.25))]))
    grip = hand.title("s")
    hand.drag(grip, grip + hand.shift(bars=3))
    assert document.arrangement.clip("s").start == 5 * BAR
    assert document.arrangement.clip("s").length == BAR // 4
