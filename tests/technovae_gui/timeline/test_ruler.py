"""The ruler: seeking, the loop region, and which bars it names."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from core.settings import TICKS_PER_BAR
from technovae_gui.document import Document
from technovae_gui.timeline import Snap, TimelineView
from technovae_gui.timeline.geometry import Geometry
from technovae_gui.timeline.ruler import LoopDrag, LoopHandle, loop_handle_at
from technovae_gui.timeline.ruler_painter import ruler_marks
from tests.technovae_gui.timeline.mouse_driver import BAR, LEFT, moved

ALT = Qt.KeyboardModifier.AltModifier


def at(view: TimelineView, bar: float, y: int) -> QPoint:
    return QPoint(round(view.viewport.geometry.x(bar * BAR)), y)


def drag(view: TimelineView, first: float, last: float) -> None:
    QTest.mousePress(view.ruler, LEFT, pos=at(view, first, 6))
    for part in (0.3, 0.6, 1.0):
        moved(view.ruler, at(view, first + (last - first) * part, 6))
    QTest.mouseRelease(view.ruler, LEFT, pos=at(view, last, 6))


def test_a_click_seeks(view: TimelineView, qtbot: Any) -> None:
    with qtbot.waitSignal(view.seek_requested) as asked:
        QTest.mouseClick(view.ruler, LEFT, pos=at(view, 5.2, 30))
    assert asked.args == [5 * BAR]
    with qtbot.waitSignal(view.seek_requested) as asked:
        QTest.mouseClick(view.ruler, LEFT, ALT, at(view, 5.2, 30))
    assert asked.args[0] == pytest.approx(5.2 * BAR, abs=view.viewport.geometry.ticks_per_pixel)


def test_a_drag_below_the_strip_scrubs(view: TimelineView, qtbot: Any) -> None:
    view.snap = Snap.BEAT
    asked: list[int] = []
    view.seek_requested.connect(asked.append)
    QTest.mousePress(view.ruler, LEFT, pos=at(view, 1, 30))
    moved(view.ruler, at(view, 2.25, 30))
    QTest.mouseRelease(view.ruler, LEFT, pos=at(view, 2.25, 30))
    assert asked == [BAR, 9 * BAR // 4]


def test_a_loop_is_drawn_and_adjusted(view: TimelineView, document: Document) -> None:
    drag(view, 2.1, 6.2)
    assert document.loop == (2 * BAR, 6 * BAR)
    drag(view, 6, 8)
    assert document.loop == (2 * BAR, 8 * BAR)
    drag(view, 2, 4)
    assert document.loop == (4 * BAR, 8 * BAR)
    drag(view, 6, 7)
    assert document.loop == (5 * BAR, 9 * BAR)
    drag(view, 12, 11)
    assert document.loop == (11 * BAR, 12 * BAR)


def test_a_click_toggles_the_loop(view: TimelineView, document: Document) -> None:
    drag(view, 2, 6)
    QTest.mouseClick(view.ruler, LEFT, pos=at(view, 4, 6))
    assert document.loop is None
    QTest.mouseClick(view.ruler, LEFT, pos=at(view, 4, 6))
    assert document.loop == (2 * BAR, 6 * BAR)
    QTest.mouseClick(view.ruler, LEFT, pos=at(view, 12, 6))
    assert document.loop == (2 * BAR, 6 * BAR)


def test_another_document_does_not_bring_back_the_loop(
    view: TimelineView, document: Document
) -> None:
    drag(view, 2, 6)
    document.reset(document.arrangement)
    QTest.mouseClick(view.ruler, LEFT, pos=at(view, 4, 6))
    assert document.loop is None


def test_handles_of_the_loop() -> None:
    assert loop_handle_at(None, 5, 2) is LoopHandle.NEW
    handles = [loop_handle_at((10, 50), tick, 3) for tick in (0, 8, 12, 30, 48, 60)]
    assert handles == [
        LoopHandle.NEW,
        LoopHandle.START,
        LoopHandle.START,
        LoopHandle.WHOLE,
        LoopHandle.END,
        LoopHandle.NEW,
    ]


def test_an_edge_may_pass_the_other() -> None:
    drag = LoopDrag(LoopHandle.START, 2 * BAR, (2 * BAR, 4 * BAR))
    assert drag.moved(6 * BAR, Snap.BAR) == (4 * BAR, 6 * BAR)


def test_the_whole_stops_at_the_beginning() -> None:
    drag = LoopDrag(LoopHandle.WHOLE, 3 * BAR, (2 * BAR, 4 * BAR))
    assert drag.moved(-6.0 * BAR, Snap.BAR) == (0, 2 * BAR)


def test_marks_name_bars() -> None:
    geometry = Geometry(ticks_per_pixel=96.0)
    named = [
        (mark.tick // TICKS_PER_BAR, mark.text)
        for mark in ruler_marks(geometry, 0, 700)
        if mark.text
    ]
    assert named == [(0, "1"), (4, "5"), (8, "9"), (12, "13"), (16, "17")]


def test_marks_name_beats_close_up() -> None:
    geometry = Geometry(ticks_per_pixel=3.0)
    texts = [mark.text for mark in ruler_marks(geometry, 0, 700) if mark.text]
    assert texts[:3] == ["1", "1.1.2", "1.1.3"]
    assert texts[4] == "1.2"
