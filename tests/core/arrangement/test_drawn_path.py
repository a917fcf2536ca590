"""A path drawn on the map is the walk of a composition, which has its form and layers all the
same."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from core.arrangement import form
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, LatentSource
from core.arrangement.compose import ComposeOptions, compose
from core.arrangement.drawn_path import anchors_along, walk_along
from core.dsp.key import Key
from core.latent.paths import spectral_distance
from core.settings import LATENT_SIZE, SAMPLE_RATE, TICKS_PER_BAR
from tests.core.arrangement.fakes import material

MUSIC = material()


@pytest.fixture
def points() -> np.ndarray:
    """From one segment to another of another track."""
    return np.linspace(MUSIC.latents[0], MUSIC.latents[40], 40).astype(np.float32)


def made(points: np.ndarray, seed: int = 0, **options: Any) -> Arrangement:
    rng = np.random.default_rng(seed)
    return compose(MUSIC, ComposeOptions(seed=seed, **options), rng, path=points)


def body_of(arrangement: Arrangement) -> list[Clip]:
    lane = next(lane for lane in arrangement.lanes if lane.id == "lane-body")
    return [clip for clip in lane.clips if isinstance(clip.source, LatentSource)]


@pytest.mark.parametrize(("morph", "rows"), [("segment", 1), ("bar", 4)])
def test_the_walk_goes_from_the_first_point_to_the_last(
    points: np.ndarray, morph: str, rows: int
) -> None:
    sections = form.plan(64, "classic", 3)
    walks = walk_along(points, MUSIC.decode, sections, rows)
    assert [len(walk) for walk in walks] == [rows * -(-it.bars // 4) for it in sections]
    walk = np.concatenate(walks)
    assert walk.shape == (16 * rows, LATENT_SIZE)
    np.testing.assert_allclose(walk[[0, -1]], points[[0, -1]], atol=1e-4)
    steps = spectral_distance(MUSIC.decode(walk[:-1]), MUSIC.decode(walk[1:]))
    assert steps.max() < 2.5 * steps.min()
    latents = [clip.source for clip in body_of(made(points, bars=64, morph=morph, form="classic"))]
    assert all(it.array.shape[0] == rows for it in latents if isinstance(it, LatentSource))


def test_the_segments_that_it_passes_are_near_and_not_always_the_same(points: np.ndarray) -> None:
    sections = form.plan(96, "classic", 3)
    walks = walk_along(points, MUSIC.decode, sections)
    keyed = dataclasses.replace(MUSIC, keys_of=lambda ids: [Key(5, True, 0.9)] * len(ids))
    found = anchors_along(keyed, sections, walks, np.random.default_rng(0))
    assert found.rows[0] == 0
    assert len(set(found.rows.tolist())) > len(found.rows) // 2
    typical = np.linalg.norm(MUSIC.latents[:, None] - MUSIC.latents, axis=2).mean()
    walk = np.concatenate(walks)
    for row in found.rows:
        assert np.linalg.norm(walk - MUSIC.latents[row], axis=1).min() < typical
    assert found.home is not None


def test_it_has_layers_and_sections_as_any_composition(points: np.ndarray) -> None:
    along, free = (
        made(points, 3, bars=96, form="classic"),
        compose(MUSIC, ComposeOptions(seed=3, bars=96, form="classic"), np.random.default_rng(3)),
    )
    assert [lane.id for lane in along.lanes] == [lane.id for lane in free.lanes]
    assert len(along.lanes) == 3
    assert along.markers == free.markers
    assert along.end == 96 * TICKS_PER_BAR


def test_its_length_is_exact_and_no_segment_is_asked_to_begin_it(points: np.ndarray) -> None:
    arrangement = made(points, minutes=1.0, start="nobody")
    assert arrangement.length_frames == 60 * SAMPLE_RATE


def test_one_point_is_a_path(points: np.ndarray) -> None:
    for clip in body_of(made(points[:1], bars=16)):
        assert isinstance(clip.source, LatentSource)
        np.testing.assert_allclose(clip.source.array[0], points[0], atol=1e-4)
