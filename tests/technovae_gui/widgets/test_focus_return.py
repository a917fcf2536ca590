"""Enter and Escape leave a field; Space is the window's in number fields."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from technovae_gui.widgets.focus_return import FocusReturn


@dataclass
class Bench:
    """A window with two places to play and two fields."""

    window: QMainWindow
    map: QWidget
    timeline: QWidget
    number: QDoubleSpinBox
    text: QLineEdit
    played: list[bool] = field(default_factory=list)
    stopped: list[bool] = field(default_factory=list)

    def press(self, qtbot: QtBot, key: Qt.Key) -> None:
        """As from the keyboard: shortcuts of the window see the key too."""
        handle = self.window.windowHandle()
        QTest.keyClick(handle, key)  # type: ignore[call-overload]


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    window, content = QMainWindow(), QWidget()
    column = QVBoxLayout(content)
    made = Bench(window, QWidget(), QWidget(), QDoubleSpinBox(), QLineEdit())
    for widget in (made.map, made.timeline, made.number, made.text):
        column.addWidget(widget)
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.number.setKeyboardTracking(False)
    made.number.setRange(40, 250)
    made.number.setValue(128)
    window.setCentralWidget(content)
    play = QAction("Play", window)
    play.setShortcut(QKeySequence("Space"))
    play.triggered.connect(lambda: made.played.append(True))
    window.addAction(play)
    stop = QAction("Stop", window)
    stop.setShortcut(QKeySequence("Esc"))
    stop.triggered.connect(lambda: made.stopped.append(True))
    window.addAction(stop)
    FocusReturn(window, (made.map, made.timeline))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitActive(window)
    made.map.setFocus()
    return made


@pytest.mark.parametrize("home", ["map", "timeline"])
@pytest.mark.parametrize("filled", ["number", "text"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_enter_and_escape_give_the_focus_back(
    qtbot: QtBot, bench: Bench, home: str, filled: str, key: Qt.Key
) -> None:
    getattr(bench, home).setFocus()
    getattr(bench, filled).setFocus()
    bench.press(qtbot, key)
    qtbot.waitUntil(getattr(bench, home).hasFocus)
    assert not bench.stopped
    bench.press(qtbot, Qt.Key.Key_Escape)
    assert bench.stopped == [True]


def test_enter_takes_the_number_and_escape_the_one_before(qtbot: QtBot, bench: Bench) -> None:
    bench.number.setFocus()
    bench.number.selectAll()
    qtbot.keyClicks(bench.number, "140")
    bench.press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(bench.map.hasFocus)
    assert bench.number.value() == 140
    bench.number.setFocus()
    bench.number.selectAll()
    qtbot.keyClicks(bench.number, "90")
    bench.press(qtbot, Qt.Key.Key_Escape)
    qtbot.waitUntil(bench.map.hasFocus)
    assert (bench.number.value(), bench.number.text()) == (140, "140.00")


def test_space_plays_from_a_number_field_and_is_text_in_a_text_field(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.number.setFocus()
    bench.number.selectAll()
    bench.press(qtbot, Qt.Key.Key_Space)
    assert bench.played == [True]
    assert bench.number.text() == "128.00"
    bench.text.setFocus()
    bench.press(qtbot, Qt.Key.Key_Space)
    assert bench.played == [True]
    assert bench.text.text() == " "


def test_a_widget_that_is_hidden_gives_the_focus_back(bench: Bench, qtbot: QtBot) -> None:
    """Fault: pressing the button of a banner gave the keys to the button Back to start."""
    bench.timeline.setFocus()
    bench.text.setFocus()
    bench.text.hide()
    qtbot.waitUntil(bench.timeline.hasFocus)
    bench.text.show()
    bench.text.setFocus()
    bench.text.hide()
    bench.number.setFocus()  # whoever hides it may say what is next
    QApplication.processEvents()
    assert bench.number.hasFocus()


def test_a_widget_that_is_disabled_gives_the_focus_back(bench: Bench, qtbot: QtBot) -> None:
    """Fault: pressing "Import files…" gave the keys to the button that cancels the import."""
    bench.timeline.setFocus()
    bench.number.setFocus()
    bench.number.setEnabled(False)
    qtbot.waitUntil(bench.timeline.hasFocus)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_a_list_of_choices_that_closes_gives_the_keys_back(
    qtbot: QtBot, bench: Bench, key: Qt.Key
) -> None:
    """Fault: B, for the end of a morph, chose "Brightness" where a colour was chosen before."""
    box = QComboBox()
    box.addItems(["Track", "Key", "Brightness"])
    bench.window.centralWidget().layout().addWidget(box)
    bench.timeline.setFocus()
    box.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.waitUntil(box.hasFocus)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "Key"
    assert box.hasFocus(), "who goes through them by keys stays"
    box.showPopup()
    qtbot.waitUntil(box.view().isVisible)
    qtbot.keyClick(box.view(), key)
    # Of the window: without a window manager it may not be the active one after a popup.
    qtbot.waitUntil(lambda: bench.window.focusWidget() is bench.timeline)
    assert box.currentText() == "Key"
