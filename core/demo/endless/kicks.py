"""Kick drums of all kinds, and the rumble after them."""

from __future__ import annotations

from collections.abc import Mapping

from core.demo.drums.breaks import Thump
from core.demo.drums.kicks import Kick
from core.demo.drums.oneshots import Drum, OneShots
from core.demo.effects.inserts import Crush, Drive, Fold, Rumble, Squeeze
from core.demo.endless import patterns
from core.demo.endless.dice import Dice
from core.demo.endless.form import Form
from core.demo.song import Hall, Insert, Strip, Voice

LUFS = -13.0


def kick(dice: Dice, form: Form, kinds: Mapping[str, float], rhythms: Mapping[str, float],
         gain: float) -> Voice:  # fmt: skip
    """The kick of a song.

    Args:
        dice: chance.
        form: where it plays.
        kinds: weights of nine (dry and clean), eight (long), hard, gabber, felt, chip, dull, sweep
            (its pitch falls slowly, its body is louder than its click) and boom (a long tail).
        rhythms: weights of the kinds of `patterns.KICKS`.
        gain: dB on top of the usual level.
    """
    kind = dice.weighted(kinds)
    drum = _drum(dice, kind)
    shots = OneShots(drum, takes=1, layers=1 if dice.chance(0.7) else 3, curve=1.0,
                     steps=dice.one((0.0, 0.0, 3.5)) if kind == "eight" else 0.0,
                     choke=kind in ("eight", "gabber"))  # fmt: skip
    strip = Strip(
        lufs=LUFS + gain,
        inserts=_inserts(dice, kind),
        bells=_bells(dice),
        room=dice.flat(0.05, 0.5) if dice.chance(0.3) else 0.0,
        hall=dice.flat(0.02, 0.2) if dice.chance(0.15) else 0.0,
    )
    main = patterns.kicks(dice, dice.weighted(rhythms))
    bars = form.letters("kick", fill="B", leave=dice.chance(0.4))
    return Voice("kick", shots, bars, main, strip, part="kick",
                 loose=dice.flat(0.0, 2.0) if dice.chance(0.15) else 0.0)  # fmt: skip


def rumble(dice: Dice, form: Form, gain: float) -> Voice:
    """The rumble under a kick: its own short kicks through a dark room, pushed away by the kick.

    Args:
        dice: chance.
        form: the bars in which bass plays.
        gain: dB on top of the usual level.

    Returns:
        A voice of the bass.
    """
    tone = dice.octaves(70.0, 190.0)
    insert = Rumble(tone, dice.flat(6.0, 20.0), top=dice.flat(0.0, 0.15) * dice.chance(0.3),
                    hall=Hall(dice.flat(0.5, 2.0), dice.octaves(500.0, 2000.0), 0.03, 28.0))  # fmt: skip
    strip = Strip(
        lufs=-18.0 + gain, duck=dice.flat(0.6, 1.0), high_cut=tone * 1.8, inserts=(insert,)
    )
    source = Kick(dice.flat(42.0, 56.0), decay=dice.flat(0.06, 0.15), drive=2.5)
    pattern = dice.one(
        ("..xx..xx..xx..xx", "o..oo..oo..oo..o", ".xxx.xxx.xxx.xxx", "X...X...X...X...")
    )
    return Voice("rumble", OneShots(source, takes=1, layers=1), form.letters("bass"),
                 {"A": pattern}, strip, part="bass")  # fmt: skip


def _drum(dice: Dice, kind: str) -> Drum:
    flat, octaves = dice.flat, dice.octaves
    if kind == "felt":
        return Thump(
            flat(48, 85), flat(0.07, 0.22), octaves(700, 5000), flat(0.1, 0.8), flat(0, 0.6)
        )
    if kind == "eight":
        return Kick(flat(36, 60), flat(0.4, 2.0), octaves(0.01, 0.05), flat(0, 10), flat(0.35, 1.1),
                    flat(0.8, 1.6), flat(0.0, 0.4), octaves(900, 5000), flat(0.5, 3.0))  # fmt: skip
    if kind == "hard":
        return Kick(flat(44, 60), flat(3, 6.5), octaves(0.015, 0.045), flat(8, 22), flat(0.12, 0.28),
                    flat(1.0, 2.2), flat(0.3, 1.0), octaves(2500, 7000), flat(3, 9), flat(0, 0.4),
                    flat(0, 0.8))  # fmt: skip
    if kind == "gabber":
        return Kick(flat(44, 75), flat(4, 9), octaves(0.02, 0.09), flat(8, 24), flat(0.18, 0.4),
                    flat(1.5, 3.0), flat(0.2, 0.9), octaves(2000, 6000), flat(6, 20), flat(0, 0.5),
                    flat(0.2, 1.0))  # fmt: skip
    if kind == "chip":
        return Kick(flat(60, 110), flat(3, 9), octaves(0.008, 0.03), flat(0, 4), flat(0.05, 0.12),
                    1.0, flat(0, 0.2), 3000, flat(2, 8))  # fmt: skip
    if kind == "sweep":
        return Kick(flat(38, 60), flat(1.5, 6), octaves(0.03, 0.14), flat(0, 8), flat(0.1, 0.3),
                    octaves(1, 6), flat(0.0, 0.4), octaves(900, 6000), octaves(0.8, 4),
                    swell=octaves(0.0006, 0.06))  # fmt: skip
    if kind == "boom":
        return Kick(flat(38, 58), flat(1, 4), octaves(0.02, 0.1), flat(0, 14), flat(0.25, 0.7),
                    flat(0.6, 3), flat(0.0, 0.5), octaves(900, 6000), octaves(0.8, 4))  # fmt: skip
    if kind == "dull":
        return Kick(flat(45, 65), flat(1.0, 2.5), octaves(0.02, 0.05), flat(0, 5), flat(0.1, 0.25),
                    flat(1.0, 2.0), flat(0.0, 0.1), octaves(800, 2500), flat(0.8, 1.8))  # fmt: skip
    return Kick(flat(44, 62), flat(1.8, 4.5), octaves(0.012, 0.045), flat(4, 18), flat(0.09, 0.3),
                octaves(1.0, 4.0), flat(0.05, 0.7), octaves(1800, 6500), flat(0.8, 3.2))  # fmt: skip


def _inserts(dice: Dice, kind: str) -> tuple[Insert, ...]:
    made: list[Insert] = []
    if kind == "gabber":
        made.append(Drive(dice.flat(8, 24), dice.flat(0.6, 1.0), dice.flat(0, 0.4)))
    elif dice.chance(0.15):
        made.append(Drive(dice.flat(3, 14), dice.flat(0.3, 1.0), dice.flat(0, 0.3)))
    if dice.chance(0.04):
        made.append(Fold(dice.flat(1.1, 2.0)))
    if dice.chance(0.12):
        made.append(Squeeze(dice.flat(-30, -14), dice.flat(2, 8), dice.octaves(0.002, 0.03)))
    if kind == "chip" or dice.chance(0.05):
        made.append(Crush(dice.octaves(7000, 22_000), dice.flat(6, 12), dice.flat(0.4, 1.0)))
    return tuple(made)


def _bells(dice: Dice) -> tuple[tuple[float, float, float], ...]:
    if not dice.chance(0.5):
        return ()
    return tuple(
        (dice.octaves(60, 9000), dice.near(0, 4), dice.octaves(0.5, 2.0))
        for _ in range(dice.whole(1, 2))
    )
