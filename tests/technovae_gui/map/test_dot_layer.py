"""The layer of dots: their size, and that it is painted only when it has changed."""

from __future__ import annotations

from technovae_gui.map import LatentMapView
from technovae_gui.map.dot_layer import DotLayer, dot_radius


def test_dots_shrink_with_their_number() -> None:
    sizes = [dot_radius(600.0, count) for count in (1, 200, 2000, 10_000, 100_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert 1.5 <= sizes[-1] <= sizes[0] <= 8


def test_it_is_painted_again_only_when_it_has_changed(view: LatentMapView) -> None:
    layer = DotLayer()

    def key() -> int:
        return layer.pixmap(view.canvas, view.scene, view.viewport.camera).cacheKey()

    first = key()
    assert key() == first
    layer.invalidate()
    assert key() != first
