"""Fixtures of the map's tests: the demo's map in a view without a window around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core import resources
from core.library import latent_map as latent_maps
from core.library.latent_map import LatentMap
from technovae_gui.map import LatentMapView, colouring
from technovae_gui.map.colouring import Shading
from technovae_gui.map.map_point import MapPoint
from technovae_gui.map.part_positions import PartPositions
from tests.technovae_gui.conftest import PATIENCE
from tests.technovae_gui.fakes import FakeJob


@pytest.fixture(scope="session")
def demo_shading(demo_map: LatentMap) -> Shading:
    """The shading of the demo's map, computed once for all tests."""
    return colouring.compute_shading(demo_map)


@pytest.fixture(autouse=True)
def _shade_the_demo_once(
    demo_map: LatentMap, demo_shading: Shading, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute = colouring.compute_shading

    def cached(latent_map: LatentMap) -> Shading:
        return demo_shading if latent_map is demo_map else compute(latent_map)

    monkeypatch.setattr(colouring, "compute_shading", cached)


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
    qtbot.waitUntil(lambda: view.scene.shading is not None, timeout=PATIENCE)
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


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, NDArray[np.float64]]:
    """Positions (n, 2) by part that the library keeps; empty at first."""
    positions: dict[str, NDArray[np.float64]] = {}
    monkeypatch.setattr(latent_maps, "part_positions", lambda _map, part: positions.get(part))
    monkeypatch.setattr(resources, "has_parts_model", lambda: True)
    return positions


@pytest.fixture
def positions(
    qapp: object, kept: dict[str, NDArray[np.float64]], fake_jobs: list[FakeJob]
) -> Iterator[PartPositions]:
    """Finds what is in `kept`; the rest is made by `fake_jobs`."""
    found = PartPositions()
    yield found
    found.close()
