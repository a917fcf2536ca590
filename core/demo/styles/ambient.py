"""Scores in the style of ambient techno: long tones first, and a quiet beat that comes in late."""

from __future__ import annotations

from collections.abc import Callable

from core.demo.drums.claps import Clap, Rim
from core.demo.drums.kicks import Kick
from core.demo.drums.metals import Cymbal, Hat, Shaker
from core.demo.drums.percussion import Block, Tom
from core.demo.effects.inserts import Chorus, Filter, Phaser
from core.demo.song import Echo, Finish, Hall, Song, Strip, Voice
from core.demo.styles import kit
from core.demo.synths.envelopes import Envelope
from core.demo.synths.fm import Fm
from core.demo.synths.mono import Mono
from core.demo.synths.pads import Pad
from core.demo.synths.poly import Poly
from core.demo.synths.strings import Pluck
from core.demo.synths.textures import Hiss, Sweep

_SOFT = Kick(47.0, punch=2.4, decay=0.24, drive=1.2, click=0.12, bright=2200.0)


def first_light() -> Song:
    """D dorian: a choir of bands over a slow four chords, plucks, then a heartbeat."""
    chords = "0+2+4+8 | - | 3,+5,+0+4 | - | 5,+0+2+6 | - | 4,+6,+1+3 | -"
    pad = Voice("pad", Pad(tilt=-7.0, vowel="ah", shine=0.3), "A36", {"A": chords},
               Strip(lufs=-21.0, level="0:2 12:0 20:3 24:-1 36:0", duck=0.45, hall=0.4,
                     low_cut=140.0), octave=2)  # fmt: skip
    plucks = Voice(
        "plucks", Pluck(0.994, 0.5),
        ".4 A28 .4",
        {"A": "0 . . 4 . . 7 . . 9 . . 8 . 4 . | . . 2 . . 4 . . 7 . . 11 . . 9 ."},
        Strip(lufs=-22.0, pan=-0.2, echo=0.45, hall=0.25, low_cut=200.0), octave=2, follow=True,
    )  # fmt: skip
    bass = Voice(
        "bass", Mono(saw=0.2, sub=1.0, cutoff=300.0, sweep=0.6, gate=0.9, glide=0.05),
        ".8 A12 .4 A8 .4",
        {"A": "0 - - . . . 0 . . . 0 - . . . . | . . 0 . . . 0 - . . . . 4, . . ."},
        Strip(lufs=-18.5, duck=0.6, high_cut=400.0), octave=-1, follow=True, part="bass",
    )  # fmt: skip
    return Song(
        (
            kit.kick(_SOFT, ".8 A12 .4 A8 .4", lufs=-15.5),
            kit.hits("rim", Rim(1500.0), ".12 A8 .4 A8 .4", "......x...x..o..", lufs=-27.0,
                     strip=Strip(pan=0.3, echo=0.3, hall=0.2)),
            kit.hits("shaker", Shaker(), ".8 A12 .4 A12", "goxgGoxgxoxgxoxg".replace("G", "g"),
                     lufs=-29.0, loose=4.0, strip=Strip(pan=-0.25, hall=0.1)),
            kit.open_hat(".16 A4 .4 A8 .4", drum=Hat(0.09, 0.95, tone=7000.0), lufs=-26.0),
            kit.clap(".24 A8 .4", drum=Clap(1000.0, decay=0.12), lufs=-25.0, hall=0.35),
            kit.riser(".20 A4 .12", lufs=-27.0, sweep=Sweep(200.0, 4500.0, 0.8)),
            Voice("air", Hiss(700.0, 9000.0, crackle=3.0, breathe=4.0), "A36", {"A": kit.held(36)},
                 Strip(lufs=-36.0)),
            pad, plucks, bass,
        ),
        harmony=(0, 0, 3, 3, 5, 5, 4, 4),
        echo=Echo((3.0, 4.0), 0.55, tone=(250.0, 4200.0), flutter=12.0),
        hall=Hall(4.5, 5200.0),
        finish=Finish(-13.5, drive=0.5),
    )  # fmt: skip


