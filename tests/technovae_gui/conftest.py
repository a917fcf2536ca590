"""Fixtures of the window's tests: no screen needed, nothing written to the user's settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSettings, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core import resources
from core.library import latent_map
from core.library.latent_map import LatentMap
from core.workers import jobs, thread
from core.workers.render_service import RenderService
from core.workers.segment_service import SegmentService
from technovae_gui.document import Document
from technovae_gui.project.questions import Leaving, MessageBoxes, OtherLibrary
from tests.technovae_gui.fakes import FakeJob
from tests.technovae_gui.warm_services import WarmServices

if TYPE_CHECKING:
    from technovae_gui.main_window import MainWindow

MOUSE = Qt.MouseButton
CORNER = QPoint(0, 0)
PATIENCE = 240_000
"""Milliseconds."""


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> None:
    """Settings of this test alone."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "ini"))


@pytest.fixture(autouse=True)
def no_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is there to answer: unsaved work is given up, another library gets a new project."""
    monkeypatch.setattr(MessageBoxes, "ask_leaving", lambda *_: Leaving.DISCARD)
    monkeypatch.setattr(MessageBoxes, "ask_other_library", lambda *_: OtherLibrary.NEW_PROJECT)


@pytest.fixture(autouse=True)
def nothing_held() -> Iterator[None]:
    """No test begins with a button or a key that one before it held, nor with the mouse where that
    left it: they belong to the application. Qt's double click ends pressed, and a move to where the
    mouse is already does nothing."""
    yield
    if QApplication.instance() is None:
        return
    if QApplication.mouseButtons() or QApplication.keyboardModifiers():
        for button in (MOUSE.LeftButton, MOUSE.MiddleButton, MOUSE.RightButton):
            QTest.mouseRelease(QWidget(), button)
    if QCursor.pos() != CORNER:
        QCursor.setPos(CORNER)


@pytest.fixture(autouse=True)
def nothing_to_be_deleted() -> Iterator[None]:
    """What a test has given up is gone before the next one begins. Qt deletes it once an event loop
    runs, which few tests do: thousands of widgets were laid out and dressed again with those of
    every later test."""
    yield
    if QApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="session")
def demo_map() -> LatentMap:
    """The map of the built-in demo, as the window loads it."""
    found = latent_map.load(resources.demo_library(), resources.demo_model())
    assert found is not None
    return found


def put_session(window: MainWindow, **changes: Any) -> None:
    """Put a session in place that differs from the present one by `changes`."""
    session = replace(window.session, **changes)
    window.sessions._session = session
    window.sessions.session_changed.emit(session)


@pytest.fixture
def fake_jobs(monkeypatch: pytest.MonkeyPatch) -> list[FakeJob]:
    """Jobs that end when the test says so, in place of processes; oldest first."""
    monkeypatch.setattr(jobs, "Job", FakeJob)
    monkeypatch.setattr(FakeJob, "running", [])
    return FakeJob.running


@pytest.fixture
def document(qapp: object) -> Document:
    """An empty document."""
    return Document()


@pytest.fixture(scope="module")
def warm_services() -> Iterator[WarmServices]:
    """Windows that come one after the other share the processes that render and read."""
    services = WarmServices()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thread, "WorkerProcess", services.start)
        yield services
    services.close()


@pytest.fixture
def silent_renderer(warm_services: WarmServices, monkeypatch: pytest.MonkeyPatch) -> None:
    """No latent is heard or seen: windows do without the process that takes seconds to start."""
    monkeypatch.setattr(warm_services, "silent", frozenset({RenderService}))


@pytest.fixture
def silent_services(warm_services: WarmServices, monkeypatch: pytest.MonkeyPatch) -> None:
    """No real segment either."""
    monkeypatch.setattr(warm_services, "silent", frozenset({RenderService, SegmentService}))


@pytest.fixture
def window(qtbot: Any, warm_services: WarmServices, tmp_path: Path) -> Iterator[MainWindow]:
    """The whole window on the demo, whose map is there."""
    from technovae_gui.main_window import MainWindow

    QSettings().setValue("hint_seen", True)
    made = MainWindow(tmp_path / "sessions")
    made.track_analysis.close()  # nobody waits for the demo's spectrograms here
    made.show()
    made.begin()
    qtbot.waitUntil(lambda: made.session.map is not None, timeout=PATIENCE)
    yield made
    made.close()
    made.deleteLater()
