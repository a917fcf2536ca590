from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from core.dsp.bank import bank
from core.render import guides as module
from core.render.guides import BandGuides, Guide, Guides, band_weights
from tests.core.render.conftest import CosineCodec


def _guides(count: int, **options: int) -> tuple[Guides, np.ndarray]:
    latents = np.random.default_rng(1).standard_normal((count, 64)).astype(np.float32)
    ids = [f"s{k}" for k in range(count)]
    return Guides(ids, latents, CosineCodec().decode, **options), latents


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_on_a_dot_the_segment_itself_is_the_only_guide(count: int) -> None:
    guides, latents = _guides(count)
    for k, latent in enumerate(latents):
        (only,) = guides.around(latent)
        assert (only.segment_id, only.weight) == (f"s{k}", 1.0)
        np.testing.assert_array_equal(only.latent, latent)


@given(st.integers(1, 40), st.integers(0, 99), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_shares_sum_to_one_and_the_nearest_has_most(count: int, seed: int, most: int) -> None:
    guides, latents = _guides(count, neighbours=most)
    place = np.random.default_rng(seed).standard_normal(64)
    found = guides.around(place)
    assert 1 <= len(found) <= most
    assert sum(guide.weight for guide in found) == pytest.approx(1.0)
    distances = np.linalg.norm(latents - place, axis=1)
    # What is heard is estimated from the decoder: two that are nearly as near may change places.
    assert distances[int(found[0].segment_id[1:])] <= 1.05 * distances.min()
    assert all(a.weight >= b.weight for a, b in itertools.pairwise(found))
    assert all(guide.weight >= 0.05 for guide in found)


def test_repeats_of_a_loop_share() -> None:
    guides = Guides(["a", "b"], np.ones((2, 64)), CosineCodec().decode)
    assert sum(guide.weight for guide in guides.around(np.ones(64))) == pytest.approx(1.0)


def _bands(count: int, tracks: int, seed: int = 1) -> tuple[BandGuides, np.ndarray, list[str]]:
    latents = np.random.default_rng(seed).standard_normal((count, 64)).astype(np.float32)
    of_tracks = [f"t{k % tracks}" for k in range(count)]
    ids = [f"s{k}" for k in range(count)]
    return BandGuides(ids, of_tracks, latents, CosineCodec().decode), latents, of_tracks


def _shares(found: tuple[Guide, ...]) -> np.ndarray:
    """(512, 128) summed over guides, at each time and in each band."""
    return sum((g.shares() for g in found), start=np.zeros((512, 128), np.float32))


@pytest.mark.parametrize(("count", "tracks"), [(1, 1), (3, 1), (40, 8)])
def test_on_a_dot_all_bands_are_the_segment_itself(count: int, tracks: int) -> None:
    guides, latents, _ = _bands(count, tracks)
    for k, latent in enumerate(latents):
        (only,) = guides.around(latent)
        assert (only.segment_id, only.weight, only.bands) == (f"s{k}", 1.0, None)


@given(st.integers(1, 40), st.integers(1, 9), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_in_each_band_shares_sum_to_one_at_any_time(count: int, tracks: int, seed: int) -> None:
    guides, latents, _ = _bands(count, tracks)
    rng = np.random.default_rng(seed)
    near = latents[0] + rng.uniform(0, 0.2) * rng.standard_normal(64)
    for place in (rng.standard_normal(64), near):
        found = guides.around(place)
        np.testing.assert_allclose(_shares(found), 1.0, atol=1e-5)
        assert all(guide.weight > 0.0 for guide in found)


def test_no_track_is_heard_in_two_bands(rng: np.random.Generator) -> None:
    guides, latents, tracks = _bands(60, 10)
    for place in latents[:20] + 0.5 * rng.standard_normal((20, 64)):
        heard: dict[int, set[str]] = {}
        for guide in guides.around(place):
            assert guide.bands is not None
            track = tracks[int(guide.segment_id[1:])]
            heard.setdefault(int(np.argmax(guide.bands)), set()).add(track)
        assert len(heard) == 3
        assert sum(map(len, heard.values())) == len(set.union(*heard.values()))


def test_mids_change_tracks_with_every_bar(rng: np.random.Generator) -> None:
    guides, latents, tracks = _bands(60, 10)
    for place in latents[:20] + 0.5 * rng.standard_normal((20, 64)):
        mids = [guide for guide in guides.around(place) if guide.bars is not None]
        assert {_range(guide) for guide in mids} == {_range(mids[0])}
        heard = [
            {tracks[int(g.segment_id[1:])] for g in mids if g.is_heard_in(bar)} for bar in range(4)
        ]
        assert heard[0] == heard[2]
        assert heard[1] == heard[3]
        assert heard[0].isdisjoint(heard[1])


def test_a_guide_gives_way_before_the_bar_line() -> None:
    latent = np.zeros(64, np.float32)
    guides = [Guide("a", latent, 0.5, bars=bars) for bars in ((0, 2), (1, 3))]
    first, second = (guide.shares() for guide in guides)
    np.testing.assert_allclose(first + second, 0.5)
    assert (first[:120] == 0.5).all()
    assert (first[128:248] == 0.0).all()
    assert ((first[120:128] > 0.0) & (first[120:128] < 0.5)).any(axis=1).sum() >= 6
    assert (second[504:] + first[504:] == 0.5).all()
    assert first[0, 0] == 0.5


def test_a_library_of_one_track_gives_the_bands_different_segments() -> None:
    guides, latents, _ = _bands(12, 1)
    found = guides.around(latents[0] + latents[1])
    assert len({guide.segment_id for guide in found}) >= 3


def test_guides_come_in_and_go_out_continuously() -> None:
    """Where shares change most along a way from dot to dot, it is no jump if one looks closer."""
    guides, latents, _ = _bands(30, 6)

    def at(share: float) -> dict[tuple[object, ...], float]:
        found = guides.around(latents[0] + share * (latents[1] - latents[0]))
        return {(g.segment_id, _range(g), g.bars): g.weight for g in found}

    def change(first: float, last: float) -> float:
        a, b = at(first), at(last)
        return max(abs(a.get(key, 0.0) - b.get(key, 0.0)) for key in a | b)

    grid = np.linspace(0.0, 1.0, 301)
    steps = sorted(itertools.pairwise(grid), key=lambda step: change(*step))
    for first, last in steps[-5:]:
        for _ in range(24):
            halves = ((first, (first + last) / 2), ((first + last) / 2, last))
            first, last = max(halves, key=lambda half: change(*half))
        assert change(first, last) < 0.3


def _range(guide: Guide) -> int:
    return -1 if guide.bands is None else int(np.argmax(guide.bands))


@pytest.mark.parametrize("kind", ["whole", "bands"])
def test_what_is_left_out_guides_nothing(kind: str) -> None:
    guides, latents, _ = _bands(12, 4)
    some = guides if kind == "bands" else _guides(12)[0]
    found = some.around(latents[3], without={"s3", "s5"})
    assert not {"s3", "s5"} & {guide.segment_id for guide in found}
    np.testing.assert_allclose(_shares(found), 1.0, atol=1e-5)


def test_the_bands_are_those_of_the_crossovers() -> None:
    lows, mids, highs = band_weights()
    hertz = bank().centres_hz
    np.testing.assert_allclose(lows + mids + highs, 1.0, atol=1e-6)
    assert lows[hertz < 90].min() > 0.95
    assert mids[(hertz > 250) & (hertz < 1700)].min() > 0.95
    assert highs[hertz > 4200].min() > 0.95


@pytest.mark.parametrize("tracks", [1, 5])
def test_a_track_lies_as_far_from_others_as_its_segments_do(
    tracks: int, rng: np.random.Generator
) -> None:
    points = 30.0 + rng.standard_normal((40, 20))
    points[7] = points[3]  # a loop that comes back: its distance is none
    of = np.arange(40) % tracks
    distances = cdist(points, points)
    others = of[:, None] != of if tracks > 1 else distances > 0.0
    expected = np.median(np.where(others, distances, np.inf).min(axis=1))
    assert module._spacing(points, of) == pytest.approx(expected, rel=1e-6)
    assert module._spacing(points[:1], of[:1]) == 1.0
