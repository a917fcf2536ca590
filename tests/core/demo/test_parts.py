"""The parts of a song: what they add up to, and who is heard where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.demo.catalogue import catalogue
from core.demo.drums.kicks import Kick
from core.demo.effects.dynamics import soft_clip_parts
from core.demo.mastering import finish, finish_parts
from core.demo.mixing import kick_push, mix
from core.demo.render import render_mastered_parts, render_parts, song_of, stage_of
from core.demo.song import Echo, Finish, Hall, Song, Strip, Voice
from core.demo.spec import TrackSpec
from core.demo.stage import Stage
from core.demo.styles import kit
from core.demo.synths.fm import Fm
from core.demo.synths.mono import Mono
from core.settings import PARTS

pytestmark = pytest.mark.slow  # numba compiles for half a minute where nothing is cached
Signal = NDArray[np.float32]
SPEC = TrackSpec("test", "none", 130.0, "A minor", 5, 6)
KICK, BASS, DRUMS, REST = range(4)


def song() -> Song:
    """Kick alone, bass alone, drums alone, rest alone, then everything; a bar each, with rooms."""
    bass = Voice("bass", Mono(gate=0.3), ".A...A", {"A": "0 . 0 . 3 . . ."}, part="bass")
    chord = Voice(
        "chord", Fm(), "...A.A", {"A": "0+2+4 . . . . . . ."}, Strip(echo=0.9, hall=0.5), octave=2
    )
    return Song(
        (
            kit.kick(Kick(), "A....A"),
            bass,
            kit.clap("..A..A", room=0.5, echo=0.8),
            chord,
        ),
        echo=Echo((1.0, 1.0), 0.3, drive=4.0),
        hall=Hall(0.4),
        finish=Finish(-8.0, drive=6.0),
        sweep="0:20 5:300",
    )


@pytest.fixture(scope="module")
def stage() -> Stage:
    return stage_of(SPEC, song())


@pytest.fixture(scope="module")
def parts(stage: Stage) -> Signal:
    return render_parts(song(), stage)


@pytest.fixture(scope="module")
def mixed(stage: Stage) -> Signal:
    return mix(song(), stage)


@pytest.fixture(scope="module")
def mastered(stage: Stage) -> Signal:
    return render_mastered_parts(song(), stage)


def decibels(error: Signal, of: Signal) -> float:
    return float(20 * np.log10(np.abs(error).max() / np.abs(of).max()))


def bar(sound: Signal, number: int) -> Signal:
    frames = sound.shape[1] // SPEC.bars
    return sound[:, number * frames : (number + 1) * frames]


def test_parts_add_up_to_the_mix(parts: Signal, mixed: Signal) -> None:
    assert parts.shape == (4, SPEC.frames, 2)
    assert parts.dtype == np.float32
    np.testing.assert_array_equal(mixed, parts.sum(axis=0))


def test_parts_apart_sound_as_if_they_were_one(stage: Stage) -> None:
    # As one part, everything goes round the tape and into the rooms as one sum.
    apart = replace(song(), sweep="", duck=0.0)
    together = replace(apart, voices=tuple(replace(v, part="rest") for v in apart.voices))
    one, four = (render_parts(each, stage) for each in (together, apart))
    assert not one[:REST].any()
    assert decibels(one[REST] - four.sum(axis=0), one[REST]) < -100.0


def test_mastered_parts_add_up_to_the_master(
    parts: Signal, mixed: Signal, mastered: Signal
) -> None:
    master = finish(mixed, song().finish)
    assert mastered.dtype == np.float32
    assert decibels(mastered.sum(axis=0) - master, master) < -80.0
    loud = np.abs(master).max()
    assert loud > 0.5
    silent = finish_parts(np.zeros_like(parts), song().finish)
    assert not silent.any()


def test_who_plays_alone_is_alone(parts: Signal, mastered: Signal) -> None:
    for sound in (parts, mastered):
        first = bar(sound, 0)[:, :-1000]
        assert np.abs(first[KICK]).max() > 0.1
        assert np.abs(first[BASS:]).max() < 1e-7  # convolution by FFT leaves its rounding
        for number, part in ((1, BASS), (2, DRUMS), (3, REST)):
            power = (bar(sound, number)[:, 8000:] ** 2).sum(axis=(1, 2))
            assert power[part] > 100 * np.delete(power, part).sum()
        assert (np.abs(bar(sound, 5)).max(axis=(1, 2)) > 1e-3).all()


def test_a_pump_pushes_where_no_kick_plays(stage: Stage) -> None:
    bar = stage.frames // SPEC.bars
    plain, pumped = (kick_push(replace(song(), pump=pump), stage) for pump in ("", "X."))
    np.testing.assert_array_equal(plain[: bar - 200], pumped[: bar - 200])
    assert np.abs(plain[2 * bar : 5 * bar - 200]).max() < 1e-6
    for number in range(1, 5):
        assert pumped[round(number * stage.bar) + 100] > 0.9
    assert pumped[round(4.5 * stage.bar) + 100] < 0.1


def test_clipping_parts_is_clipping_their_sum() -> None:
    rng = np.random.default_rng(0)
    parts = rng.standard_normal((3, 4000, 2)).astype(np.float32)
    clipped = soft_clip_parts(parts, 3.0)
    (whole,) = soft_clip_parts(parts.sum(axis=0, keepdims=True), 3.0)
    np.testing.assert_allclose(clipped.sum(axis=0), whole, atol=1e-5)


def test_every_voice_of_the_catalogue_has_a_part() -> None:
    for spec in catalogue():
        heard = {voice.part for voice in song_of(spec).voices}
        assert heard <= set(PARTS), spec.name
        assert {"kick", "drums", "rest"} <= heard, spec.name
