"""The first steps and the sheet of shortcuts over the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from technovae_gui.widgets.overlays import ShortcutSheet, WelcomeCard


def test_the_welcome_card_is_dismissed_with_its_button(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(900, 600)
    card = WelcomeCard(parent, str)
    parent.show()
    card.show()
    with qtbot.waitSignal(card.dismissed):
        qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    assert card.isHidden()


def test_any_key_closes_the_sheet(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(1000, 700)
    parent.show()
    sheet = ShortcutSheet(parent)
    sheet.toggle()
    assert sheet.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_X)
    assert sheet.isHidden()


def test_the_keys_go_back_to_where_they_were_before_the_sheet(qtbot: QtBot) -> None:
    """Fault: they were at the button Back to start, and the map's keys did nothing."""
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(600, 400)
    button, field, sheet = QPushButton(parent), QLineEdit(parent), ShortcutSheet(parent)
    parent.show()
    field.setFocus()
    sheet.toggle()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert parent.focusWidget() is field
    assert not button.hasFocus()
