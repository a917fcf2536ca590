"""Drags on the lanes, with a real mouse: each is one step of history, and Escape takes it back."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from core.arrangement import edits
from technovae_gui.document import Document
from technovae_gui.timeline import ClipRequest, Snap, TimelineView
from technovae_gui.timeline.controls import InlineEdit
from technovae_gui.timeline.geometry import (
    body_rect,
    clip_rect,
    fade_handles,
    gain_per_pixel,
    gain_y,
)
from tests.technovae_gui.conftest import PATIENCE
from tests.technovae_gui.timeline.mouse_driver import BAR, MouseDriver, clip, moved

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def starts(document: Document) -> dict[str, float]:
    return {c.id: c.start / BAR for c in document.arrangement.clips()}


def test_moving_snaps_and_is_one_step(mouse: MouseDriver, document: Document) -> None:
    grip = mouse.title("a")
    mouse.drag(grip, grip + mouse.shift(bars=2.2, rows=2))
    assert starts(document)["a"] == 2
    assert mouse.placed("a")[0] == 2
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "move clip"
    document.undo_stack.undo()
    assert (mouse.placed("a")[0], starts(document)["a"]) == (0, 0)


def test_moving_is_live(mouse: MouseDriver, document: Document) -> None:
    grip = mouse.title("c")
    mouse.press(grip)
    mouse.move(grip + mouse.shift(bars=3))
    assert starts(document)["c"] == 7
    mouse.move(grip + mouse.shift(bars=1))
    assert starts(document)["c"] == 5
    mouse.release(grip + mouse.shift(bars=1))


@pytest.mark.parametrize("key", [ALT, SHIFT])
def test_two_keys_switch_snapping_off(
    mouse: MouseDriver, document: Document, key: Qt.KeyboardModifier
) -> None:
    grip = mouse.title("c")
    mouse.drag(grip, grip + mouse.shift(bars=0.4), key)
    assert starts(document)["c"] == pytest.approx(4.4, abs=0.03)


def test_a_finer_grid(mouse: MouseDriver, document: Document, view: TimelineView) -> None:
    view.snap = Snap.BEAT
    grip = mouse.title("c")
    mouse.drag(grip, grip + mouse.shift(bars=0.55))
    assert starts(document)["c"] == 4.5


def test_ctrl_drag_copies(mouse: MouseDriver, document: Document) -> None:
    grip = mouse.title("c")
    mouse.drag(grip, grip + mouse.shift(bars=6, rows=1), CTRL)
    assert starts(document)["c"] == 4
    assert [c.start / BAR for c in document.arrangement.lanes[2].clips] == [10]
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "copy clip"
    assert document.selection == {document.arrangement.lanes[2].clips[0].id}


def test_ctrl_drag_of_what_is_not_selected_copies_that_alone(
    mouse: MouseDriver, document: Document
) -> None:
    document.select(["a"])
    grip = mouse.title("c")
    mouse.drag(grip, grip + mouse.shift(bars=6, rows=1), CTRL)
    assert len(list(document.arrangement.clips())) == 4
    document.select(["a"])
    mouse.click(mouse.title("c"), CTRL)
    assert document.selection == {"a", "c"}, "a click adds it"


@pytest.mark.parametrize(("keys", "count"), [(Qt.KeyboardModifier.NoModifier, 3), (CTRL, 4)])
def test_a_clip_dropped_exactly_over_another_goes_to_the_next_lane(
    mouse: MouseDriver, document: Document, keys: Qt.KeyboardModifier, count: int
) -> None:
    grip = mouse.title("a")
    mouse.drag(grip, grip + mouse.shift(bars=8), keys)
    assert len(list(document.arrangement.clips())) == count
    assert mouse.placed("b") == (0, document.arrangement.clip("b"))
    (moved_id,) = document.selection
    row, moved_clip = mouse.placed(moved_id)
    assert (row, moved_clip.start) == (1, 8 * BAR)
    document.undo_stack.undo()
    assert starts(document) == {"a": 0, "b": 8, "c": 4}


def test_the_middle_button_pans(mouse: MouseDriver, view: TimelineView) -> None:
    view.viewport.zoom(4.0)
    before = view.viewport.geometry
    start, end = QPoint(400, 60), QPoint(150, 60)
    QTest.mousePress(mouse.canvas, Qt.MouseButton.MiddleButton, pos=start)
    moved(mouse.canvas, end)
    QTest.mouseRelease(mouse.canvas, Qt.MouseButton.MiddleButton, pos=end)
    after = view.viewport.geometry
    assert after.left - before.left == pytest.approx(250 * before.ticks_per_pixel)
    moved(mouse.canvas, start)
    assert view.viewport.geometry == after


def test_several_move_together(mouse: MouseDriver, document: Document) -> None:
    document.select(["a", "c"])
    grip = mouse.title("a")
    mouse.drag(grip, grip + mouse.shift(bars=1))
    assert starts(document) == {"a": 1, "b": 8, "c": 5}
    assert document.undo_stack.undoText() == "move 2 clips"


def test_moving_over_a_neighbour_and_back_leaves_it_whole(
    mouse: MouseDriver, document: Document
) -> None:
    grip = mouse.title("a")
    mouse.press(grip)
    mouse.move(grip + mouse.shift(bars=8))
    assert "b" not in starts(document)
    mouse.move(grip + mouse.shift(bars=0.1))
    mouse.release(grip)
    assert starts(document) == {"a": 0, "b": 8, "c": 4}
    assert document.undo_stack.count() == 0


@pytest.mark.parametrize("keys", [Qt.KeyboardModifier.NoModifier, CTRL])
def test_escape_cancels(mouse: MouseDriver, document: Document, keys: Qt.KeyboardModifier) -> None:
    before = document.arrangement
    grip = mouse.title("a")
    mouse.press(grip, keys)
    mouse.move(grip + mouse.shift(bars=3, rows=1), keys)
    assert document.arrangement != before
    QTest.keyClick(mouse.canvas, Qt.Key.Key_Escape)
    assert document.arrangement == before
    assert document.undo_stack.count() == 0
    assert document.selection == {"a"}
    mouse.move(grip + mouse.shift(bars=5), keys)
    mouse.release(grip + mouse.shift(bars=5), keys)
    assert document.arrangement == before


def test_the_end_is_trimmed_and_loops(mouse: MouseDriver, document: Document) -> None:
    edge = mouse.at(4, 0) - QPoint(2, 0)
    mouse.drag(edge, edge + mouse.shift(bars=2))
    assert document.arrangement.clip("a").length == 6 * BAR
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "trim end"


def test_the_start_is_trimmed_and_the_sound_stays(mouse: MouseDriver, document: Document) -> None:
    edge = mouse.at(4, 1) + QPoint(2, 0)
    mouse.drag(edge, edge + mouse.shift(bars=1))
    trimmed = document.arrangement.clip("c")
    assert (trimmed.start, trimmed.end, trimmed.offset) == (5 * BAR, 8 * BAR, BAR)


def test_a_clip_is_never_trimmed_to_nothing(mouse: MouseDriver, document: Document) -> None:
    edge = mouse.at(4, 0) - QPoint(2, 0)
    mouse.drag(edge, edge + mouse.shift(bars=-9))
    assert 0 < document.arrangement.clip("a").length < BAR


def test_trimming_over_a_neighbour_crossfades(mouse: MouseDriver, document: Document) -> None:
    edge = mouse.at(4, 0) - QPoint(2, 0)
    mouse.drag(edge, edge + mouse.shift(bars=5))
    first, second = document.arrangement.lanes[0].clips
    assert (first.end, second.start) == (9 * BAR, 8 * BAR)
    # The overlap's edges can be grabbed again.
    edge = mouse.at(9, 0) - QPoint(1, 0)
    mouse.drag(edge, edge + mouse.shift(bars=1))
    assert document.arrangement.clip("a").end == 10 * BAR


def test_moving_onto_a_neighbour_crossfades(mouse: MouseDriver, document: Document) -> None:
    grip = mouse.title("a")
    mouse.drag(grip, grip + mouse.shift(bars=6))
    first, second = document.arrangement.lanes[0].clips
    assert (first.start, first.end, second.start) == (6 * BAR, 10 * BAR, 8 * BAR)


@pytest.mark.parametrize(("which", "field"), [(0, "fade_in"), (1, "fade_out")])
def test_fade_handles(mouse: MouseDriver, document: Document, which: int, field: str) -> None:
    rect = clip_rect(mouse.view.viewport.geometry, 0, document.arrangement.clip("a"))
    handles = fade_handles(mouse.view.viewport.geometry, rect, document.arrangement.clip("a"))
    grip = handles[which].center().toPoint()
    mouse.drag(grip, grip + mouse.shift(bars=(1, -1)[which]))
    assert getattr(document.arrangement.clip("a"), field) == BAR
    assert document.undo_stack.count() == 1


def test_fades_leave_each_other_room(mouse: MouseDriver, document: Document) -> None:
    document.edit("fades", lambda now: edits.set_fades(now, "a", fade_out=3 * BAR))
    geometry, a = mouse.view.viewport.geometry, document.arrangement.clip("a")
    grip = fade_handles(geometry, clip_rect(geometry, 0, a), a)[0].center().toPoint()
    mouse.drag(grip, grip + mouse.shift(bars=3))
    assert document.arrangement.clip("a").fade_in == BAR


def test_the_gain_line(mouse: MouseDriver, document: Document) -> None:
    geometry, a = mouse.view.viewport.geometry, document.arrangement.clip("a")
    body = body_rect(clip_rect(geometry, 0, a))
    grip = QPoint(round(body.center().x()), round(gain_y(body, 0.0)))
    mouse.drag(grip, grip + QPoint(0, 20))
    assert document.arrangement.clip("a").gain_db == -6.0
    assert document.undo_stack.undoText() == "clip gain"
    mouse.press(QPoint(grip.x(), round(gain_y(body, -6.0))))
    mouse.move(QPoint(grip.x(), 4000))
    assert document.arrangement.clip("a").gain_db == -96.0
    QTest.keyClick(mouse.canvas, Qt.Key.Key_Escape)
    assert document.arrangement.clip("a").gain_db == -6.0


def test_the_gain_curve(mouse: MouseDriver, document: Document) -> None:
    geometry, a = mouse.view.viewport.geometry, document.arrangement.clip("a")
    body = body_rect(clip_rect(geometry, 0, a))

    def at(tick: float, gain_db: float) -> QPoint:
        return QPointF(geometry.x(a.start + tick), gain_y(body, gain_db)).toPoint()

    def drawn() -> list[tuple[float, float, float]]:
        points = document.arrangement.clip("a").gain_curve
        return [(it.tick / BAR, it.value, it.bend) for it in points]

    for bar in (1, 3):
        QTest.mouseDClick(mouse.canvas, Qt.MouseButton.LeftButton, pos=at(bar * BAR, 0.0))
        mouse.release(at(bar * BAR, 0.0))
    assert drawn() == [(1, 0.0, 0.0), (3, 0.0, 0.0)]
    mouse.drag(at(3 * BAR, 0.0), at(2 * BAR, -20.0))
    ((_, _, _), (tick, value, _)) = drawn()
    assert tick == 2
    assert value == pytest.approx(-20.0, abs=gain_per_pixel(body))
    assert document.arrangement.clip("a").gain_db == 0.0
    middle = at(1.5 * BAR, value / 2)
    mouse.drag(middle, middle + QPoint(0, 8), Qt.KeyboardModifier.ControlModifier)
    assert drawn()[0][2] < -0.05
    assert document.undo_stack.undoText() == "gain curve"
    grip = at(2 * BAR, value)
    mouse.press(grip)
    mouse.move(QPoint(grip.x(), 4000))
    assert drawn()[1][1] == -60.0
    QTest.keyClick(mouse.canvas, Qt.Key.Key_Escape)
    assert drawn()[1][1] == value
    mouse.release(grip)
    QTest.mouseDClick(mouse.canvas, Qt.MouseButton.LeftButton, pos=grip)
    assert [tick for tick, _, _ in drawn()] == [1]


def test_the_rubber_band(mouse: MouseDriver, document: Document) -> None:
    mouse.press(mouse.at(14, 2))
    mouse.move(mouse.at(10, 1))
    mouse.move(mouse.at(7, 0))
    assert document.selection == {"b", "c"}
    assert not mouse.canvas.mouse.band.isNull()
    mouse.release(mouse.at(7, 0))
    assert mouse.canvas.mouse.band.isNull()
    mouse.drag(mouse.at(6, 2), mouse.at(1, 0), CTRL)
    assert document.selection == {"a", "b", "c"}


def test_clicks_select(mouse: MouseDriver, document: Document) -> None:
    mouse.click(mouse.title("a"))
    assert document.selection == {"a"}
    mouse.click(mouse.title("b"), CTRL)
    assert document.selection == {"a", "b"}
    mouse.click(mouse.title("b"), CTRL)
    assert document.selection == {"a"}
    mouse.click(mouse.title("a"))
    mouse.click(mouse.title("b"), SHIFT)
    assert document.selection == {"a", "b"}
    mouse.click(mouse.title("c"))
    assert document.selection == {"c"}
    mouse.click(mouse.at(16, 2))
    assert document.selection == frozenset()
    assert document.undo_stack.count() == 0


def test_shapes_tell_what_will_happen(mouse: MouseDriver) -> None:
    shapes = {
        Qt.CursorShape.OpenHandCursor: mouse.title("a"),
        Qt.CursorShape.SizeHorCursor: mouse.at(4, 0) - QPoint(2, 0),
        Qt.CursorShape.ArrowCursor: mouse.at(20, 3),
    }
    for shape, point in shapes.items():
        QTest.mouseMove(mouse.canvas, point)
        assert mouse.canvas.cursor().shape() == shape


def test_a_double_click_renames_the_clip(mouse: MouseDriver, document: Document) -> None:
    QTest.mouseDClick(mouse.canvas, Qt.MouseButton.LeftButton, pos=mouse.title("c"))
    (editor,) = mouse.canvas.findChildren(InlineEdit)
    QTest.keyClicks(editor, "Dub chord")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert document.arrangement.clip("c").name == "Dub chord"


def test_a_drag_held_outside_scrolls(mouse: MouseDriver, view: TimelineView, qtbot: Any) -> None:
    grip = mouse.title("b")
    mouse.press(grip)
    outside = QPoint(view.canvas.width() + 40, grip.y())
    mouse.move(outside)
    qtbot.waitUntil(lambda: view.viewport.geometry.left > 0, timeout=PATIENCE)
    mouse.release(outside)
    assert mouse.placed("b")[1].start > 8 * BAR


def test_a_clip_taken_out_of_the_window_stays_where_it_was(
    mouse: MouseDriver, document: Document, view: TimelineView, qtbot: Any
) -> None:
    grip = mouse.title("b")
    mouse.press(grip)
    mouse.move(grip + mouse.shift(bars=3))
    with qtbot.waitSignal(view.drag_out_requested) as out:
        mouse.move(QPoint(grip.x(), view.height() + 90))
    assert out.args == [ClipRequest(("b",))]
    assert mouse.placed("b")[1].start == 8 * BAR
    assert document.undo_stack.count() == 0
    mouse.release(grip)
    assert document.selection == {"b"}


def test_the_handle_drags_the_selection_out(
    document: Document, view: TimelineView, qtbot: Any
) -> None:
    handle = view.toolbar.drag_out
    assert not handle.isEnabled()
    document.select(["a", "c"])
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(view.drag_out_requested) as out:
        moved(handle, handle.rect().center() + QPoint(0, 40))
    assert out.args == [ClipRequest(("a", "c"))]


def test_hiding_ends_a_drag(mouse: MouseDriver, document: Document, view: TimelineView) -> None:
    grip = mouse.title("a")
    mouse.press(grip)
    mouse.move(grip + mouse.shift(bars=3))
    view.hide()
    assert starts(document)["a"] == 0
    assert not mouse.canvas.mouse.dragging


def test_short_clips_can_be_moved(
    mouse: MouseDriver, document: Document, view: TimelineView
) -> None:
    document.edit("add", lambda now: edits.put(now, [(2, clip("s", 2, 0.25))]))
    grip = mouse.title("s")
    mouse.drag(grip, grip + mouse.shift(bars=3))
    assert document.arrangement.clip("s").start == 5 * BAR
    assert document.arrangement.clip("s").length == BAR // 4


def test_ctrl_and_shift_move_the_music_inside(mouse: MouseDriver, document: Document) -> None:
    grip = mouse.title("a")
    mouse.drag(grip, grip + mouse.shift(bars=1.2), CTRL | SHIFT)
    slipped = document.arrangement.clip("a")
    assert (slipped.start, slipped.length, slipped.offset) == (0, 4 * BAR, 3 * BAR)
    assert document.undo_stack.undoText() == "slip"
    mouse.drag(grip, grip + mouse.shift(bars=-2.9), CTRL | SHIFT)
    assert document.arrangement.clip("a").offset == 2 * BAR
    mouse.drag(grip, grip + mouse.shift(bars=0.4), CTRL | SHIFT | ALT)
    assert document.arrangement.clip("a").offset == pytest.approx(1.6 * BAR, abs=100)
    assert len(list(document.arrangement.clips())) == 3
