"""The camera and the viewport: zooming, panning, fitting, what is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt

from core.library.latent_map import LatentMap
from technovae_gui.map import LatentMapView
from technovae_gui.map.camera import MAX_STRETCH, SCALES, Camera
from tests.technovae_gui.map.mouse import MIDDLE, SHIFT, drag, wheel

positions = st.floats(-2.0, 3.0)


def visible_share(view: LatentMapView) -> float:
    pixels = view.viewport.camera.to_screen(view.scene.xy)
    size = view.canvas.width(), view.canvas.height()
    return float(((pixels >= 0) & (pixels <= size)).all(axis=1).mean())


@given(x=positions, y=positions, scale=st.floats(*SCALES))
def test_pixels_and_positions_are_inverse(x: float, y: float, scale: float) -> None:
    camera = Camera(0.2, 0.7, scale, 640, 480)
    assert camera.to_map(*camera.to_screen((x, y))) == pytest.approx((x, y), abs=1e-9)


def test_y_points_upwards() -> None:
    camera = Camera(0.2, 0.7, 350.0, 640, 480)
    assert camera.to_screen((0.2, 0.9))[1] < 240


@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_zoom_has_ends(factor: float) -> None:
    assert Camera().zoomed(factor, 10, 10).scale in SCALES


def test_all_points_fit_next_to_what_covers_the_right_edge(rng: np.random.Generator) -> None:
    points = rng.normal(3.0, 0.2, (50, 2))
    camera = Camera(width=500, height=300).fitted(points, right=150)
    pixels = camera.to_screen(points)
    assert (pixels >= 30).all()
    assert (pixels <= (320, 270)).all()
    assert camera.fitted(np.zeros((0, 2))) == camera
    assert np.isfinite(camera.fitted([[1.0, 1.0]]).scale)


def test_the_wheel_zooms_at_the_cursor(view: LatentMapView) -> None:
    before, scale = view.viewport.camera.to_map(300, 200), view.viewport.camera.scale
    wheel(view.canvas, QPointF(300, 200), 3)
    assert view.viewport.camera.scale == pytest.approx(scale * 1.2**3)
    assert view.viewport.camera.to_map(300, 200) == pytest.approx(before)


def test_shift_and_wheel_or_the_middle_button_pan(view: LatentMapView) -> None:
    start = view.viewport.camera
    wheel(view.canvas, QPointF(300, 200), 1, SHIFT)
    assert view.viewport.camera.y > start.y
    assert view.viewport.camera.scale == start.scale
    start = view.viewport.camera
    drag(view.canvas, [QPointF(300, 200), QPointF(320, 190), QPointF(340, 180)], MIDDLE)
    assert (view.viewport.camera.x - start.x) * start.across == pytest.approx(-40)
    assert (view.viewport.camera.y - start.y) * start.scale == pytest.approx(-20)


def test_it_stays_fitted_until_the_user_zooms(view: LatentMapView, qtbot: Any) -> None:
    assert visible_share(view) == 1.0
    view.resize(700, 480)
    assert visible_share(view) == 1.0
    wheel(view.canvas, QPointF(100, 100), 8)
    assert visible_share(view) < 0.5
    view.resize(800, 500)
    assert visible_share(view) < 0.5
    qtbot.keyClick(view.canvas, Qt.Key.Key_F)
    assert visible_share(view) == 1.0


def test_a_point_is_brought_into_sight(view: LatentMapView) -> None:
    before = view.viewport.camera
    view.viewport.pan_to((0.5, 0.5))
    assert view.viewport.camera == before
    view.viewport.pan_to((9.0, -9.0))
    at = view.viewport.pixel((9.0, -9.0))
    assert at.x() < view.canvas.width() - view.viewport.covered
    assert 0 < at.y() < view.canvas.height()


def test_a_view_is_restored_before_it_is_shown(demo_map: LatentMap, qtbot: Any) -> None:
    view = LatentMapView()
    qtbot.addWidget(view)
    view.restore({"view": [0.4, 0.6, 0.25]})
    view.resize(1000, 700)
    view.show()
    view.set_map(demo_map)
    assert view.state()["view"] == pytest.approx([0.4, 0.6, 0.25])
    view.shutdown()


@pytest.mark.parametrize(("size", "fills"), [((1600, 1000), True), ((3000, 700), False)])
def test_the_whole_map_fills_a_wide_pane_as_far_as_it_stays_a_map(
    size: tuple[int, int], fills: bool
) -> None:
    dots = np.array([[0.0, 0.0], [1.0, 1.0]])
    camera = Camera().resized(*size).fitted(dots, stretches=True)
    low, high = camera.to_screen(dots)
    assert low[1] - high[1] == pytest.approx(size[1] - 80)
    assert 1.0 < camera.stretch <= MAX_STRETCH
    assert (abs(high[0] - low[0] - size[0] + 80) < 1.0) == fills
    assert camera.to_map(*camera.to_screen((0.3, 0.8))) == pytest.approx((0.3, 0.8))
    closer = camera.fitted(dots / 2)
    assert closer.stretch == camera.stretch


def test_a_pixel_lies_where_all_points_do(view: LatentMapView) -> None:
    camera = view.viewport.camera
    for xy in ((0.0, 0.0), (0.3, 0.7), (-2.0, 5.0)):
        at = view.viewport.pixel(xy)
        assert (at.x(), at.y()) == pytest.approx(tuple(camera.to_screen(xy)))
