"""Dots coloured by one part: whatever they lie by, remembered, by track where it cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core import resources
from core.library.latent_map import LatentMap
from core.resources import PARTS_MISSING
from technovae_gui.map import LatentMapView
from technovae_gui.map.colouring import TRACK
from tests.technovae_gui.conftest import PATIENCE
from tests.technovae_gui.fakes import FakeJob

Kept = dict[str, NDArray[np.float64]]


@pytest.fixture
def placed(view: LatentMapView, kept: Kept, demo_map: LatentMap) -> LatentMapView:
    """The map as its controller shows it."""
    view.placement.placed.connect(view.set_map)
    view.placement.set_map(demo_map)
    return view


def choose(view: LatentMapView, name: str) -> None:
    box = view.tools.colour_by
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())


def test_like_kicks_have_like_colours_whatever_the_layout(
    placed: LatentMapView, kept: Kept, demo_map: LatentMap, qtbot: Any
) -> None:
    kept["kick"], kept["bass"] = 1.0 - demo_map.xy, demo_map.xy**2
    choose(placed, "kick alike")
    assert placed.tools.colour_by.currentText() == "Kick alike"
    assert placed.scene.colours.name == TRACK  # as they were, until the positions are there
    legend = placed.overlays.legend
    assert legend.header.text() == "Soon: kick alike"
    assert legend.pages.currentWidget() is legend.names  # explains the colours that there are
    qtbot.waitUntil(lambda: placed.scene.colours.name == "kick alike", timeout=PATIENCE)
    assert legend.header.text() == "Kick alike"
    assert placed.scene.map is demo_map
    index = placed.scene.colours.index
    with qtbot.waitSignal(placed.placement.placed):
        placed.placement.choose("bass")
    assert placed.scene.map is not demo_map
    np.testing.assert_array_equal(placed.scene.colours.index, index)


def test_the_choice_is_remembered(
    placed: LatentMapView, kept: Kept, demo_map: LatentMap, qtbot: Any
) -> None:
    kept["drums"] = demo_map.xy
    choose(placed, "drums alike")
    state = placed.state()
    choose(placed, "kick")
    assert placed.scene.colours.name == "kick"
    placed.restore(state)
    qtbot.waitUntil(lambda: placed.scene.colours.name == "drums alike", timeout=PATIENCE)


def test_without_the_network_tracks_are_coloured_and_one_line_says_why(
    placed: LatentMapView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "has_parts_model", lambda: False)
    told: list[str] = []
    placed.part_positions.problem.connect(lambda _topic, line: told.append(line))
    choose(placed, "energy")
    placed.restore({"colour_by": "rest alike"})
    assert told == [PARTS_MISSING]
    assert placed.scene.colours.name == placed.tools.colour_by.currentData() == TRACK


def test_what_cannot_be_made_colours_tracks(
    placed: LatentMapView, fake_jobs: list[FakeJob], qtbot: Any
) -> None:
    choose(placed, "rest alike")
    qtbot.waitUntil(lambda: len(fake_jobs) == 1, timeout=PATIENCE)
    fake_jobs[0].fail("it cannot be")
    assert placed.state()["colour_by"] == placed.tools.colour_by.currentData() == TRACK
    assert placed.overlays.legend.header.text() == "Tracks"


def test_another_choice_stops_the_job(
    placed: LatentMapView, fake_jobs: list[FakeJob], qtbot: Any
) -> None:
    choose(placed, "rest alike")
    qtbot.waitUntil(lambda: len(fake_jobs) == 1, timeout=PATIENCE)
    choose(placed, "loudness")
    assert fake_jobs[0].log == ["cancel"]
    assert placed.scene.colours.name == "loudness"
