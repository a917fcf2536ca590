"""The energy curve: drawn with the mouse and the keys, taken back, and split into sections."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.arrangement import form
from technovae_gui.compose.energy_curve import COLUMNS, EnergyCurve
from technovae_gui.compose.energy_form import (
    PRESETS,
    RANDOM,
    preset_curve,
    section_spans,
)

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def curve(qtbot: QtBot) -> EnergyCurve:
    made = EnergyCurve()
    qtbot.addWidget(made)
    made.resize(320, 150)
    made.show()
    made.setFocus()
    return made


def at(curve: EnergyCurve, column: int, height: float) -> QPoint:
    return QPointF(*curve.position(column, height)).toPoint()


def stroke(qtbot: QtBot, curve: EnergyCurve, *points: QPoint) -> None:
    qtbot.mousePress(curve, LEFT, pos=points[0])
    for point in points[1:]:
        place, screen = QPointF(point), QPointF(curve.mapToGlobal(point))
        move = QEvent.Type.MouseMove
        event = QMouseEvent(move, place, screen, Qt.MouseButton.NoButton, LEFT, NONE)
        QApplication.sendEvent(curve, event)
    qtbot.mouseRelease(curve, LEFT, pos=points[-1])


def test_a_click_sets_one_column(qtbot: QtBot, curve: EnergyCurve) -> None:
    with qtbot.waitSignal(curve.drawn):
        qtbot.mouseClick(curve, LEFT, pos=at(curve, 5, 0.9))
    assert curve.heights[5] == pytest.approx(0.9, abs=0.02)
    assert curve.heights[:5] + curve.heights[6:] == [0.5] * (COLUMNS - 1)


def test_a_fast_stroke_has_no_gaps(qtbot: QtBot, curve: EnergyCurve) -> None:
    stroke(qtbot, curve, at(curve, 4, 0.0), at(curve, 14, 1.0))
    expected = [(column - 4) / 10 for column in range(4, 15)]
    assert curve.heights[4:15] == pytest.approx(expected, abs=0.03)


def test_a_stroke_backwards_works_as_well(qtbot: QtBot, curve: EnergyCurve) -> None:
    stroke(qtbot, curve, at(curve, 14, 1.0), at(curve, 4, 0.0))
    assert curve.heights[4:15] == pytest.approx([n / 10 for n in range(11)], abs=0.03)


def test_outside_is_the_edge(qtbot: QtBot, curve: EnergyCurve) -> None:
    stroke(qtbot, curve, at(curve, 30, 0.5), QPoint(900, -50))
    assert curve.heights[-1] == 1.0
    assert len(curve.heights) == COLUMNS


def test_a_stroke_is_one_step_back_and_forth(qtbot: QtBot, curve: EnergyCurve) -> None:
    stroke(qtbot, curve, at(curve, 4, 0.0), at(curve, 9, 0.4), at(curve, 14, 1.0))
    drawn = list(curve.heights)
    qtbot.keyClick(curve, Qt.Key.Key_Z, CONTROL)
    assert curve.heights == [0.5] * COLUMNS
    qtbot.keyClick(curve, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert curve.heights == drawn
    qtbot.keyClick(curve, Qt.Key.Key_Z, CONTROL)
    qtbot.keyClick(curve, Qt.Key.Key_Y, CONTROL)
    assert curve.heights == drawn


def test_the_keys_draw_too(qtbot: QtBot, curve: EnergyCurve) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up):
        qtbot.keyClick(curve, key)
    qtbot.keyClick(curve, Qt.Key.Key_Down, SHIFT)
    assert curve.heights[2] == pytest.approx(0.54)
    qtbot.keyClick(curve, Qt.Key.Key_End)
    qtbot.keyClick(curve, Qt.Key.Key_PageUp)
    qtbot.keyClick(curve, Qt.Key.Key_PageUp)
    qtbot.keyClick(curve, Qt.Key.Key_PageUp)
    assert curve.heights[-1] == 1.0
    qtbot.keyClick(curve, Qt.Key.Key_Home)
    assert curve.column == 0


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("bars", [4, 33, 96, 700])
def test_presets_are_curves(name: str, bars: int) -> None:
    heights = preset_curve(name, bars, seed=3)
    assert len(heights) == COLUMNS
    assert all(0.0 <= height <= 1.0 for height in heights)
    sections = section_spans(form.plan_curve(bars, heights), bars)
    assert (sections[0].start, sections[-1].end) == (0.0, 1.0)


def test_another_seed_is_another_random_curve() -> None:
    assert preset_curve(RANDOM, 96, 1) == preset_curve(RANDOM, 96, 1)
    assert preset_curve(RANDOM, 96, 1) != preset_curve(RANDOM, 96, 2)


def test_two_drops_have_two_drops() -> None:
    sections = form.plan_curve(96, preset_curve("Two drops", 96))
    names = [section.name for section in section_spans(sections, 96)]
    assert names.count("drop") == 2
    assert "break" in names
