"""Scores in the style of acid: a resonant bass line with slides and accents, over plain drums."""

from __future__ import annotations

from collections.abc import Callable

from core.demo.drums.claps import Clap, Rim, Snare
from core.demo.drums.kicks import Kick
from core.demo.drums.metals import Cymbal, Hat, Shaker
from core.demo.drums.percussion import Block, Tom
from core.demo.effects.inserts import Chorus, Drive, Phaser
from core.demo.song import Echo, Finish, Hall, Song, Strip, Voice
from core.demo.styles import kit
from core.demo.synths.envelopes import Envelope
from core.demo.synths.fm import Fm
from core.demo.synths.mono import Mono
from core.demo.synths.pads import Pad
from core.demo.synths.poly import Poly
from core.demo.synths.textures import Hiss, Sweep


def silver_worm() -> Song:
    """A rolling line in A minor that opens over sixteen bars, with a second one answering it."""
    line = Voice(
        "acid",
        Mono(
            cutoff="0:260 8:380 16:900 18:500 24:1700 32:1500 36:300",
            resonance="0:.72 16:.86 24:.9 36:.7",
            sweep="0:1.6 16:2.6 24:3.0 36:1.5",
            decay="0:.12 16:.3 20:.16 28:.45 36:.1",
            diode=True,
            accent=0.9,
            drive=2.2,
        ),
        "A4 A3B A4 A3B C4 A4 A3B A3D A4",
        {
            "A": "0 . 0! 7~ 0 . 3~ 2 0! . 0 7 . 0~ 7 0",
            "B": "0 . 0! 7~ 0 . 3~ 2 0! 5~ 4 7 . 6~ 7 9!",
            "C": "0 - . . 7! . . . 0 . . 3~ 2 - . .",
            "D": "0! . 7 0! . 7' 0! . 7 3! . 7 0~ 7~ 0' 7!",
        },
        Strip(
            lufs=-15.5, duck=0.45, echo=0.16, hall=0.04, low_cut=70.0, inserts=(Drive(7.0, 0.6),)
        ),
        part="bass",
    )
    answer = Voice(
        "answer",
        Mono(
            saw=0.0,
            square=1.0,
            cutoff="0:500 36:1600",
            resonance=0.82,
            sweep=2.4,
            decay=0.14,
            diode=True,
            drive=1.8,
        ),
        ".12 A4 .8 A8 .4",
        {"A": ". | . . . . . . . . 7 . 10!~ 9 . 7 . 5 | . | . . . . . . 12 . 11~ 10 . 9 7! . 5~ 7"},
        Strip(lufs=-19.0, pan=0.35, duck=0.4, echo=0.45, hall=0.12, low_cut=200.0),
    )
    sub = Voice(
        "sub",
        Mono(saw=0.1, sub=1.0, cutoff=220.0, sweep=0.5, gate=0.8, drive=1.2),
        ".4 A12 .8 A8 .4",
        {"A": ". . 0 . . . 0 . . . 0 . . 0 . 0 | . . 0 . . . 0 . . . 0 . 3 . 2 ."},
        Strip(lufs=-18.0, duck=0.85, high_cut=140.0),
        octave=-1,
        part="bass",
    )
    strings = Voice(
        "strings",
        Poly(
            voices=5,
            detune=14,
            cutoff="16:700 24:2400",
            sweep=0.0,
            track=0.2,
            level=Envelope(0.3, 1.0, 1.0, 0.4),
        ),
        ".16 A12 .8",
        {"A": "0+2+4 | - | 5,+0+2 | -"},
        Strip(lufs=-25.0, duck=0.7, hall=0.35, low_cut=250.0),
        octave=2,
    )
    return Song(
        (
            kit.kick(Kick(52.0, decay=0.2), "A7B A7B .4 C3D A7B A4"),
            kit.clap(".4 A11B .3A .4 A7C .4"),
            kit.closed_hat(".2 A14 .4 B4 A12"),
            kit.open_hat(".4 A12 .8 A7B A2.2"),
            kit.hits(
                "rim",
                Rim(),
                ".8 A8 .8 A8 .4",
                "...x..x...x..o.x",
                lufs=-26.0,
                vary=0.2,
                strip=Strip(pan=-0.4, room=0.2, echo=0.1),
            ),
            kit.hits(
                "tom",
                Tom(96.0),
                ".7A .7A .7A .7A .4",
                "..........x.xoxX",
                lufs=-21.0,
                strip=Strip(pan=0.2, room=0.15),
            ),
            kit.ride(".24 B8 .4"),
            kit.crash(".4 A.11 A.7 A.7 A.3"),
            kit.riser(".20 A4 .12"),
            kit.boom(".16 A.7 A.11"),
            line,
            answer,
            sub,
            strings,
        ),
        swing=0.53,
        echo=Echo((3.0, 4.0), 0.5, tone=(300.0, 5200.0)),
        hall=Hall(2.2),
        finish=Finish(-11.0),
        sweep="0:20 20:20 23.8:320 24:20 36:20",
    )


