"""Scores in the style of industrial techno: metal, distortion and rumble, little harmony."""

from __future__ import annotations

from collections.abc import Callable

from core.demo.drums.claps import Snare
from core.demo.drums.kicks import Kick
from core.demo.drums.metals import Cymbal, Hat
from core.demo.drums.percussion import Block, Clang, Tom, Zap
from core.demo.effects.inserts import Chop, Crush, Drive, Filter, Fold, Ring, Rumble
from core.demo.song import Echo, Finish, Hall, Song, Strip, Voice
from core.demo.styles import kit
from core.demo.synths.envelopes import Envelope
from core.demo.synths.fm import Fm
from core.demo.synths.mono import Mono
from core.demo.synths.textures import Drone, Hiss, Sweep

_RUMBLE = "o..oo..oo..oo..o"


def iron_parish() -> Song:
    """A foundry in E locrian: sheet metal in three against four over a rumbling floor."""
    clangs = kit.hits(
        "clang", Clang(290.0, index=7.0, decay=0.16), ".4 A28 .4", kit.drum_cycle("x..o....", 3),
        lufs=-22.0, vary=0.1, strip=Strip(pan=-0.3, room=0.3, echo=0.15, inserts=(Ring(310.0, 0.3),)),
    )  # fmt: skip
    bass = Voice(
        "bass",
        Mono(saw=0.7, square=0.6, cutoff="0:160 8:420 16:200 24:900 36:200", resonance=0.35,
             sweep=1.4, decay=0.11, gate=0.5, drive=3.0),
        ".4 A4 B8 .4 A4 B8 .4",
        {"A": ". . 0 . . 0 . . . . 0 . . 0 . 0", "B": ". . 0! 0 . 0 1 . . 0 0! . . 4~ 1 0"},
        Strip(lufs=-17.0, duck=0.7, low_cut=45.0, inserts=(Drive(12.0, 0.7, skew=0.2),)),
        octave=-1, part="bass",
    )  # fmt: skip
    siren = Voice(
        "siren",
        Fm((1.01, 2.76), (5.0, 2.0), (0.8, 0.3), 0.4, "0:.3 20:1.4 24:.6 36:.4",
           level=Envelope(0.3, 0.9, 0.6, 0.4)),
        ".12 A12 .4 A4 .4",
        {"A": "0 - - - - - - - 1 - - - 4 - 1 - | . | 4 - - - - - - - 3 - - - 1 - - - | ."},
        Strip(lufs=-22.5, pan=0.25, duck=0.5, echo=0.3, hall=0.3, low_cut=250.0),
        octave=1,
    )  # fmt: skip
    return Song(
        (
            kit.kick(Kick(50.0, punch=5.0, decay=0.19, drive=4.5, click=0.6, bright=5200.0),
                     "A7B A7B .4 C3D A7B A4"),
            kit.hits("rumble", Kick(46.0, decay=0.12, drive=2.0), "A16 .4 A16", _RUMBLE,
                     lufs=-19.0, strip=Strip(duck=0.85, high_cut=160.0, inserts=(Rumble(95.0),)), part="bass"),
            kit.clap(".8 A8 .4 .4 A8 .4", lufs=-21.0, room=0.4),
            kit.closed_hat(".2 A14 .4 C4 A12", drum=Hat(0.028, 1.3, metal=0.8)),
            kit.open_hat(".8 A8 .8 A8 .4", drum=Hat(0.12, 1.2, metal=0.8)),
            kit.hits("tom", Tom(88.0, drive=3.0), ".7A .7A .3A .3A .7A .4", "x..x..x.x..x.xxX",
                     lufs=-21.0, strip=Strip(room=0.25, inserts=(Drive(8.0, 0.5),))),
            kit.crash(".8 A.7 A.7 A.11"),
            kit.riser(".20 A4 .12", sweep=Sweep(250.0, 8000.0, 1.5, 1.4, tone=0.3)),
            kit.boom(".16 A.7 A.11"),
            Voice("machine", Drone(), "A36", {"A": kit.held(36)},
                 Strip(lufs=-31.0, level="0:0 16:3 24:-2", duck=0.6, hall=0.2, low_cut=120.0)),
            clangs, bass, siren,
        ),
        echo=Echo((3.0, 5.0), 0.45, tone=(350.0, 4200.0), drive=2.0),
        hall=Hall(3.0, 3800.0),
        finish=Finish(-10.0, drive=3.5),
        sweep="0:20 20:20 23.8:260 24:20 36:20",
    )  # fmt: skip


