"""Layers come in and go out one at a time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement.form import FormSection, plan
from core.arrangement.layers import LAYERS, NO_FILL, Block, Fill, plan_layers

NAMES = ("intro", "groove", "build", "drop", "break", "rise", "outro")


def section(name: str, bars: int, entry: str = "mix") -> FormSection:
    return FormSection(name, 32, bars, (0.5, 0.5), 0.5, entry)  # type: ignore[arg-type]


def blocks_of(name: str, bars: int = 32, seed: int = 0, after: str | None = "drop") -> list[Block]:
    follower = None if after is None else section(after, 16, "cut" if after == "drop" else "mix")
    return plan_layers(section(name, bars), follower, np.random.default_rng(seed))


@given(
    st.sampled_from(NAMES),
    st.integers(1, 90),
    st.integers(0, 9),
    st.sampled_from([None, "drop", "break"]),
)
def test_blocks_fill_the_section_and_something_always_sounds(
    name: str, bars: int, seed: int, after: str | None
) -> None:
    blocks = blocks_of(name, bars, seed, after)
    assert blocks[0].start == 32
    assert sum(block.bars for block in blocks) == bars
    for a, b in itertools.pairwise(blocks):
        assert (a.bars, b.start) == (4, a.start + 4)
    for block in blocks:
        levels = [block.level(layer.name) for layer in LAYERS]
        assert any(level is not None and level > -5.0 for level in levels)
    if after is None:
        assert blocks[-1].fill == NO_FILL


@pytest.mark.parametrize("name", ["break", "rise"])
def test_no_bass_in_a_break(name: str) -> None:
    assert all(block.bass is None for block in blocks_of(name))


@pytest.mark.parametrize("seed", range(6))
def test_an_intro_grows_and_an_outro_shrinks(seed: int) -> None:
    def sounding(block: Block) -> int:
        return sum(block.level(layer.name) is not None for layer in LAYERS)

    growing = [sounding(block) for block in blocks_of("intro", seed=seed)]
    assert growing == sorted(growing)
    assert growing[0] < growing[-1] == 3
    shrinking = [sounding(block) for block in blocks_of("outro", seed=seed, after=None)]
    assert shrinking == sorted(shrinking, reverse=True)
    assert shrinking[0] == 3 > shrinking[-1]


def test_the_bass_is_gone_before_a_drop_and_the_tops_swell() -> None:
    blocks = blocks_of("build", 16)
    assert [block.bass is None for block in blocks] == [False, False, True, True]
    tops = [block.tops for block in blocks]
    assert all(a < b for a, b in itertools.pairwise(tops))  # type: ignore[operator]
    groove = blocks_of("groove", 16)
    assert groove[-1].fill == Fill({"bass": 4, "tops": 4}, repeat=True)


@given(st.sampled_from(NAMES), st.integers(1, 24), st.integers(0, 9))
def test_every_four_bars_end_with_a_fill_that_leaves_something(
    name: str, count: int, seed: int
) -> None:
    blocks = blocks_of(name, 4 * count, seed)
    for block in blocks:
        heard = {layer.name for layer in LAYERS if block.level(layer.name) is not None}
        fill = block.fill
        assert fill != NO_FILL
        assert set(fill.out) < heard
        assert fill.teaser not in heard
        assert all(1 <= beats <= 4 for beats in fill.out.values())
    # Twice the same fill is no change any more.
    assert all(a.fill != b.fill for a, b in itertools.pairwise(blocks))
    rng = np.random.default_rng(seed)
    more = plan_layers(section(name, 8), section("groove", 8), rng, before=blocks[-1].fill)
    assert more[0].fill != blocks[-1].fill


def test_an_opening_can_be_whole() -> None:
    first = plan(98)[0]
    rng = np.random.default_rng(0)
    opening = plan_layers(first, None, rng, whole_opening=True)[0]
    assert (opening.tops, opening.body, opening.bass) == (0.0, 0.0, 0.0)
