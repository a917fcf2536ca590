"""All that is neither kick, bass nor drums: chords, leads, pads, voices, noise, effects."""

from __future__ import annotations

from collections.abc import Callable

from core.demo.drums.kicks import Boom
from core.demo.drums.oneshots import OneShots
from core.demo.effects.inserts import (
    Chop,
    Chorus,
    Crush,
    Drive,
    Filter,
    Fold,
    Phaser,
    Ring,
    Squeeze,
)
from core.demo.endless import patterns
from core.demo.endless.dice import Dice
from core.demo.endless.form import Form
from core.demo.song import Insert, Instrument, Strip, Voice
from core.demo.synths.envelopes import Envelope
from core.demo.synths.fm import Fm
from core.demo.synths.formants import Formants, Talker
from core.demo.synths.mono import Mono
from core.demo.synths.pads import VOWELS, Pad
from core.demo.synths.poly import Poly
from core.demo.synths.strings import Pluck
from core.demo.synths.textures import Drone, Hiss, Sweep

_ROOTS = ((0,), (0, 5), (0, 5, 3), (0, 3, 4), (0, -2, 5, 6), (0, 1))
_SCALES = (
    (0, 2, 4, 7),
    (0, 2, 3, 4, 6, 7, 9),
    (0, 4, 7, 9, 11),
    (0, 1, 3, 4, 7),
    (7, 9, 11, 12, 14),
)
Drawn = tuple[Instrument, dict[str, str], float, int]
"""Instrument, patterns A and B, usual loudness in LUFS, octave."""


def colour(dice: Dice, form: Form, kind: str, gain: float, duck: float) -> Voice:
    """One voice of the rest.

    Args:
        dice: chance.
        form: where it plays.
        kind: of `KINDS`.
        gain: dB on top of the usual level.
        duck: how far the kick pushes it, 0..1.
    """
    instrument, written, lufs, octave = KINDS[kind](dice, form.bars)
    effect = kind in ("riser", "fall", "impact")
    if kind == "riser":
        bars = form.edges(0.8, before=dice.one((1, 2, 4)))
    elif effect:
        bars = form.edges(0.8)
    elif kind in ("hiss", "crackle", "drone"):
        bars = form.letters("rest")
    else:
        bars = form.letters("rest", share=0.85, letters=dice.one(("A", "AB")))
    wet = dice.chance(0.75)
    strip = Strip(
        lufs=lufs + gain + dice.near(0.0, 2.0),
        level=patterns.curve(dice, form.bars, -8.0, 3.0) if dice.chance(0.3) else "",
        pan=dice.flat(-0.6, 0.6) if dice.chance(0.3) else 0.0,
        width=dice.flat(0.0, 1.3),
        low_cut=0.0 if effect else dice.octaves(25.0, 350.0),
        high_cut=dice.octaves(1500.0, 12_000.0) if dice.chance(0.45) else 0.0,
        bells=tuple((dice.octaves(150, 9000), dice.near(0, 4), dice.octaves(0.5, 3))
                    for _ in range(dice.whole(0, 1))),
        duck=duck * dice.flat(0.3, 1.0),
        echo=dice.flat(0.05, 0.7) if wet and dice.chance(0.6) else 0.0,
        hall=dice.flat(0.03, 0.6) if wet and dice.chance(0.7) else 0.0,
        room=dice.flat(0.05, 0.4) if dice.chance(0.15) else 0.0,
        inserts=() if effect else _inserts(dice, kind, form.bars),
    )  # fmt: skip
    return Voice(f"rest {kind}", instrument, bars, written, strip, octave=octave,
                 follow=dice.chance(0.6), loose=dice.flat(0, 5) * dice.chance(0.3))  # fmt: skip


def _both(one: Callable[[], str]) -> dict[str, str]:
    return {"A": one(), "B": one()}


def _rhythm(dice: Dice, low: float, high: float) -> str:
    return patterns.drums(dice, dice.octaves(low, high), dice.weighted({16: 8, 12: 1, 8: 1.5}))


