"""A map on a screen that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.library.latent_map import LatentMap
from technovae_gui.map import LatentMapView


@pytest.fixture
def view(qtbot: Any, demo_map: LatentMap) -> Iterator[LatentMapView]:
    """The demo's map, shown and laid out; its ground may still be on its way."""
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
    """The same with its ground and its tree."""
    qtbot.waitUntil(lambda: view.scene.shade is not None, timeout=20_000)
    return view


@pytest.fixture
def lonely(demo_map: LatentMap) -> int:
    """The row of the dot that is farthest from all others."""
    ways = demo_map.xy[:, None] - demo_map.xy[None]
    distances = (ways**2).sum(axis=2)
    distances[range(len(distances)), range(len(distances))] = 9.0
    return int(distances.min(axis=1).argmax())
