"""The keyboard: commands, nudges, copy and paste."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from core import resources
from core.arrangement import edits
from core.arrangement.automation import Breakpoint
from core.arrangement.automation_edits import set_points
from core.arrangement.clip import muted_parts
from technovae_gui.document import Document
from technovae_gui.timeline import Snap, TimelineView
from tests.technovae_gui.timeline.mouse_driver import BAR, MouseDriver, clip

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def typed(view: TimelineView, qtbot: Any) -> Any:
    """Press a key while the lanes have the focus."""
    view.activateWindow()
    view.canvas.setFocus()
    qtbot.waitUntil(view.canvas.hasFocus)

    def press(key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(view.canvas, key, keys)

    return press


def test_delete_and_duplicate(typed: Any, document: Document) -> None:
    document.select(["c"])
    typed(Qt.Key.Key_D, CTRL)
    starts = [c.start / BAR for c in document.arrangement.lanes[1].clips]
    assert starts == [4, 8]
    assert document.selection == {document.arrangement.lanes[1].clips[1].id}
    typed(Qt.Key.Key_Delete)
    assert [c.id for c in document.arrangement.lanes[1].clips] == ["c"]
    assert document.undo_stack.count() == 2


def test_made_into_one_clip_and_taken_apart(
    typed: Any, document: Document, view: TimelineView
) -> None:
    before = document.arrangement
    document.select(["a", "b", "c"])
    assert not view.actions_by_name["take_apart"].isEnabled()
    typed(Qt.Key.Key_J, CTRL)
    (one,) = document.arrangement.clips()
    assert document.selection == {one.id}
    assert (one.name, len(one.loops)) == ("3 clips", 3)
    assert view.missing() == list({it.source: None for it in before.clips()})
    view.set_pending([before.clip("b").source])
    assert view.clip_style.is_pending(one.source)
    view.grab()
    typed(Qt.Key.Key_J, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert [[it.start for it in lane.clips] for lane in document.arrangement.lanes] == [
        [it.start for it in lane.clips] for lane in before.lanes
    ]
    assert len(document.selection) == 3
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.arrangement == before


def test_select_all(typed: Any, document: Document) -> None:
    typed(Qt.Key.Key_A, CTRL)
    assert document.selection == {"a", "b", "c"}


def test_copy_and_paste_at_the_playhead(
    typed: Any, document: Document, view: TimelineView, mouse: MouseDriver
) -> None:
    document.select(["a", "c"])
    typed(Qt.Key.Key_C, CTRL)
    view.set_playhead(16.0 * BAR)
    mouse.click(mouse.at(20, 1))
    typed(Qt.Key.Key_V, CTRL)
    lanes = document.arrangement.lanes
    assert [c.start / BAR for c in lanes[1].clips] == [4, 16]
    assert [c.start / BAR for c in lanes[2].clips] == [20]
    assert len(document.selection) == 2
    assert document.undo_stack.undoText() == "paste"


def test_cut_and_paste_below_adds_lanes(
    typed: Any, document: Document, view: TimelineView, mouse: MouseDriver
) -> None:
    document.select(["a", "c"])
    typed(Qt.Key.Key_X, CTRL)
    assert [c.id for c in document.arrangement.clips()] == ["b"]
    mouse.click(mouse.at(20, 3))
    typed(Qt.Key.Key_V, CTRL)
    assert len(document.arrangement.lanes) == 5
    assert len(document.arrangement.lanes[4].clips) == 1


def test_split_at_the_playhead(typed: Any, document: Document, view: TimelineView) -> None:
    view.set_playhead(1.5 * BAR)
    typed(Qt.Key.Key_S)
    assert [(c.start / BAR, c.end / BAR) for c in document.arrangement.lanes[0].clips] == [
        (0, 1.5),
        (1.5, 4),
        (8, 12),
    ]


def test_split_while_it_plays_is_on_the_grid(
    typed: Any, document: Document, view: TimelineView
) -> None:
    view.set_playing(True)
    view.set_playhead(1.3 * BAR)
    typed(Qt.Key.Key_S)
    assert [c.end / BAR for c in document.arrangement.lanes[0].clips] == [1, 4, 12]


def test_split_without_a_clip_says_so(
    typed: Any, document: Document, view: TimelineView, qtbot: Any
) -> None:
    view.set_playhead(50.0 * BAR)
    with qtbot.waitSignal(document.problem):
        typed(Qt.Key.Key_S)


def test_nudges_are_one_step_and_eat_nothing(
    typed: Any, document: Document, view: TimelineView
) -> None:
    document.select(["a"])
    view.snap = Snap.BAR
    for _ in range(8):
        typed(Qt.Key.Key_Right)
    assert document.arrangement.clip("a").start == 8 * BAR
    typed(Qt.Key.Key_Down)
    assert {c.id for c in document.arrangement.clips()} == {"a", "b", "c"}
    assert document.arrangement.lane_of("a")[0] is document.arrangement.lanes[1]
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.arrangement.clip("a").start == 0


def test_nudges_stop_at_the_edges(typed: Any, document: Document) -> None:
    document.select(["a"])
    typed(Qt.Key.Key_Left)
    typed(Qt.Key.Key_Up)
    assert document.undo_stack.count() == 0
    typed(Qt.Key.Key_Right)
    assert document.arrangement.clip("a").start == BAR


def test_zoom_keys(typed: Any, view: TimelineView) -> None:
    before = view.viewport.geometry.ticks_per_pixel
    typed(Qt.Key.Key_Plus)
    assert view.viewport.geometry.ticks_per_pixel < before
    typed(Qt.Key.Key_Minus)
    assert view.viewport.geometry.ticks_per_pixel == pytest.approx(before)
    typed(Qt.Key.Key_Z)
    end = view.viewport.geometry.x(12 * BAR)
    assert 0.8 * view.canvas.width() < end <= view.canvas.width()


def test_renaming_a_clip(typed: Any, document: Document, view: TimelineView) -> None:
    document.select(["a"])
    typed(Qt.Key.Key_F2)
    field = view.canvas.focusWidget()
    QTest.keyClicks(field, "Intro s")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert document.arrangement.clip("a").name == "Intro s"
    assert document.undo_stack.count() == 1
    typed(Qt.Key.Key_F2)
    field = view.canvas.focusWidget()
    QTest.keyClicks(field, "Other")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert document.arrangement.clip("a").name == "Intro s"


def test_delete_over_a_number_resets_it(view: TimelineView, document: Document) -> None:
    document.select(["a"])
    lane = document.arrangement.lanes[0]
    document.edit("gain", lambda now: edits.set_lane(now, lane.id, gain_db=-3.0))
    gain = view.headers.header(lane.id).gain
    view.activateWindow()
    gain.setFocus()
    QTest.keyClick(gain, Qt.Key.Key_Delete)
    assert document.arrangement.lanes[0].gain_db == 0.0
    assert document.selection == {"a"}


def test_fades_of_a_short_clip_fit(view: TimelineView, document: Document) -> None:
    document.edit("add", lambda now: edits.put(now, [(3, clip("s", 0, 0.5))]))
    document.select(["s"])
    view.actions_by_name["fade_in"].trigger()
    view.actions_by_name["fade_out"].trigger()
    found = document.arrangement.clip("s")
    assert (found.fade_in, found.fade_out) == (0, BAR // 2)


def test_mute_reverse_and_colour(typed: Any, document: Document, view: TimelineView) -> None:
    document.select(["a", "b"])
    typed(Qt.Key.Key_0)
    typed(Qt.Key.Key_R, CTRL)
    for name in ("a", "b"):
        assert document.arrangement.clip(name).mute
        assert document.arrangement.clip(name).reverse
    assert view.actions_by_name["mute_clip"].isChecked()
    typed(Qt.Key.Key_0)
    assert not document.arrangement.clip("a").mute
    view.commands._commands.set_colour("#06d6a0")
    assert view.clip_style.info(document.arrangement.clip("b")).colour == "#06d6a0"
    view.commands._commands.set_colour("")
    assert view.clip_style.info(document.arrangement.clip("b")).colour != "#06d6a0"


def test_time_is_inserted_and_deleted_where_the_loop_region_is(
    typed: Any, document: Document, view: TimelineView
) -> None:
    assert not view.actions_by_name["insert_time"].isEnabled()
    document.set_loop((2 * BAR, 4 * BAR))
    view.actions_by_name["insert_time"].trigger()
    assert [(c.start / BAR, c.end / BAR) for c in document.arrangement.lanes[0].clips] == [
        (0, 2),
        (4, 6),
        (10, 14),
    ]
    assert document.arrangement.clip("c").start == 6 * BAR
    view.actions_by_name["delete_time"].trigger()
    assert document.loop is None
    assert document.arrangement.clip("c").start == 4 * BAR
    assert document.undo_stack.count() == 2


def test_the_menu_pastes_where_the_mouse_is(
    typed: Any, document: Document, mouse: MouseDriver, view: TimelineView
) -> None:
    assert not view.commands.empty_menu(0, 0).actions()[0].isEnabled()
    document.select(["c"])
    typed(Qt.Key.Key_C, CTRL)
    point = mouse.at(14.1, 2)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, view.canvas.mapToGlobal(point))
    QApplication.sendEvent(view.canvas, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    here = menu.actions()[0]
    menu.close()
    here.trigger()
    (pasted,) = document.arrangement.lanes[2].clips
    assert pasted.start == 14 * BAR
    assert document.selection == {pasted.id}


@pytest.mark.parametrize(
    ("snap", "step"), [(Snap.FOUR_BARS, 4.0), (Snap.HALF, 0.5), (Snap.EIGHTH_TRIPLET, 1 / 12)]
)
def test_nudges_by_every_grid(
    typed: Any, document: Document, view: TimelineView, snap: Snap, step: float
) -> None:
    view.snap = snap
    assert view.toolbar.snap.currentText() == snap.label
    document.select(["b"])
    typed(Qt.Key.Key_Right)
    assert document.arrangement.clip("b").start == round((8 + step) * BAR)


def test_parts_of_the_selected_clips(
    document: Document, view: TimelineView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "has_parts_model", lambda: True)
    actions = view.actions_by_name
    document.select(["a", "b"])
    actions["part_kick"].trigger()
    assert muted_parts(document.arrangement.clip("a").source) == (True, False, False, False)
    assert muted_parts(document.arrangement.clip("c").source) == (False,) * 4
    assert not actions["part_kick"].isChecked()
    document.select(["b"])
    actions["split_parts"].trigger()
    assert len(document.selection) == 3  # the kick is muted
    document.select(["c"])
    actions["split_parts"].trigger()
    assert len(document.selection) == 4
    assert "c" in document.selection
    monkeypatch.setattr(resources, "has_parts_model", lambda: False)
    document.select(["a"])
    assert actions["part_kick"].isEnabled()  # it can come back
    assert not actions["part_bass"].isEnabled()
    assert actions["part_bass"].toolTip() == resources.PARTS_MISSING
    actions["part_kick"].trigger()
    assert muted_parts(document.arrangement.clip("a").source) == (False,) * 4


def test_the_loop_region_is_repeated_and_moves_on(view: TimelineView, document: Document) -> None:
    repeat = view.actions_by_name["repeat_time"]
    assert not repeat.isEnabled()
    document.set_loop((0, 4 * BAR))
    before = [(it.source, it.start) for it in document.arrangement.lanes[0].clips]
    repeat.trigger()
    assert document.loop == (4 * BAR, 8 * BAR)
    repeat.trigger()
    first = before[0][0]
    found = [(it.source, it.start) for it in document.arrangement.lanes[0].clips]
    assert found == [
        *((first, start) for start in (0, 4 * BAR, 8 * BAR)),
        *((source, start + 8 * BAR) for source, start in before[1:]),
    ]
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert [(it.source, it.start) for it in document.arrangement.lanes[0].clips] == before


@pytest.mark.parametrize("follows", [True, False])
def test_automation_follows_clips_unless_it_is_switched_off(
    typed: Any, document: Document, view: TimelineView, mouse: MouseDriver, follows: bool
) -> None:
    switch = view.actions_by_name["automation_follows"]
    assert switch.isChecked()
    if not follows:
        switch.trigger()
    lane = document.arrangement.lane_of("c")[0]
    points = (Breakpoint(4 * BAR, -20.0), Breakpoint(6 * BAR, 0.0))
    document.edit("draw", lambda now: set_points(now, lane.id, "volume", points))

    def drawn(lane_id: str = lane.id) -> list[float]:
        curves = document.arrangement.lane(lane_id).automation
        return [it.tick / BAR for curve in curves for it in curve.points]

    mouse.drag(mouse.at(5, 1), mouse.at(7, 1))
    assert document.arrangement.clip("c").start == 6 * BAR
    assert drawn() == ([6, 8] if follows else [4, 6])
    typed(Qt.Key.Key_Right)
    assert drawn() == ([7, 9] if follows else [4, 6])
    typed(Qt.Key.Key_D, CTRL)
    assert len(drawn()) > 2 if follows else drawn() == [4, 6]
    document.undo_stack.undo()
    document.select(["c"])
    typed(Qt.Key.Key_X, CTRL)
    assert drawn() == ([] if follows else [4, 6])
    view.set_playhead(16.0 * BAR)
    typed(Qt.Key.Key_V, CTRL)
    assert drawn() == ([16, 18] if follows else [4, 6])
    document.set_loop((0, BAR))
    view.actions_by_name["delete_time"].trigger()
    assert drawn() == ([15, 17] if follows else [4, 6])


def test_gain_points_at_the_playhead(typed: Any, document: Document, view: TimelineView) -> None:
    document.select(["c"])
    clear = view.actions_by_name["clear_gain_curve"]
    assert not clear.isEnabled()
    view.set_playhead(6.0 * BAR)
    typed(Qt.Key.Key_G)
    assert document.arrangement.clip("c").gain_curve == (Breakpoint(2 * BAR, 0.0),)
    assert clear.isEnabled()
    view.set_playhead(60.0 * BAR)
    refused: list[str] = []
    document.problem.connect(refused.append)
    typed(Qt.Key.Key_G)
    assert len(refused) == 1
    clear.trigger()
    assert document.arrangement.clip("c").gain_curve == ()
    assert document.undo_stack.count() == 2
