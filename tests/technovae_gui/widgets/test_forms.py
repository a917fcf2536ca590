"""What every panel is made of."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLabel
from pytestqt.qtbot import QtBot

from technovae_gui.widgets import forms
from technovae_gui.widgets.forms import CollapsibleSection


@pytest.fixture
def section(qtbot: QtBot) -> CollapsibleSection:
    made = CollapsibleSection("Advanced", QLabel("content"))
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_section_opens_with_mouse_and_keys(qtbot: QtBot, section: CollapsibleSection) -> None:
    assert not section.content.isVisible()
    with qtbot.waitSignal(section.toggled) as toggled:
        qtbot.mouseClick(section.head, Qt.MouseButton.LeftButton)
    assert toggled.args == [True]
    assert section.content.isVisible()
    qtbot.keyClick(section.head, Qt.Key.Key_Space)
    assert not section.content.isVisible()


def test_a_section_is_as_high_as_its_content_needs(section: CollapsibleSection) -> None:
    closed = section.sizeHint().height()
    section.set_open(True)
    assert section.sizeHint().height() >= closed + section.content.sizeHint().height()


def test_an_entry_can_be_disabled(qtbot: QtBot) -> None:
    box = forms.combo(("a", 1), ("b", 2), tip="")
    qtbot.addWidget(box)
    forms.enable_entry(box, 1, False)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentData() == 1
    forms.enable_entry(box, 1, True)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentData() == 2


def test_a_double_or_triple_click_selects_all_of_a_number(qtbot: QtBot) -> None:
    """Fault: the third press set the cursor, and what was typed was no number any more."""
    box = QDoubleSpinBox()
    box.setSuffix(" BPM")
    forms.style_number(box)
    qtbot.addWidget(box)
    box.resize(120, 28)
    box.show()
    box.setValue(31.15)
    field = box.lineEdit()
    field.setCursorPosition(4)
    decimals = field.cursorRect().center()
    left, place = Qt.MouseButton.LeftButton, QPointF(decimals)
    interval = QApplication.doubleClickInterval()

    def press(kind: QEvent.Type, at: int) -> str:
        event = QMouseEvent(kind, place, place, left, left, Qt.KeyboardModifier.NoModifier)
        event.setTimestamp(at)
        QApplication.sendEvent(field, event)
        return field.selectedText()

    assert press(QEvent.Type.MouseButtonDblClick, 1000) == "31.15"
    assert press(QEvent.Type.MouseButtonPress, 1000 + interval) == "31.15"
    assert press(QEvent.Type.MouseButtonPress, 1001 + interval) == "", "one by itself types"


def test_a_number_that_is_too_low_becomes_the_lowest(qtbot: QtBot) -> None:
    """Fault: .3 minutes of training, typed over the ten that stood there, were ten again."""
    box = QDoubleSpinBox()
    qtbot.addWidget(box)
    box.setRange(0.5, 60.0)
    box.setValue(10.0)
    forms.style_number(box)
    box.selectAll()
    qtbot.keyClicks(box, "0.3")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 0.5


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Up])
def test_what_is_no_number_is_not_taken_for_nought(qtbot: QtBot, key: Qt.Key) -> None:
    """Fault: clips of several gains, whose field says "mixed", were all set to 0 dB by a click into
    it and another one elsewhere."""
    box = QDoubleSpinBox()
    qtbot.addWidget(box)
    box.setRange(-60.0, 12.0)
    box.setSingleStep(0.0)
    box.setValue(-6.0)
    box.setKeyboardTracking(False)
    forms.style_number(box)
    for text in ("mixed", "", "-"):
        box.lineEdit().setText(text)
        qtbot.keyClick(box, key)
        assert box.value() == -6.0
        box.selectAll()
        qtbot.keyClicks(box, "-")
        qtbot.keyClick(box, key)
        assert box.value() == -6.0
