from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from technovae_gui.widgets.jump_slider import JumpSlider
from tests.technovae_gui.timeline.mouse_driver import LEFT, moved


def test_the_handle_jumps_to_a_press_and_is_dragged_from_there(qtbot: Any) -> None:
    slider = JumpSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, 100)
    slider.resize(220, 24)
    qtbot.addWidget(slider)
    slider.show()
    QTest.mousePress(slider, LEFT, pos=QPoint(110, 12))
    assert abs(slider.value() - 50) <= 1
    assert slider.isSliderDown()
    moved(slider, QPoint(160, 12))
    assert 70 <= slider.value() <= 80
    QTest.mouseRelease(slider, LEFT, pos=QPoint(160, 12))
    assert not slider.isSliderDown()
    QTest.mouseClick(slider, LEFT, pos=QPoint(1, 12))
    assert slider.value() == 0
