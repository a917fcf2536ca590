"""Lane headers: they show the lanes and edit them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from technovae_gui.document import Document
from technovae_gui.timeline import TimelineView
from technovae_gui.timeline.lane_headers import LaneHeader
from tests.technovae_gui.timeline.mouse_driver import LEFT, moved


def head(view: TimelineView, document: Document, row: int) -> LaneHeader:
    return view.headers.header(document.arrangement.lanes[row].id)


def names(document: Document) -> list[str]:
    return [lane.name for lane in document.arrangement.lanes]


def test_mute_and_solo(view: TimelineView, document: Document) -> None:
    QTest.mouseClick(head(view, document, 0).mute, LEFT)
    QTest.mouseClick(head(view, document, 1).solo, LEFT)
    assert document.arrangement.lanes[0].mute
    assert document.arrangement.lanes[1].solo
    document.undo_stack.undo()
    assert not head(view, document, 1).solo.isChecked()


def test_gain_is_dragged_in_one_step(view: TimelineView, document: Document) -> None:
    gain = head(view, document, 0).gain
    middle = gain.rect().center()
    QTest.mousePress(gain, LEFT, pos=middle)
    for down in (5, 10, 20):
        moved(gain, middle + QPoint(0, down))
    QTest.mouseRelease(gain, LEFT, pos=middle + QPoint(0, 20))
    assert document.arrangement.lanes[0].gain_db == -6.0
    assert document.undo_stack.count() == 1
    assert gain.value == -6.0
    QTest.mouseDClick(gain, LEFT, pos=middle)
    assert document.arrangement.lanes[0].gain_db == 0.0


def test_pan_by_keys(view: TimelineView, document: Document) -> None:
    pan = head(view, document, 2).pan
    pan.setFocus()
    QTest.keyClick(pan, Qt.Key.Key_Left)
    QTest.keyClick(pan, Qt.Key.Key_Left)
    assert document.arrangement.lanes[2].pan == -0.2


def test_renaming(view: TimelineView, document: Document) -> None:
    header = head(view, document, 0)
    QTest.mouseDClick(header, LEFT, pos=QPoint(40, 14))
    field = header.findChild(QLineEdit)
    QTest.keyClicks(field, "Kick")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert names(document)[0] == "Kick"
    assert header.accessibleName() == "Lane Kick"


def test_reordering_by_drag(view: TimelineView, document: Document) -> None:
    before = names(document)
    header, height = head(view, document, 0), view.viewport.geometry.lane_height
    QTest.mousePress(header, LEFT, pos=QPoint(40, 10))
    for y in (30, height, 2 * height, 2 * height + 20):
        moved(header, QPoint(40, y))
    QTest.mouseRelease(header, LEFT, pos=QPoint(40, 2 * height + 20))
    assert names(document) == [before[1], before[0], *before[2:]]
    assert head(view, document, 0).y() == 0
    assert document.undo_stack.count() == 1


def test_adding(view: TimelineView, document: Document) -> None:
    QTest.mouseClick(view.headers.add_button, LEFT)
    QTest.mouseClick(view.toolbar.add_lane, LEFT)
    assert len(document.arrangement.lanes) == 6


def test_meters_fall_slowly(
    view: TimelineView, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    meter = head(view, document, 0).meter
    view.set_lane_peaks({document.arrangement.lanes[0].id: 0.5})
    assert meter.level_db == pytest.approx(-6.02, abs=0.1)
    now += 0.5
    view.set_lane_peaks({})
    assert meter.level_db == pytest.approx(-21.0, abs=0.1)


def test_every_control_has_a_name(view: TimelineView, document: Document) -> None:
    header = head(view, document, 0)
    for widget in (header, header.mute, header.solo, header.gain, header.pan, header.meter):
        assert widget.accessibleName()
    for widget in (view, view.canvas, view.ruler, view.headers, view.toolbar.snap):
        assert widget.accessibleName()


def test_lanes_that_are_gone_leave_no_header(
    view: TimelineView, document: Document, qtbot: Any
) -> None:
    document.undo_stack.clear()
    document.reset(document.arrangement.changed(lanes=document.arrangement.lanes[:1]))
    qtbot.waitUntil(lambda: len(view.headers.findChildren(LaneHeader)) == 1)
