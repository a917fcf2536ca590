"""Drums other than the kick: hats, claps, breaks, toms, metal, clicks."""

from __future__ import annotations

from collections.abc import Callable

from core.demo.drums.breaks import Break, Burst, Thump
from core.demo.drums.claps import Clap, Rim, Snare
from core.demo.drums.kicks import Kick
from core.demo.drums.metals import Cymbal, Hat, Shaker
from core.demo.drums.oneshots import Drum, OneShots
from core.demo.drums.percussion import Block, Clang, Tom, Zap
from core.demo.effects.gated import GatedRoom
from core.demo.effects.inserts import Crush, Drive, Filter, Ring, Squeeze
from core.demo.endless import patterns
from core.demo.endless.dice import Dice
from core.demo.endless.form import Form
from core.demo.song import Insert, Instrument, Strip, Voice

Maker = Callable[[Dice, Form], Voice]


def percussion(dice: Dice, form: Form, kind: str, gain: float, duck: float) -> Voice:
    """One voice of drums.

    Args:
        dice: chance.
        form: where it plays.
        kind: of `KINDS`.
        gain: dB on top of the usual level.
        duck: how far the kick may push it, 0..1.
    """
    drum, lufs, rhythm = KINDS[kind](dice)
    low_cut = {"hat": 3000.0, "open": 2500.0, "ride": 600.0, "shaker": 2000.0}.get(kind, 0.0)
    strip = Strip(
        lufs=lufs + gain + dice.near(0.0, 2.0),
        pan=dice.flat(-0.7, 0.7) if dice.chance(0.5) else 0.0,
        width=dice.flat(0.0, 1.3),
        low_cut=low_cut * dice.flat(0.3, 1.5),
        bells=tuple((dice.octaves(200, 12_000), dice.near(0, 4), dice.octaves(0.5, 3))
                    for _ in range(dice.whole(0, 1))),
        duck=duck * dice.flat(0, 1) if dice.chance(0.5) else 0.0,
        level=patterns.curve(dice, form.bars, -6.0, 2.0) if dice.chance(0.15) else "",
        room=dice.flat(0.05, 0.6) if dice.chance(0.35) else 0.0,
        hall=dice.flat(0.03, 0.5) if dice.chance(0.2) else 0.0,
        echo=dice.flat(0.05, 0.6) if dice.chance(0.15) else 0.0,
        inserts=_inserts(dice, kind, form.bars),
    )  # fmt: skip
    if isinstance(drum, Break):
        instrument: Instrument = drum
    else:
        instrument = OneShots(drum, takes=dice.one((1, 3)), layers=dice.one((1, 3)),
                              steps=dice.octaves(0.5, 4) if dice.chance(0.15) else 0.0,
                              choke=kind in ("open", "ride") and dice.chance(0.6))  # fmt: skip
    fill = patterns.roll(dice) if dice.chance(0.3) else _bar(dice, rhythm)
    patterned = {
        "A": " | ".join(_bar(dice, rhythm) for _ in range(dice.one((1, 1, 2, 4)))),
        "B": fill,
    }
    return Voice(f"drums {kind}", instrument, form.letters("drums", fill="B", share=0.85), patterned,
                 strip, vary=dice.flat(0, 0.4) * dice.chance(0.5),
                 loose=dice.flat(0, 6) * dice.chance(0.5), part="drums")  # fmt: skip


def _bar(dice: Dice, rhythm: str) -> str:
    if rhythm == "free":
        steps = dice.weighted({16: 8.0, 12: 0.7, 32: 0.7, 8: 0.6})
        return patterns.drums(dice, dice.octaves(0.08, 0.6), steps)
    if rhythm == "slices":
        return dice.one(("xxxxxxxx", "xxxxxxxx", "x.xxx.xx", "xxxxxxxxxxxxxxxx", "x.x.xxxx"))
    if rhythm == "one":
        return "X..............." if dice.chance(0.7) else "........x......."
    return patterns.grid(dice, rhythm)


def _hat(dice: Dice) -> tuple[Drum, float, str]:
    rhythm = dice.weighted({"sixteenths": 3.0, "free": 3.0, "eighths": 1.5, "off": 1.0})
    hat = Hat(dice.octaves(0.012, 0.08), dice.octaves(0.6, 1.6), dice.flat(0.1, 1.0),
              dice.octaves(4500, 11_000), dice.flat(0, 1))  # fmt: skip
    if dice.chance(0.2):
        low = dice.octaves(3000, 9000)
        return (
            Burst(low, 16_000.0, dice.octaves(0.008, 0.05), dice.one((0.0, 22_050.0))),
            -22.5,
            rhythm,
        )
    return hat, -22.5, rhythm


