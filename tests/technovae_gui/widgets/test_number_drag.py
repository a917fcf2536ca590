"""A number is dragged up and down; a click without a drag types."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from technovae_gui.widgets.number_drag import NumberDrag
from tests.technovae_gui.map.mouse import drag


@pytest.fixture
def box(qtbot: QtBot) -> Iterator[QDoubleSpinBox]:
    window, made = QWidget(), QDoubleSpinBox()
    made.setRange(0, 10)
    made.setValue(4.0)
    rows = QVBoxLayout(window)
    rows.addWidget(QLineEdit())  # which has the keys at first
    rows.addWidget(made)
    qtbot.addWidget(window)
    window.show()
    yield made
    window.close()


@pytest.mark.parametrize(("pixels", "wanted"), [(-20, 6.5), (20, 1.5), (-80, 10.0)])
def test_it_is_dragged(box: QDoubleSpinBox, pixels: int, wanted: float) -> None:
    dragged = NumberDrag(box, 0.5, 0.05)
    dragged.moved.connect(box.setValue)
    over: list[bool] = []
    dragged.released.connect(lambda: over.append(dragged.active))
    at = QPointF(box.lineEdit().rect().center())
    drag(box.lineEdit(), [at, at + QPointF(0, pixels // 2), at + QPointF(0, pixels)])
    assert box.value() == pytest.approx(wanted)
    assert over == [False]
    assert not box.hasFocus()


def test_a_click_types(box: QDoubleSpinBox, qtbot: QtBot) -> None:
    NumberDrag(box, 0.5, 0.05)
    QTest.mouseClick(box.lineEdit(), Qt.MouseButton.LeftButton)
    qtbot.keyClicks(box.lineEdit(), "7")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 7.0


def test_what_is_disabled_is_not_dragged(box: QDoubleSpinBox) -> None:
    NumberDrag(box, 0.5, 0.05).moved.connect(box.setValue)
    box.setEnabled(False)
    at = QPointF(box.lineEdit().rect().center())
    drag(box.lineEdit(), [at, at - QPointF(0, 40)])
    assert box.value() == 4.0
