"""Basses of all kinds."""

from __future__ import annotations

from core.demo.effects.inserts import Chorus, Crush, Drive, Filter, Fold, Phaser, Squeeze
from core.demo.endless import patterns
from core.demo.endless.dice import Dice
from core.demo.endless.form import Form
from core.demo.song import Insert, Instrument, Strip, Voice
from core.demo.synths.envelopes import Envelope
from core.demo.synths.fm import Fm
from core.demo.synths.mono import Mono
from core.demo.synths.poly import Poly
from core.demo.synths.strings import Pluck

LUFS = -16.5
_POOLS = ((0,), (0, 7), (0, 4, 7), (0, 2, 3, 4), (0, 6, 7, 2), (0, 1, 3), (-3, 0, 2, 4, 7),
          (0, 3, 4, 6, 7, 9))  # fmt: skip
_RHYTHMS = {
    "off": ("..x...x...x...x.",),
    "rolling": (".xxX.xxX.xxX.xxX", ".xxx.xxx.xxx.xxx"),
    "gallop": ("x.xxx.xxx.xxx.xx", "..xx..xx..xx..xx"),
    "all": ("xxxxxxxxxxxxxxxx", "XxxxXxxxXxxxXxxx"),
    "long": ("x...............", "x.........x.....", "x.......x......."),
    "eighths": ("x.x.x.x.x.x.x.x.",),
}
_KINDS = {
    "sub": {"long": 2.0, "free": 2.0, "off": 1.0, "all": 0.3},
    "long808": {"long": 2.0, "free": 2.0},
    "acid": {"free": 4.0, "all": 1.5, "gallop": 0.5},
    "reese": {"long": 3.0, "free": 2.0},
    "fm": {"free": 3.0, "rolling": 1.0, "off": 1.0, "eighths": 0.5},
    "off": {"off": 1.0},
    "rolling": {"rolling": 2.0, "gallop": 1.0, "all": 1.0},
    "pluck": {"free": 3.0, "eighths": 1.0, "gallop": 1.0},
    "square": {"free": 2.0, "eighths": 1.0, "all": 1.0, "gallop": 1.0},
    "stack": {"free": 2.0, "rolling": 1.0, "off": 1.0, "long": 1.0},
    "organ": {"off": 1.0, "free": 2.0, "gallop": 1.0},
    "wobble": {"long": 2.0, "free": 1.0},
}


def bass(dice: Dice, form: Form, kind: str, gain: float, duck: float) -> Voice:
    """A bass line.

    Args:
        dice: chance.
        form: where it plays.
        kind: of `_KINDS`.
        gain: dB on top of the usual level.
        duck: how far the kick pushes it, 0..1.
    """
    instrument = _instrument(dice, kind, form.bars)
    pool = dice.one(_POOLS)
    slide = dice.flat(0.1, 0.45) if kind == "acid" else dice.flat(0, 0.3) * dice.chance(0.3)
    hold = 0.95 if kind in ("reese", "sub", "long808", "wobble") else dice.flat(0.0, 0.5)

    def bars() -> str:
        laid = []
        for _ in range(dice.one((1, 1, 2, 2, 4))):
            rhythm = _rhythm(dice, kind)
            laid.append(patterns.line(dice, rhythm, pool, slide=slide, hold=hold,
                                      accent=dice.flat(0.05, 0.4)))  # fmt: skip
        return " | ".join(laid)

    strip = Strip(
        lufs=LUFS + gain,
        duck=duck,
        low_cut=dice.flat(25.0, 50.0),
        high_cut=_high_cut(dice, kind),
        level=patterns.curve(dice, form.bars, -4.0, 3.0) if dice.chance(0.2) else "",
        bells=tuple((dice.octaves(50, 6000), dice.near(0, 4), dice.octaves(0.5, 3))
                    for _ in range(dice.whole(0, 2))),
        room=dice.flat(0.03, 0.3) if dice.chance(0.12) else 0.0,
        hall=dice.flat(0.02, 0.2) if dice.chance(0.1) else 0.0,
        echo=dice.flat(0.05, 0.35) if dice.chance(0.15) else 0.0,
        inserts=_inserts(dice, kind, form.bars),
    )  # fmt: skip
    octave = -1 if kind not in ("acid", "wobble") or dice.chance(0.5) else 0
    if dice.chance(0.08):
        octave = 0
    return Voice(f"bass {kind}", instrument, form.letters("bass", letters=dice.one(("A", "AB"))),
                 {"A": bars(), "B": bars()}, strip, octave=octave, follow=dice.chance(0.5),
                 part="bass", loose=dice.flat(0, 4) * dice.chance(0.2))  # fmt: skip


def _high_cut(dice: Dice, kind: str) -> float:
    """Hz above which a bass leaves room for the others; 0 where it does not."""
    if kind == "sub":
        return dice.octaves(120.0, 900.0) if dice.chance(0.6) else 0.0
    return dice.octaves(400.0, 5000.0) if dice.chance(0.5) else 0.0


def _rhythm(dice: Dice, kind: str) -> str:
    chosen = dice.weighted(_KINDS[kind])
    if chosen == "free":
        return patterns.drums(dice, dice.flat(0.15, 0.7), dice.weighted({16: 8, 12: 1, 8: 1}))
    return dice.one(_RHYTHMS[chosen])


