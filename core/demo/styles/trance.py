"""Scores in the style of trance: chords, arpeggios, and a long break before the drop."""

from __future__ import annotations

from collections.abc import Callable

from core.demo.drums.claps import Clap, Snare
from core.demo.drums.kicks import Kick
from core.demo.drums.metals import Cymbal, Hat
from core.demo.effects.inserts import Chop, Chorus
from core.demo.song import Echo, Finish, Hall, Song, Strip, Voice
from core.demo.styles import kit
from core.demo.synths.envelopes import Envelope
from core.demo.synths.mono import Mono
from core.demo.synths.pads import Pad
from core.demo.synths.poly import Poly
from core.demo.synths.strings import Pluck
from core.demo.synths.textures import Sweep

_KICK = Kick(51.0, punch=3.6, decay=0.17, drive=2.0, click=0.5, bright=4800.0)
_ROLL = "X...X...X...X... | X.x.X.x.X.x.X.x. | xoxoxoxoxoxoxoxo | xxxxxxxxXXXXXXXX"


def _bass(bars: str, *, pattern: str = ". 0 0 0! . 0 0 0! . 0 0 0! . 0 0 0!") -> Voice:
    """The rolling off-beat bass of three sixteenths after every kick."""
    voice = Mono(saw=0.8, sub=0.6, cutoff="0:240 8:380 24:700 40:280", resonance=0.25, sweep=1.4,
                 decay=0.1, gate=0.6, drive=2.0)  # fmt: skip
    return Voice("bass", voice, bars, {"A": pattern}, Strip(lufs=-16.5, duck=0.55, low_cut=38.0),
                octave=-1, follow=True, part="bass")  # fmt: skip


def _drums(*, open_tune: float = 1.0) -> tuple[Voice, ...]:
    return (
        kit.kick(_KICK, "A7B A11B .4 D4 A11B"),
        kit.clap(".8 A12 .8 A8 A4", drum=Clap(1350.0), hall=0.18),
        kit.open_hat(".4 A16 .8 A12", drum=Hat(0.13, open_tune), lufs=-21.0),
        kit.closed_hat(".8 C12 .8 A12"),
        kit.ride(".12 C8 .8 C12", drum=Cymbal(0.22, low=480.0), lufs=-25.0),
        kit.hits("roll", Snare(215.0), ".24 A4 .12",
                 _ROLL, lufs=-19.0, strip=Strip(hall=0.2, room=0.2)),
        kit.crash(".8 A.11 A.7 A.11"),
        kit.riser(".24 A4 .12", sweep=Sweep(350.0, 12000.0, 1.0, 1.4)),
        kit.fall(".20 A4 .16"),
        kit.boom(".20 A.7 A.11"),
    )  # fmt: skip


def northern_gate() -> Song:
    """A minor, the classic: gated supersaws over i-VI-III-VII, a lead that climbs."""
    saws = Voice(
        "saws",
        Poly(voices=7, detune=16, spread=0.9, cutoff="0:500 12:1400 20:700 27.8:6000 28:3800 40:700",
             sweep=0.3, level=Envelope(0.01, 1.0, 0.9, 0.2)),
        ".8 A32", {"A": "0+2+4+7 - - - - - - - - - - - - - - -"},
        Strip(lufs=-19.5, duck=0.6, hall=0.25, echo=0.1, low_cut=180.0,
              inserts=(Chop("x.xx.xx.x.xx.xxX", depth=0.85),)), octave=1, follow=True,
    )  # fmt: skip
    lead = Voice(
        "lead",
        Poly(voices=5, detune=12, cutoff="0:1500 20:1800 28:5000 40:2000", sweep=0.6,
             level=Envelope(0.004, 0.4, 0.6, 0.15), vibrato=(5.5, 8.0)),
        ".12 A8 A4 A4 A12",
        {"A": "7 . . 9 . . 11 - - - 9 . 8 . 7 . | 9 . . 11 . . 12 - - - 11 . 9 . 7 . "
              "| 8 . . 9 . . 11 - - - 13 . 12 . 11 . | 12 - - 11 - - 9 - - - 8 . 9 . 6 ."},
        Strip(lufs=-19.5, duck=0.35, echo=0.35, hall=0.3, low_cut=250.0), octave=1,
    )  # fmt: skip
    pluck = Voice(
        "pluck",
        Pluck(0.99, 0.8),
        "A20 A4 .4 A12",
        {"A": "7 4 2 7 4 2 7 9 4 2 7 4 11 9 7 4"},
        Strip(lufs=-22.0, pan=0.25, echo=0.35, hall=0.2, duck=0.3),
        octave=2,
        follow=True,
    )
    return Song((*_drums(), _bass(".4 A16 .8 A12"), saws, lead, pluck), harmony=(0, 5, 2, 6),
                echo=Echo((3.0, 3.0), 0.45), hall=Hall(3.2), finish=Finish(-10.8))  # fmt: skip