def _lines(dice: Dice, low: float, high: float, slide: float = 0.0) -> dict[str, str]:
    pool, hold = dice.one(_SCALES), dice.flat(0.0, 0.8)

    def bars() -> str:
        count = dice.one((1, 1, 2, 2, 4))
        return " | ".join(
            patterns.line(dice, _rhythm(dice, low, high), pool, slide=slide, hold=hold)
            for _ in range(count)
        )

    return _both(bars)


def _chords(dice: Dice, low: float, high: float) -> dict[str, str]:
    roots, hold = dice.one(_ROOTS), dice.flat(0.0, 0.8)

    def bars() -> str:
        count = dice.one((1, 1, 2, 2, 4))
        return " | ".join(
            patterns.stabs(dice, _rhythm(dice, low, high), roots, hold) for _ in range(count)
        )

    return _both(bars)


def _long(dice: Dice, bars: int, single: bool = False) -> dict[str, str]:
    roots = dice.one(_ROOTS)
    return _both(lambda: patterns.held(dice, bars, roots, single))


def _stab(dice: Dice, bars: int) -> Drawn:
    flat, octaves = dice.flat, dice.octaves
    synth = Poly(saw=flat(0.3, 1), square=flat(0, 1) * dice.chance(0.4), air=flat(0, 0.15) * dice.chance(0.3),
                 voices=dice.one((1, 2, 3)), detune=flat(3, 30), spread=flat(0.1, 1),
                 cutoff=patterns.curve(dice, bars, 300, 4000, True), sweep=flat(0, 3),
                 decay=octaves(0.04, 0.4), resonance=flat(0, 0.7), four_poles=dice.chance(0.3),
                 level=Envelope(octaves(0.001, 0.02), octaves(0.06, 0.6), flat(0, 0.6), octaves(0.02, 0.3)),
                 drive=flat(0, 2) * dice.chance(0.5))  # fmt: skip
    return synth, _chords(dice, 0.06, 0.35), -20.0, dice.one((1, 1, 2))


def _strings(dice: Dice, bars: int) -> Drawn:
    flat, octaves = dice.flat, dice.octaves
    synth = Poly(voices=dice.one((2, 3)), detune=flat(6, 25), spread=flat(0.3, 1),
                 cutoff=patterns.curve(dice, bars, 500, 6000, True), sweep=flat(0, 0.5), decay=1.0,
                 four_poles=False, level=Envelope(octaves(0.02, 0.8), 1.0, 1.0, octaves(0.05, 0.8)),
                 vibrato=(flat(4, 6), flat(0, 15)))  # fmt: skip
    return synth, _long(dice, bars), -22.0, dice.one((1, 2, 2))


def _pad(dice: Dice, bars: int) -> Drawn:
    flat, octaves = dice.flat, dice.octaves
    pad = Pad(dice.whole(6, 50), flat(-12, -2), octaves(6, 90), flat(0.1, 1),
              dice.one(("", "", *VOWELS)), flat(0, 0.6) * dice.chance(0.4),
              Envelope(octaves(0.01, 1.2), 1.0, 1.0, octaves(0.1, 1.2)))  # fmt: skip
    return pad, _long(dice, bars), -22.0, dice.one((1, 2, 2, 3))


def _saws(dice: Dice, bars: int) -> Drawn:
    flat = dice.flat
    synth = Poly(voices=dice.one((5, 7)), detune=flat(10, 45), spread=flat(0.4, 1), sub=flat(0, 0.3),
                 cutoff=patterns.curve(dice, bars, 1200, 12_000, True), sweep=flat(0, 1.5),
                 decay=flat(0.1, 0.6), four_poles=False,
                 level=Envelope(0.003, 0.4, flat(0.3, 1), dice.octaves(0.03, 0.3)))  # fmt: skip
    written = _chords(dice, 0.1, 0.4) if dice.chance(0.6) else _lines(dice, 0.2, 0.6)
    return synth, written, -19.0, dice.one((1, 2))


