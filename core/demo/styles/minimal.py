"""Scores in the style of minimal techno: few short sounds that change little."""

from __future__ import annotations

from collections.abc import Callable

from core.demo.drums.claps import Clap, Rim, Snare
from core.demo.drums.kicks import Kick
from core.demo.drums.metals import Cymbal, Hat, Shaker
from core.demo.drums.percussion import Block, Clang, Tom, Zap
from core.demo.effects.inserts import Chorus, Crush
from core.demo.song import Echo, Finish, Hall, Song, Strip, Voice
from core.demo.styles import kit
from core.demo.synths.envelopes import Envelope
from core.demo.synths.fm import Fm
from core.demo.synths.mono import Mono
from core.demo.synths.poly import Poly
from core.demo.synths.strings import Pluck
from core.demo.synths.textures import Hiss

_TIGHT = Kick(50.0, punch=3.0, decay=0.15, drive=1.6, click=0.3, bright=3400.0)


def pin_tumbler() -> Song:
    """E minor: a three-note figure in sevens that never meets the bar, clicks all around."""
    figure = kit.cycle("0 . 3 . . 4 .", 7)
    lead = Voice(
        "figure", Fm((2.0, 7.0), (1.8, 0.6), (0.08, 0.03), 0.05, "0:.4 16:1.2 20:.5 32:1.6 36:.5"),
        "A36", {"A": figure},
        Strip(lufs=-20.0, duck=0.25, echo=0.25, hall=0.08, low_cut=180.0), octave=1,
    )  # fmt: skip
    bass = Voice(
        "bass", Mono(saw=0.4, sub=0.9, cutoff="0:220 24:420 36:220", sweep=1.0, decay=0.08, gate=0.4),
        ".4 A12 .4 A12 .4", {"A": ". . 0 . . . . 0 . . 0 . . . 2 . | . . 0 . . . . 0 . . . . 3 . -1 ."},
        Strip(lufs=-16.5, duck=0.5, low_cut=35.0), octave=-1, part="bass",
    )  # fmt: skip
    return Song(
        (
            kit.kick(_TIGHT, "A15C .4 A15B", lufs=-13.0),
            kit.hits("click", Block(3100.0, 0.012), "A36", kit.drum_cycle("x.o..g.x.", 9), lufs=-27.0,
                     strip=Strip(pan=-0.4)),
            kit.hits("tick", Rim(2400.0, 0.008), ".4 A32", kit.drum_cycle("..x.g.o", 7), lufs=-28.0,
                     strip=Strip(pan=0.4, echo=0.2)),
            kit.clap(".8 A8 .4 A12 .4", drum=Clap(1500.0, hands=2, decay=0.05), lufs=-22.0, hall=0.05),
            kit.closed_hat(".4 B12 .4 B16", drum=Hat(0.02, 1.15), lufs=-25.0),
            kit.open_hat(".8 A8 .8 A8 .4", drum=Hat(0.08, 1.0), lufs=-24.0),
            kit.hits("drop", Zap(2200.0, 300.0, decay=0.05), ".7A .7A .3A .7A .7A", "..............x.",
                     lufs=-24.0, strip=Strip(echo=0.5, pan=0.2)),
            lead, bass,
        ),
        swing=0.55,
        echo=Echo((3.0, 5.0), 0.4, tone=(400.0, 5200.0)), hall=Hall(1.6),
        finish=Finish(-12.0, drive=1.0),
    )  # fmt: skip