def caustic_hour() -> Song:
    """Two lines in D phrygian: a square one in twelves against a saw in sixteens, both burning."""
    twelves = kit.cycle("0! . 1~ 0 . 7 . 0 4~ 3 . 1", 3)
    low = Voice(
        "acid low",
        Mono(
            cutoff="0:180 12:420 16:300 24:900 36:700 40:200",
            resonance="0:.6 24:.85 40:.7",
            sweep="0:2.0 24:3.2 40:2.0",
            decay="0:.1 12:.22 24:.14 32:.35 40:.1",
            diode=True,
            accent=1.1,
            drive=3.2,
        ),
        "A8 A3B A4 C4 .4 A3B A3B A3B A4",
        {
            "A": "0! 0 . 0 1! . 0 0~ 7 . 0 0! . 0 10~ 7",
            "B": "0! 0 . 0 1! . 0 0~ 7 . 0! 1 3~ 4 7~ 8",
            "C": "0 - - . . . . . 1 - . . . . 0! .",
        },
        Strip(
            lufs=-15.5,
            duck=0.6,
            low_cut=60.0,
            room=0.05,
            echo=0.08,
            inserts=(Drive(10.0, 0.7, skew=0.2),),
        ),
        part="bass",
    )
    high = Voice(
        "acid high",
        Mono(
            saw=0.2,
            square=1.0,
            cutoff="0:600 12:700 24:2600 28:1100 36:3200 40:900",
            resonance="0:.8 24:.92 40:.85",
            sweep=1.8,
            decay="0:.09 28:.3 40:.1",
            diode=True,
            accent=0.8,
            drive=2.5,
        ),
        ".12 A12 B12 A4",
        {"A": twelves, "B": twelves.replace("7 .", "7' 8'")},
        Strip(
            lufs=-18.5,
            pan=-0.3,
            duck=0.5,
            echo=0.3,
            hall=0.08,
            low_cut=220.0,
            inserts=(Drive(8.0, 0.5),),
        ),
        octave=1,
    )
    stab = Voice(
        "stab",
        Poly(
            voices=4,
            detune=18,
            cutoff="0:900 40:2600",
            sweep=2.2,
            decay=0.12,
            resonance=0.35,
            level=Envelope(0.002, 0.16, 0.0, 0.08),
            drive=1.4,
        ),
        ".8 A8 .8 B12 .4",
        {
            "A": ". . . . . . 0+2+4 . . . . . . . . . | . . . . . . 0+2+4 . . . . . . 1+3+5 . .",
            "B": ". . . 0+2+4 . . 0+2+4 . . . . . . 1+3+5 . . | . . . 0+2+4 . . . . . . . . . . . .",
        },
        Strip(lufs=-21.0, duck=0.4, echo=0.35, hall=0.25, low_cut=200.0),
        octave=1,
    )
    return Song(
        (
            kit.kick(
                Kick(49.0, punch=4.0, decay=0.17, drive=2.6, click=0.5, bright=4200.0),
                "A7B A7B .4 D4 A7B A3B A4",
            ),
            kit.clap(".8 A8 .8 A7B A4 .4", drum=Clap(1400.0, decay=0.07)),
            kit.closed_hat(".4 A4 C8 .4 A4 C12 A4", drum=Hat(0.03, 1.15), lufs=-24.0),
            kit.open_hat(".4 A12 .8 A7B A4 A4", drum=Hat(0.13, 1.1, tone=9000.0)),
            kit.ride(".12 A4 .8 C12 .4", drum=Cymbal(0.2, low=520.0)),
            kit.hits(
                "snare",
                Snare(210.0),
                ".15A .4 A3B A.2A .3A .3A .4",
                "",
                lufs=-21.0,
                patterns={"A": "..........x.x.xX", "B": "xoxoxxxoxxxxxxXX"},
                strip=Strip(room=0.2, hall=0.1),
            ),
            kit.hits(
                "block",
                Block(1900.0),
                ".4 A12 .8 A12 .4",
                kit.drum_cycle("x..o.x.", 7),
                lufs=-27.0,
                strip=Strip(pan=0.45, echo=0.25),
            ),
            kit.crash(".4 A.11 A.7 A.7 A.7"),
            kit.riser(".20 A4 .16", sweep=Sweep(400.0, 11000.0, 1.0, 1.5, tone=0.2)),
            kit.fall(".16 A4 .4 A4 .12"),
            kit.boom(".16 A.7 A.15"),
            low,
            high,
            stab,
        ),
        echo=Echo((3.0, 3.0), 0.42, tone=(400.0, 6000.0), drive=1.5),
        hall=Hall(1.6, 6000.0),
        finish=Finish(-10.2, drive=3.0),
        sweep="0:20 20:20 23.9:500 24:20 40:20",
    )


