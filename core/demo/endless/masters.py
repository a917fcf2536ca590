"""Effects on a whole mix: from none to heavy compression, wide to mono, CD to cassette."""

from __future__ import annotations

from core.demo.effects.masters import (
    BandLimit,
    Bits,
    Clip,
    Codec,
    Fader,
    Glue,
    Hold,
    Limit,
    Stutter,
    Sweep,
    Tone,
    Width,
    Wow,
)
from core.demo.endless import patterns
from core.demo.endless.dice import Dice
from core.demo.song import MasterEffect
from core.settings import PARTS

KINDS = ("dry", "clean", "loud", "crushed", "lofi")


def masters(dice: Dice, kind: str, bars: int) -> tuple[MasterEffect, ...]:
    """The chain of a song.

    Args:
        dice: chance.
        kind: of `KINDS`.
        bars: of the song, for what moves.
    """
    made: list[MasterEffect] = []
    if dice.chance(0.2):
        made.append(_sweep(dice, bars))
    made += _groups(dice, kind)
    if dice.chance(0.07):
        made.append(_stutter(dice, bars))
    made.append(_tone(dice))
    if dice.chance(0.2):
        made.append(Width(0.0))
    elif dice.chance(0.4):
        tilt = dice.flat(-0.3, 0.3) if dice.chance(0.1) else 0.0
        made.append(Width(dice.flat(0.1, 1.6), tilt))
    if kind != "dry":
        made += _dynamics(dice, kind)
    if kind == "lofi":
        made += _lofi(dice)
    elif dice.chance(0.3):
        made.append(
            BandLimit(dice.one((11_000.0, 15_000.0, 15_800.0, 16_000.0, 17_500.0, 19_000.0)))
        )
    if dice.chance(0.06):
        made.append(Codec(dice.flat(14, 30), dice.one((11_000.0, 14_000.0, 16_000.0))))
    if dice.chance(0.08):
        level = f"0:{dice.flat(-18, 0):.1f} {bars / 2}:{dice.flat(-6, 0):.1f} {bars}:{dice.flat(-12, 0):.1f}"
        made.append(Fader(level))
    made.append(_limit(dice, kind))
    return tuple(made)


def _groups(dice: Dice, kind: str) -> list[MasterEffect]:
    """Buses: drums squeezed together, kick and bass through one distortion."""
    made: list[MasterEffect] = []
    if dice.chance(0.2):
        group = dice.one((("drums",), ("kick", "drums"), ("rest",), ("bass", "rest")))
        made.append(Glue(dice.flat(-14, -2), dice.octaves(1.5, 10), dice.octaves(0.0005, 0.03),
                         dice.octaves(0.03, 0.4), group))  # fmt: skip
    if dice.chance(0.4 if kind == "crushed" else 0.1):
        group = dice.one(
            (("kick", "bass"), ("kick", "bass"), ("kick", "bass", "drums"), ("drums",))
        )
        made.append(Clip(dice.flat(0, 12), dice.flat(0.2, 0.95), False, group))
    return made


def _stutter(dice: Dice, bars: int) -> MasterEffect:
    steps = dice.one((2.0, 4.0, 8.0))
    places = tuple(dice.whole(1, bars) - steps / 16 for _ in range(dice.whole(1, 4)))
    return Stutter(places, steps, dice.one((0.25, 0.5, 1.0, 1.0, 2.0)))


def _tone(dice: Dice) -> MasterEffect:
    bells = tuple(
        (dice.octaves(40, 12_000), dice.near(0, 2.5), dice.octaves(0.4, 2))
        for _ in range(dice.whole(0, 2))
    )
    return Tone(
        bells,
        (dice.octaves(60, 250), dice.near(0, 3.5)),
        (dice.octaves(1500, 9000), dice.near(0.5, 4)),
        dice.octaves(15, 45) if dice.chance(0.5) else 0.0,
    )


def _sweep(dice: Dice, bars: int) -> MasterEffect:
    kind = dice.weighted({"low": 3.0, "high": 2.0, "band": 0.5, "notch": 0.5})
    low, high = {"low": (200, 12_000), "high": (20, 1500)}.get(kind, (200, 6000))
    hz = patterns.curve(dice, bars, low, high, octaves=True)
    groups = (
        PARTS,
        ("drums", "rest"),
        ("rest",),
        ("bass", "rest"),
        ("drums",),
        ("kick",),
        ("bass",),
    )
    return Sweep(hz, kind, dice.octaves(0.6, 3), dice.one(groups))


def _dynamics(dice: Dice, kind: str) -> list[MasterEffect]:
    made: list[MasterEffect] = []
    if dice.chance(0.7):
        made.append(Glue(dice.flat(-10, 2), dice.octaves(1.3, 6 if kind != "crushed" else 20),
                         dice.octaves(0.001, 0.06), dice.octaves(0.03, 0.5)))  # fmt: skip
    if kind == "crushed":
        made.append(Clip(dice.flat(3, 14), dice.flat(0.3, 0.999), dice.chance(0.1)))
    elif kind == "loud" or dice.chance(0.3):
        made.append(Clip(dice.flat(-3, 5), dice.flat(0.3, 0.999), dice.chance(0.1)))
    return made


def _lofi(dice: Dice) -> list[MasterEffect]:
    made: list[MasterEffect] = []
    if dice.chance(0.5):
        made.append(Wow(dice.octaves(0.0002, 0.003), dice.octaves(0.3, 6)))
    if dice.chance(0.5):
        made.append(Bits(dice.flat(6, 12)))
    if dice.chance(0.3):
        made.append(Hold(dice.octaves(9000, 32_000)))
    if dice.chance(0.6):
        made.append(BandLimit(dice.octaves(5000, 16_000)))
    if dice.chance(0.3):
        made.append(Tone(low_cut=dice.octaves(40, 200)))
    return made


def _limit(dice: Dice, kind: str) -> MasterEffect:
    lufs = {"dry": -18.0, "clean": -13.0, "loud": -9.5, "crushed": -8.0, "lofi": -13.0}[kind]
    if dice.chance(0.08):
        return Limit(dice.flat(-36, -22), -0.3)
    return Limit(dice.near(lufs, 2.0), dice.flat(-1.0, 0.0), dice.octaves(0.02, 0.3))
