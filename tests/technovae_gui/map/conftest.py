"""Fixtures of the map's tests: the demo's map in a view without a window around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.library.latent_map import LatentMap
from technovae_gui.map import LatentMapView
from technovae_gui.map.map_point import MapPoint


@pytest.fixture
def view(qtbot: Any, demo_map: LatentMap) -> Iterator[LatentMapView]:
    """The demo's map, shown and laid out; its shading may not be computed yet."""
    widget = LatentMapView()
    qtbot.addWidget(widget)
    widget.resize(900, 680)
    widget.show()
    qtbot.waitExposed(widget)
    widget.set_map(demo_map)
    yield widget
    widget.shutdown()


@pytest.fixture
def prepared(view: LatentMapView, qtbot: Any) -> LatentMapView:
    """The same with its shading and its k-d tree."""
    qtbot.waitUntil(lambda: view.scene.shading is not None, timeout=20_000)
    return view


@pytest.fixture
def points(view: LatentMapView) -> list[MapPoint]:
    """The points that the view's user has chosen since."""
    chosen: list[MapPoint] = []
    view.point_chosen.connect(chosen.append)
    return chosen


@pytest.fixture
def lonely(demo_map: LatentMap) -> int:
    """The row of the dot that is farthest from all others."""
    offsets = demo_map.xy[:, None] - demo_map.xy[None]
    distances = (offsets**2).sum(axis=2)
    distances[range(len(distances)), range(len(distances))] = 9.0
    return int(distances.min(axis=1).argmax())
