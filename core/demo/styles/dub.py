"""Scores in the style of dub techno: single chords with much echo and reverb."""

from __future__ import annotations

from collections.abc import Callable

from core.demo.drums.claps import Clap, Rim
from core.demo.drums.kicks import Kick
from core.demo.drums.metals import Hat, Shaker
from core.demo.drums.percussion import Block, Tom
from core.demo.effects.inserts import Chorus, Filter, Phaser
from core.demo.song import Echo, Finish, Hall, Instrument, Song, Strip, Voice
from core.demo.styles import kit
from core.demo.synths.envelopes import Envelope
from core.demo.synths.mono import Mono
from core.demo.synths.pads import Pad
from core.demo.synths.poly import Poly
from core.demo.synths.textures import Hiss, Sweep

_ROUND = Kick(46.0, punch=2.6, decay=0.23, drive=1.4, click=0.15, bright=2400.0)


def _stab(cutoff: str, *, voices: int = 3, decay: float = 0.2) -> Instrument:
    """The chord that everything hangs on: saws behind a filter that opens with the arrangement."""
    return Poly(voices=voices, detune=11, cutoff=cutoff, sweep=1.6, decay=decay, resonance=0.35,
                level=Envelope(0.003, 0.22, 0.0, 0.1), strum=0.003, drive=0.6)  # fmt: skip


def _sub(bars: str, pattern: str) -> Voice:
    voice = Mono(saw=0.05, sub=1.0, cutoff=190.0, sweep=0.4, gate=0.85, glide=0.03)
    return Voice("sub", voice, bars, {"A": pattern}, Strip(lufs=-16.5, duck=0.6, high_cut=220.0),
                octave=-1, part="bass")  # fmt: skip


def _dust(lufs: float = -34.0) -> Voice:
    return Voice("dust", Hiss(400.0, 6500.0, crackle=8.0), "A36", {"A": kit.held(36)},
                Strip(lufs=lufs))  # fmt: skip


def harbour_fog() -> Song:
    """A minor: the chord on the off-beat, filter breathing over sixteen bars, rim far away."""
    chord = Voice(
        "chord", _stab("0:300 8:600 16:1300 20:500 24:1900 32:900 36:300"), "A16 B4 A16",
        {"A": ". . . 0+2+4+6 . . . . . . . . . . . . | . . . 0+2+4+6 . . 0+2+4+6 . . . . . . . . .",
         "B": "0+2+4+6 . . . . . . . . . . . . . . ."},
        Strip(lufs=-19.5, duck=0.3, echo=0.55, throw="0:.6 12:1 16:1.5 20:1 36:1.4", hall=0.3,
              low_cut=170.0, inserts=(Phaser(8.0, mix=0.4),)), octave=2,
    )  # fmt: skip
    return Song(
        (
            kit.kick(_ROUND, ".2A14 .4 A12 A4", lufs=-13.5),
            kit.hits("rim", Rim(1450.0), ".4 A12 .4 A12 .4", "....x..o....x...", lufs=-25.0,
                     strip=Strip(pan=-0.3, echo=0.4, hall=0.25)),
            kit.open_hat(".4 A12 .4 A16", drum=Hat(0.09, 0.9, tone=7200.0), lufs=-24.0),
            kit.hits("shaker", Shaker(), ".8 A8 .4 A16", "goxgoogxgoxgooxg", lufs=-29.0, loose=3.5,
                     strip=Strip(pan=0.3, hall=0.1)),
            kit.clap(".12 A4 .4 A12 .4", drum=Clap(1000.0, decay=0.12), lufs=-24.0, hall=0.3, echo=0.2),
            _sub(".4 A12 .4 A12 .4", "0 - . . . . 0 . . 0 - . . . . . | 0 - . . . . 0 . . . . . 4, - 3, ."),
            Voice("pad", Pad(tilt=-9.0, vowel="oo"), "A36", {"A": "0+4 | - | - | - | 5,+2 | - | - | -"},
                 Strip(lufs=-26.0, duck=0.5, hall=0.4, low_cut=150.0), octave=2),
            _dust(), chord,
        ),
        swing=0.54,
        echo=Echo((3.0, 4.0), 0.68, tone=(320.0, 3200.0), flutter=20.0, drive=1.4),
        hall=Hall(4.0, 3600.0), finish=Finish(-12.5, drive=0.8),
    )  # fmt: skip


