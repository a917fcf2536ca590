"""The canvas: the marker of the playing point, and the two uses of the space bar."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QFocusEvent, QPaintEvent
from PySide6.QtWidgets import QApplication

from technovae_gui.map import LatentMapView
from tests.technovae_gui.map.mouse import drag


def test_the_pulse_repaints_the_marker_alone(view: LatentMapView, qtbot: Any) -> None:
    areas: list[QRect] = []
    paint = view.canvas.paintEvent

    def watched(event: QPaintEvent) -> None:
        areas.append(event.rect())
        paint(event)

    view.canvas.paintEvent = watched
    view.chosen.choose_xy((0.5, 0.5))
    view.set_playing(view.scene.chosen)
    qtbot.waitUntil(lambda: view.canvas.rect() in areas)
    areas.clear()
    view.set_phase(0.25)
    qtbot.waitUntil(lambda: bool(areas))
    assert all(area.width() < 80 and area.height() < 80 for area in areas)
    view.set_playing(None)
    view.set_phase(0.5)


def test_space_and_drag_pan_without_playing(view: LatentMapView, qtbot: Any) -> None:
    start = view.viewport.camera
    with qtbot.assertNotEmitted(view.play_requested):
        qtbot.keyPress(view.canvas, Qt.Key.Key_Space)
        assert view.canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
        drag(view.canvas, [QPointF(300, 200), QPointF(340, 200)])
        qtbot.keyRelease(view.canvas, Qt.Key.Key_Space)
    assert view.viewport.camera.x < start.x
    assert view.scene.chosen is None
    assert view.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_space_alone_plays_when_it_comes_up(view: LatentMapView, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(view.play_requested):
        qtbot.keyPress(view.canvas, Qt.Key.Key_Space)
    with qtbot.waitSignal(view.play_requested):
        qtbot.keyRelease(view.canvas, Qt.Key.Key_Space)


def test_space_that_comes_up_elsewhere_does_not_play(view: LatentMapView, qtbot: Any) -> None:
    qtbot.keyPress(view.canvas, Qt.Key.Key_Space)
    QApplication.sendEvent(view.canvas, QFocusEvent(QEvent.Type.FocusOut))
    with qtbot.assertNotEmitted(view.play_requested):
        qtbot.keyRelease(view.canvas, Qt.Key.Key_Space)
