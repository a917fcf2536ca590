"""The visible area: wheel, scrolling within the arrangement, zoom."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from technovae_gui.timeline import TimelineView
from technovae_gui.timeline.viewport import TimelineState, Viewport
from tests.technovae_gui.timeline.mouse_driver import BAR

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


def test_the_wheel_zooms_with_ctrl_and_scrolls_with_shift(view: TimelineView) -> None:
    place = QPoint(300, 50)
    tick = view.viewport.geometry.tick(300)
    turn(view, 3, CTRL, place)
    assert view.viewport.geometry.tick(300) == pytest.approx(tick, abs=1)
    left = view.viewport.geometry.left
    turn(view, -2, SHIFT, place)
    assert view.viewport.geometry.left > left
    turn(view, 4, CTRL | SHIFT, place)
    assert view.viewport.geometry.lane_height > 68
    turn(view, -2, NONE, place)
    assert view.viewport.geometry.top > 0
    turn(view, 50, NONE, place)
    assert view.viewport.geometry.top == 0


@pytest.fixture
def viewport(qapp: object) -> Viewport:
    made = Viewport()
    made.set_size(1000, 300)
    made.set_content(64 * BAR, 8)
    return made


def test_it_is_scrolled_no_further_than_there_is_something_to_see(viewport: Viewport) -> None:
    viewport.scroll(dx=1e6, dy=10_000)
    geometry = viewport.geometry
    assert geometry.left == viewport.last_left
    assert geometry.top == viewport.last_top
    assert geometry.y(8) < viewport.height
    viewport.scroll(dx=-1e7, dy=-10_000)
    assert (viewport.geometry.left, viewport.geometry.top) == (0, 0)


def test_lanes_that_are_gone_are_scrolled_back(viewport: Viewport) -> None:
    viewport.scroll(dy=10_000)
    viewport.set_content(64 * BAR, 2)
    assert viewport.geometry.top == 0


def test_zooming_around_the_middle(viewport: Viewport) -> None:
    viewport.set(viewport.geometry.scrolled_to(left=20.0 * BAR))
    middle = viewport.geometry.tick(500)
    viewport.zoom(2.0)
    assert viewport.geometry.tick(500) == pytest.approx(middle, abs=1)


def test_what_did_not_change_is_not_announced(viewport: Viewport) -> None:
    changes: list[bool] = []
    viewport.changed.connect(lambda: changes.append(True))
    viewport.set(viewport.geometry)
    viewport.set_content(64 * BAR, 8)
    assert changes == []


def test_commands_act_on_the_grid_only_while_it_plays(qapp: object) -> None:
    state = TimelineState()
    state.playhead = 1.3 * BAR
    assert state.edit_tick == round(1.3 * BAR)
    state.playing = True
    assert state.edit_tick == BAR
