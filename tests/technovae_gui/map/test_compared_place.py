"""A place that is compared is the same music under each model, there and back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.arrangement.clip import LatentSource
from core.library.latent_map import LatentMap
from technovae_gui.map.compared_place import ComparedPlace
from technovae_gui.map.map_point import point_at, segment_point
from technovae_gui.map.scene import MapScene


@pytest.fixture
def other(demo_map: LatentMap) -> LatentMap:
    """The demo under a model whose latent space is turned and stretched."""
    turned = np.roll(demo_map.latents, 5, axis=1) * np.float32(1.5)
    return replace(demo_map, latents=turned, model_hash="other")


@pytest.fixture
def scene(demo_map: LatentMap) -> MapScene:
    made = MapScene()
    made.set_map(demo_map)
    return made


def test_a_dot_stays_its_segment_decoded(
    scene: MapScene, demo_map: LatentMap, other: LatentMap
) -> None:
    scene.set_chosen(segment_point(demo_map, 7))
    place = ComparedPlace()
    place.take(scene)
    found = place.on(other)
    assert found is not None
    assert isinstance(found.source, LatentSource)
    assert found.source.model_hash == "other"
    np.testing.assert_array_equal(found.latent, other.latents[7])


def test_a_place_between_dots_is_found_again_and_comes_back_exactly(
    scene: MapScene, demo_map: LatentMap, other: LatentMap
) -> None:
    point = point_at(demo_map, (0.43, 0.51))
    scene.set_chosen(point)
    place = ComparedPlace()
    place.take(scene)
    found = place.on(other)
    assert found is not None
    np.testing.assert_allclose(found.latent, np.roll(point.latent, 5) * 1.5, atol=0.15)
    scene.set_map(other)
    scene.set_chosen(found)
    place.take(scene)  # the button is pressed again: what was found is no new place
    back = place.on(demo_map)
    assert back is not None
    np.testing.assert_array_equal(back.latent, point.latent)


def test_another_place_takes_its_turn(
    scene: MapScene, demo_map: LatentMap, other: LatentMap
) -> None:
    place = ComparedPlace()
    place.take(scene)
    assert place.on(other) is None, "nothing is chosen"
    for row in (7, 9):
        scene.set_chosen(segment_point(demo_map, row))
        place.take(scene)
        found = place.on(other)
        assert found is not None
        assert found.segment_id == other.segments[row].id
