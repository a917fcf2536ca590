"""Clicks and keys choose; what is chosen is marked, and what sounds pulses there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from core.library.latent_map import LatentMap
from technovae_gui.map import LatentMapView
from tests.technovae_gui.map.mouse import at, click


def empty_place(view: LatentMapView) -> QPointF:
    """A pixel with no dot within 30."""
    pixels = view.canvas.camera.to_screen(view.scene.xy)
    for x in range(60, 600, 20):
        for y in range(60, 560, 20):
            if np.hypot(*(pixels - (x, y)).T).min() > 30:
                return QPointF(x, y)
    raise AssertionError("the map is full")


@pytest.mark.parametrize("off", [(0, 0), (5, 4), (-7, 0)])
def test_a_click_near_a_dot_chooses_it(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any, lonely: int, off: tuple[int, int]
) -> None:
    with qtbot.waitSignal(view.dot_chosen) as told:
        click(view.canvas, at(view, demo_map.xy[lonely]) + QPointF(*off))
    assert told.args == [demo_map.segments[lonely].id]
    assert view.scene.place.label == demo_map.title(demo_map.segments[lonely])


def test_a_click_between_chooses_the_point(view: LatentMapView, qtbot: Any) -> None:
    pos = empty_place(view)
    with qtbot.assertNotEmitted(view.dot_chosen), qtbot.waitSignal(view.point_chosen) as told:
        click(view.canvas, pos)
    assert told.args[0] == pytest.approx(view.canvas.camera.to_map(pos.x(), pos.y()))
    assert view.scene.place.label.startswith(("Near ", "Between "))


def test_arrows_walk_from_dot_to_dot(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any, lonely: int
) -> None:
    view.choosing.choose_dot(lonely)
    told: list[str] = []
    view.dot_chosen.connect(told.append)
    for key, way in (
        (Qt.Key.Key_Left, (-1, 0)),
        (Qt.Key.Key_Right, (1, 0)),
        (Qt.Key.Key_Up, (0, 1)),
        (Qt.Key.Key_Down, (0, -1)),
    ):
        before, so_far = view.scene.place, len(told)
        qtbot.keyClick(view.canvas, key)
        moved = np.subtract(view.scene.place.xy, before.xy)
        assert view.scene.place is before or moved @ way > 0
        assert len(told) == so_far + (view.scene.place is not before)
    assert told


def test_arrows_begin_in_the_middle_and_stop_at_the_rim(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any
) -> None:
    qtbot.keyClick(view.canvas, Qt.Key.Key_Up)
    assert view.scene.place is not None
    view.choosing.choose_dot(int(demo_map.xy[:, 0].argmax()))
    with qtbot.assertNotEmitted(view.dot_chosen):
        qtbot.keyClick(view.canvas, Qt.Key.Key_Right)


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_the_transport_keeps_its_keys(view: LatentMapView, qtbot: Any, key: Qt.Key) -> None:
    told: list[object] = []
    view.dot_chosen.connect(told.append)
    view.latent_chosen.connect(lambda *it: told.append(it))
    qtbot.keyClick(view.canvas, key)
    assert told == []


def test_what_sounds_is_shown_where_it_was_chosen(view: LatentMapView, lonely: int) -> None:
    view.latent_chosen.connect(lambda _, label: view.set_sounding((0.0, 0.0), label))
    latent = view.scene.map.latents[lonely]
    view.choosing.choose_latent(latent, "mine")
    assert view.scene.sounding == (view.scene.place.xy, "mine")
    assert view.scene.place.xy == pytest.approx(tuple(view.scene.map.xy[lonely]), abs=1e-3)
    view.set_sounding((0.5, 0.5), "other")
    assert view.scene.sounding == ((0.5, 0.5), "other")


def test_the_pulse_repaints_the_marker_alone(view: LatentMapView, qtbot: Any) -> None:
    view.set_sounding((0.5, 0.5), "it")
    qtbot.wait(30)
    areas = []
    paint = view.canvas.paintEvent
    view.canvas.paintEvent = lambda event: (areas.append(event.rect()), paint(event))
    view.set_phase(0.25)
    qtbot.waitUntil(lambda: bool(areas))
    assert all(area.width() < 80 and area.height() < 80 for area in areas)
    view.set_sounding(None)
    view.set_phase(0.5)


def test_random_points_are_latents_in_the_midst_of_the_music(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any
) -> None:
    view.canvas.setFocus()
    with qtbot.waitSignal(view.latent_chosen) as told:
        qtbot.keyClick(view.canvas, Qt.Key.Key_R)
    latent, label = told.args
    assert latent.shape == (64,)
    assert np.isfinite(latent).all()
    assert label.startswith("Random: ")
    assert demo_map.inverse.confidence([view.scene.place.xy])[0] > 0.5


def test_ctrl_click_selects(view: LatentMapView, demo_map: LatentMap, lonely: int) -> None:
    told: list[list[str]] = []
    view.selection_changed.connect(told.append)
    pos = at(view, demo_map.xy[lonely])
    for _ in range(2):
        click(view.canvas, pos, Qt.KeyboardModifier.ControlModifier)
    assert told == [[demo_map.segments[lonely].id], []]


def test_an_attribute_moves_what_is_chosen(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any, lonely: int
) -> None:
    view.move_along("kick", 1.0)
    assert view.scene.place is None
    view.choosing.choose_dot(lonely)
    with qtbot.waitSignal(view.latent_chosen) as told:
        view.attributes.sliders["kick"].setValue(20)
    expected = demo_map.axes.move(demo_map.latents[lonely], "kick", 1.0)
    np.testing.assert_allclose(told.args[0], expected, atol=1e-5)
    assert told.args[1].endswith("kick +1.0")
    qtbot.keyClick(view.canvas, Qt.Key.Key_1)
    assert view.choosing.amounts == {"brightness": -0.5, "density": 0, "kick": 1.0, "energy": 0}
    view.choosing.choose_dot(lonely)
    assert view.attributes.sliders["kick"].value() == 0
