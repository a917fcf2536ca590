"""Choosing points of the map: dots, points between them, random ones, moves along attributes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from core.arrangement.clip import LatentSource, RealSource
from core.library.latent_map import LatentMap
from technovae_gui.map import LatentMapView
from technovae_gui.map.map_point import MapPoint
from tests.technovae_gui.map.mouse import at, click


def empty_pixel(view: LatentMapView) -> QPointF:
    """A pixel with no dot within 30."""
    pixels = view.viewport.camera.to_screen(view.scene.xy)
    for x in range(60, 600, 20):
        for y in range(60, 560, 20):
            if np.hypot(*(pixels - (x, y)).T).min() > 30:
                return QPointF(x, y)
    raise AssertionError("the map is full")


@pytest.mark.parametrize("off", [(0, 0), (5, 4), (-7, 0)])
def test_a_click_near_a_dot_chooses_its_segment(
    view: LatentMapView,
    points: list[MapPoint],
    demo_map: LatentMap,
    lonely: int,
    off: tuple[int, int],
) -> None:
    click(view.canvas, at(view, demo_map.xy[lonely]) + QPointF(*off))
    (point,) = points
    segment = demo_map.segments[lonely]
    assert point is view.scene.chosen
    assert point.is_segment
    assert point.source == RealSource(segment.id)
    assert point.segment_id == segment.id
    assert point.label == demo_map.title(segment)
    assert point.xy == tuple(demo_map.xy[lonely])
    np.testing.assert_array_equal(point.latent, demo_map.latents[lonely])


def test_a_click_between_the_dots_chooses_a_latent(
    view: LatentMapView, points: list[MapPoint], demo_map: LatentMap
) -> None:
    pos = empty_pixel(view)
    click(view.canvas, pos)
    (point,) = points
    xy = view.viewport.camera.to_map(pos.x(), pos.y())
    assert not point.is_segment
    assert point.xy == pytest.approx(xy)
    np.testing.assert_allclose(point.latent, demo_map.inverse.latent([xy])[0])
    assert isinstance(point.source, LatentSource)
    np.testing.assert_array_equal(point.source.array[0], point.latent)
    assert point.source.model_hash == demo_map.model_hash
    assert point.segment_id == demo_map.segments[demo_map.inverse.nearest(xy)].id
    assert point.label.startswith(("Near ", "Between "))


def test_a_segment_is_chosen_by_its_id(
    view: LatentMapView, points: list[MapPoint], demo_map: LatentMap
) -> None:
    view.choose_segment("no such segment")
    assert points == []
    view.choose_segment(demo_map.segments[9].id)
    assert points[0].segment_id == demo_map.segments[9].id


def test_arrows_walk_from_dot_to_dot(
    view: LatentMapView, points: list[MapPoint], lonely: int, qtbot: Any
) -> None:
    view.chosen.choose_row(lonely)
    for key, direction in (
        (Qt.Key.Key_Left, (-1, 0)),
        (Qt.Key.Key_Right, (1, 0)),
        (Qt.Key.Key_Up, (0, 1)),
        (Qt.Key.Key_Down, (0, -1)),
    ):
        before, count = view.scene.chosen, len(points)
        qtbot.keyClick(view.canvas, key)
        moved = np.subtract(view.scene.chosen.xy, before.xy)
        assert view.scene.chosen is before or moved @ direction > 0
        assert len(points) == count + (view.scene.chosen is not before)
    assert len(points) > 1


def test_arrows_start_in_the_middle_and_stop_at_the_rim(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any
) -> None:
    qtbot.keyClick(view.canvas, Qt.Key.Key_Up)
    assert view.scene.chosen is not None
    view.chosen.choose_row(int(demo_map.xy[:, 0].argmax()))
    with qtbot.assertNotEmitted(view.point_chosen):
        qtbot.keyClick(view.canvas, Qt.Key.Key_Right)


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_the_transport_keeps_its_keys(
    view: LatentMapView, points: list[MapPoint], qtbot: Any, key: Qt.Key
) -> None:
    qtbot.keyClick(view.canvas, key)
    assert points == []


def test_a_latent_is_shown_where_similar_music_lies(
    view: LatentMapView, points: list[MapPoint], demo_map: LatentMap, lonely: int
) -> None:
    view.chosen.choose_latent(demo_map.latents[lonely], "mine")
    (point,) = points
    assert (point.label, point.segment_id) == ("mine", demo_map.segments[lonely].id)
    assert not point.is_segment
    assert point.xy == pytest.approx(tuple(demo_map.xy[lonely]), abs=1e-3)


def test_random_points_are_latents_in_the_midst_of_the_music(
    view: LatentMapView, points: list[MapPoint], demo_map: LatentMap, qtbot: Any
) -> None:
    view.canvas.setFocus()
    qtbot.keyClick(view.canvas, Qt.Key.Key_R)
    (point,) = points
    assert point.latent.shape == (64,)
    assert np.isfinite(point.latent).all()
    assert point.label.startswith(("Random: near", "Random: between"))
    assert demo_map.inverse.confidence([point.xy])[0] > 0.5


def test_a_point_moves_along_attributes_from_where_it_was_chosen(
    view: LatentMapView, points: list[MapPoint], demo_map: LatentMap, qtbot: Any, lonely: int
) -> None:
    view.chosen.move_along("kick", 1.0)
    assert view.scene.chosen is None
    view.chosen.choose_row(lonely)
    view.attributes.sliders["kick"].setValue(20)
    expected = demo_map.axes.move(demo_map.latents[lonely], "kick", 1.0)
    np.testing.assert_allclose(points[-1].latent, expected, atol=1e-5)
    assert points[-1].label.endswith("kick +1.0")
    qtbot.keyClick(view.canvas, Qt.Key.Key_1)
    assert view.chosen.amounts == {"brightness": -0.5, "density": 0, "kick": 1.0, "energy": 0}
    for _ in range(2):
        qtbot.keyClick(view.canvas, Qt.Key.Key_5)
    qtbot.keyClick(view.canvas, Qt.Key.Key_2)
    np.testing.assert_allclose(points[-1].latent, demo_map.latents[lonely], atol=1e-5)
    view.chosen.choose_row(lonely)
    assert view.attributes.sliders["kick"].value() == 0
