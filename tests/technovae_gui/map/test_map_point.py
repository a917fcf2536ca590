"""Points of the map: segments, latents between them, and where a latent lies."""

from __future__ import annotations

import numpy as np
import pytest

from core.arrangement.clip import LatentSource
from core.library.latent_map import LatentMap
from technovae_gui.map.map_point import decoded_point, latent_point, locate, point_at, segment_point


@pytest.mark.parametrize("row", [0, 100, 224])
def test_a_latent_lies_among_similar_ones(demo_map: LatentMap, row: int) -> None:
    xy = locate(demo_map, demo_map.latents[row])
    assert xy == pytest.approx(tuple(demo_map.xy[row]), abs=1e-3)


def test_a_dot_can_be_played_as_the_model_decodes_it(demo_map: LatentMap) -> None:
    real, decoded = segment_point(demo_map, 5), decoded_point(demo_map, 5)
    assert real.is_segment
    assert not decoded.is_segment
    assert isinstance(decoded.source, LatentSource)
    np.testing.assert_array_equal(decoded.source.array[0], demo_map.latents[5])
    assert (decoded.xy, decoded.segment_id) == (real.xy, real.segment_id)
    assert decoded.label == f"{real.label}, decoded"


def test_a_point_is_named_after_one_track_or_two(demo_map: LatentMap) -> None:
    labels = [point_at(demo_map, (x, y)).label for x in (0.1, 0.5) for y in (0.2, 0.5, 0.8)]
    titles = {track.title for track in demo_map.tracks.values()}
    for label in labels:
        if label.startswith("Near "):
            assert label[5:].rsplit(", bar ", 1)[0] in titles
        else:
            first, second = label.removeprefix("Between ").split(" and ")
            assert {first, second} <= titles


def test_a_latent_point_knows_the_nearest_segment(demo_map: LatentMap) -> None:
    point = latent_point(demo_map, demo_map.latents[77] + 0.01, "mine", (0.1, 0.2))
    assert (point.segment_id, point.xy) == (demo_map.segments[77].id, (0.1, 0.2))