def _open(dice: Dice) -> tuple[Drum, float, str]:
    hat = Hat(dice.octaves(0.06, 0.4), dice.octaves(0.6, 1.5), dice.flat(0.1, 1.0),
              dice.octaves(4500, 10_000), dice.flat(0, 1), dice.one((0.0004, 0.003)))  # fmt: skip
    return hat, -20.0, dice.weighted({"off": 5.0, "free": 1.5, "quarters": 0.3})


def _ride(dice: Dice) -> tuple[Drum, float, str]:
    cymbal = Cymbal(dice.octaves(0.12, 0.8), dice.octaves(300, 800), dice.whole(16, 40),
                    dice.flat(0, 1), dice.flat(0, 1), dice.octaves(3500, 8000))  # fmt: skip
    return cymbal, -22.0, dice.weighted({"off": 2.0, "eighths": 2.0, "quarters": 1.0, "free": 0.5})


def _crash(dice: Dice) -> tuple[Drum, float, str]:
    cymbal = Cymbal(dice.octaves(0.6, 2.0), dice.octaves(250, 600), 24, dice.flat(0, 0.5),
                    dice.flat(0.4, 1.0), wash=dice.octaves(0.002, 0.1))  # fmt: skip
    return cymbal, -22.0, "one"


def _shaker(dice: Dice) -> tuple[Drum, float, str]:
    beads = Shaker(dice.octaves(3500, 10_000), dice.octaves(0.006, 0.05), dice.octaves(0.012, 0.06),
                   dice.flat(0, 1))  # fmt: skip
    return beads, -24.5, dice.weighted({"sixteenths": 3.0, "free": 2.0, "eighths": 1.0})


def _clap(dice: Dice) -> tuple[Drum, float, str]:
    clap = Clap(dice.octaves(700, 2200), dice.octaves(0.005, 0.018), dice.whole(1, 6),
                dice.octaves(0.03, 0.3), dice.flat(0.1, 0.8))  # fmt: skip
    return clap, -20.0, dice.weighted({"backbeat": 5.0, "free": 1.0})


def _snare(dice: Dice) -> tuple[Drum, float, str]:
    snare = Snare(dice.octaves(130, 330), dice.flat(0.1, 1.2), dice.flat(0.3, 1.3),
                  dice.octaves(0.04, 0.25), dice.octaves(0.03, 0.35), dice.octaves(3000, 9000))  # fmt: skip
    return snare, -19.0, dice.weighted({"backbeat": 4.0, "free": 1.5})


def _rim(dice: Dice) -> tuple[Drum, float, str]:
    return (
        Rim(dice.octaves(900, 2800), dice.octaves(0.006, 0.03), dice.flat(0.1, 0.8)),
        -25.0,
        "free",
    )


def _tom(dice: Dice) -> tuple[Drum, float, str]:
    tom = Tom(dice.octaves(65, 330), dice.octaves(0.05, 0.4), dice.flat(0.1, 1.0), dice.flat(0, 0.7),
              dice.flat(0, 0.6), dice.octaves(0.8, 4))  # fmt: skip
    return tom, -22.0, "free"


def _block(dice: Dice) -> tuple[Drum, float, str]:
    modes = dice.one((((1.0, 1.0), (2.71, 0.3)), ((1.0, 1.0), (1.5, 0.8)), ((1.0, 1.0),)))
    block = Block(dice.octaves(400, 3500), dice.octaves(0.01, 0.15), modes, dice.flat(0, 1))
    return block, -26.0, "free"


def _clang(dice: Dice) -> tuple[Drum, float, str]:
    clang = Clang(dice.octaves(90, 1800), dice.flat(1.1, 3.7), dice.flat(1, 10), dice.octaves(0.01, 0.2),
                  dice.octaves(0.03, 0.5), dice.flat(0, 0.6) * dice.chance(0.3), dice.flat(0.5, 4),
                  dice.flat(0, 0.5), dice.octaves(120, 900))  # fmt: skip
    return clang, -23.0, "free"


