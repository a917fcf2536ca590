"""The layer of dots: their size, and that it is painted only when it has changed."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter, QPixmap

from technovae_gui.map import LatentMapView, dot_layer
from technovae_gui.map.camera import Camera
from technovae_gui.map.dot_layer import DotIndex, DotLayer, dot_radius


def test_dots_shrink_with_their_number() -> None:
    sizes = [dot_radius(600.0, count) for count in (1, 200, 2000, 10_000, 100_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert 1.5 <= sizes[-1] <= sizes[0] <= 8


class Draw(Protocol):
    """Draws a layer: under a camera, on a screen with so many pixels in one of the window's."""

    def __call__(
        self, layer: DotLayer, camera: Camera, ratio: float = ...
    ) -> tuple[bool, QImage]: ...


@pytest.fixture
def draw(view: LatentMapView) -> Draw:
    """Draws a layer on a pane of its own: whether it was painted anew, and the picture."""

    def drawn(layer: DotLayer, camera: Camera, ratio: float = 1.0) -> tuple[bool, QImage]:
        pane = QPixmap(QSize(camera.width, camera.height) * ratio)
        pane.setDevicePixelRatio(ratio)
        painter = QPainter(pane)
        anew = layer.draw(painter, view.scene, camera)
        painter.end()
        return anew, pane.toImage()

    return drawn


def difference(one: QImage, other: QImage) -> float:
    """Share of the channels that differ by more than can be seen."""
    first, second = (np.frombuffer(bytes(each.constBits()), np.uint8) for each in (one, other))
    return float((np.abs(first.astype(int) - second.astype(int)) > 4).mean())


def test_it_is_painted_again_only_when_it_has_changed(view: LatentMapView, draw: Draw) -> None:
    layer, camera = DotLayer(), view.viewport.camera
    assert [draw(layer, camera)[0] for _ in range(2)] == [True, False]
    layer.invalidate()
    assert draw(layer, camera)[0]
    assert draw(layer, camera.zoomed(1.2, 10, 10))[0]
    assert draw(layer, camera.resized(camera.width - 1, camera.height))[0]


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_map_that_is_dragged_is_moved_and_looks_as_if_painted_anew(
    view: LatentMapView, draw: Draw, ratio: float
) -> None:
    layer, camera = DotLayer(), view.viewport.camera
    draw(layer, camera, ratio)
    for step in range(1, 8):
        dragged = camera.panned(60.0 * step, -44.0 * (-1) ** step)
        anew, seen = draw(layer, dragged, ratio)
        assert not anew
        assert difference(seen, draw(DotLayer(), dragged, ratio)[1]) < 0.002  # half a pixel off
        assert difference(seen, draw(DotLayer(), camera, ratio)[1]) > 0.1
    assert draw(layer, dragged.panned(camera.width, 0.0), ratio)[0]


def test_dots_of_a_dragged_map_glow_as_those_that_were_in_sight(
    view: LatentMapView, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dot_layer, "_GLOW_LIMIT", 0)
    layer, camera = DotLayer(), view.viewport.camera
    draw(layer, camera)
    monkeypatch.setattr(dot_layer, "_GLOW_LIMIT", 4000)
    dragged = camera.panned(300.0, 0.0)
    seen = draw(layer, dragged)[1]
    monkeypatch.setattr(dot_layer, "_GLOW_LIMIT", 0)
    assert difference(seen, draw(DotLayer(), dragged)[1]) < 0.001


def test_the_index_finds_the_dots_of_a_strip_in_their_order(rng: np.random.Generator) -> None:
    xy = rng.uniform(size=(500, 2)).round(2)  # with dots on the very edges
    index = DotIndex(xy)
    across, high, beyond = ((0.0, 0.5), (1.0, 0.5)), ((0.2, 0.0), (0.25, 1.0)), ((2, 2), (3, 3))
    for low, top in (across, high, beyond):
        inside = ((xy >= low) & (xy <= top)).all(axis=1)
        assert index.between(low, top).tolist() == np.flatnonzero(inside).tolist()
    assert DotIndex(np.zeros((0, 2))).between((0.0, 0.0), (1.0, 1.0)).tolist() == []