def night_shift() -> Song:
    """Slower and heavier, in D phrygian: a broken kick, ring-modulated stabs, a crushed snare."""
    stabs = Voice(
        "stab",
        Fm((1.414, 3.14), (6.0, 3.0), (0.12, 0.05), 0.05, "0:.5 24:1.3 36:.6"),
        ".8 A8 .4 B4 A8 .4",
        {
            "A": ". . . 0+1 . . . . . . 0+1! . . . . . | . . . 0+1 . . 4+1' . . . . . 0+1 . 1 .",
            "B": "0+1! . . . . . . . . . . . . . . .",
        },
        Strip(lufs=-19.5, duck=0.4, echo=0.4, hall=0.2, low_cut=140.0,
              inserts=(Ring(147.0, 0.5), Drive(9.0, 0.6))),
        octave=1,
    )  # fmt: skip
    grind = Voice(
        "grind",
        Mono(saw=1.0, voices=3, detune=22, spread=0.4, cutoff="0:120 12:300 20:140 24:700 36:140",
             resonance=0.55, sweep=0.8, decay=0.3, gate=0.95, drive=3.5, wobble=(6.0, 0.8)),
        ".4 A12 .4 B4 A8 .4",
        {"A": "0 - - - - - . 0 - - 0 - . 1 - -", "B": "0 - - - - - - - - - - - - - - -"},
        Strip(lufs=-17.5, duck=0.6, low_cut=40.0, inserts=(Fold(1.6), Filter(1800.0))),
        octave=-1, part="bass",
    )  # fmt: skip
    return Song(
        (
            kit.kick(Kick(47.0, punch=4.5, decay=0.21, drive=5.0, click=0.5, bright=4400.0),
                     "E7B E7B .4 C4 E7B A4",
                     E="X..x..X...X.x..."),
            kit.hits("snare", Snare(170.0, wires=1.0, snap=0.18), ".8 A8 .3B A4 A8 .4", "",
                     patterns={"A": "....X.......X...", "B": "....X..x.x.xXxXX"},
                     lufs=-18.5, strip=Strip(room=0.4, hall=0.15, inserts=(Crush(14000.0, 7.0, 0.5),))),
            kit.closed_hat(".4 B12 .4 C4 B8 B4", drum=Hat(0.03, 0.8, metal=0.9)),
            kit.hits("chain", Clang(1400.0, ratio=2.63, decay=0.05, low_cut=900.0), "A16 .4 A16",
                     kit.drum_cycle("o.go.xg", 7), lufs=-26.0, vary=0.2,
                     strip=Strip(pan=0.4, room=0.3)),
            kit.hits("gate", Clang(130.0, index=9.0, decay=0.4, drive=3.0), ".8 A8 .4 A4 A8 .4",
                     "............X... | ................", lufs=-22.0,
                     strip=Strip(pan=-0.2, hall=0.4)),
            kit.ride(".24 B8 .4", drum=Cymbal(0.18, low=610.0)),
            kit.crash(".8 A.11 A.3 A.11"),
            kit.fall(".16 A4 .16"),
            kit.riser(".20 A4 .12", sweep=Sweep(180.0, 6000.0, 2.0, 1.2, pulse=2.0)),
            kit.boom("A.15 A.7 A.11"),
            Voice("hum", Hiss(150.0, 2400.0, crackle=14.0, hum=0.5), "A36", {"A": kit.held(36)},
                 Strip(lufs=-35.0, level="0:0 16:4 24:-3")),
            stabs, grind,
        ),
        echo=Echo((6.0, 3.0), 0.5, tone=(300.0, 3000.0), drive=2.5),
        hall=Hall(3.6, 3000.0),
        finish=Finish(-10.3, drive=3.5, high_shelf=1.0),
        sweep="0:20 20:20 23.8:220 24:20 36:20",
    )  # fmt: skip