def _zap(dice: Dice) -> tuple[Drum, float, str]:
    zap = Zap(dice.octaves(1200, 9000), dice.octaves(100, 900), dice.octaves(0.01, 0.1),
              dice.octaves(0.03, 0.25), dice.flat(0, 0.5))  # fmt: skip
    return zap, -24.0, "free"


def _glitch(dice: Dice) -> tuple[Drum, float, str]:
    low = dice.octaves(150, 6000)
    burst = Burst(low, min(low * dice.octaves(1.5, 12), 18_000.0), dice.octaves(0.001, 0.03),
                  dice.octaves(3000, 30_000) if dice.chance(0.5) else 0.0)  # fmt: skip
    return burst, -26.0, "free"


def _break(dice: Dice) -> tuple[Break, float, str]:
    slices = dice.one((8, 8, 16))
    order = list(range(slices))
    for k in range(slices):
        if dice.chance(0.3):
            order[k] = dice.whole(0, slices - 1)
        if dice.chance(0.04):
            order[k] = -1 - order[k]
    pieces: list[tuple[Drum, str]] = [
        (
            Kick(dice.flat(50, 75), decay=dice.flat(0.06, 0.16), click=dice.flat(0.2, 0.8))
            if dice.chance(0.5)
            else Thump(dice.flat(50, 85), dice.flat(0.06, 0.16), dice.octaves(900, 5000)),
            patterns.kicks(dice, "broken")["A"],
        ),
        (Snare(dice.octaves(160, 280), dice.flat(0.4, 1), dice.flat(0.5, 1.2)),
         dice.one(("....X..g.g..X..g", "....X..g....X.g.", "....X.......X...", "....X..x.x..X..x"))),
        (Hat(dice.octaves(0.03, 0.15), dice.flat(0.7, 1.3), dice.flat(0.2, 0.7)),
         dice.one(("x.x.x.x.x.x.x.x.", "xoxoxoxoxoxoxoxo", "x.xxx.xxx.xxx.xx"))),
    ]  # fmt: skip
    if dice.chance(0.3):
        pieces.append((Cymbal(0.4, 380.0, 20), dice.one(("x...x...x...x...", "x.x.x.x.x.x.x.x."))))
    loop = Break(tuple(pieces), dice.flat(90, 150), dice.octaves(0.75, 1.5), tuple(order), slices,
                 dice.flat(0, 0.6), dice.octaves(0.7, 6), dice.octaves(5000, 16_000), dice.flat(0, 10))  # fmt: skip
    return loop, -18.0, "slices"


KINDS: dict[str, Callable[[Dice], tuple[Drum | Break, float, str]]] = {
    "hat": _hat,
    "open": _open,
    "ride": _ride,
    "crash": _crash,
    "shaker": _shaker,
    "clap": _clap,
    "snare": _snare,
    "rim": _rim,
    "tom": _tom,
    "block": _block,
    "clang": _clang,
    "zap": _zap,
    "glitch": _glitch,
    "break": _break,
}
"""Each gives a drum, its usual loudness in LUFS and the kind of its rhythm."""


def _inserts(dice: Dice, kind: str, bars: int) -> tuple[Insert, ...]:
    made: list[Insert] = []
    if dice.chance(0.12):
        made.append(Drive(dice.flat(3, 16), dice.flat(0.3, 1.0), dice.flat(0, 0.3)))
    if dice.chance(0.1):
        made.append(Crush(dice.octaves(6000, 24_000), dice.flat(5, 12), dice.flat(0.3, 1.0)))
    if dice.chance(0.3 if kind == "break" else 0.08):
        made.append(Squeeze(dice.flat(-32, -18), dice.flat(2, 8), dice.octaves(0.001, 0.02)))
    if kind in ("snare", "clap", "tom", "clang") and dice.chance(0.12):
        made.append(GatedRoom(dice.flat(0.15, 0.5), dice.flat(0.3, 1.2)))
    if dice.chance(0.06):
        hz = patterns.curve(dice, bars, 400, 9000, octaves=True)
        made.append(Filter(hz, dice.one(("low", "high", "band")), dice.flat(0.6, 2.5)))
    if kind in ("clang", "break", "snare") and dice.chance(0.08):
        made.append(Ring(dice.octaves(80, 900), dice.flat(0.2, 0.8)))
    return tuple(made)
