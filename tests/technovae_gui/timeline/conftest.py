"""A timeline on the screen."""

from __future__ import annotations

from typing import Any

import pytest

from core.arrangement import edits
from technovae_gui.document import Document
from technovae_gui.timeline import TimelineView
from tests.technovae_gui.timeline.mouse_driver import BAR, MouseDriver, clip


@pytest.fixture
def view(document: Document, qtbot: Any) -> TimelineView:
    """A timeline of four lanes: two clips on the first, one on the second."""
    rows = [(0, clip("a", 0)), (0, clip("b", 8)), (1, clip("c", 4))]
    document.apply(edits.put(document.arrangement, rows))
    view = TimelineView(document)
    qtbot.addWidget(view)
    view.resize(1280, 420)
    with qtbot.waitExposed(view):
        view.show()
    view.viewport.set(view.viewport.geometry.fitted(0, 24 * BAR, view.canvas.width()))
    view.canvas.settle()
    view.clear_thumbnails()  # on a slow machine they have been asked for before anybody listens
    return view


@pytest.fixture
def mouse(view: TimelineView, document: Document) -> MouseDriver:
    """The mouse."""
    return MouseDriver(view, document)