def tidal_room() -> Song:
    """F minor, very slow chords of electric bells; a half-time drum that rocks like a boat."""
    bells = Voice(
        "bells", Fm((3.5, 14.0), (1.6, 0.4), (0.9, 0.06), 0.05, "0:.6 16:1.1 24:.8 36:.5",
                    level=Envelope(0.002, 1.6, 0.0, 0.6), strum=0.02),
        "A36",
        {"A": "0+4+9 . . . . . . 7 . . . . 4 . . . | . . . . 2+6+8 . . . . . . 11 . . . . "
              "| 5,+0+4 . . . . . . 9 . . . . 7 . . . | . . . . 3+5+7 . . . 8 . . . . 4 . ."},
        Strip(lufs=-20.5, echo=0.3, hall=0.45, low_cut=160.0, inserts=(Chorus((12.0, 4.0)),)),
        octave=2,
    )  # fmt: skip
    swell = Voice(
        "swell", Poly(voices=4, detune=12, cutoff="0:500 12:1400 20:700 28:2400 36:500", sweep=0.0,
                      level=Envelope(0.9, 1.0, 1.0, 0.9)),
        ".4 A32", {"A": "0+2+4 | - | 5,+0+2 | - | 3,+5,+0 | - | 6,+1+4 | -"},
        Strip(lufs=-23.0, duck=0.55, hall=0.35, low_cut=180.0, inserts=(Phaser(6.0, mix=0.4),)),
        octave=2,
    )  # fmt: skip
    low = Voice("low", Mono(saw=0.0, sub=1.0, square=0.15, cutoff=260.0, sweep=0.3, gate=0.95),
               ".8 A28", {"A": "0 - - - - - . . 0 - . . . . 4, - | 0 - - - - - . . . . 2 - 0 - - -"},
               Strip(lufs=-19.0, duck=0.5, high_cut=300.0), octave=-1, part="bass")  # fmt: skip
    return Song(
        (
            kit.kick(_SOFT, ".8 E12 .4 E8 .4", lufs=-15.5, E="X.........x....."),
            kit.hits("snap", Clap(1150.0, hands=3, decay=0.1), ".12 A8 .4 A8 .4",
                     "........X.......", lufs=-22.5, strip=Strip(hall=0.35, echo=0.15)),
            kit.hits("drum", Tom(72.0, 0.3, bend=0.3), ".4 A12 .4 A12 .4",
                     "...o......x...o.", lufs=-23.0, strip=Strip(pan=-0.25, hall=0.3)),
            kit.hits("wood", Block(820.0, 0.05), ".8 A12 .4 A8 .4", kit.drum_cycle("..o..x..g..", 11),
                     lufs=-29.0, strip=Strip(pan=0.4, echo=0.4)),
            kit.closed_hat(".12 B8 .4 B12", drum=Hat(0.04, 0.85, metal=0.3), lufs=-29.0),
            kit.crash(".8 A.15 A.11", lufs=-26.0, drum=Cymbal(1.6, low=300.0, bell=0.3, air=0.5, wash=0.05)),
            Voice("sea", Hiss(200.0, 3500.0, breathe=2.0), "A36", {"A": kit.held(36)},
                 Strip(lufs=-33.0, level="0:3 8:0 20:3 24:0", inserts=(Filter(900.0, lfo=(4.0, 1.0)),))),
            bells, swell, low,
        ),
        swing=0.57,
        echo=Echo((4.0, 6.0), 0.5, tone=(220.0, 3600.0), flutter=15.0),
        hall=Hall(5.5, 4200.0),
        finish=Finish(-13.8, drive=0.4, high_shelf=1.0),
    )  # fmt: skip


def glass_meridian() -> Song:
    """B lydian: an arpeggio that turns slowly from glass to brass, and a light four to the floor."""
    arp = Voice(
        "arp",
        Poly(voices=2, square=0.4, detune=7, cutoff="0:700 8:1100 16:2400 20:900 24:3600 36:700",
             sweep=1.2, decay=0.12, level=Envelope(0.002, 0.14, 0.1, 0.12), gate=0.6),
        "A36",
        {"A": "0 4 7 9 4 7 11 7 9 4 7 0 4 9 7 4 | 0 4 7 8 4 7 10 7 8 4 7 1 4 8 7 4"},
        Strip(lufs=-19.5, duck=0.4, echo=0.35, hall=0.2, low_cut=200.0), octave=2, follow=True,
    )  # fmt: skip
    pad = Voice(
        "pad",
        Pad(tilt=-8.0, vowel="oh", even=0.7),
        "A36",
        {"A": "0+2+4+6 | - | - | -"},
        Strip(lufs=-22.0, duck=0.6, hall=0.4, low_cut=150.0),
        octave=2,
        follow=True,
    )
    bass = Voice("bass", Mono(saw=0.4, sub=0.8, cutoff="0:240 24:500 36:240", sweep=0.9, gate=0.6),
                ".8 A8 .8 A8 .4", {"A": ". . 0 . . . 0 . . . 0 . . 0 . 0"},
                Strip(lufs=-17.5, duck=0.75, low_cut=35.0), octave=-1, follow=True, part="bass")  # fmt: skip
    lead = Voice("lead", Poly(voices=3, detune=10, cutoff="0:1200 36:2600", sweep=0.5,
                             level=Envelope(0.06, 0.5, 0.7, 0.5), vibrato=(5.0, 9.0)),
                ".12 A4 .8 A8 .4", {"A": "9 - - - 8 - - 7 - - - - . . 4 - | 7 - - - - - - - . . . . . . . . "
                                        "| 11 - - - 9 - - 8 - - - - 7 - - - | 9 - - - - - - - - - - - . . . ."},
                Strip(lufs=-21.0, pan=0.15, echo=0.4, hall=0.35, low_cut=250.0), octave=2)  # fmt: skip
    return Song(
        (
            kit.kick(Kick(49.0, punch=2.8, decay=0.2, drive=1.4, click=0.2, bright=2800.0),
                     ".8 A8 .4 C4 A8 A4", lufs=-14.5),
            kit.clap(".12 A4 .8 A8 .4", lufs=-23.0, hall=0.25),
            kit.closed_hat(".4 A12 .4 A16", drum=Hat(0.03, 1.0, metal=0.4), lufs=-28.0),
            kit.open_hat(".8 A8 .8 A8 .4", lufs=-24.5, drum=Hat(0.1, 1.0)),
            kit.hits("shaker", Shaker(7200.0), "A36", "oxgxoxgxoxgxoxgx", lufs=-30.0, loose=3.0,
                     strip=Strip(pan=0.3)),
            kit.crash(".8 A.15 A.11", lufs=-24.0),
            kit.riser(".20 A4 .12", lufs=-25.0),
            arp, pad, bass, lead,
        ),
        harmony=(0, 0, 0, 0, 4, 4, 4, 4, 5, 5, 5, 5, 3, 3, 3, 3),
        echo=Echo((3.0, 3.0), 0.5, tone=(300.0, 5500.0)),
        hall=Hall(3.8, 6000.0),
        finish=Finish(-12.8, drive=0.8),
    )  # fmt: skip


SONGS: dict[str, Callable[[], Song]] = {
    "First Light": first_light,
    "Tidal Room": tidal_room,
    "Glass Meridian": glass_meridian,
}
