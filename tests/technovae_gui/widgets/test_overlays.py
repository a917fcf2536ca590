"""The first steps and the sheet of shortcuts over the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
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
