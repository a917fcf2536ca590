"""The lanes: what is painted, and what is painted again."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication

from core.arrangement import edits
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline import ClipInfo, TimelineView
from technovae_gui.timeline.canvas import Canvas
from technovae_gui.timeline.geometry import clip_rect
from tests.technovae_gui.timeline.mouse_driver import BAR, MouseDriver, clip


def test_the_playhead_paints_a_line_only(
    view: TimelineView, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    painted: list[QRectF] = []
    whole = Canvas._paint

    def spy(canvas: Canvas, painter: QPainter, dirty: QRectF) -> None:
        painted.append(dirty)
        whole(canvas, painter, dirty)

    monkeypatch.setattr(Canvas, "_paint", spy)
    view.canvas.update()
    qtbot.waitUntil(lambda: bool(painted))
    painted.clear()
    view.set_playhead(2.0 * BAR)
    qtbot.waitUntil(lambda: bool(painted))
    assert all(rect.width() <= 8 for rect in painted)


def test_names_colours_and_waiting_are_painted(view: TimelineView, document: Document) -> None:
    before = view.canvas.grab().toImage()
    view.set_clip_info(lambda c: ClipInfo(f"clip {c.id}", "#ff0000", "sub"))
    named = view.canvas.grab().toImage()
    assert named != before
    view.set_pending({document.arrangement.clip("a").source})
    assert view.canvas.grab().toImage() != named
    view.set_pending(set())
    assert view.canvas.grab().toImage() == named


def on_screen(view: TimelineView) -> QImage:
    """What the window shows once all that waits to be painted is painted."""
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    return view.screen().grabWindow(view.winId()).toImage()


def test_a_difference_is_painted_as_the_whole_would_be(
    view: TimelineView, document: Document, mouse: MouseDriver
) -> None:
    """Painting only what changed leaves nothing behind."""
    view.set_playhead(9.1 * BAR)
    document.select(["a"])
    steps = [
        lambda now: edits.move(now, ["a"], ticks=6 * BAR),
        lambda now: edits.set_clip(now, "b", bass_swap=True, fade_in=BAR),
        lambda now: edits.move(now, ["a"], ticks=-4 * BAR, lanes=2),
        lambda now: edits.trim_end(now, "c", 13 * BAR),
        lambda now: edits.delete(now, ["b"]),
    ]
    for step in steps:
        before = on_screen(view)
        document.edit("step", step)
        shown = on_screen(view)
        if shown.isNull():
            pytest.skip("this platform cannot show what is on the screen")
        assert shown != before
        view.canvas.update()
        assert on_screen(view) == shown


def test_tool_tips_tell_the_clip(view: TimelineView, mouse: MouseDriver) -> None:
    point = mouse.title("a")
    QApplication.sendEvent(
        view.canvas, QHelpEvent(QEvent.Type.ToolTip, point, view.canvas.mapToGlobal(point))
    )


def test_an_empty_timeline_says_what_to_do(
    view: TimelineView, document: Document, qtbot: Any
) -> None:
    document.select(["a", "b", "c"])
    view.actions_by_name["delete"].trigger()
    empty = view.canvas.grab().toImage()
    document.edit("add", lambda now: edits.put(now, [(3, clip("z", 20))]))
    document.edit("delete", lambda now: edits.delete(now, ["z"]))
    assert view.canvas.grab().toImage() == empty


def test_the_outline_of_a_selected_clip_lies_over_its_neighbour(
    view: TimelineView, document: Document
) -> None:
    document.edit("overlap", lambda now: edits.trim_end(now, "a", 10 * BAR))
    document.select(["a"])
    rect = clip_rect(view.viewport.geometry, 0, document.arrangement.clip("a"))
    colour = view.canvas.grab().toImage().pixelColor(int(rect.right()) - 2, int(rect.top()) + 8)
    assert colour.name() == theme.TEXT