def litmus() -> Song:
    """A deep, slow one in G minor: a soft square line under electric piano and congas."""
    line = Voice(
        "acid",
        Mono(
            saw=0.0,
            square=1.0,
            sub=0.4,
            cutoff="0:240 8:300 16:800 20:350 24:1100 30:600 36:250",
            resonance="0:.55 24:.78 36:.5",
            sweep="0:1.2 24:2.2 36:1.0",
            decay=0.22,
            diode=True,
            accent=0.6,
            gate=0.7,
            glide=0.035,
            drive=1.5,
        ),
        ".4 A12 .4 A3B A8 A4",
        {
            "A": "0 . . 0~ 3 . 0 . 6~ 7 . 4 . . 3! . | 0 . . 0~ 3 . 0 . 6~ 7 . . 4~ 5~ 4 3",
            "B": "0 . 7! 0~ 3 . 0 7 6~ 7 . 4 . 9~ 10! .",
        },
        Strip(lufs=-16.5, duck=0.5, echo=0.14, hall=0.05, inserts=(Phaser(8.0, mix=0.25),)),
        part="bass",
    )
    keys = Voice(
        "keys",
        Fm(
            (1.0, 14.0),
            (1.3, 0.25),
            (0.5, 0.05),
            0.15,
            "0:.5 16:1.0 24:1.3 36:.6",
            level=Envelope(0.002, 0.7, 0.1, 0.25),
            strum=0.004,
        ),
        "A4 B8 B4 C4 B12 A4",
        {
            "A": ". . . 0+2+4+6 - - . . . . . . . . . . | .",
            "B": ". . . 0+2+4+6 . . 0+2+4+6 . . . . . . . . . "
            "| . . . 3,+5,+0+2 . . . . . . 3,+5,+0+2 - . . . .",
            "C": "0+2+4+6 - - - - - - - . . . . . . . . | 5,+0+2+4 - - - - - - - - - . . . . . . "
            "| 3,+5,+0+2 - - - - - - - . . . . . . . . | 4,+6,+1#+3 - - - - - - - . . 4,+6,+1#+3 - - - . .",
        },
        Strip(
            lufs=-20.5,
            duck=0.5,
            echo=0.25,
            hall=0.2,
            low_cut=180.0,
            inserts=(Chorus((9.0, 2.5), 0.7, 0.4),),
        ),
        octave=2,
    )
    pad = Voice(
        "pad",
        Pad(tilt=-8.0, vowel="oo"),
        "A36",
        {"A": "0+2+4 | - | 5,+0+2 | - | 3,+5,+0 | - | 4,+6,+2 | -"},
        Strip(
            lufs=-27.0, level="0:-4 12:-3 16:3 20:3 21:-3 36:-2", duck=0.7, hall=0.3, low_cut=180.0
        ),
        octave=2,
    )
    congas = {
        "A": "..o...x...o.x...",
        "B": "..o..xx...o.xog.",
        "C": ".......x......ox",
    }
    return Song(
        (
            kit.kick(
                Kick(48.0, punch=2.6, decay=0.22, drive=1.3, click=0.18, bright=2600.0),
                "A15C .4 A15B",
            ),
            kit.clap(".8 A8 .4 A12 .4", drum=Clap(1050.0, decay=0.11), lufs=-22.0, hall=0.2),
            kit.hits(
                "conga",
                Tom(196.0, 0.12, 0.15, slap=0.5),
                ".4 B12 .4 B12 B4",
                "",
                lufs=-23.0,
                patterns=congas,
                vary=0.25,
                loose=3.0,
                strip=Strip(pan=-0.35, room=0.35),
            ),
            kit.hits(
                "low conga",
                Tom(131.0, 0.16, 0.2, slap=0.3),
                ".4 A12 .4 A12 .4",
                "",
                lufs=-24.0,
                patterns={"A": congas["C"]},
                loose=3.0,
                strip=Strip(pan=0.3, room=0.35),
            ),
            kit.closed_hat(".8 B8 .4 A12 .4", drum=Hat(0.035, 0.92, metal=0.45), lufs=-27.0),
            kit.open_hat(".4 A12 .4 A15B", drum=Hat(0.11, 0.95, tone=7600.0), lufs=-23.0),
            kit.hits(
                "shaker",
                Shaker(),
                "A16 .4 A16",
                "oxgXoxgxoxgXoxgx",
                lufs=-28.0,
                strip=Strip(pan=0.25),
                loose=3.0,
            ),
            kit.ride(".24 B8 .4", lufs=-26.0, drum=Cymbal(0.35, low=330.0, bell=0.8, air=0.3)),
            kit.crash(".8 A.15 A.11", lufs=-24.0),
            kit.riser(".18 A2 .16", lufs=-25.0, sweep=Sweep(300.0, 6000.0, 1.0)),
            Voice(
                "dust",
                Hiss(500.0, 5000.0, crackle=6.0),
                "A36",
                {"A": kit.held(36)},
                Strip(lufs=-40.0),
            ),
            line,
            keys,
            pad,
        ),
        swing=0.56,
        echo=Echo((3.0, 6.0), 0.48, tone=(350.0, 3800.0), flutter=18.0),
        hall=Hall(2.8, 4500.0),
        finish=Finish(-12.5, drive=1.0, high_shelf=-1.0),
    )


SONGS: dict[str, Callable[[], Song]] = {
    "Silver Worm": silver_worm,
    "Caustic Hour": caustic_hour,
    "Litmus": litmus,
}
