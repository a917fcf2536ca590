"""Where kicks of all shapes begin, alone and hidden in a mix."""

from __future__ import annotations

import pytest

from core.rhythm.fit import fit_grid
from core.rhythm.onsets import features_of
from tests.core.rhythm.known import outcome
from tests.synthetic import KICK_SHAPES, LAYERS, OTHER_KICK_SHAPES, Part, Spec, render

SHAPES = (*KICK_SHAPES, *OTHER_KICK_SHAPES)
BARE = frozenset({"kick", "hats", "bass", "pad"})
STILL = LAYERS - {"kick", "bass"}


def worst_offset(spec: Spec) -> float:
    track = render(spec)
    return outcome(fit_grid(features_of(track.samples)), track.stretches).worst


@pytest.mark.parametrize("kick", SHAPES)
def test_a_kick_without_claps_is_placed_where_it_begins(kick: str) -> None:
    spec = Spec(bpm=127.0, parts=(Part(20, BARE),), start=0.21, kick=kick, seed=31)
    assert worst_offset(spec) < 0.002


@pytest.mark.parametrize("kick", SHAPES)
@pytest.mark.parametrize("pattern", ["half", "four"])
def test_a_kick_that_a_mix_hides_is_placed_where_it_begins(kick: str, pattern: str) -> None:
    parts = (Part(6, STILL), Part(18))
    spec = Spec(bpm=127.0, parts=parts, start=0.21, kick=kick, kick_pattern=pattern, seed=31)
    assert worst_offset(spec) < 0.0012
