"""Markers above the ruler: with the mouse, the keys and the menu."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from core.arrangement.marker import Marker
from technovae_gui.document import Document
from technovae_gui.timeline import Snap, TimelineView
from technovae_gui.timeline.marker_painter import marker_colour, section_rects
from tests.technovae_gui.timeline.mouse_driver import BAR, LEFT, moved

MARKERS = (Marker("i", 0, "intro"), Marker("b", 4 * BAR, "build"), Marker("d", 8 * BAR, "drop"))


@pytest.fixture
def marked(view: TimelineView, document: Document) -> TimelineView:
    """A timeline with three markers."""
    document.apply(document.arrangement.changed(markers=MARKERS))
    return view


def at(view: TimelineView, bar: float, more: int = 3) -> QPoint:
    """A point of the bar, a little right of a bar line."""
    return QPoint(round(view.viewport.geometry.x(bar * BAR)) + more, 9)


def places(document: Document) -> list[tuple[float, str]]:
    return [(it.tick / BAR, it.name) for it in document.arrangement.markers]


def drag(view: TimelineView, first: float, last: float, *, release: bool = True) -> None:
    bar = view.marker_bar
    QTest.mousePress(bar, LEFT, pos=at(view, first))
    for part in (0.3, 0.7, 1.0):
        moved(bar, at(view, first + (last - first) * part))
    if release:
        QTest.mouseRelease(bar, LEFT, pos=at(view, last))


def type_name(view: TimelineView, name: str) -> None:
    field = next(it for it in view.findChildren(QLineEdit) if it.isVisible())
    field.setText(name)
    QTest.keyClick(field, Qt.Key.Key_Return)


def menu_at(view: TimelineView, widget: Any, point: QPoint) -> QMenu:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, widget.mapToGlobal(point))
    QApplication.sendEvent(widget, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, text: str) -> None:
    action = next(it for it in menu.actions() if it.text() == text)
    menu.close()
    action.trigger()


def test_a_double_click_adds_one_and_asks_for_its_name(
    view: TimelineView, document: Document
) -> None:
    QTest.mouseDClick(view.marker_bar, LEFT, pos=at(view, 5.2))
    type_name(view, "drop")
    assert places(document) == [(5, "drop")]
    QTest.mouseDClick(view.marker_bar, LEFT, pos=at(view, 5))
    type_name(view, "break")
    assert places(document) == [(5, "break")]
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert places(document) == [(5, "Marker 1")]


def test_a_click_goes_there(marked: TimelineView, qtbot: Any) -> None:
    with qtbot.waitSignal(marked.seek_requested) as asked:
        QTest.mouseClick(marked.marker_bar, LEFT, pos=at(marked, 4))
    assert asked.args == [4 * BAR]


def test_a_drag_moves_it_on_the_grid_as_one_step(
    marked: TimelineView, document: Document, qtbot: Any
) -> None:
    with qtbot.assertNotEmitted(marked.seek_requested):
        drag(marked, 4, 10.2)
    assert places(document) == [(0, "intro"), (8, "drop"), (10, "build")]
    document.undo_stack.undo()
    assert document.arrangement.markers == MARKERS
    marked.snap = Snap.BEAT
    drag(marked, 4, 5.3)
    assert places(document)[1] == (5.25, "build")


def test_escape_ends_a_drag_and_keeps_nothing_of_it(
    marked: TimelineView, document: Document
) -> None:
    drag(marked, 4, 6, release=False)
    assert places(document)[1] == (6, "build")
    QTest.keyClick(marked.marker_bar, Qt.Key.Key_Escape)
    QTest.mouseRelease(marked.marker_bar, LEFT, pos=at(marked, 6))
    assert document.arrangement.markers == MARKERS
    assert not document.undo_stack.canUndo()


def test_delete_removes_the_marker_that_was_clicked_and_no_clips(
    marked: TimelineView, document: Document
) -> None:
    document.select(["a"])
    QTest.mouseClick(marked.marker_bar, LEFT, pos=at(marked, 4))
    QTest.keyClick(marked.marker_bar, Qt.Key.Key_Delete)
    assert places(document) == [(0, "intro"), (8, "drop")]
    assert document.arrangement.clip("a")
    assert marked.canvas.hasFocus()


def test_the_menu_of_a_marker(marked: TimelineView, document: Document) -> None:
    bar = marked.marker_bar
    choose(menu_at(marked, bar, at(marked, 4)), "Loop this section")
    assert document.loop == (4 * BAR, 8 * BAR)
    choose(menu_at(marked, bar, at(marked, 4)), "Select its clips")
    assert document.selection == {"c"}
    menu = menu_at(marked, bar, at(marked, 4))
    colours = next(it.menu() for it in menu.actions() if it.text() == "Colour")
    assert isinstance(colours, QMenu)
    choose(colours, "Green")
    menu.close()
    green = document.arrangement.marker("b")
    assert marker_colour(green) == green.colour != marker_colour(MARKERS[1])
    choose(menu_at(marked, bar, at(marked, 4)), "Delete marker")
    assert places(document) == [(0, "intro"), (8, "drop")]
    choose(menu_at(marked, bar, at(marked, 20)), "Delete all markers")
    assert not document.arrangement.markers


def test_the_menu_of_the_ruler_adds_one(view: TimelineView, document: Document) -> None:
    choose(menu_at(view, view.ruler, at(view, 6.1)), "Add marker here…")
    type_name(view, "intro")
    assert places(document) == [(6, "intro")]


def test_keys_add_markers_and_go_to_them(
    marked: TimelineView, document: Document, qtbot: Any
) -> None:
    asked: list[int] = []
    marked.seek_requested.connect(asked.append)
    canvas, keys = marked.canvas, Qt.Key
    canvas.setFocus()
    marked.set_playhead(6 * BAR + 0.2)
    QTest.keyClick(canvas, keys.Key_M)
    QTest.keyClick(canvas, keys.Key_M)
    assert places(document)[2] == (6, "Marker 1")
    for key in (keys.Key_Right, keys.Key_Left):
        QTest.keyClick(canvas, key, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(canvas, keys.Key_4)
    QTest.keyClick(canvas, keys.Key_9)
    assert asked == [8 * BAR, 4 * BAR, 8 * BAR]


def test_before_the_first_marker_is_the_first_bar(
    view: TimelineView, document: Document, qtbot: Any
) -> None:
    document.apply(document.arrangement.changed(markers=MARKERS[1:]))
    view.set_playhead(4 * BAR)
    with qtbot.waitSignal(view.seek_requested) as asked:
        view.actions_by_name["previous_marker"].trigger()
    assert asked.args == [0]


def test_while_it_plays_a_marker_just_passed_does_not_count(
    marked: TimelineView, qtbot: Any
) -> None:
    marked.set_playing(True)
    marked.set_playhead(8 * BAR + 200)
    with qtbot.waitSignal(marked.seek_requested) as asked:
        marked.actions_by_name["previous_marker"].trigger()
    assert asked.args == [4 * BAR]


def test_a_name_stays_in_view_and_can_be_grabbed_there(marked: TimelineView) -> None:
    geometry = marked.viewport.geometry
    marked.viewport.set(geometry.scrolled_to(left=5.0 * BAR))
    found = marked.marker_bar.marker_at(QPoint(5, 9).toPointF())
    assert found is not None
    assert found.id == "b"
    shown = [it.id for it, _ in section_rects(marked.viewport.geometry, MARKERS, 400)]
    assert shown == ["b", "d"]


def test_the_lanes_are_painted_anew(marked: TimelineView, document: Document) -> None:
    assert marked.canvas.scene.replace(document.arrangement.changed(markers=())) is None


def test_markers_of_known_names_have_the_colours_of_the_energy_curve() -> None:
    colours = {marker_colour(it) for it in MARKERS}
    assert len(colours) == 3
    assert marker_colour(Marker("x", 0, "Drop")) == marker_colour(MARKERS[2])
