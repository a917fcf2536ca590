"""The ruler: seeking, and the loop region."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from technovae_gui.document import Document
from technovae_gui.timeline import Snap, TimelineView
from technovae_gui.timeline.loop_drag import Grip, LoopDrag, grip_at
from tests.technovae_gui.timeline.hand import BAR, LEFT, moved

ALT = Qt.KeyboardModifier.AltModifier


def at(view: TimelineView, bar: float, y: int) -> QPoint:
    return QPoint(round(view.camera.geometry.x(bar * BAR)), y)


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
    assert asked.args[0] == pytest.approx(5.2 * BAR, abs=view.camera.geometry.ticks_per_pixel)


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


def test_grips() -> None:
    assert grip_at(None, 5, 2) is Grip.NEW
    grips = [grip_at((10, 50), tick, 3) for tick in (0, 8, 12, 30, 48, 60)]
    assert grips == [Grip.NEW, Grip.START, Grip.START, Grip.WHOLE, Grip.END, Grip.NEW]


def test_an_edge_may_pass_the_other() -> None:
    drag = LoopDrag(Grip.START, 2 * BAR, (2 * BAR, 4 * BAR))
    assert drag.moved(6 * BAR, Snap.BAR) == (4 * BAR, 6 * BAR)


def test_the_whole_stops_at_the_beginning() -> None:
    drag = LoopDrag(Grip.WHOLE, 3 * BAR, (2 * BAR, 4 * BAR))
    assert drag.moved(-6.0 * BAR, Snap.BAR) == (0, 2 * BAR)