def _lead(dice: Dice, bars: int) -> Drawn:
    flat = dice.flat
    mono = Mono(saw=flat(0, 1), square=flat(0.2, 1), width=flat(0.1, 0.5), voices=dice.one((1, 1, 2, 3)),
                detune=flat(4, 25), spread=dice.one((0.0, 0.5)),
                cutoff=patterns.curve(dice, bars, 500, 8000, True), resonance=flat(0, 0.85),
                sweep=flat(0, 2.5), decay=dice.octaves(0.05, 0.6), gate=flat(0.3, 1.0),
                glide=flat(0.01, 0.12), drive=flat(0.3, 3), diode=dice.chance(0.2))  # fmt: skip
    return mono, _lines(dice, 0.1, 0.6, slide=flat(0, 0.4)), -20.0, dice.one((1, 1, 2, 3))


def _hoover(dice: Dice, bars: int) -> Drawn:
    flat = dice.flat
    mono = Mono(saw=0.8, square=0.7, sub=flat(0, 0.4), voices=dice.one((3, 5)), detune=flat(18, 50),
                spread=flat(0.2, 1), cutoff=patterns.curve(dice, bars, 700, 7000, True),
                resonance=flat(0, 0.4), sweep=flat(0, 1), decay=0.4, gate=0.95, glide=flat(0.04, 0.2),
                drive=flat(1, 3))  # fmt: skip
    return mono, _lines(dice, 0.08, 0.3, slide=0.5), -20.0, dice.one((0, 1, 1))


def _arp(dice: Dice, bars: int) -> Drawn:
    flat, octaves = dice.flat, dice.octaves
    written = _lines(dice, 0.4, 0.95)
    level = Envelope(0.002, octaves(0.04, 0.3), 0.0, octaves(0.02, 0.15))
    if dice.chance(0.4):
        return (
            Pluck(flat(0.98, 0.998), flat(0.3, 0.9), octaves(1500, 9000), flat(0.2, 0.9)),
            written,
            -21.0,
            2,
        )
    synth = Poly(saw=flat(0, 1), square=flat(0.2, 1), voices=dice.one((1, 2)), detune=flat(3, 20),
                 spread=flat(0, 1), cutoff=patterns.curve(dice, bars, 400, 5000, True),
                 sweep=flat(0.5, 3), decay=octaves(0.03, 0.2), resonance=flat(0, 0.7),
                 four_poles=False, level=level)  # fmt: skip
    return synth, written, -21.0, dice.one((1, 2, 2, 3))


def _bells(dice: Dice, bars: int) -> Drawn:
    flat, octaves = dice.flat, dice.octaves
    ratios = dice.one(((3.5, 14.0), (1.41, 2.76), (2.0, 7.0), (1.0, 3.5), (5.4, 11.0)))
    fm = Fm(ratios, (flat(0.5, 4), flat(0, 2)), (octaves(0.1, 1.5), octaves(0.03, 0.3)), flat(0, 0.3),
            patterns.curve(dice, bars, 0.4, 1.5), flat(0, 12),
            Envelope(0.001, octaves(0.1, 1.5), 0.0, octaves(0.05, 0.8)))  # fmt: skip
    return fm, _lines(dice, 0.06, 0.5), -21.0, dice.one((1, 2, 3))


def _keys(dice: Dice, bars: int) -> Drawn:
    flat, octaves = dice.flat, dice.octaves
    ratios = dice.one(((1.0, 14.0), (1.0, 3.0), (1.0, 2.0), (2.0, 4.0), (3.0, 1.0)))
    fm = Fm(ratios, (flat(0.3, 2.5), flat(0, 0.8)), (octaves(0.15, 1.0), 0.06), flat(0, 0.8),
            detune=flat(0, 12), level=Envelope(0.002, octaves(0.15, 1.2), flat(0, 0.9), octaves(0.03, 0.3)),
            strum=flat(0, 0.02) * dice.chance(0.4))  # fmt: skip
    return fm, _chords(dice, 0.08, 0.45), -20.0, dice.one((1, 1, 2))


