"""A path drawn on the map becomes an arrangement."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.arrangement import form
from core.arrangement.clip import LatentSource
from core.arrangement.compose import ComposeOptions
from core.arrangement.drawn_path import compose_path
from core.settings import LATENT_SIZE, TICKS_PER_BAR, TICKS_PER_SEGMENT
from tests.core.arrangement.fakes import linear_decoder


@pytest.fixture
def points(rng: np.random.Generator) -> np.ndarray:
    ends = rng.standard_normal((2, LATENT_SIZE)).astype(np.float32)
    return np.linspace(ends[0], ends[1], 40).astype(np.float32)


@pytest.mark.parametrize(("morph", "rows"), [("segment", 1), ("bar", 4)])
def test_it_goes_from_the_first_point_to_the_last(
    points: np.ndarray, morph: str, rows: int
) -> None:
    options = ComposeOptions(bars=30, morph=morph)  # type: ignore[arg-type]
    made = compose_path(points, linear_decoder(), "hash", 130.0, options)
    clips = made.lanes[0].clips
    assert len(clips) == 8
    assert made.end == 8 * TICKS_PER_SEGMENT
    assert clips[-1].fade_out == 2 * TICKS_PER_BAR
    sources = [clip.source for clip in clips]
    assert all(isinstance(s, LatentSource) and s.array.shape[0] == rows for s in sources)
    assert isinstance(sources[0], LatentSource)
    assert isinstance(sources[-1], LatentSource)
    np.testing.assert_allclose(sources[0].array[0], points[0], atol=1e-4)
    np.testing.assert_allclose(sources[-1].array[-1], points[-1], atol=1e-4)


def test_clips_overlap_by_a_beat(points: np.ndarray) -> None:
    made = compose_path(points, linear_decoder(), "hash", 130.0, ComposeOptions(bars=16))
    clips = made.lanes[0].clips
    overlaps = [a.end - b.start for a, b in itertools.pairwise(clips)]
    assert overlaps == [TICKS_PER_BAR // 4] * 3


def test_minutes_are_rounded_to_segments(points: np.ndarray) -> None:
    made = compose_path(points, linear_decoder(), "hash", 128.0, ComposeOptions(minutes=1.0))
    assert made.end == 8 * TICKS_PER_SEGMENT  # 7.5 s each


def test_it_has_the_sections_of_its_form(points: np.ndarray) -> None:
    options = ComposeOptions(bars=96, form="classic", seed=3)
    made = compose_path(points, linear_decoder(), "hash", 130.0, options)
    sections = form.plan(96, "classic", 3)
    places = [(section.start * TICKS_PER_BAR, section.name) for section in sections]
    assert [(marker.tick, marker.name) for marker in made.markers] == places
    gains = {
        name: np.mean([clip.gain_db for clip in made.lanes[0].clips if begin <= clip.start < end])
        for (begin, name), (end, _) in itertools.pairwise([*places, (made.end, "")])
    }
    assert gains["drop"] > gains["break"] + 1


def test_a_drawn_energy_makes_its_sections(points: np.ndarray) -> None:
    options = ComposeOptions(bars=64, energy=[0.1] * 8 + [1.0] * 8)
    made = compose_path(points, linear_decoder(), "hash", 130.0, options)
    assert 32 * TICKS_PER_BAR in [marker.tick for marker in made.markers]
