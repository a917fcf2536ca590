"""Drops from the map and from the desktop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from core.arrangement.clip import LatentSource, RealSource
from technovae_gui import mime
from technovae_gui.document import Document
from technovae_gui.mime import DraggedSource
from technovae_gui.timeline import FileDrop, TimelineView
from tests.technovae_gui.timeline.mouse_driver import BAR, MouseDriver

COPY = Qt.DropAction.CopyAction
LEFT = Qt.MouseButton.LeftButton


def drag_in(
    view: TimelineView,
    data: QMimeData,
    point: QPoint,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> bool:
    """Enter and move; says whether both were accepted."""
    enter = QDragEnterEvent(point, COPY, data, LEFT, keys)
    move = QDragMoveEvent(point, COPY, data, LEFT, keys)
    for event in (enter, move):
        QApplication.sendEvent(view.canvas, event)
    return enter.isAccepted() and move.isAccepted()


def drop(
    view: TimelineView,
    data: QMimeData,
    point: QPoint,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    assert drag_in(view, data, point, keys)
    event = QDropEvent(QPointF(point), COPY, data, LEFT, keys)
    QApplication.sendEvent(view.canvas, event)
    assert event.isAccepted()


@pytest.fixture
def two(rng: np.random.Generator) -> QMimeData:
    latent = LatentSource(rng.standard_normal(64))
    return mime.encode(
        [DraggedSource(RealSource("x-0-9"), "nine"), DraggedSource(latent, "between")]
    )


def test_clips_are_placed_in_a_row(
    view: TimelineView, mouse: MouseDriver, document: Document, two: QMimeData
) -> None:
    drop(view, two, mouse.at(9.7, 2))
    placed = document.arrangement.lanes[2].clips
    assert [(c.start / BAR, c.length / BAR, c.name) for c in placed] == [
        (10, 4, "nine"),
        (14, 4, "between"),
    ]
    assert document.undo_stack.undoText() == "place 2 clips"
    assert document.undo_stack.count() == 1
    assert document.selection == {c.id for c in placed}


def test_one_clip_names_the_step(
    view: TimelineView, mouse: MouseDriver, document: Document
) -> None:
    data = mime.encode([DraggedSource(RealSource("x-0-9"), "nine")])
    drop(view, data, mouse.at(9.7, 2), Qt.KeyboardModifier.AltModifier)
    assert document.undo_stack.undoText() == "place nine"
    start = document.arrangement.lanes[2].clips[0].start
    assert start == pytest.approx(9.7 * BAR, abs=view.viewport.geometry.ticks_per_pixel)


def test_below_the_last_lane_is_a_new_one(
    view: TimelineView, mouse: MouseDriver, document: Document, two: QMimeData
) -> None:
    drop(view, two, mouse.at(0, 4, 0.3))
    assert len(document.arrangement.lanes) == 5
    assert len(document.arrangement.lanes[4].clips) == 2
    document.undo_stack.undo()
    assert len(document.arrangement.lanes) == 4


def test_a_ghost_shows_where(view: TimelineView, mouse: MouseDriver, two: QMimeData) -> None:
    before = view.canvas.grab().toImage()
    assert drag_in(view, two, mouse.at(16, 3))
    assert view.canvas.grab().toImage() != before
    QApplication.sendEvent(view.canvas, QDragLeaveEvent())
    assert view.canvas.grab().toImage() == before


def test_files_are_handed_on(
    view: TimelineView, mouse: MouseDriver, document: Document, qtbot: Any
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/music/a.flac"), QUrl.fromLocalFile("/music/b.mp3")])
    with qtbot.waitSignal(view.files_dropped) as dropped:
        drop(view, data, mouse.at(4.1, 1))
    lane_id = document.arrangement.lanes[1].id
    paths = (Path("/music/a.flac"), Path("/music/b.mp3"))
    assert dropped.args == [FileDrop(paths, 4 * BAR, lane_id)]
    assert document.undo_stack.count() == 0


def test_other_things_are_refused(view: TimelineView, mouse: MouseDriver) -> None:
    data = QMimeData()
    data.setText("hello")
    assert not drag_in(view, data, mouse.at(4, 1))


def test_what_pretends_to_be_sources_does_nothing(
    view: TimelineView, mouse: MouseDriver, document: Document
) -> None:
    data = QMimeData()
    data.setData(mime.SOURCES, b"[{]")
    drop(view, data, mouse.at(4, 1))
    assert document.undo_stack.count() == 0