def violet_static() -> Song:
    """E harmonic minor, darker: a two-note acid pulse, choir, and an arpeggio in thirty-seconds."""
    arp = Voice(
        "arp",
        Mono(saw=0.7, square=0.5, cutoff="0:400 12:1200 20:500 28:3200 40:600", resonance=0.5,
             sweep=1.6, decay=0.09, gate=0.5, diode=True),
        ".4 A16 A4 B4 A12",
        {"A": "7 4 9 7 11 4 9 7 4 12 9 7 11 4 9 6", "B": kit.cycle("7 9 11 12 14 12 11 9", 4, 16)},
        Strip(lufs=-19.0, pan=-0.2, duck=0.45, echo=0.3, hall=0.15, low_cut=200.0),
        octave=1, follow=True,
    )  # fmt: skip
    choir = Voice("choir", Pad(tilt=-7.0, vowel="ah", shine=0.2), ".8 A32",
                 {"A": "0+2+4+7 - - - - - - - - - - - - - - -"},
                 Strip(lufs=-21.0, level="0:-4 20:4 28:-1", duck=0.55, hall=0.4, low_cut=180.0),
                 octave=1, follow=True)  # fmt: skip
    stab = Voice(
        "stab",
        Poly(
            voices=6,
            detune=18,
            cutoff="0:1600 40:3200",
            sweep=1.2,
            decay=0.14,
            level=Envelope(0.002, 0.22, 0.0, 0.1),
        ),
        ".12 A8 .8 A12",
        {"A": ". . . 0+2+4 . . 0+2+4 . . 0+2+4 . . . . 0+2+4 ."},
        Strip(lufs=-20.0, duck=0.4, echo=0.3, hall=0.25, low_cut=220.0),
        octave=1,
        follow=True,
    )
    bass = _bass(".4 A16 .8 A12", pattern=". . 0! 0 . . 0! 0 . . 0! 0 . 0 7 0")
    return Song((*_drums(open_tune=1.1), bass, arp, choir, stab), harmony=(0, 0, 5, 5, 3, 3, 4, 4),
                echo=Echo((3.0, 4.0), 0.42), hall=Hall(3.6, 4600.0),
                finish=Finish(-10.6, drive=2.5))  # fmt: skip


def sunline() -> Song:
    """F# minor, brighter: strings in suspended chords, a bell answering a plucked riff."""
    strings = Voice(
        "strings",
        Poly(voices=6, detune=14, spread=1.0, cutoff="0:700 12:1500 20:1100 28:3600 40:900", sweep=0.0,
             level=Envelope(0.12, 1.0, 1.0, 0.4)),
        ".4 A36", {"A": "0+3+4+7 - - - - - - - 0+2+4+7 - - - - - - -"},
        Strip(lufs=-20.5, duck=0.6, hall=0.3, low_cut=190.0, inserts=(Chorus(),)),
        octave=1, follow=True,
    )  # fmt: skip
    riff = Voice(
        "riff", Poly(voices=3, detune=9, cutoff="0:900 12:1800 28:4200 40:1000", sweep=1.3, decay=0.1,
                     level=Envelope(0.002, 0.16, 0.05, 0.1)),
        "A20 A8 A12", {"A": "4 . 7 . . 4 . 9 . . 7 . 4 . 2 4"},
        Strip(lufs=-19.5, duck=0.4, echo=0.4, hall=0.2, low_cut=220.0), octave=2, follow=True,
    )  # fmt: skip
    answer = Voice("answer", Pluck(0.996, 0.7, seconds=1.6), ".12 A28",
                  {"A": ". . . . . . . . . . 11 . . 9 . . | . . 12 . . 11 . . 7 . . . . . . ."},
                  Strip(lufs=-22.0, pan=0.3, echo=0.45, hall=0.3), octave=2)  # fmt: skip
    return Song((*_drums(open_tune=0.95), _bass(".4 A16 .8 A12"), strings, riff, answer),
                harmony=(0, 0, 5, 6), swing=0.51, echo=Echo((3.0, 6.0), 0.45),
                hall=Hall(3.0, 5800.0), finish=Finish(-11.0, high_shelf=1.0))  # fmt: skip


SONGS: dict[str, Callable[[], Song]] = {
    "Northern Gate": northern_gate,
    "Violet Static": violet_static,
    "Sunline": sunline,
}
