"""Endless music: songs are written rightly, render, and parts are who they say they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.demo.effects.masters import Bits
from core.demo.endless.dice import Dice
from core.demo.endless.form import Form
from core.demo.endless.songs import random_song, style_of
from core.demo.endless.styles import STYLES
from core.demo.render import render_mastered_parts, stage_of
from core.demo.sequencer import play
from core.demo.song import Song
from core.demo.spec import TrackSpec
from core.errors import InputError
from core.settings import PARTS

Signal = NDArray[np.float32]


def rendered(spec: TrackSpec, song: Song) -> Signal:
    return render_mastered_parts(song, stage_of(spec, song))


@pytest.mark.parametrize("style", STYLES)
def test_every_song_is_written_rightly(style: str) -> None:
    for seed in range(12):
        spec, song = random_song(seed, style)
        stage = stage_of(spec, song)
        assert spec.style == style
        assert STYLES[style].bpm[0] - 0.5 <= spec.bpm <= STYLES[style].bpm[1] + 0.5
        assert {voice.part for voice in song.voices} <= set(PARTS)
        for voice in song.voices:
            assert all(event.start < stage.frames for event in play(voice, stage))


def test_a_seed_is_a_song() -> None:
    assert repr(random_song(7)) == repr(random_song(7))
    assert repr(random_song(7)) != repr(random_song(8))
    first, second = (random_song(seed, "acid") for seed in (7, 8))
    assert first[0].style == second[0].style == "acid"
    assert repr(first) != repr(second)


def test_all_styles_come_up_and_can_be_left_out() -> None:
    found = [style_of(seed) for seed in range(1000)]
    assert set(found) == set(STYLES)
    assert [random_song(seed)[0].style for seed in range(20)] == found[:20]
    with pytest.raises(InputError, match="techno"):
        random_song(1, "polka")


def test_every_combination_of_parts_is_alone_sometimes() -> None:
    found = set()
    for seed in range(400):
        form = Form(Dice(np.random.default_rng(seed)), 12, PARTS)
        assert sum(section.bars for section in form.sections) == 12
        assert len(form.letters("kick")) == len(form.edges(0.5, before=2)) == 12
        found |= {section.parts for section in form.sections}
    assert len(found) == 2 ** len(PARTS) - 1


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_every_style_sounds(style: str) -> None:
    spec, song = random_song(3, style, bars=4)
    parts = rendered(spec, song)
    assert parts.shape == (4, spec.frames, 2)
    assert parts.dtype == np.float32
    assert np.isfinite(parts).all()
    mix = parts.sum(axis=0)
    assert 1e-3 < np.abs(mix).max() < 4.0
    playing = {voice.part for voice in song.voices if voice.bars.strip(".")}
    for name, part in zip(PARTS, parts, strict=True):
        assert part.any() == (name in playing), name


@pytest.mark.slow
def test_the_same_song_has_the_same_samples() -> None:
    np.testing.assert_array_equal(*(rendered(*random_song(11, "glitch", bars=4)) for _ in range(2)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_parts_add_up_to_what_one_part_would_be(seed: int) -> None:
    spec, song = random_song(seed, "chaos", bars=4)
    # Buses of some parts cannot be the same for one part, and the last bit decides how Bits rounds.
    masters = tuple(
        each
        for each in song.masters
        if getattr(each, "parts", PARTS) == PARTS and not isinstance(each, Bits)
    )
    apart = replace(song, masters=masters, duck=0.0)
    together = replace(apart, voices=tuple(replace(v, part="rest") for v in apart.voices))
    four, one = rendered(spec, apart), rendered(spec, together)
    assert not one[:3].any()
    error = np.abs(four.sum(axis=0) - one[3]).max()
    assert error < 1e-4 * np.abs(one).max()


@pytest.mark.slow
def test_a_passage_of_one_part_has_nothing_of_the_others() -> None:
    for seed in range(1000):
        spec, song = random_song(seed, "techno", bars=8)
        playing = [{v.part for v in song.voices if v.bars[bar] != "."} for bar in range(4)]
        if all(parts == {"kick"} for parts in playing):
            break
    parts = rendered(spec, song)
    alone = parts[:, : round(3.9 * spec.frames / spec.bars)]
    assert np.abs(alone[0]).max() > 1e-2
    assert np.abs(alone[1:]).max() < 1e-5 * np.abs(alone[0]).max()
