"""The morph between two points: its arc, its handle, its slider."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from core.library.latent_map import LatentMap
from technovae_gui.map import LatentMapView
from technovae_gui.map.map_point import MapPoint
from technovae_gui.map.morph import Morph, MorphEnd, interpolate
from technovae_gui.map.tool_bar import _ONE_ROW
from tests.technovae_gui.map.mouse import at, drag


def test_it_goes_in_an_arc_around_the_centre() -> None:
    a, b = np.eye(4, dtype=np.float32)[:2] * 2.0
    half = interpolate(a, b, 0.5)
    assert np.linalg.norm(half) == pytest.approx(2.0, rel=1e-5)
    np.testing.assert_allclose(interpolate(a, a, 0.3), a)
    np.testing.assert_allclose(interpolate(a, -a, 0.5), 0 * a, atol=1e-6)


def test_the_amount_on_the_line() -> None:
    morph = Morph()
    latent = np.zeros(64, np.float32)
    morph.move(0.5)
    assert morph.amount == 0.0
    morph.set_end("A", MorphEnd((0.0, 0.0), latent, "a"))
    morph.set_end("B", MorphEnd((1.0, 1.0), latent, "b"))
    assert morph.amount_at((1.0, 0.0)) == pytest.approx(0.5)
    assert morph.amount_at((7.0, 7.0)) == 1.0
    assert morph.label == "a → b, 100 %"


def test_the_slider_chooses_latents_from_a_to_b(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any
) -> None:
    assert not view.tools.morph.isEnabled()
    for row, key in ((3, Qt.Key.Key_A), (200, Qt.Key.Key_B)):
        view.chosen.choose_row(row)
        qtbot.keyClick(view.canvas, key)
    assert view.tools.morph.isEnabled()
    points: list[MapPoint] = []
    view.point_chosen.connect(points.append)
    for value in (0, 500, 1000):
        view.tools.morph.setValue(value)
    assert [point.label[-4:] for point in points] == [" 0 %", "50 %", "00 %"]
    np.testing.assert_allclose(points[0].latent, demo_map.latents[3], atol=1e-5)
    np.testing.assert_allclose(points[2].latent, demo_map.latents[200], atol=1e-5)
    assert points[2].xy == pytest.approx(tuple(demo_map.xy[200]))
    assert "100 %" in view.tools.morph_caption.text()


def test_a_and_b_say_what_they_are(view: LatentMapView) -> None:
    tools = view.tools
    assert tools.morph_caption.text() == "Morph"
    for row, name in ((3, "A"), (200, "B")):
        view.chosen.choose_row(row)
        view.map_actions.set_end(name)
    for width, text in ((1200, "Morph  100 %"), (700, "100 %")):
        tools.resize(width, tools.height())
        assert tools.morph_caption.text() == text
        needed = tools.morph_caption.fontMetrics().horizontalAdvance(text)
        assert needed <= tools.morph_caption.width()


def test_one_row_has_room_for_all_that_is_in_it(view: LatentMapView) -> None:
    """Fault: the buttons of the parts lay over each other in maps of 1,030 to 1,100 pixels."""
    tools = view.tools
    tools.resize(_ONE_ROW, tools.height())
    tools.layout().activate()
    assert tools.layout().minimumSize().width() <= _ONE_ROW
    assert tools.parts.width() >= tools.parts.minimumSizeHint().width()
    tools.resize(_ONE_ROW - 1, tools.height())
    tools.layout().activate()
    assert tools.parts.y() > tools.morph.y()


def test_its_handle_is_dragged(view: LatentMapView, demo_map: LatentMap) -> None:
    for row, name in ((3, "A"), (200, "B")):
        view.chosen.choose_row(row)
        view.map_actions.set_end(name)
    a, b = at(view, demo_map.xy[3]), at(view, demo_map.xy[200])
    drag(view.canvas, [b, b + (a - b) * 0.4, b + (a - b) * 0.75])
    assert view.morph.amount == pytest.approx(0.25, abs=1e-6)
    assert view.tools.morph.value() == 250


def test_an_end_needs_a_chosen_point(view: LatentMapView) -> None:
    view.tools.a.click()
    assert view.morph.ends == {}
    assert not view.tools.a.isChecked()