def _instrument(dice: Dice, kind: str, bars: int) -> Instrument:
    flat, octaves = dice.flat, dice.octaves
    cutoff = patterns.curve(dice, bars, 130.0, 1500.0, octaves=True)
    if kind == "sub":
        return Mono(saw=flat(0, 0.15), sub=1.0, square=flat(0, 0.2) * dice.chance(0.4),
                    cutoff=octaves(150, 500), sweep=flat(0, 1), gate=flat(0.4, 1.0),
                    glide=flat(0.01, 0.12), drive=flat(0.5, 2.5), release=flat(0.01, 0.06))  # fmt: skip
    if kind == "long808":
        return Mono(saw=0.0, sub=1.0, cutoff=octaves(200, 900), sweep=flat(0, 1.5), gate=1.0,
                    decay=0.1, glide=flat(0.02, 0.15), drive=octaves(1, 8), release=flat(0.05, 0.3),
                    attack=0.003)  # fmt: skip
    if kind == "acid":
        return Mono(saw=float(dice.chance(0.6)), square=1.0, cutoff=patterns.curve(dice, bars, 180, 1800, True),
                    resonance=patterns.curve(dice, bars, 0.45, 0.95), sweep=patterns.curve(dice, bars, 1.0, 3.5),
                    decay=octaves(0.06, 0.5), accent=flat(0.3, 1.2), diode=True, drive=flat(1, 4),
                    gate=flat(0.35, 0.8))  # fmt: skip
    if kind in ("reese", "wobble"):
        wobble = (dice.one((1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)), flat(0.4, 2.2))
        return Mono(saw=1.0, square=flat(0, 0.5), sub=flat(0, 0.8), voices=dice.one((2, 3, 4)),
                    detune=flat(8, 40), spread=dice.one((0.0, flat(0.1, 0.6))), cutoff=cutoff,
                    resonance=flat(0.1, 0.7), sweep=flat(0, 1.5), gate=0.97, drive=flat(1, 4),
                    wobble=wobble if kind == "wobble" or dice.chance(0.3) else (0.0, 0.0))  # fmt: skip
    if kind == "fm":
        ratios = dice.one(((1.0, 2.0), (1.0, 3.0), (0.5, 1.0), (1.0, 1.01), (2.0, 7.0), (1.0, 1.5)))
        return Fm(ratios, (octaves(0.5, 5), flat(0, 2.5)), (octaves(0.03, 0.4), octaves(0.02, 0.15)),
                  flat(0.0, 0.5), detune=flat(0, 6), gate=flat(0.4, 1.0),
                  level=Envelope(0.001, octaves(0.08, 0.6), flat(0, 0.8), flat(0.02, 0.1)))  # fmt: skip
    if kind == "pluck":
        return Pluck(flat(0.975, 0.996), flat(0.2, 0.7), octaves(800, 5000), flat(0.3, 1.0))
    if kind == "square":
        return Mono(saw=0.0, square=1.0, width=flat(0.1, 0.5), cutoff=patterns.curve(dice, bars, 200, 6000, True),
                    resonance=flat(0, 0.6), sweep=flat(0, 2), decay=octaves(0.04, 0.3),
                    gate=flat(0.3, 0.9), drive=flat(0.5, 3))  # fmt: skip
    if kind == "stack":
        return Poly(saw=1.0, square=flat(0, 0.8), sub=flat(0, 1), voices=dice.one((1, 2, 3)),
                    detune=flat(4, 25), spread=flat(0, 0.5), cutoff=cutoff, sweep=flat(0.5, 3),
                    decay=octaves(0.04, 0.4), resonance=flat(0, 0.7), four_poles=dice.chance(0.5),
                    level=Envelope(0.002, octaves(0.1, 0.6), flat(0, 0.8), 0.03), drive=flat(0, 2))  # fmt: skip
    if kind == "organ":
        return Fm((2.0, dice.one((3.0, 4.0, 1.0))), (flat(0.4, 1.8), flat(0, 0.8)), (0.15, 0.05),
                  flat(0.2, 0.7), detune=0.0, gate=flat(0.4, 0.9),
                  level=Envelope(0.001, octaves(0.08, 0.3), flat(0, 0.4), 0.03))  # fmt: skip
    return Mono(saw=1.0, square=flat(0, 0.7), sub=flat(0, 0.9), cutoff=cutoff, resonance=flat(0.05, 0.6),
                sweep=flat(0.3, 2.5), decay=octaves(0.05, 0.25), gate=flat(0.3, 0.8),
                drive=flat(0.8, 3.5), voices=dice.one((1, 1, 2)), detune=flat(3, 15))  # fmt: skip


def _inserts(dice: Dice, kind: str, bars: int) -> tuple[Insert, ...]:
    made: list[Insert] = []
    dirty = {"sub": 0.1, "long808": 0.3, "reese": 0.5, "acid": 0.6}.get(kind, 0.3)
    if dice.chance(dirty):
        made.append(Drive(dice.flat(4, 18), dice.flat(0.3, 1.0), dice.flat(0, 0.3)))
    if dice.chance(0.06):
        made.append(Fold(dice.flat(1.1, 2.5)))
    if dice.chance(0.08):
        made.append(Crush(dice.octaves(5000, 20_000), dice.flat(5, 12), dice.flat(0.3, 1.0)))
    if dice.chance(0.08) and kind not in ("sub", "long808"):
        swirls: tuple[Insert, ...] = (
            Chorus(rate=dice.flat(0.1, 1)),
            Phaser(dice.one((2.0, 4.0, 8.0))),
        )
        made.append(dice.one(swirls))
    if dice.chance(0.15):
        made.append(Squeeze(dice.flat(-30, -16), dice.flat(2, 6)))
    if dice.chance(0.08):
        made.append(Filter(patterns.curve(dice, bars, 300, 6000, True), q=dice.flat(0.6, 2)))
    return tuple(made)