def _chip(dice: Dice, bars: int) -> Drawn:
    mono = Mono(saw=0.0, square=1.0, width=dice.one((0.5, 0.25, 0.125)), cutoff=14_000.0,
                resonance=0.0, sweep=0.0, gate=dice.flat(0.5, 1.0), glide=0.002, drive=0.0,
                release=0.004)  # fmt: skip
    pool = dice.one(((0, 4, 7), (0, 2, 4), (0, 2, 4, 7, 9)))
    if dice.chance(0.5):
        steps = dice.one((32, 48, 24))

        def one() -> str:
            return " ".join(str(pool[k % len(pool)]) for k in range(steps))

        return mono, _both(one), -20.0, dice.one((2, 2, 3))
    return mono, _lines(dice, 0.2, 0.7), -20.0, dice.one((1, 2, 3))


def _singer(dice: Dice, bars: int) -> Drawn:
    flat = dice.flat
    vowels = tuple(dice.one(list(VOWELS)) for _ in range(dice.whole(1, 4)))
    throat = Formants(vowels, flat(0.8, 1.5), flat(0, 0.5), flat(0.04, 0.4), (flat(4, 7), flat(0, 60)),
                      flat(0, 3), dice.octaves(0.02, 0.2), dice.octaves(0.005, 0.15),
                      dice.octaves(0.02, 0.2), flat(0.4, 1.0), flat(0.5, 1.8))  # fmt: skip
    return throat, _lines(dice, 0.06, 0.4, slide=0.3), -20.0, dice.one((0, 1, 1, 2))


def _talker(dice: Dice, bars: int) -> Drawn:
    flat = dice.flat
    vowels = tuple(dice.one(list(VOWELS)) for _ in range(dice.whole(5, 9)))
    throat = Formants(vowels, flat(0.8, 1.5), flat(0, 0.4), flat(0.04, 0.3), (flat(3, 6), flat(0, 30)),
                      flat(-3, 4), dice.octaves(0.02, 0.08), dice.octaves(0.005, 0.03),
                      dice.octaves(0.02, 0.08), flat(0.5, 1.0), flat(0.5, 1.5))  # fmt: skip
    talker = Talker(throat, flat(0.2, 0.7), dice.octaves(0.1, 0.8), dice.octaves(2500, 8000))
    pool = dice.one(((0, 1, 0, -1), (0, 1, 2, 3), (0, 0, 1, -2), (0,)))

    def phrase() -> str:
        syllables = patterns.drums(dice, flat(0.35, 0.8), dice.one((16, 16, 24)))
        said = round(len(syllables) * flat(0.4, 1.0))
        rhythm = syllables[:said] + "." * (len(syllables) - said)
        return patterns.line(dice, rhythm, pool, slide=0.2, hold=0.4)

    def phrases() -> str:
        return " | ".join(phrase() for _ in range(dice.one((1, 2, 4))))

    return talker, _both(phrases), -19.0, dice.one((-1, 0, 0, 1))


def _guitar(dice: Dice, bars: int) -> Drawn:
    pluck = Pluck(
        dice.flat(0.99, 0.999), dice.flat(0.4, 0.9), dice.octaves(2500, 9000), dice.flat(0.4, 1.5)
    )
    return pluck, _chords(dice, 0.1, 0.5), -20.0, dice.one((0, 1, 1))


def _drone(dice: Dice, bars: int) -> Drawn:
    stack = tuple(
        dice.octaves(0.5, 3.1) if dice.chance(0.5) else k + dice.near(0, 0.005)
        for k in (1, 1.5, 2, 3)
    )
    bands = tuple(dice.octaves(120, 5000) for _ in range(3))
    drone = Drone(stack, bands, dice.flat(0.1, 1.0), dice.octaves(1, 10), dice.octaves(0.5, 5))
    return drone, _long(dice, bars, single=True), -26.0, dice.one((-1, 0, 1))


def _hiss(dice: Dice, bars: int) -> Drawn:
    low = dice.octaves(60, 3000)
    bed = Hiss(low, min(low * dice.octaves(3, 60), 18_000.0), 0.0, dice.flat(0, 0.4) * dice.chance(0.2),
               dice.octaves(0.25, 8))  # fmt: skip
    return bed, _long(dice, bars, single=True), -32.0 + 10 * dice.chance(0.3), 0


def _crackle(dice: Dice, bars: int) -> Drawn:
    bed = Hiss(dice.octaves(200, 900), dice.octaves(2500, 9000), dice.octaves(3, 80))
    return bed, _long(dice, bars, single=True), -32.0, 0


