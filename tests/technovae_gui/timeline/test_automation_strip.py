"""Automation below lanes: shown, drawn, moved, bent and taken away with the mouse."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from core.arrangement import automation_edits, edits
from core.arrangement.automation import Automation, Breakpoint
from core.arrangement.lane_effects import LaneEffects
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline import TimelineView
from technovae_gui.timeline.automation_rows import AutomationHead
from technovae_gui.timeline.automation_strip import AutomationStrip
from technovae_gui.timeline.geometry import STRIP
from tests.technovae_gui.timeline.mouse_driver import BAR, LEFT, NONE, moved

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def lane_id(document: Document, row: int = 0) -> str:
    return document.arrangement.lanes[row].id


def curve(document: Document, parameter: str = "volume", row: int = 0) -> Automation | None:
    return document.arrangement.lanes[row].curve(parameter)


def draw(document: Document, *points: tuple[float, float], parameter: str = "volume") -> None:
    made = [Breakpoint(round(bar * BAR), value) for bar, value in points]
    document.edit(
        "automation",
        lambda now: automation_edits.set_points(now, lane_id(document), parameter, made),
    )


@pytest.fixture
def strip(view: TimelineView, document: Document) -> AutomationStrip:
    QTest.mouseClick(view.headers.header(lane_id(document)).automation, LEFT)
    return view.automation.strips[lane_id(document)]


def at(view: TimelineView, strip: AutomationStrip, bar: float, value: float) -> QPoint:
    x = view.viewport.geometry.x(bar * BAR)
    return QPointF(x, strip.height_of(value)).toPoint()


def drag(strip: AutomationStrip, start: QPoint, end: QPoint, keys: object = NONE) -> None:
    QTest.mousePress(strip, LEFT, keys, start)  # type: ignore[call-overload]
    for step in range(1, 6):
        moved(strip, start + (end - start) * step / 5, keys)  # type: ignore[arg-type]
    QTest.mouseRelease(strip, LEFT, keys, end)  # type: ignore[call-overload]


def test_it_lies_below_its_lane_and_the_others_make_room(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    geometry = view.viewport.geometry
    assert strip.isVisibleTo(view)
    assert strip.geometry().top() == geometry.y(0) + geometry.lane_height
    assert strip.height() == STRIP
    second = view.headers.header(lane_id(document, 1))
    assert second.geometry().top() == geometry.y(1) == geometry.lane_height + STRIP - geometry.top
    head = view.automation.heads[lane_id(document)]
    assert head.geometry().top() == strip.geometry().top()
    QTest.mouseClick(head.hide_button, LEFT)
    assert view.viewport.geometry.strips == ()
    assert not view.headers.header(lane_id(document)).automation.isChecked()
    assert second.geometry().top() == geometry.lane_height - geometry.top


def test_nothing_is_made_before_it_is_shown(view: TimelineView) -> None:
    assert view._automation is None
    assert not view.findChildren(AutomationHead)


def test_a_click_draws_and_a_drag_goes_on_with_the_new_point(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    drag(strip, at(view, strip, 2, -30), at(view, strip, 4, -12))
    found = curve(document)
    assert found is not None
    assert [point.tick for point in found.points] == [4 * BAR]
    assert found.points[0].value == pytest.approx(-12.0, abs=1.5)
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert curve(document) is None


def test_a_point_is_moved_snapped_and_kept_between_its_neighbours(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    draw(document, (1, 0.0), (3, -20.0), (6, 0.0))
    drag(strip, at(view, strip, 3, -20), at(view, strip, 4.1, -40))
    found = curve(document)
    assert found is not None
    assert [point.tick for point in found.points] == [BAR, 4 * BAR, 6 * BAR]
    assert found.points[1].value == pytest.approx(-40.0, abs=1.5)
    drag(strip, at(view, strip, 4, found.points[1].value), at(view, strip, 7, -40))
    found = curve(document)
    assert found is not None
    assert [point.tick for point in found.points] == [BAR, 6 * BAR, 6 * BAR]
    assert document.undo_stack.count() == 3


def test_shift_moves_it_off_the_grid_and_finely(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    draw(document, (3, -20.0))
    drag(strip, at(view, strip, 3, -20), at(view, strip, 3.4, -40), SHIFT)
    found = curve(document)
    assert found is not None
    assert found.points[0].tick % BAR != 0
    assert found.points[0].value == pytest.approx(-24.0, abs=0.6)


def test_what_changes_nothing_attracts(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    drag(strip, at(view, strip, 2, -30), at(view, strip, 2, 1.2))
    found = curve(document)
    assert found is not None
    assert found.points[0].value == 0.0


def test_escape_brings_back_what_was(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    draw(document, (3, -20.0))
    QTest.mousePress(strip, LEFT, NONE, at(view, strip, 3, -20))
    moved(strip, at(view, strip, 5, -40))
    assert curve(document) != Automation("volume", (Breakpoint(3 * BAR, -20.0),))
    QTest.keyClick(strip, Qt.Key.Key_Escape)
    QTest.mouseRelease(strip, LEFT, NONE, at(view, strip, 5, -40))
    assert curve(document) == Automation("volume", (Breakpoint(3 * BAR, -20.0),))
    assert document.undo_stack.count() == 1


def test_ctrl_bends_the_line(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    draw(document, (1, -40.0), (5, 0.0))
    middle = at(view, strip, 3, -20)
    drag(strip, middle, middle - QPoint(0, 15), CTRL)
    found = curve(document)
    assert found is not None
    assert len(found.points) == 2
    assert found.value(3 * BAR) > -20.0
    values = [found.value(tick) for tick in range(BAR, 5 * BAR, 240)]
    assert all(a <= b for a, b in pairwise(values))
    strip.menu(QPointF(at(view, strip, 3, found.value(3 * BAR)))).actions()[0].trigger()
    assert curve(document).points[0].bend == 0.0  # type: ignore[union-attr]


def test_a_double_click_removes_a_point_but_not_the_one_it_made(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    draw(document, (3, -20.0), (5, 0.0))
    point = at(view, strip, 3, -20)
    QTest.mouseClick(strip, LEFT, NONE, point)
    QTest.mouseDClick(strip, LEFT, NONE, point)
    assert [it.tick for it in curve(document).points] == [5 * BAR]  # type: ignore[union-attr]
    empty = at(view, strip, 2, -40)
    QTest.mouseClick(strip, LEFT, NONE, empty)
    QTest.mouseDClick(strip, LEFT, NONE, empty)
    assert [it.tick for it in curve(document).points] == [2 * BAR, 5 * BAR]  # type: ignore[union-attr]


def test_delete_takes_the_point_under_the_mouse_and_no_clip(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    draw(document, (3, -20.0), (5, 0.0))
    document.select([next(document.arrangement.clips()).id])
    strip.setFocus()
    QTest.mouseMove(strip, at(view, strip, 3, -20))
    clips = list(document.arrangement.clips())
    QTest.keyClick(strip, Qt.Key.Key_Delete)
    assert [it.tick for it in curve(document).points] == [5 * BAR]  # type: ignore[union-attr]
    assert list(document.arrangement.clips()) == clips


def test_the_chooser_shows_other_curves_and_marks_those_that_are_drawn(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    head = view.automation.heads[lane_id(document)]
    draw(document, (0, 200.0), (4, 800.0), parameter="low_pass")
    assert [head.parameter.itemText(n)[-1] == "•" for n in range(3)] == [False, False, True]
    head.parameter.setCurrentIndex(2)
    head.parameter.activated.emit(2)
    assert strip.parameter.name == "low_pass"
    view.set_playhead(2 * BAR)
    assert head.value.text() == "400 Hz"
    drag(strip, at(view, strip, 6, 3000.0), at(view, strip, 6, 3000.0))
    assert curve(document, "low_pass").points[-1].value == pytest.approx(3000, rel=0.2)  # type: ignore[union-attr]
    assert curve(document) is None


def test_its_lane_s_own_pan_rests_while_it_is_drawn(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    pan = view.headers.header(lane_id(document)).pan
    draw(document, (0, 0.5), parameter="pan")
    assert not pan.isEnabled()
    document.undo_stack.undo()
    assert pan.isEnabled()


def test_clearing_and_removed_lanes(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    draw(document, (0, -6.0))
    actions = {it.text(): it for it in strip.menu(QPointF(5, 5)).actions()}
    actions["Clear volume"].trigger()
    assert curve(document) is None
    document.edit("remove", lambda now: edits.remove_lane(now, lane_id(document)))
    assert view.automation.strips == {}
    assert view.viewport.geometry.strips == ()


def test_it_is_painted_where_it_is(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    draw(document, (1, -40.0), (5, 0.0))
    picture = strip.grab().toImage()
    accent = QColor(theme.ACCENT)

    def is_line(bar: float, value: float) -> bool:
        ratio = picture.devicePixelRatio()
        point = QPointF(at(view, strip, bar, value)) * ratio
        around = [(dx, dy) for dx in (-1, 0, 1) for dy in (-2, -1, 0, 1, 2)]
        colours = [
            picture.pixelColor(round(point.x()) + dx, round(point.y()) + dy) for dx, dy in around
        ]
        return any(
            abs(c.red() - accent.red()) + abs(c.blue() - accent.blue()) < 60 for c in colours
        )

    assert is_line(3, -20.0)
    assert is_line(6, 0.0)
    assert not is_line(3, -50.0)


def test_a_lane_without_a_curve_shows_its_setting(
    view: TimelineView, document: Document, strip: AutomationStrip
) -> None:
    effects = LaneEffects(low_pass_hz=500.0)
    document.edit("fx", lambda now: edits.set_lane(now, lane_id(document), effects=effects))
    view.state.show_automation(lane_id(document), "low_pass")
    assert view.automation.heads[lane_id(document)].value.text() == "500 Hz, not automated"


def test_key_a_shows_the_automation_of_the_lane_that_was_clicked(
    view: TimelineView, document: Document
) -> None:
    view.state.row = 1
    view.actions_by_name["automation"].trigger()
    assert list(view.state.automation) == [lane_id(document, 1)]
    view.actions_by_name["automation"].trigger()
    assert view.state.automation == {}