def soft_machine_oil() -> Song:
    """C dorian, deep and round: a plucked bass, one organ chord that slides in and out of phase."""
    organ = Voice(
        "organ", Poly(saw=0.1, square=0.9, voices=2, detune=5, cutoff="0:600 12:1400 20:500 28:2000 36:600",
                      sweep=0.6, level=Envelope(0.004, 0.3, 0.3, 0.06)),
        ".8 A8 .4 A12 .4", {"A": ". . . . . . 0+2+4+6 . . 0+2+4+6 . . . . . . | ."},
        Strip(lufs=-21.0, duck=0.4, echo=0.3, hall=0.15, low_cut=200.0, inserts=(Chorus(),)), octave=2,
    )  # fmt: skip
    bass = Voice("bass", Pluck(0.986, 0.35, pick=1800.0), ".4 A32",
                {"A": "0 . . . 0 . . 2 . . . 0 . . 4, . | 0 . . . 0 . . 5 . . 4 . . 2 . ."},
                Strip(lufs=-16.5, duck=0.4, high_cut=1600.0), octave=0, part="bass")  # fmt: skip
    voice = Voice("voice", Fm((1.0, 4.0), (0.9, 0.4), (0.2, 0.1), 0.4, detune=9.0), ".12 A4 .4 A12 .4",
                 {"A": ". | . . . . . . . . . . 7 - 8 - 6 - | . | . . . . . . . . . . 4 - - - . ."},
                 Strip(lufs=-23.0, pan=-0.25, echo=0.4, hall=0.25, low_cut=300.0), octave=1)  # fmt: skip
    return Song(
        (
            kit.kick(_TIGHT, "A15C .4 A15B", lufs=-13.2),
            kit.hits("conga", Tom(150.0, 0.12, slap=0.4), ".4 A12 .4 A16", "..o..x.o..x..g.o", lufs=-24.5,
                     vary=0.25, loose=3.0, strip=Strip(pan=0.3, room=0.3)),
            kit.hits("shaker", Shaker(), ".4 A32", "oxgxoxgxoxgxoxgx", lufs=-28.0, loose=4.0,
                     strip=Strip(pan=-0.25)),
            kit.clap(".8 A8 .4 A12 .4", lufs=-22.5, hall=0.08),
            kit.open_hat(".4 A12 .4 A16", drum=Hat(0.09, 0.95), lufs=-24.0),
            kit.hits("snap", Snare(260.0, snap=0.05), ".16 .8 A8 .4", ".......x......x.", lufs=-25.0,
                     strip=Strip(room=0.2)),
            Voice("room", Hiss(300.0, 5000.0, crackle=4.0), "A36", {"A": kit.held(36)}, Strip(lufs=-38.0)),
            organ, bass, voice,
        ),
        swing=0.57,
        echo=Echo((3.0, 4.0), 0.42, tone=(350.0, 4000.0)), hall=Hall(2.0, 4500.0),
        finish=Finish(-12.4, drive=0.8),
    )  # fmt: skip


def parallax() -> Song:
    """B phrygian, drier and faster: two blips drift apart in fives and threes over a square bass."""
    left = kit.hits(
        "left",
        Clang(620.0, ratio=1.5, index=2.5, decay=0.07),
        "A36",
        kit.drum_cycle("x..o.", 5),
        lufs=-23.5,
        strip=Strip(pan=-0.55, echo=0.2, room=0.1),
    )
    right = kit.hits(
        "right",
        Clang(930.0, ratio=2.0, index=1.8, decay=0.05),
        ".4 A32",
        kit.drum_cycle("o.x", 3),
        lufs=-25.0,
        strip=Strip(pan=0.55, echo=0.25, room=0.1),
    )
    bass = Voice(
        "bass", Mono(saw=0.0, square=1.0, sub=0.4, cutoff="0:250 12:500 20:250 28:900 36:250",
                     resonance=0.45, sweep=1.2, decay=0.07, gate=0.35),
        ".4 A12 .4 B8 A4 .4",
        {"A": "0 . 0 . . 1 . 0 . . 0 . . . 0 .", "B": "0 . 0 . . 1 . 0 . 7 0 . 4~ 3 0 1"},
        Strip(lufs=-17.0, duck=0.45, low_cut=38.0), octave=-1, part="bass",
    )  # fmt: skip
    grain = Voice("grain", Poly(voices=2, detune=15, cutoff="0:1500 36:3500", sweep=0.4, gate=0.3,
                               level=Envelope(0.02, 0.3, 0.6, 0.05)),
                 ".8 A8 .4 A12 .4", {"A": ". . . . . . . . . . . . 4+8 . . . | ."},
                 Strip(lufs=-23.5, echo=0.45, hall=0.2, low_cut=300.0, inserts=(Crush(8000.0, 6.0, 0.5),)),
                 octave=2)  # fmt: skip
    return Song(
        (
            kit.kick(_TIGHT, "A15C .4 A15B", lufs=-12.8),
            kit.closed_hat(".2 C14 .4 C16", drum=Hat(0.022, 1.1), lufs=-25.0),
            kit.open_hat(".8 A8 .4 A12 .4", drum=Hat(0.1, 1.1), lufs=-23.0),
            kit.clap(".8 A8 .4 A12 .4", drum=Clap(1400.0, hands=3, decay=0.06), lufs=-21.5, hall=0.05),
            kit.hits("rim", Rim(1800.0), ".12 A4 .4 A12 .4", "...x..x..x....o.", lufs=-26.0),
            kit.ride(".24 B8 .4", drum=Cymbal(0.16, low=560.0), lufs=-26.0),
            kit.crash(".8 A.15 A.11", lufs=-25.0),
            left, right, bass, grain,
        ),
        swing=0.52,
        echo=Echo((2.0, 5.0), 0.38, tone=(450.0, 6000.0)), hall=Hall(1.3),
        finish=Finish(-11.6, drive=1.4),
    )  # fmt: skip


SONGS: dict[str, Callable[[], Song]] = {
    "Pin Tumbler": pin_tumbler,
    "Soft Machine Oil": soft_machine_oil,
    "Parallax": parallax,
}
