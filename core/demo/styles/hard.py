"""Scores in the style of hard techno: fast, with a distorted kick and few notes."""

from __future__ import annotations

from collections.abc import Callable

from core.demo.drums.claps import Clap, Rim
from core.demo.drums.kicks import Kick
from core.demo.drums.metals import Cymbal, Hat
from core.demo.drums.percussion import Clang, Tom, Zap
from core.demo.effects.inserts import Drive, Filter, Rumble
from core.demo.song import Echo, Finish, Hall, Song, Strip, Voice
from core.demo.styles import kit
from core.demo.synths.envelopes import Envelope
from core.demo.synths.fm import Fm
from core.demo.synths.mono import Mono
from core.demo.synths.poly import Poly
from core.demo.synths.textures import Drone, Sweep


def _rumble(bars: str, tone: float = 100.0) -> Voice:
    return kit.hits("rumble", Kick(45.0, decay=0.1, drive=2.5), bars, "..xx..xx..xx..xx", lufs=-18.0,
                    strip=Strip(duck=0.9, high_cut=150.0, inserts=(Rumble(tone, 12.0),)), part="bass")  # fmt: skip


def red_line() -> Song:
    """G phrygian at 148: rumble, a hoover that bends, rides in eighths."""
    hoover = Voice(
        "hoover",
        Mono(saw=0.8, square=0.6, voices=5, detune=30, spread=0.7, cutoff="0:700 20:500 24:2600 40:900",
             resonance=0.2, sweep=0.8, decay=0.4, gate=0.95, glide=0.09, drive=2.0),
        ".12 A8 .4 A16",
        {"A": "0 - - - - - 1~ 0 - - - . . . . . | 0 - - - 4~ 3~ 1 - - - - - . . . ."},
        Strip(lufs=-20.0, duck=0.5, echo=0.25, hall=0.2, low_cut=200.0), octave=1,
    )  # fmt: skip
    pulse = Voice(
        "pulse", Mono(square=1.0, saw=0.0, cutoff="0:300 12:700 24:1400 40:300", resonance=0.6,
                      sweep=1.5, decay=0.07, gate=0.4, drive=2.5),
        ".4 A16 .4 A12 A4", {"A": "0 . 0! . . 0 . 0! . 0 . . 1! . 0 ."},
        Strip(lufs=-20.0, pan=0.15, duck=0.5, echo=0.2, low_cut=110.0, inserts=(Drive(8.0, 0.5),)), part="bass",
    )  # fmt: skip
    kick = Kick(52.0, punch=4.6, decay=0.16, drive=5.0, click=0.7, bright=5600.0)
    return Song(
        (
            kit.kick(kick, "A7B A11B .4 A11B A4", lufs=-12.5),
            _rumble(".4 A16 .4 A12 .4"),
            kit.clap(".8 A12 .4 A12 .4", drum=Clap(1500.0, decay=0.07)),
            kit.open_hat(".4 A16 .4 A16", drum=Hat(0.11, 1.15), lufs=-21.0),
            kit.closed_hat(".8 A12 .4 A12 .4", drum=Hat(0.025, 1.2)),
            kit.ride(".12 C8 .4 C12 .4", drum=Cymbal(0.17, low=560.0), lufs=-23.0),
            kit.hits("zap", Zap(5200.0), ".7A .7A .7A .7A .7A", "x.....x.....x.xx", lufs=-23.0,
                     strip=Strip(echo=0.3, pan=-0.3)),
            kit.crash(".8 A.11 A.3 A.15"),
            kit.riser(".20 A4 .16", sweep=Sweep(300.0, 11000.0, 1.2, 1.3)),
            kit.boom(".20 A.3 A.15"),
            hoover, pulse,
        ),
        echo=Echo((3.0, 3.0), 0.4, tone=(400.0, 5000.0)), hall=Hall(1.8, 4500.0),
        finish=Finish(-9.6, drive=4.0),
    )  # fmt: skip


