from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.render.guides import Guides
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
