"""Lane headers: they show the lanes and edit them."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from core.arrangement import automation_edits
from core.arrangement.automation import Breakpoint
from core.arrangement.lane_effects import EQ_MAX_DB, EQ_MIN_DB, SEND_MIN_DB, LaneEffects
from technovae_gui.document import Document
from technovae_gui.timeline import TimelineView
from technovae_gui.timeline.controls import Dial
from technovae_gui.timeline.lane_effects_panel import LaneEffectsPanel, LaneEffectsPopup
from technovae_gui.timeline.lane_headers import LaneHeader
from technovae_gui.timeline.returns_popup import ReturnsPopup
from technovae_gui.timeline.viewport import SPACE_BELOW
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


def test_effects_show_in_the_header_of_a_tall_lane(view: TimelineView, document: Document) -> None:
    header = head(view, document, 0)
    assert not header.panel.isVisible()
    view.viewport.set(view.viewport.geometry.with_lane_height(160))
    assert header.panel.isVisible()
    assert header.panel.geometry().bottom() < header.height()
    QTest.mouseClick(header.panel.kills["bass"], LEFT)
    assert document.arrangement.lanes[0].effects.bass_kill
    assert header.effects.isChecked()
    document.undo_stack.undo()
    assert not header.panel.kills["bass"].isChecked()
    assert not header.effects.isChecked()


def test_cutoffs_and_gains_are_dragged_in_one_step(view: TimelineView, document: Document) -> None:
    view.viewport.set(view.viewport.geometry.with_lane_height(160))
    panel = head(view, document, 0).panel
    for number, down in ((panel.low_pass, 40), (panel.gains["mid"], 20), (panel.resonance, -50)):
        middle = number.rect().center()
        QTest.mousePress(number, LEFT, pos=middle)
        for part in (1, 2):
            moved(number, middle + QPoint(0, down * part // 2))
        QTest.mouseRelease(number, LEFT, pos=middle + QPoint(0, down))
    effects = document.arrangement.lanes[0].effects
    assert effects == LaneEffects(mid_db=-5.0, low_pass_hz=5000.0, resonance=0.5)
    assert document.undo_stack.count() == 3
    QTest.mouseDClick(panel.low_pass, LEFT)
    assert not document.arrangement.lanes[0].effects.cuts_highs


def test_a_low_lane_has_its_effects_in_a_popup(view: TimelineView, document: Document) -> None:
    header = head(view, document, 1)
    QTest.mouseClick(header.effects, LEFT)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, LaneEffectsPopup)
    panel = popup.findChild(LaneEffectsPanel)
    assert isinstance(panel, LaneEffectsPanel)
    for number in panel.gains.values():
        assert isinstance(number, Dial)
        assert number.angle(0.0) == pytest.approx(90.0)  # straight up is flat, as on a mixer
        assert number.angle(EQ_MIN_DB) == pytest.approx(225.0)
        assert number.angle(EQ_MAX_DB) == pytest.approx(-45.0)
    for number, value, text in (
        (panel.gains["bass"], 0.0, "0 dB"),
        (panel.gains["bass"], -3.5, "-3.5 dB"),
        (panel.high_pass, math.log2(250.0), "250 Hz"),
        (panel.low_pass, math.log2(2500.0), "2.5 kHz"),
        (panel.resonance, 0.5, "50 %"),
        (panel.echo, SEND_MIN_DB, "off"),
        (panel.echo, -12.0, "-12 dB"),
    ):
        number.show_value(value)
        assert number.accessibleDescription() == text, "with its unit, as there is room"
    QTest.mouseClick(panel.kills["treble"], LEFT)
    assert document.arrangement.lanes[1].effects.treble_kill
    document.undo_stack.undo()
    assert not panel.kills["treble"].isChecked()
    popup.close()


def test_the_lower_edge_changes_the_height_of_the_lanes(
    view: TimelineView, document: Document
) -> None:
    header = head(view, document, 0)
    QTest.mousePress(header, LEFT, pos=QPoint(60, header.height() - 2))
    moved(header, QPoint(60, 130))
    QTest.mouseRelease(header, LEFT, pos=QPoint(60, 130))
    assert view.viewport.geometry.lane_height == 130
    assert names(document)[0] == "Lane 1"


def test_fit_fills_the_height_with_lanes(view: TimelineView) -> None:
    view.resize(1280, 700)
    view.fit()
    geometry = view.viewport.geometry
    assert 4 * geometry.lane_height == pytest.approx(view.canvas.height() - SPACE_BELOW, abs=4)


def test_a_double_click_renames_a_lane(view: TimelineView, document: Document) -> None:
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


def test_both_buttons_add_a_lane(view: TimelineView, document: Document) -> None:
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


def test_sends_are_dragged_and_what_is_automated_rests(
    view: TimelineView, document: Document
) -> None:
    panel, lane_id = head(view, document, 0).panel, document.arrangement.lanes[0].id
    panel.echo.changed.emit(-9.04, 1)
    panel.reverb.changed.emit(-20.0, 2)
    effects = document.arrangement.lanes[0].effects
    assert (effects.echo_db, effects.reverb_db) == (-9.0, -20.0)
    assert (panel.echo.value, panel.reverb.value) == (-9.0, -20.0)
    points = [Breakpoint(0, -30.0)]
    document.edit("a", lambda now: automation_edits.set_points(now, lane_id, "echo", points))
    assert not panel.echo.isEnabled()
    assert panel.reverb.isEnabled()


def test_returns_are_set_for_all_lanes_in_one_step_a_drag(
    view: TimelineView, document: Document
) -> None:
    head(view, document, 0).panel.open_returns()
    popup = next(it for it in QApplication.topLevelWidgets() if isinstance(it, ReturnsPopup))
    for value in (3.6, 4.2, 5.9):
        popup.numbers["echo_sixteenths"].changed.emit(value, 1)
    popup.numbers["reverb_seconds"].changed.emit(2.0, 2)
    popup.numbers["echo_db"].changed.emit(-6.0, 3)
    returns = document.arrangement.returns
    assert (returns.echo_sixteenths, returns.reverb_seconds, returns.echo_db) == (6, 4.0, -6.0)
    assert popup.numbers["echo_sixteenths"].value == 6.0
    assert document.undo_stack.count() == 3
    document.undo_stack.undo()
    assert popup.numbers["echo_db"].value == 0.0
    popup.close()