def concrete_lung() -> Song:
    """C locrian at 144: schranz loops of toms and clangs through a breathing filter."""
    loop = kit.hits(
        "loop", Tom(122.0, 0.1, slap=0.5, drive=3.0), ".4 A16 .4 A16", kit.drum_cycle("x.ox.x.o", 7),
        lufs=-20.5, strip=Strip(low_cut=110.0, room=0.2,
                                inserts=(Drive(10.0, 0.6), Filter(1800.0, q=1.4, lfo=(8.0, 1.2)))),
    )  # fmt: skip
    stab = Voice(
        "stab", Poly(voices=4, detune=24, cutoff="0:600 24:2200 40:700", sweep=1.8, decay=0.1,
                     level=Envelope(0.002, 0.13, 0.0, 0.06), drive=1.5),
        ".8 A12 .4 A12 .4",
        {"A": ". . . . . . 0+1+4 . . . . . . . . . | . . . 0+1+4 . . . . . . 1+4+6 . . . . ."},
        Strip(lufs=-21.0, duck=0.4, echo=0.4, hall=0.2, low_cut=180.0), octave=1,
    )  # fmt: skip
    kick = Kick(50.0, punch=5.0, decay=0.18, drive=6.0, click=0.6, bright=4800.0)
    return Song(
        (
            kit.kick(kick, "A7B A11B .2C2 A11B A4", lufs=-12.5),
            _rumble("A20 .4 A12 .4", 90.0), loop, stab,
            kit.hits("clang", Clang(410.0, decay=0.09, index=5.0), ".8 A12 .4 A12 .4",
                     kit.drum_cycle("x...o.", 5), lufs=-24.0, strip=Strip(pan=0.35, room=0.25)),
            kit.hits("rim", Rim(1900.0), ".4 A16 .4 A12 .4", "..x.x..x.x..x.x.", lufs=-26.0,
                     strip=Strip(pan=-0.35)),
            kit.clap(".12 A8 .4 A12 .4"),
            kit.open_hat(".8 A12 .4 A16", drum=Hat(0.12, 1.05)),
            kit.closed_hat(".4 C16 .4 C12 .4", drum=Hat(0.025, 1.3)),
            kit.crash(".8 A.11 A.3 A.15"),
            kit.riser(".20 A4 .16", sweep=Sweep(200.0, 9000.0, 1.6, 1.2, pulse=1.0)),
            Voice("drone", Drone(dirt=3.0), "A40", {"A": kit.held(40)},
                 Strip(lufs=-29.0, level="0:2 8:0 20:5 24:0", duck=0.7, low_cut=130.0)),
        ),
        echo=Echo((3.0, 5.0), 0.42, tone=(350.0, 4500.0), drive=2.0), hall=Hall(1.6, 4000.0),
        finish=Finish(-9.5, drive=4.0),
    )  # fmt: skip


def knuckle() -> Song:
    """D minor at 140: a bouncing FM bass, claps that shuffle, one rude chord."""
    bass = Voice(
        "bass", Fm((1.0, 3.0), (3.2, 1.4), (0.09, 0.04), 0.15, "0:.6 24:1.5 40:.7",
                   level=Envelope(0.001, 0.2, 0.15, 0.04)),
        ".4 A16 .4 B12 .4",
        {"A": ". . 0 . . . 0! . . . 0 . . 0 3! .", "B": ". . 0 7 . . 0! . . . 0 6 . 0 3! 2"},
        Strip(lufs=-16.5, duck=0.6, low_cut=40.0, inserts=(Drive(9.0, 0.6),)), octave=-1, part="bass",
    )  # fmt: skip
    chord = Voice(
        "chord", Poly(voices=5, detune=20, cutoff="0:800 24:2600 40:900", sweep=1.4, decay=0.2,
                      level=Envelope(0.002, 0.35, 0.2, 0.15), drive=1.2),
        ".8 A12 .4 A16", {"A": "0+2+4+6 - - . . . . . . . . 0+2+4+6 . . . . | ."},
        Strip(lufs=-20.5, duck=0.45, echo=0.35, hall=0.3, low_cut=200.0), octave=1,
    )  # fmt: skip
    kick = Kick(53.0, punch=4.0, decay=0.17, drive=4.0, click=0.6, bright=5000.0)
    return Song(
        (
            kit.kick(kick, "A7B A11B .4 A11B A4", lufs=-12.8), _rumble(".8 A12 .4 A12 .4"),
            kit.clap(".4 A3B A11C .4 A11C .4", drum=Clap(1250.0)),
            kit.open_hat(".4 A16 .4 A16", drum=Hat(0.12, 1.0), lufs=-21.0),
            kit.closed_hat("A20 .4 B12 B4"),
            kit.hits("tom", Tom(98.0, drive=2.5), ".3A .3A .3A .3A .3A .3A .3A .3A .3A .4",
                     "......x..x.x..xX", lufs=-21.0, strip=Strip(room=0.2, pan=0.2)),
            kit.ride(".28 B8 .4", drum=Cymbal(0.2)),
            kit.crash(".8 A.11 A.3 A.15"),
            kit.riser(".20 A4 .16"), kit.boom(".20 A.3 A.15"), bass, chord,
        ),
        swing=0.55,
        echo=Echo((3.0, 4.0), 0.42), hall=Hall(2.0), finish=Finish(-10.0, drive=3.0),
    )  # fmt: skip


SONGS: dict[str, Callable[[], Song]] = {
    "Red Line": red_line,
    "Concrete Lung": concrete_lung,
    "Knuckle": knuckle,
}
