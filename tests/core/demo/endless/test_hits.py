"""Single hits: of all kinds, at the beginning, repeatable."""

from __future__ import annotations

import numpy as np
import pytest

from core.demo.endless.hits import PARTS_OF_HITS, random_hit
from core.demo.render import render_parts, stage_of
from core.demo.sequencer import play
from core.errors import InputError
from core.settings import PARTS


@pytest.mark.parametrize("part", PARTS_OF_HITS)
def test_one_drum_is_struck_once(part: str) -> None:
    for seed in range(30):
        spec, song = random_hit(seed, part)
        (voice,) = song.voices
        (event,) = play(voice, stage_of(spec, song))
        assert (voice.part, event.start, spec.bars) == (part, 0, 1)


@pytest.mark.parametrize("part", PARTS_OF_HITS)
def test_it_sounds_in_its_part_alone(part: str) -> None:
    spec, song = random_hit(3, part)
    audio = render_parts(song, stage_of(spec, song))
    assert [name for name, one in zip(PARTS, audio, strict=True) if one.any()] == [part]
    tenth = len(audio[0]) // 10
    energy = (audio.sum(axis=0) ** 2).sum(axis=1)
    assert energy[:tenth].max() > 0.99 * energy.max()


def test_a_seed_is_a_hit() -> None:
    assert repr(random_hit(7, "kick")) == repr(random_hit(7, "kick"))
    assert repr(random_hit(7, "kick")) != repr(random_hit(8, "kick"))
    with pytest.raises(InputError, match="kick or drums"):
        random_hit(1, "bass")
    assert np.unique([random_hit(k, "drums")[1].voices[0].name for k in range(60)]).size > 8