def pressure_hull() -> Song:
    """Fast and narrow, in F# minor: zaps and blocks in fives, a gated wall of saws."""
    wall = Voice(
        "wall",
        Mono(saw=1.0, voices=5, detune=26, spread=0.9, cutoff="0:300 8:900 20:400 24:2600 40:500",
             resonance=0.3, sweep=0.3, gate=1.0, drive=2.0),
        ".8 A12 .4 A12 .4",
        {"A": "0 - - - - - - - - - - - - - - - | -  - - - - - - - - - - - 1 - - -"},
        Strip(lufs=-21.0, width=0.9, duck=0.5, low_cut=180.0, hall=0.1,
              inserts=(Chop("X.xXx.xX.xXx.xXx", smooth=0.004),)),
    )  # fmt: skip
    bass = Voice(
        "bass",
        Mono(saw=0.5, square=0.7, sub=0.5, cutoff="0:200 24:620 40:200", sweep=1.2, decay=0.09,
             gate=0.45, drive=2.5),
        ".4 A16 .4 B12 .4",
        {"A": ". 0 0 0 . 0 0 0 . 0 0 0 . 0 3 1", "B": ". 0 0! 0 . 0 0 5 . 0 0! 0 . 3 1 -1"},
        Strip(lufs=-16.5, duck=0.6, low_cut=45.0, inserts=(Drive(9.0, 0.6),)),
        octave=-1, part="bass",
    )  # fmt: skip
    return Song(
        (
            kit.kick(Kick(53.0, punch=4.2, decay=0.16, drive=4.0, click=0.6, bright=5000.0),
                     "A7B A11B .4 A11B A4"),
            kit.hits("zap", Zap(7000.0, 240.0), ".8 A12 .4 A12 .4", kit.drum_cycle("x....o....", 5),
                     lufs=-24.0, strip=Strip(pan=0.35, echo=0.35, room=0.1)),
            kit.hits("block", Block(1450.0, square=0.5), ".4 A16 .4 A12 .4",
                     kit.drum_cycle("o..x.", 5), lufs=-27.0, strip=Strip(pan=-0.45, echo=0.1)),
            kit.clap(".8 A12 .4 A12 .4"),
            kit.closed_hat(".4 A16 .4 A12 A4", drum=Hat(0.025, 1.25)),
            kit.open_hat("A4 A16 .4 A12 .4", drum=Hat(0.1, 1.15)),
            kit.hits("roll", Snare(230.0), ".23 A .16", "xoxoxxxoxxxxxxXX", lufs=-20.0,
                     strip=Strip(room=0.2)),
            kit.ride(".28 C8 .4", drum=Cymbal(0.16, low=560.0)),
            kit.crash(".8 A.15 A.15"),
            kit.riser(".20 A4 .16", sweep=Sweep(500.0, 12000.0, 1.0, 1.3, pulse=1.0)),
            kit.boom(".20 A.3 A.15"),
            wall, bass,
        ),
        echo=Echo((3.0, 2.0), 0.4, tone=(500.0, 5500.0)),
        hall=Hall(1.8, 5000.0),
        finish=Finish(-9.8, drive=3.0),
    )  # fmt: skip


SONGS: dict[str, Callable[[], Song]] = {
    "Iron Parish": iron_parish,
    "Night Shift": night_shift,
    "Pressure Hull": pressure_hull,
}
