"""Scores in the style of break techno: broken, loosely timed drums, and bass between them."""

from __future__ import annotations

from collections.abc import Callable

from core.demo.drums.claps import Rim, Snare
from core.demo.drums.kicks import Kick
from core.demo.drums.metals import Cymbal, Hat, Shaker
from core.demo.drums.percussion import Tom
from core.demo.effects.inserts import Crush, Drive, Squeeze
from core.demo.song import Echo, Finish, Hall, Song, Strip, Voice
from core.demo.styles import kit
from core.demo.synths.envelopes import Envelope
from core.demo.synths.fm import Fm
from core.demo.synths.mono import Mono
from core.demo.synths.pads import Pad
from core.demo.synths.poly import Poly
from core.demo.synths.textures import Sweep

_KICK = Kick(54.0, punch=3.4, decay=0.15, drive=2.0, click=0.45, bright=4200.0)


def _snare(bars: str, main: str, fill: str, *, tone: float = 200.0, lufs: float = -18.0) -> Voice:
    strip = Strip(room=0.3, hall=0.06, inserts=(Squeeze(-24.0, 3.0, makeup=4.0),))
    patterns = {"A": main, "B": fill}
    return kit.hits("snare", Snare(tone), bars, lufs=lufs, strip=strip, patterns=patterns,
                    vary=0.15, loose=1.5)  # fmt: skip


def cracked_pavement() -> Song:
    """C minor: two-bar break with ghost notes, reese bass, and a rave stab."""
    bass = Voice(
        "reese",
        Mono(saw=1.0, voices=3, detune=18, spread=0.25, cutoff="0:180 8:420 20:250 24:800 36:250",
             resonance=0.25, sweep=0.6, gate=0.95, drive=2.4, wobble=(12.0, 0.5)),
        ".8 A8 .4 B4 A8 .4",
        {"A": "0 - - - - - . 0 - - . . 3 - 2 - | 0 - - - . . -2 - - - - - . 4, - -",
         "B": "0 - - - - - - - - - - - - - - -"},
        Strip(lufs=-16.0, duck=0.35, low_cut=35.0, inserts=(Drive(7.0, 0.4),)), octave=-1, part="bass",
    )  # fmt: skip
    stab = Voice(
        "stab", Poly(voices=4, detune=20, cutoff="0:1200 24:3200 36:1200", sweep=1.5, decay=0.1,
                     level=Envelope(0.002, 0.18, 0.0, 0.08), drive=1.0),
        ".4 A12 .4 B12 .4",
        {"A": ". . . 0+2+4+6 . . . . . . . . . . . . | . . . . . . . . . . 0+2+4+6 . . . . .",
         "B": ". . . 0+2+4+6 . . 0+2+4+6 . . . . . . . . . | . . -2+0+2+4 . . . . . . . -2+0+2+4 . . . . ."},
        Strip(lufs=-20.5, echo=0.4, hall=0.2, low_cut=220.0), octave=2,
    )  # fmt: skip
    pad = Voice("pad", Pad(tilt=-8.0, vowel="eh"), "A36", {"A": "0+2+4 | - | -2+0+2 | -"},
               Strip(lufs=-26.0, level="0:2 8:0 16:4 24:-1", duck=0.2, hall=0.35, low_cut=180.0),
               octave=2)  # fmt: skip
    return Song(
        (
            kit.kick(_KICK, "E7F E7F .4 E3F E7F E4", lufs=-14.0,
                     E="X.x.......x..... | X.x.......xx....", F="X.x..x....x...X."),
            _snare(".4 A3B A7B .3B A3B A7B A4",
                   "....X..g.g..X..g | ....X..g.o.gX.o.", "....X..g.gx.XoXx"),
            kit.closed_hat(".2 D14 .4 D16", drum=Hat(0.035, 0.95), D="x.x.x.xox.x.x.x."),
            kit.open_hat(".8 D8 .8 D8 .4", D="......x......... | ..............x."),
            kit.ride(".8 C8 .8 C8 .4", drum=Cymbal(0.3, low=420.0)),
            kit.hits("shaker", Shaker(), ".4 A12 .4 A16", "oxgxoxgxoxgxoxgx", lufs=-29.0, loose=4.0),
            kit.crash(".8 A.15 A.11"),
            kit.riser(".20 A4 .12"),
            bass, stab, pad,
        ),
        swing=0.54, duck=0.3,
        echo=Echo((3.0, 5.0), 0.45, tone=(300.0, 4500.0)),
        hall=Hall(2.6), finish=Finish(-11.2),
    )  # fmt: skip


