"""The map laid out by one part: dots move, latents stay, what is made is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core import resources
from core.library.latent_map import LatentMap
from core.resources import PARTS_MISSING
from technovae_gui.map import LatentMapView
from technovae_gui.map.dot_placement import WHOLE, DotPlacement
from technovae_gui.map.map_point import segment_point
from technovae_gui.map.part_positions import PartPositions
from tests.technovae_gui.conftest import PATIENCE
from tests.technovae_gui.fakes import FakeJob

Kept = dict[str, NDArray[np.float64]]


@pytest.fixture
def placement(positions: PartPositions) -> DotPlacement:
    return DotPlacement(positions)


def test_a_map_by_part_has_the_same_latents_elsewhere(
    placement: DotPlacement, kept: Kept, demo_map: LatentMap, qtbot: Any
) -> None:
    shown: list[LatentMap] = []
    placement.placed.connect(shown.append)
    placement.set_map(demo_map)
    kept["kick"] = 1.0 - demo_map.xy
    placement.choose("kick")
    assert shown == [demo_map]  # as it lay, until the other is there
    qtbot.waitUntil(lambda: len(shown) == 2, timeout=PATIENCE)
    by_kick = shown[-1]
    np.testing.assert_array_equal(by_kick.xy, 1.0 - demo_map.xy)
    assert by_kick.latents is demo_map.latents
    placement.choose(WHOLE)
    assert shown[-1] is demo_map
    placement.choose("kick")
    assert shown[-1] is by_kick


def test_another_map_is_laid_out_the_same_way(
    placement: DotPlacement, kept: Kept, demo_map: LatentMap, fake_jobs: list[FakeJob], qtbot: Any
) -> None:
    shown: list[LatentMap] = []
    placement.placed.connect(shown.append)
    placement.set_map(demo_map)
    placement.choose("bass")
    qtbot.waitUntil(lambda: len(fake_jobs) == 1, timeout=PATIENCE)
    kept["bass"] = 1.0 - demo_map.xy
    placement.set_map(replace(demo_map, model_hash="better"))
    assert fake_jobs[0].log == ["cancel"]
    fake_jobs[0].end(None)  # of the map that is no longer shown
    qtbot.waitUntil(lambda: len(shown) == 3, timeout=PATIENCE)
    assert [it.model_hash for it in shown] == [demo_map.model_hash, "better", "better"]
    np.testing.assert_array_equal(shown[-1].xy, 1.0 - demo_map.xy)


def test_what_cannot_be_made_leaves_the_whole(
    placement: DotPlacement, kept: Kept, demo_map: LatentMap, fake_jobs: list[FakeJob], qtbot: Any
) -> None:
    shown: list[LatentMap] = []
    placement.placed.connect(shown.append)
    placement.set_map(demo_map)
    kept["kick"] = 1.0 - demo_map.xy
    with qtbot.waitSignal(placement.placed):
        placement.choose("kick")
    placement.choose("drums")
    qtbot.waitUntil(lambda: len(fake_jobs) == 1, timeout=PATIENCE)
    fake_jobs[0].fail("it cannot be")
    assert placement.by == WHOLE
    assert shown[-1] is demo_map  # not by the kick, as it was shown


def test_without_the_network_one_line_says_so(
    placement: DotPlacement,
    positions: PartPositions,
    demo_map: LatentMap,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resources, "has_parts_model", lambda: False)
    told: list[str] = []
    positions.problem.connect(lambda _topic, line: told.append(line))
    placement.set_map(demo_map)
    placement.choose("kick")
    assert told == [PARTS_MISSING]
    assert placement.by == WHOLE


def test_dots_glide_a_click_between_them_decodes_and_the_choice_is_remembered(
    view: LatentMapView,
    kept: Kept,
    demo_map: LatentMap,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view.placement.placed.connect(view.set_map)
    view.placement.set_map(demo_map)
    view.parts.set_available(True)
    view.chosen.choose_row(5)
    moved = kept["rest"] = np.asarray(1.0 - 0.5 * demo_map.xy)
    fitted = []
    monkeypatch.setattr(view.viewport, "fit", lambda: fitted.append(view.scene.map))
    box = view.tools.parts.placement
    box.setCurrentIndex(box.findData("rest"))
    with qtbot.waitSignal(view.placement.placed):
        box.activated.emit(box.currentIndex())
    shown = view.scene.map
    assert shown is not None
    assert fitted
    assert fitted[-1] is shown
    np.testing.assert_array_equal(shown.xy, moved)
    assert not np.array_equal(view.scene.xy, moved)  # on their way
    qtbot.waitUntil(lambda: np.allclose(view.scene.xy, moved), timeout=PATIENCE)
    assert view.scene.chosen is not None
    assert view.scene.chosen.xy == segment_point(shown, 5).xy
    assert view.scene.chosen.segment_id == shown.segments[5].id
    view.choose_xy((0.4, 0.5))
    np.testing.assert_allclose(
        view.scene.chosen.latent, shown.inverse.latent([(0.4, 0.5)])[0], rtol=1e-5
    )
    state = view.state()
    view.placement.choose(WHOLE)
    assert box.currentData() == WHOLE
    view.restore(state)
    assert view.placement.by == box.currentData() == "rest"
