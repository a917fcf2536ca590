from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement.arrangement import Arrangement, Lane, frame_at
from core.arrangement.clip import (
    Clip,
    LatentSource,
    RealSource,
    main_source,
    muted_parts,
    part_sources,
    single_sources,
    with_parts,
    with_singles,
)
from core.arrangement.marker import Marker
from core.arrangement.values import db_to_gain
from core.errors import InputError
from core.settings import LAST_TICK, SAMPLE_RATE, TICKS_PER_BEAT, TICKS_PER_SEGMENT, segment_frames

SOURCE = RealSource("a")


def test_latents_compare_and_hash_by_value(rng: np.random.Generator) -> None:
    z = rng.standard_normal(64).astype(np.float32)
    source = LatentSource(z)
    assert source == LatentSource(source.latents) == LatentSource(z[None].astype(np.float64))
    assert hash(source) == hash(LatentSource(z))
    assert source != LatentSource(z + 1)
    np.testing.assert_array_equal(source.array, z[None])
    assert not source.array.flags.writeable


@pytest.mark.parametrize(
    ("latents", "problem"),
    [
        (np.zeros(63), "64 numbers"),
        (np.zeros((2, 64)), "64 numbers"),
        (np.zeros((1, 4, 64)), "64 numbers"),
        (np.full(64, np.nan), "finite"),
        (np.full(64, np.inf), "finite"),
        (np.full(64, 1e39), "finite"),
        (np.full(64, -1e30), "finite"),
        ([10**400] * 64, "numbers"),
        ("nothing", "numbers"),
        ([[1.0], [1.0, 2.0]], "numbers"),
    ],
)
def test_latents_that_cannot_be_used(latents: Any, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        LatentSource(latents)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"id": ""}, "id"),
        ({"start": -1}, "before the first bar"),
        ({"start": 1.5}, "whole number"),
        ({"start": True}, "whole number"),
        ({"length": 0}, "longer than nothing"),
        ({"length": LAST_TICK + 1}, "100,000 bars"),
        ({"start": LAST_TICK}, "100,000 bars"),
        ({"length": 10**400}, "100,000 bars"),
        ({"offset": TICKS_PER_SEGMENT}, "four bars"),
        ({"offset": -1}, "four bars"),
        ({"gain_db": float("nan")}, "between"),
        ({"gain_db": 25}, "between"),
        ({"gain_db": "loud"}, "number of dB"),
        ({"fade_in": -1}, "fades"),
        ({"length": 100, "fade_in": 60, "fade_out": 41}, "fades"),
    ],
)
def test_clips_that_cannot_be(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        Clip(**{"id": "c", "source": SOURCE, "start": 0} | fields)


@pytest.mark.parametrize("seed", [-1, 1 << 63, 10**30])
def test_seeds_that_cannot_be(seed: int) -> None:
    with pytest.raises(InputError, match="seed"):
        LatentSource.of(np.zeros(64), seed=seed)


def test_names_that_no_label_shows_are_cut() -> None:
    long = "x" * 10_000_000
    assert Clip("c", SOURCE, 0, name=long).name == "x" * 500
    assert Marker("m", 0, long).name == "x" * 500
    assert Lane("l", long).name == "x" * 500
    assert Arrangement(130.0, title=long).title == "x" * 500


def test_the_timeline_has_an_end() -> None:
    """A loop knows where each of its repetitions is; nothing may ask for a thousand million."""
    last = Clip("c", SOURCE, 0, LAST_TICK)
    longest = Arrangement(20.0, (Lane("l", clips=(last,)),), markers=(Marker("m", LAST_TICK),))
    assert longest.changed(frames=longest.frame(LAST_TICK)).length_frames == longest.length_frames
    with pytest.raises(InputError, match="100,000 bars"):
        longest.changed(frames=longest.frame(LAST_TICK) + 1)
    with pytest.raises(InputError, match="100,000 bars"):
        Marker("m", LAST_TICK + 1)


def test_a_real_source_needs_an_id() -> None:
    with pytest.raises(InputError, match="id"):
        RealSource("")


def test_lowest_gain_is_silence() -> None:
    assert db_to_gain(0.0) == 1.0
    assert db_to_gain(-96.0) == 0.0
    assert db_to_gain(-20.0) == pytest.approx(0.1)


def test_a_lane_keeps_its_clips_in_order() -> None:
    late, early = Clip("b", SOURCE, 100, 50), Clip("a", SOURCE, 0, 120)
    assert Lane("l", clips=(late, early)).clips == (early, late)


@pytest.mark.parametrize(
    ("spans", "problem"),
    [
        ([(0, 100), (10, 50)], "inside each other"),
        ([(0, 100), (0, 120)], "inside each other"),
        ([(0, 100), (50, 50)], "inside each other"),
        ([(0, 100), (50, 100), (90, 200)], "more than two"),
    ],
)
def test_overlaps_that_are_no_crossfade(spans: list[tuple[int, int]], problem: str) -> None:
    clips = tuple(Clip(f"c{i}", SOURCE, s, n) for i, (s, n) in enumerate(spans))
    with pytest.raises(InputError, match=problem):
        Lane("l", clips=clips)


@pytest.mark.parametrize("bpm", [0, 19.9, 1000, float("nan"), "fast", True])
def test_tempos_that_cannot_be(bpm: Any) -> None:
    with pytest.raises(InputError, match="tempo"):
        Arrangement(bpm)


@pytest.mark.parametrize("pan", [-1.1, 2.0, float("nan")])
def test_pans_that_cannot_be(pan: float) -> None:
    with pytest.raises(InputError, match="pan"):
        Lane("l", pan=pan)


def test_ids_occur_once() -> None:
    clip = Clip("c", SOURCE, 0)
    with pytest.raises(InputError, match="lane id 'l' occurs twice"):
        Arrangement(120, (Lane("l"), Lane("l")))
    with pytest.raises(InputError, match="clip id 'c' occurs twice"):
        Arrangement(120, (Lane("l", clips=(clip,)), Lane("m", clips=(clip,))))


def test_looking_up_what_is_not_there() -> None:
    empty = Arrangement(120, (Lane("l"),))
    assert empty.end == 0
    with pytest.raises(InputError, match="no lane"):
        empty.lane("m")
    with pytest.raises(InputError, match="no clip"):
        empty.clip("c")


def test_ticks_fall_on_known_frames_without_drift() -> None:
    assert frame_at(TICKS_PER_BEAT, 120) == SAMPLE_RATE // 2
    assert frame_at(TICKS_PER_SEGMENT, 130) == segment_frames(130) == 325_662
    # A thousand bars at 130 BPM are 81,415,384.6 samples: no drift, whatever the way there.
    assert frame_at(1000 * 4 * TICKS_PER_BEAT, 130) == 81_415_385


@given(st.integers(-(10**7), 10**8), st.floats(88, 176))
def test_each_tick_is_rounded_once(tick: int, bpm: float) -> None:
    exact = tick * 60 * SAMPLE_RATE / (bpm * TICKS_PER_BEAT)
    assert abs(frame_at(tick, bpm) - exact) <= 0.5 + 1e-6


def test_parts_that_are_all_heard_of_one_source_are_that_source() -> None:
    real, latent = RealSource("a"), LatentSource.of(np.ones(64))
    assert with_parts([real] * 4) is real
    assert part_sources(real) == (real,) * 4
    assert muted_parts(real) == (False,) * 4
    mixed = with_parts([real, latent, latent, latent])
    assert single_sources(mixed) == (real, latent)
    assert main_source(mixed) == latent
    assert hash(mixed) == hash(with_parts([real, latent, latent, latent]))


def test_most_of_what_is_heard_names_the_parts() -> None:
    real, latent = RealSource("a"), LatentSource.of(np.ones(64))
    assert main_source(with_parts([real, real, latent, latent])) == latent
    muted = with_parts([real, latent, latent, latent], (False, True, True, True))
    assert main_source(muted) == real
    assert main_source(with_parts([real] * 4, (True,) * 4)) == real


def test_all_segments_and_latents_of_parts_can_be_changed() -> None:
    one, other = RealSource("a"), RealSource("b")
    mixed = with_parts([one, other, other, other], (True, False, False, False))
    higher = with_singles(mixed, lambda single: replace(single, transpose=2))
    assert higher.transpose == 2
    assert muted_parts(higher) == muted_parts(mixed)
    assert with_singles(one, lambda _: other) is other


@pytest.mark.parametrize("sources", [(), (RealSource("a"),) * 3, (None,) * 4])
def test_parts_that_cannot_be(sources: tuple[RealSource, ...]) -> None:
    with pytest.raises(InputError):
        with_parts(sources)
