"""The part buttons in the map's tool bar: clicks, keys, states, and where they are."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from core.resources import PARTS_MISSING
from technovae_gui.map import LatentMapView

KICK, BASS, DRUMS, REST = range(4)


@pytest.fixture
def view(view: LatentMapView) -> LatentMapView:
    view.parts.set_available(True)
    view.chosen.choose_row(0)
    return view


def click(view: LatentMapView, qtbot: Any, part: int, modifier: Any = None) -> None:
    button = view.tools.parts.buttons[part]
    modifiers = modifier or Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, modifiers)


@pytest.mark.parametrize(
    "solos", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier]
)
def test_a_click_mutes_with_ctrl_solos_with_shift_locks(
    view: LatentMapView, qtbot: Any, solos: Qt.KeyboardModifier
) -> None:
    """Alt with the mouse moves the window under many window managers."""
    click(view, qtbot, KICK)
    assert view.parts.muted == (True, False, False, False)
    assert view.tools.parts.buttons[KICK].accessibleName() == "Kick, muted"
    click(view, qtbot, DRUMS, solos)
    assert view.parts.muted == (True, True, False, True)
    click(view, qtbot, BASS, Qt.KeyboardModifier.ShiftModifier)
    assert list(view.parts.locked) == [BASS]
    assert view.tools.parts.buttons[BASS].accessibleName() == "Bass, muted, locked"
    assert not view.tools.parts.buttons[BASS].icon().isNull()


def test_keys_of_the_map_do_the_same(view: LatentMapView, qtbot: Any) -> None:
    qtbot.keyClick(view.canvas, Qt.Key.Key_X)
    assert view.parts.muted == (False, True, False, False)
    qtbot.keyClick(view.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
    assert list(view.parts.locked) == [REST]
    qtbot.keyClick(view.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert view.parts.muted == (True, True, False, True)


def test_the_menu_says_what_can_be_done(view: LatentMapView, qtbot: Any) -> None:
    click(view, qtbot, KICK)
    menu = view.tools.parts.menu(KICK)
    entries = {action.text(): action for action in menu.actions()}
    entries["Hear it"].trigger()
    assert not view.parts.in_use
    entries["Lock: it stays when another point is chosen"].trigger()
    entries["Solo"].trigger()
    assert view.parts.in_use
    entries["Hear all, lock none"].trigger()
    assert not view.parts.in_use
    menu.deleteLater()


def test_without_the_network_they_say_what_is_missing(view: LatentMapView, qtbot: Any) -> None:
    fresh = LatentMapView()
    qtbot.addWidget(fresh)
    assert not fresh.tools.parts.isEnabled()
    fresh.shutdown()
    view.parts.set_available(False)
    assert not view.tools.parts.isEnabled()
    assert all(button.toolTip() == PARTS_MISSING for button in view.tools.parts.buttons)


@pytest.mark.parametrize(("width", "below"), [(590, True), (1200, False)])
def test_they_go_into_a_second_row_where_the_first_is_full(
    view: LatentMapView, qtbot: Any, width: int, below: bool
) -> None:
    view.resize(width, 600)
    tools = view.tools
    qtbot.waitUntil(
        lambda: (tools.parts.mapTo(tools, tools.parts.rect().topLeft()).y() > tools.b.y()) == below
    )
    assert tools.parts.mapTo(tools, tools.parts.rect().topRight()).x() < width