def paper_tiger() -> Song:
    """A minor, broken techno: a kick that skips the third beat, FM bass and dry claps of wood."""
    bass = Voice(
        "bass", Fm((1.0, 2.0), (2.6, 0.8), (0.12, 0.05), 0.2, "0:.6 24:1.4 36:.6",
                   level=Envelope(0.001, 0.3, 0.2, 0.05)),
        ".4 A4 A8 .4 A4 B8 .4",
        {"A": "0 . . 0 . . 0 . . 0 . . 3 . 0 .", "B": "0 . . 0 . 7 0 . . 0 . 5 3 . -1 ."},
        Strip(lufs=-16.5, duck=0.4, low_cut=35.0, inserts=(Drive(6.0, 0.4),)), octave=-1, part="bass",
    )  # fmt: skip
    lead = Voice(
        "organ", Poly(saw=0.2, square=0.8, voices=1, cutoff="0:900 36:2200", sweep=0.8,
                      level=Envelope(0.003, 0.22, 0.25, 0.06)),
        ".12 A4 .4 B4 A8 .4",
        {"A": "7 . . 9 . . 7 . 5 . . 4 . . 2 . | 4 . . 5 . . 4 . 2 . . 0 . . . .",
         "B": "7+4 - - - - - - - . . . . . . . . | 5+2 - - - - - - - . . . . . . . ."},
        Strip(lufs=-20.5, pan=-0.2, echo=0.35, hall=0.2, low_cut=250.0), octave=1,
    )  # fmt: skip
    return Song(
        (
            kit.kick(_KICK, "E7F E7F .4 E3F E7F E4", E="X...x.....X..x..", F="X...x.....X.xxx."),
            _snare(".8 A7B .4 .3B A7B .4", "....X.....g.X...", "....X.g.xoxxXxXX", tone=225.0),
            kit.hits("rim", Rim(1350.0), ".4 A12 .4 A12 .4", "..x..x...x.x..o.", lufs=-25.0,
                     vary=0.2, strip=Strip(pan=0.35, room=0.3)),
            kit.hits("conga", Tom(180.0, 0.11, slap=0.5), ".4 A12 .4 A16", "o..x..o..xo..x.o",
                     lufs=-24.0, vary=0.25, loose=3.0, strip=Strip(pan=-0.4, room=0.3)),
            kit.closed_hat(".2 B14 .4 B16", drum=Hat(0.03, 1.05)),
            kit.open_hat(".8 A8 .8 A8 .4"),
            kit.crash(".8 A.15 A.11"),
            kit.riser(".20 A4 .12", sweep=Sweep(300.0, 9000.0, 1.0)),
            kit.boom(".16 A.7 A.11"),
            bass, lead,
        ),
        swing=0.56, duck=0.35,
        echo=Echo((3.0, 4.0), 0.42), hall=Hall(1.9), finish=Finish(-11.5),
    )  # fmt: skip


def half_moon_street() -> Song:
    """E dorian at speed: a crushed break under warm keys, the bass on the off-beat."""
    keys = Voice(
        "keys", Fm((1.0, 14.0), (1.4, 0.3), (0.5, 0.05), 0.15, strum=0.006,
                   level=Envelope(0.002, 0.8, 0.1, 0.3)),
        "A40",
        {"A": ". . 0+2+4+6 - - - . . . . 0+2+4+6 . . . . . | . . . . 3,+5,+0+2 - - - . . . . . . 4 6 "
              "| . . 5,+0+2+4 - - - . . . . 5,+0+2+4 . . . . . | . . . . 4,+6,+1+3 - - - . . 8 . 7 . 4 ."},
        Strip(lufs=-20.0, duck=0.3, echo=0.25, hall=0.25, low_cut=180.0), octave=2,
    )  # fmt: skip
    bass = Voice(
        "bass", Mono(saw=0.3, sub=1.0, cutoff="0:260 24:500 40:260", sweep=0.8, gate=0.7,
                     glide=0.04),
        ".8 A12 .4 A12 .4",
        {"A": "0 - . . . . 0 . . 0 . . 4,~ 0 . . | . . 0 . 3, - . . . . 3, . . . 4, ."},
        Strip(lufs=-16.5, duck=0.4, high_cut=900.0), octave=-1, part="bass",
    )  # fmt: skip
    return Song(
        (
            kit.kick(_KICK, "E7F E11F .4 E11F E4", lufs=-14.0, E="X.....x...X.....", F="X..x..x...X...x."),
            _snare(".4 A3B A11B .3B A11B A4", "....X..g....X.g. | ....X..g.og.X..o",
                   "....X..xgxo.XxoX", tone=190.0),
            kit.hits("loop", Snare(320.0, wires=0.5, snap=0.06), ".8 A12 .4 A12 .4",
                     kit.drum_cycle("g.o.g..o.", 9), lufs=-26.0,
                     strip=Strip(pan=0.3, room=0.2, inserts=(Crush(9000.0, 7.0, 0.7),))),
            kit.closed_hat(".4 C16 .4 C12 C4", drum=Hat(0.028, 1.0)),
            kit.ride(".12 C8 .8 C8 .4", drum=Cymbal(0.26, low=450.0)),
            kit.crash(".8 A.15 A.15"),
            kit.riser(".20 A4 .16"),
            kit.fall(".20 A4 .16"),
            keys, bass,
        ),
        swing=0.55, duck=0.3,
        echo=Echo((3.0, 6.0), 0.45, flutter=10.0), hall=Hall(2.4), finish=Finish(-11.8),
    )  # fmt: skip


SONGS: dict[str, Callable[[], Song]] = {
    "Cracked Pavement": cracked_pavement,
    "Paper Tiger": paper_tiger,
    "Half Moon Street": half_moon_street,
}