def _riser(dice: Dice, bars: int) -> Drawn:
    start, end = dice.octaves(100, 900), dice.octaves(2500, 15_000)
    sweep = Sweep(start, end, dice.octaves(0.5, 4), dice.flat(0.7, 2.5), dice.flat(0, 0.8) * dice.chance(0.5),
                  True, dice.one((0.0, 0.0, 0.5, 1.0, 2.0)))  # fmt: skip
    return sweep, {"A": "0 | - | - | -"}, -21.0, 0


def _fall(dice: Dice, bars: int) -> Drawn:
    start, end = dice.octaves(2500, 14_000), dice.octaves(80, 600)
    sweep = Sweep(
        start,
        end,
        dice.octaves(0.5, 3),
        dice.flat(0.4, 1.5),
        dice.flat(0, 0.5) * dice.chance(0.3),
        False,
    )
    return sweep, {"A": "0 | - | - | -"}, -21.0, 0


def _impact(dice: Dice, bars: int) -> Drawn:
    boom = Boom(dice.flat(30, 70), dice.octaves(0.3, 1.8))
    return OneShots(boom, takes=1, layers=1), {"A": "X..............."}, -18.0, 0


def _noise(dice: Dice, bars: int) -> Drawn:
    sweep = Sweep(dice.octaves(200, 6000), dice.octaves(200, 9000), dice.octaves(0.5, 6), 1.0,
                  rise=dice.chance(0.2))  # fmt: skip
    return sweep, _lines(dice, 0.05, 0.5), -23.0, 0


KINDS: dict[str, Callable[[Dice, int], Drawn]] = {
    "stab": _stab,
    "strings": _strings,
    "pad": _pad,
    "saws": _saws,
    "lead": _lead,
    "hoover": _hoover,
    "arp": _arp,
    "bells": _bells,
    "keys": _keys,
    "chip": _chip,
    "singer": _singer,
    "talker": _talker,
    "guitar": _guitar,
    "drone": _drone,
    "hiss": _hiss,
    "crackle": _crackle,
    "riser": _riser,
    "fall": _fall,
    "impact": _impact,
    "noise": _noise,
}
"""Each draws an instrument, patterns, loudness and octave for a song of so many bars."""


def _inserts(dice: Dice, kind: str, bars: int) -> tuple[Insert, ...]:
    made: list[Insert] = []
    if dice.chance(0.9 if kind == "guitar" else 0.1):
        made.append(
            Drive(
                dice.flat(3, 22 if kind == "guitar" else 14), dice.flat(0.3, 1.0), dice.flat(0, 0.3)
            )
        )
    if dice.chance(0.03):
        made.append(Fold(dice.flat(1.1, 2.5)))
    if dice.chance(0.06):
        made.append(Crush(dice.octaves(5000, 22_000), dice.flat(5, 12), dice.flat(0.3, 1.0)))
    if dice.chance(0.15):
        swirls: tuple[Insert, ...] = (
            Chorus(rate=dice.flat(0.1, 1.2)),
            Phaser(dice.one((1.0, 4.0, 8.0))),
        )
        made.append(dice.one(swirls))
    if kind in ("pad", "strings", "saws", "drone", "hiss") and dice.chance(0.25):
        gate = patterns.drums(dice, dice.flat(0.4, 0.8))
        made.append(Chop(gate, dice.flat(0.5, 1.0), dice.octaves(0.002, 0.02), dice.flat(0.4, 1.0)))
    if dice.chance(0.12):
        hz = patterns.curve(dice, bars, 250, 8000, octaves=True)
        lfo = (dice.one((0.25, 0.5, 1.0, 4.0)), dice.flat(0, 1.5) * dice.chance(0.5))
        made.append(Filter(hz, dice.one(("low", "low", "band", "high")), dice.flat(0.6, 4), lfo))
    if dice.chance(0.04):
        made.append(Ring(dice.octaves(60, 1500), dice.flat(0.2, 0.8)))
    if dice.chance(0.1):
        made.append(Squeeze(dice.flat(-30, -16), dice.flat(2, 6)))
    return tuple(made)
