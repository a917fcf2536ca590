"""The layer of dots: their size, and that it is painted only when it has changed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter, QPixmap

from technovae_gui.map import LatentMapView
from technovae_gui.map.camera import Camera
from technovae_gui.map.dot_layer import DotLayer, dot_radius


def test_dots_shrink_with_their_number() -> None:
    sizes = [dot_radius(600.0, count) for count in (1, 200, 2000, 10_000, 100_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert 1.5 <= sizes[-1] <= sizes[0] <= 8


@pytest.fixture
def draw(view: LatentMapView) -> Callable[[DotLayer, Camera], tuple[bool, QImage]]:
    """Draws a layer on a pane of its own: whether it was painted anew, and the picture."""

    def drawn(layer: DotLayer, camera: Camera) -> tuple[bool, QImage]:
        pane = QPixmap(camera.width, camera.height)
        painter = QPainter(pane)
        anew = layer.draw(painter, view.scene, camera)
        painter.end()
        return anew, pane.toImage()

    return drawn


def difference(one: QImage, other: QImage) -> float:
    """Share of the channels that differ by more than can be seen."""
    first, second = (np.frombuffer(bytes(each.constBits()), np.uint8) for each in (one, other))
    return float((np.abs(first.astype(int) - second.astype(int)) > 4).mean())


def test_it_is_painted_again_only_when_it_has_changed(
    view: LatentMapView, draw: Callable[[DotLayer, Camera], tuple[bool, QImage]]
) -> None:
    layer, camera = DotLayer(), view.viewport.camera
    assert [draw(layer, camera)[0] for _ in range(2)] == [True, False]
    layer.invalidate()
    assert draw(layer, camera)[0]
    assert draw(layer, camera.zoomed(1.2, 10, 10))[0]
    assert draw(layer, camera.resized(camera.width - 1, camera.height))[0]


def test_a_map_that_is_dragged_is_moved_and_looks_as_if_painted_anew(
    view: LatentMapView, draw: Callable[[DotLayer, Camera], tuple[bool, QImage]]
) -> None:
    layer, camera = DotLayer(), view.viewport.camera
    draw(layer, camera)
    anew = []
    for step in range(1, 12):
        dragged = camera.panned(20.0 * step, -15.0 * step)
        painted, seen = draw(layer, dragged)
        anew.append(painted)
        assert difference(seen, draw(DotLayer(), dragged)[1]) < 0.001  # a dot half a pixel off
        assert difference(seen, draw(DotLayer(), camera)[1]) > 0.1
    assert anew == [True] + 10 * [False]
    assert draw(layer, camera.panned(400.0, 0.0))[0]
