"""The picture of the lanes: what is painted again, and that it looks as if all were."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from core.arrangement import edits, groups
from technovae_gui.document import Document
from technovae_gui.timeline import TimelineView
from technovae_gui.timeline.canvas import Canvas
from technovae_gui.timeline.geometry import Geometry
from tests.technovae_gui.timeline.mouse_driver import BAR, clip


def image_of(view: TimelineView) -> QImage:
    """What the lanes look like now."""
    return view.canvas.grab().toImage()


def exact_image_of(view: TimelineView) -> QImage:
    """What they look like if all is painted anew."""
    view.clip_style.changed.emit()
    return image_of(view)


@pytest.fixture
def painted(view: TimelineView, monkeypatch: pytest.MonkeyPatch) -> list[QRect]:
    """The areas of the lanes that are painted from now on."""
    areas: list[QRect] = []
    whole = Canvas.paint_lanes

    def spy(canvas: Canvas, painter: QPainter, geometry: Geometry, area: QRect) -> None:
        areas.append(QRect(area))
        whole(canvas, painter, geometry, area)

    image_of(view)
    monkeypatch.setattr(Canvas, "paint_lanes", spy)
    return areas


def test_what_lies_over_the_lanes_leaves_them_alone(
    view: TimelineView, document: Document, painted: list[QRect]
) -> None:
    before = image_of(view)
    view.set_playhead(2.0 * BAR)
    document.set_loop((0, 4 * BAR))
    assert image_of(view) != before
    assert not painted


@pytest.mark.parametrize("in_group", [False, True])
def test_a_picture_that_comes_paints_only_the_clips_of_its_source(
    view: TimelineView, document: Document, painted: list[QRect], in_group: bool
) -> None:
    source = clip("c", 4).source
    if in_group:
        document.apply(groups.consolidate(document.arrangement, ["c"]).arrangement)
        image_of(view)
    stencil = QImage(512, 48, QImage.Format.Format_Alpha8)
    stencil.fill(200)
    for change in (lambda: view.set_thumbnail(source, stencil), lambda: view.set_pending([source])):
        before = image_of(view)
        painted.clear()
        change()
        shown = image_of(view)
        pixels = sum(area.width() * area.height() for area in painted)
        assert 0 < pixels < 0.2 * view.canvas.width() * view.canvas.height()
        assert shown != before
        assert shown == exact_image_of(view)
    painted.clear()
    view.set_thumbnail(clip("elsewhere", 0).source, stencil)
    image_of(view)
    assert not painted


@pytest.mark.parametrize("scroll", [(60, 0), (-25, 0), (0, 20), (31, 12)])
def test_only_what_is_scrolled_into_view_is_painted(
    view: TimelineView, painted: list[QRect], scroll: tuple[int, int]
) -> None:
    view.viewport.set(dataclasses.replace(view.viewport.geometry, ticks_per_pixel=60.0))
    view.viewport.set(view.viewport.geometry.scrolled_to(left=60.0 * 100))
    view.canvas.settle()
    image_of(view)
    painted.clear()
    view.viewport.scroll(*scroll)
    shown = image_of(view)
    pixels = sum(area.width() * area.height() for area in painted)
    assert pixels < 0.5 * view.canvas.width() * view.canvas.height()
    assert shown == exact_image_of(view)


@pytest.mark.parametrize(
    "zoom",
    [
        lambda now: now.zoomed(1.25, 300.0),
        lambda now: now.zoomed(0.5, 0.0),
        lambda now: now.taller(1.25, 40.0),
    ],
)
def test_lanes_are_stretched_until_they_are_refined(
    view: TimelineView, painted: list[QRect], zoom: Callable[[Geometry], Geometry]
) -> None:
    before = image_of(view)
    view.viewport.set(zoom(view.viewport.geometry))
    stretched = image_of(view)
    assert stretched != before
    assert not painted
    view.canvas.settle()
    assert image_of(view) == exact_image_of(view)


def test_they_are_refined_by_themselves_a_lane_at_a_time(
    view: TimelineView, painted: list[QRect], qtbot: object
) -> None:
    view.viewport.zoom(0.8)
    stretched = image_of(view)
    wait = qtbot.waitUntil  # type: ignore[attr-defined]
    wait(lambda: sum(area.height() for area in painted) >= view.canvas.height())
    assert all(area.height() <= view.viewport.geometry.lane_height for area in painted[:4])
    wait(lambda: image_of(view) != stretched)
    assert image_of(view) == exact_image_of(view)


def test_an_edit_is_seen_while_lanes_are_stretched(view: TimelineView, document: Document) -> None:
    view.viewport.zoom(0.8)
    stretched = image_of(view)
    document.edit("add", lambda now: edits.put(now, [(2, clip("z", 2))]))
    assert image_of(view) != stretched
    view.viewport.zoom(1 / 0.8)
    view.canvas.settle()
    assert image_of(view) == exact_image_of(view)


def test_a_larger_window_keeps_what_was_painted(view: TimelineView, painted: list[QRect]) -> None:
    size = view.canvas.size()
    view.resize(view.size() + QSize(40, 0))
    QApplication.processEvents()
    shown = image_of(view)
    assert painted
    assert all(area.left() >= size.width() for area in painted)
    assert shown == exact_image_of(view)
