"""Escape closes what is open, also where the whole window has a use for that key."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from technovae_gui.library.import_report import ImportReportView
from technovae_gui.library.new_library_form import NewLibraryForm
from technovae_gui.widgets.overlays import ShortcutSheet, WelcomeCard

ESCAPE = Qt.Key.Key_Escape


class Window(QWidget):
    """A window that stops the transport on Escape."""

    def __init__(self) -> None:
        super().__init__()
        self.stops = 0
        QVBoxLayout(self)
        shortcut = QShortcut(QKeySequence("Esc"), self)
        shortcut.activated.connect(self._stop)
        self.resize(600, 600)

    def _stop(self) -> None:
        self.stops += 1


@pytest.fixture
def window(qtbot: Any) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitActive(made)
    return made


def press_escape(window: Window, qtbot: Any) -> None:
    qtbot.keyClick(window.focusWidget(), ESCAPE)


def test_the_sheet_of_shortcuts(window: Window, qtbot: Any) -> None:
    sheet = ShortcutSheet(window)
    sheet.toggle()
    press_escape(window, qtbot)
    assert (sheet.isVisible(), window.stops) == (False, 0)


def test_the_first_steps(window: Window, qtbot: Any) -> None:
    card = WelcomeCard(window, str)
    card.show()
    card.setFocus()
    with qtbot.waitSignal(card.dismissed):
        press_escape(window, qtbot)
    assert window.stops == 0


def test_the_form_for_a_new_library(window: Window, qtbot: Any) -> None:
    form = NewLibraryForm()
    window.layout().addWidget(form)
    form.ask()
    with qtbot.waitSignal(form.cancelled):
        press_escape(window, qtbot)
    assert (form.isVisible(), window.stops) == (False, 0)


def test_the_report_of_an_import(window: Window, qtbot: Any) -> None:
    report = ImportReportView()
    window.layout().addWidget(report)
    report.show()
    report.files.setFocus()
    with qtbot.waitSignal(report.dismissed):
        press_escape(window, qtbot)
    assert window.stops == 0


def test_elsewhere_it_is_the_window_that_stops(window: Window, qtbot: Any) -> None:
    field = QLineEdit()
    window.layout().addWidget(field)
    field.setFocus()
    press_escape(window, qtbot)
    assert window.stops == 1