def low_ceiling() -> Song:
    """D minor, heavier: a dotted chord, congas in the hall, a bass line that walks."""
    chord = Voice(
        "chord", _stab("0:250 12:900 16:450 24:1500 36:350", voices=4, decay=0.32), ".4 A12 .4 A16",
        {"A": ". . 0+2+4 . . . . . 0+2+4 . . . . . . . | . . 0+2+4 . . . . . . . . 5,+0+2 . . . . "
              "| . . 0+2+4 . . . . . 0+2+4 . . . . . . . | ."},
        Strip(lufs=-19.0, duck=0.35, echo=0.5, hall=0.25, low_cut=160.0, inserts=(Chorus((14.0, 5.0)),)),
        octave=2,
    )  # fmt: skip
    ghost = Voice("ghost", _stab("0:900 36:1600"), ".8 A8 .4 A12 .4",
                 {"A": ". | . | . | . . . . . . . . . . . . 9 . . 8"},
                 Strip(lufs=-23.0, pan=0.4, echo=0.7, hall=0.4, low_cut=300.0), octave=2)  # fmt: skip
    return Song(
        (
            kit.kick(_ROUND, "A15C .4 A15B", lufs=-13.0),
            kit.hits("conga", Tom(165.0, 0.16, slap=0.4), ".4 A12 .4 A12 .4",
                     "...x..o...x..ox.", lufs=-24.0, vary=0.2, loose=3.0,
                     strip=Strip(pan=-0.3, hall=0.3, echo=0.1)),
            kit.clap(".8 A8 .4 A12 .4", drum=Clap(1100.0, decay=0.1), lufs=-22.5, echo=0.25, hall=0.2),
            kit.open_hat(".4 A12 .4 A12 A4", drum=Hat(0.12, 0.95), lufs=-23.5),
            kit.closed_hat(".8 B8 .4 B12 .4", drum=Hat(0.03, 0.9, metal=0.4), lufs=-27.0),
            kit.riser(".18 A2 .16", lufs=-28.0, sweep=Sweep(200.0, 3500.0, 0.8)),
            _sub(".4 A12 .4 A12 .4", "0 . . 0 . . 0 . . . 2 . . 3 . . | 0 . . 0 . . 0 . . . 4, . . -1 . ."),
            _dust(-36.0), chord, ghost,
        ),
        swing=0.55,
        echo=Echo((3.0, 6.0), 0.64, tone=(280.0, 2800.0), flutter=14.0, drive=1.8),
        hall=Hall(3.4, 3200.0), finish=Finish(-11.8, drive=1.2),
    )  # fmt: skip


def slow_signal() -> Song:
    """G dorian, almost house: a bright chord over two bars, woodblocks, tape hiss."""
    chord = Voice(
        "chord", _stab("0:500 8:900 16:2000 20:700 24:2800 36:500"), "A36",
        {"A": "0+2+4+8 . . . . . 0+2+4+8 . . . . . . . . . | . . . . 3,+5,+0+2 . . . . . . . . . . ."},
        Strip(lufs=-19.5, duck=0.35, echo=0.45, hall=0.3, low_cut=190.0,
              inserts=(Filter("0:900 36:4000", lfo=(4.0, 0.6)),)), octave=2,
    )  # fmt: skip
    return Song(
        (
            kit.kick(_ROUND, ".4 A11C .4 A15B", lufs=-13.5),
            kit.hits("wood", Block(1100.0, 0.04), ".4 A12 .4 A12 .4", kit.drum_cycle("..x..o....", 5),
                     lufs=-27.0, strip=Strip(pan=0.35, echo=0.4)),
            kit.clap(".8 A8 .4 A12 .4", drum=Clap(1200.0), lufs=-22.5, hall=0.2),
            kit.open_hat(".4 A12 .4 A16", drum=Hat(0.11, 1.0), lufs=-23.0),
            kit.hits("shaker", Shaker(7000.0), "A36", "oxgxoxgxoxgxoxxg", lufs=-29.0, loose=3.0,
                     strip=Strip(pan=-0.3)),
            kit.ride(".24 B8 .4", lufs=-27.0),
            _sub(".8 A8 .4 A12 .4", "0 . . . 0 - . . . . 0 . 3, - . . | . . 0 . 0 - . . . . 5, . 4, - . ."),
            _dust(-33.0), chord,
        ),
        swing=0.56,
        echo=Echo((3.0, 3.0), 0.6, tone=(300.0, 4200.0), flutter=10.0),
        hall=Hall(3.0, 4800.0), finish=Finish(-12.2, drive=1.0),
    )  # fmt: skip


SONGS: dict[str, Callable[[], Song]] = {
    "Harbour Fog": harbour_fog,
    "Low Ceiling": low_ceiling,
    "Slow Signal": slow_signal,
}
