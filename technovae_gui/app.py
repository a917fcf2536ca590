"""Starts the window: first paint first, everything heavy after it."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from technovae_gui import theme
from technovae_gui.layout import first_size
from technovae_gui.main_window import MainWindow
from technovae_gui.memory import give_back_large_arrays

_SWITCH_INTERVAL = 0.0005
"""Seconds. Python's default of 5 ms lets one busy thread stall the mixer: 230 under-runs in 20 s
where this one gave none."""


def make_application(arguments: list[str] | None = None) -> QApplication:
    """The application, dressed; the one that is there if there is one."""
    sys.setswitchinterval(_SWITCH_INTERVAL)
    give_back_large_arrays()
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    existing = QApplication.instance()
    app = (
        existing if isinstance(existing, QApplication) else QApplication(arguments or sys.argv[:1])
    )
    app.setApplicationName("TechnoVAE")
    app.setOrganizationName("TechnoVAE")
    theme.apply(app)
    return app


def main(project: Path | None = None) -> int:
    """Open the window, with `project` if given; returns the exit status."""
    app = make_application()
    window = MainWindow()
    if not QSettings().contains("geometry"):
        _take_room(window)
    window.show()
    QTimer.singleShot(0, lambda: window.begin(project))
    # Python only handles signals between byte codes; a timer gives it some to run.
    signal.signal(signal.SIGINT, lambda *_: window.close())
    signal.signal(signal.SIGTERM, lambda *_: window.close())
    pulse = QTimer(app, interval=200)
    pulse.timeout.connect(lambda: None)
    pulse.start()
    status = app.exec()
    window.shut_down()
    return status


def _take_room(window: MainWindow) -> None:
    """The first time; afterwards the window comes back as it was left."""
    room = window.screen().availableGeometry()
    size = first_size(room.size())
    if size is None:
        window.setWindowState(Qt.WindowState.WindowMaximized)
        size = room.size()
    window.resize(size)
    window.move(room.center() - QPoint(size.width() // 2, size.height() // 2))
    window.panels.arrange(size.width(), size.height())
