"""Starts the window: first paint first, everything heavy after it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from core import garbage, memory
from technovae_gui import style_sheet, theme
from technovae_gui.layout import first_size
from technovae_gui.main_window import MainWindow
from technovae_gui.widgets import motion

_SWITCH_INTERVAL: Final = 0.0005
"""Seconds. Python's default of 5 ms lets one busy thread stall the mixer: 230 under-runs in 20 s
where this one gave none."""
_SIGNAL_INTERVAL_MS: Final = 200
_HIDDEN_MS: Final = 1000
"""After which a window that was not painted is taken to be hidden, as a minimised one is."""
_STARTED_MS: Final = 3000
"""After which the window is as it stays: the library is open, what is used is imported."""


def make_application(arguments: list[str] | None = None) -> QApplication:
    """The application in the program's type and colours; the existing one if there is one.

    Its style sheet follows when the window is there (`style_sheet.dress`).

    Args:
        arguments: for Qt; None for the program's name alone.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL)
    memory.return_large_arrays()
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    existing = QApplication.instance()
    app = (
        existing if isinstance(existing, QApplication) else QApplication(arguments or sys.argv[:1])
    )
    app.setApplicationName(theme.PROGRAM)
    app.setOrganizationName(theme.PROGRAM)
    app.setDesktopFileName("technovae")
    style_sheet.apply(app)
    motion.load()
    return app


def main(project: Path | None = None) -> int:
    """Run the window until it is closed.

    Args:
        project: to open; None for an empty one.

    Returns:
        The exit status.
    """
    app = make_application()
    window = open_window()
    AfterFirstPaint(window, lambda: window.begin(project))
    # Python handles signals between byte codes only; a timer gives it some to run.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: close_unasked(window))
    signal_timer = QTimer(app, interval=_SIGNAL_INTERVAL_MS)
    signal_timer.timeout.connect(lambda: None)
    signal_timer.start()
    # The system asks on this thread and goes on when this returns.
    app.commitDataRequest.connect(lambda _: window.leave_unasked())
    status = app.exec()
    window.shut_down()
    return status


class AfterFirstPaint(QObject):
    """Does something once, when a window has been painted, or if it is not for a while.

    Args:
        window: a window that is shown.
        do: what to do.
    """

    def __init__(self, window: QWidget, do: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._do = window, do
        self._patience = QTimer(self, singleShot=True, interval=_HIDDEN_MS)
        self._patience.timeout.connect(self._finish)
        self._patience.start()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self._patience.start(0)  # what is painted with it comes before
        return False

    def _finish(self) -> None:
        self._window.removeEventFilter(self)
        self._do()
        self.deleteLater()


def open_window(recovery_folder: Path | None = None) -> MainWindow:
    """Make the window and show it; `begin` does the rest, after the first paint.

    Whoever starts the program has put the search for garbage off (`core.garbage.pause`).

    Args:
        recovery_folder: see `MainWindow`.
    """
    window = MainWindow(recovery_folder, furnished=False)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style_sheet.dress(app)
    if not window.settings.found_geometry:
        _set_first_geometry(window)
    window.show()
    QTimer.singleShot(_STARTED_MS, garbage.resume)
    return window


def close_unasked(window: MainWindow) -> None:
    """The system ends the program: nobody is asked, unsaved work can be recovered."""
    window.leave_unasked()
    window.close()


def _set_first_geometry(window: MainWindow) -> None:
    """At the first start, and on a screen of another size; else it comes back as it was left."""
    available = window.screen().availableGeometry()
    size = first_size(available.size())
    if size is None:
        window.setWindowState(Qt.WindowState.WindowMaximized)
        size = available.size()
    window.resize(size)
    window.move(available.center() - QPoint(size.width() // 2, size.height() // 2))
    window.panels.arrange(size.width(), size.height())
