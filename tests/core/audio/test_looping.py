"""A loop is extended by what it repeats."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio.looping import extended, passage


@pytest.mark.parametrize(("before", "after"), [(0, 0), (3, 2), (7, 7), (8, 20), (0, 14)])
@pytest.mark.parametrize("shape", [(7, 2), (7,)])
def test_it_is_what_wrapping_indices_give(
    before: int, after: int, shape: tuple[int, ...], rng: np.random.Generator
) -> None:
    loop = rng.normal(size=shape).astype(np.float32)
    expected = np.take(loop, np.arange(-before, 7 + after), axis=0, mode="wrap")
    np.testing.assert_array_equal(extended(loop, before, after), expected)


@pytest.mark.parametrize(("first", "count"), [(0, 7), (2, 3), (5, 4), (-3, 30), (16, 2), (6, 0)])
@pytest.mark.parametrize("shape", [(7, 2), (7,)])
def test_a_passage_goes_on_while_the_loop_repeats(
    first: int, count: int, shape: tuple[int, ...], rng: np.random.Generator
) -> None:
    loop = rng.normal(size=shape).astype(np.float32)
    expected = np.take(loop, np.arange(first, first + count), axis=0, mode="wrap")
    np.testing.assert_array_equal(passage(loop, first, count), expected)
