"""Every control shows under which state it is: under the mouse, pressed, with the keys, off."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHoverEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QDoubleSpinBox,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollBar,
    QSlider,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from technovae_gui import style_sheet, theme
from technovae_gui.document import Document
from technovae_gui.map.part_buttons import PartButtons
from technovae_gui.timeline.lane_effects_panel import LaneEffectsPanel
from technovae_gui.timeline.lane_headers import LaneHeader
from technovae_gui.widgets import forms, icons


def _checked(button: QAbstractButton) -> QAbstractButton:
    button.setCheckable(True)
    button.setChecked(True)
    return button


def _tool(name: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.icon(name))
    return button


def _field() -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(0.0, 9.0)
    box.setValue(5.0)
    return box


_CONTROLS: dict[str, Callable[[], QWidget]] = {
    "button": lambda: QPushButton("Open"),
    "switched on": lambda: _checked(QPushButton("Follow")),
    "main action": lambda: forms.button("Export", "", primary=True),
    "tool": lambda: _tool("lasso"),
    "tool in use": lambda: _checked(_tool("lasso")),
    "box": lambda: forms.combo(("one", 1), ("two", 2), tip=""),
    "text": lambda: QLineEdit("name"),
    "number": _field,
    "tick": lambda: QCheckBox("Stems"),
    "ticked": lambda: _checked(QCheckBox("Stems")),
    "slider": lambda: QSlider(Qt.Orientation.Horizontal),
}


@pytest.fixture(params=[False, True], ids=["usual", "high contrast"])
def contrast(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[bool]:
    high = bool(request.param)
    style_sheet.set_contrast(qapp, high=high)
    yield high
    style_sheet.set_contrast(qapp, high=False)
    qapp.setStyleSheet("")


def _look(widget: QWidget) -> bytes:
    picture = widget.grab().toImage()
    return bytes(picture.constBits())


def _put_mouse(widget: QWidget, *, on: bool) -> None:
    """As where the pointer is in its middle; no pointer of the machine is moved."""
    widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, on)
    middle = QPointF(widget.rect().center()) if on else QPointF(-1, -1)
    kind = QEvent.Type.HoverMove if on else QEvent.Type.HoverLeave
    QApplication.sendEvent(widget, QHoverEvent(kind, middle, middle, QPointF(-1, -1)))
    if on:  # push buttons look at this one
        none, no_keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        move = QMouseEvent(QEvent.Type.MouseMove, middle, middle, none, none, no_keys)
        QApplication.sendEvent(widget, move)


@pytest.mark.parametrize("name", _CONTROLS)
@pytest.mark.usefixtures("contrast")
def test_every_state_of_a_control_is_seen(qtbot: QtBot, name: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column, control, other = QVBoxLayout(window), _CONTROLS[name](), QPushButton("other")
    column.addWidget(control)
    column.addWidget(other)
    if isinstance(control, QSlider):
        control.setValue(49)
    with qtbot.waitActive(window):
        window.show()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    looks = {"at rest": _look(control)}
    _put_mouse(control, on=True)
    looks["under the mouse"] = _look(control)
    if isinstance(control, QAbstractButton) and not isinstance(control, QCheckBox):
        control.setDown(True)
        looks["pressed"] = _look(control)
        control.setDown(False)
    _put_mouse(control, on=False)
    assert _look(control) == looks["at rest"], "it is as it was when the mouse is gone"
    control.setFocus()
    qtbot.waitUntil(control.hasFocus)
    if isinstance(control, QLineEdit):
        control.deselect()
    looks["with the keys"] = _look(control)
    other.setFocus()
    control.setEnabled(False)
    looks["not to be used"] = _look(control)
    alike = [(a, b) for a in looks for b in looks if a < b and looks[a] == looks[b]]
    assert not [pair for pair in alike if "at rest" in pair]
    if isinstance(control, QPushButton | QToolButton | QSlider):
        assert not alike


def test_a_scroll_bar_shows_that_it_can_be_taken(qtbot: QtBot, contrast: bool) -> None:
    bar = QScrollBar(Qt.Orientation.Horizontal)
    qtbot.addWidget(bar)
    bar.setRange(0, 10)
    bar.setPageStep(10)
    bar.setValue(5)
    bar.resize(300, 11)
    bar.show()
    before = _look(bar)
    _put_mouse(bar, on=True)
    assert _look(bar) != before


@pytest.mark.usefixtures("contrast")
def test_small_buttons_with_a_sheet_of_their_own_show_the_mouse_too(qtbot: QtBot) -> None:
    document = Document()
    lane = document.arrangement.lanes[0]
    rows = QWidget()
    qtbot.addWidget(rows)
    header, effects, parts = (
        LaneHeader(document, lane, rows),
        LaneEffectsPanel(document, lane.id),
        PartButtons(),
    )
    column = QVBoxLayout(rows)
    for widget in (header, effects, parts):
        column.addWidget(widget)
    parts.buttons[0].setProperty("muted", True)
    rows.show()
    blind = []
    for button in rows.findChildren(QToolButton):
        if button.isVisible():
            before = _look(button)
            _put_mouse(button, on=True)
            if _look(button) == before:
                blind.append(button.accessibleName())
            _put_mouse(button, on=False)
    assert not blind


def test_what_is_on_is_not_filled_as_the_main_action_is(qtbot: QtBot, qapp: QApplication) -> None:
    style_sheet.set_contrast(qapp, high=False)
    on, main = _checked(QPushButton("Follow")), forms.button("Export", "", primary=True)
    for button, ground in ((on, theme.ACCENT_GROUND), (main, theme.ACCENT)):
        qtbot.addWidget(button)
        button.resize(90, 26)
        assert button.grab().toImage().pixelColor(45, 4).name() == ground
    qapp.setStyleSheet("")


@pytest.mark.parametrize("kind", [QListWidget, QTreeWidget])
@pytest.mark.usefixtures("contrast")
def test_a_row_under_the_mouse_is_seen(
    qtbot: QtBot, kind: type[QListWidget] | type[QTreeWidget]
) -> None:
    """Fault: no list but the legend showed which row a click would take."""
    rows = kind()
    qtbot.addWidget(rows)
    if isinstance(rows, QTreeWidget):
        rows.addTopLevelItems([QTreeWidgetItem([name]) for name in ("one", "two")])
    else:
        rows.addItems(["one", "two"])
    with qtbot.waitExposed(rows):
        rows.show()
    view, looks = rows.viewport(), [_look(rows.viewport())]
    index = rows.model().index(0, 0)
    at, away = QPointF(rows.visualRect(index).center()), QPointF(-1, -1)
    for row_is_selected in (False, True):
        if row_is_selected:
            rows.setCurrentIndex(index)
            looks.append(_look(view))
        QApplication.sendEvent(view, QHoverEvent(QEvent.Type.HoverMove, at, at, away))
        looks.append(_look(view))
        QApplication.sendEvent(view, QHoverEvent(QEvent.Type.HoverLeave, away, away, at))
    assert len(set(looks)) == 4
