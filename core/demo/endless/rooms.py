"""Echoes and rooms of all kinds."""

from __future__ import annotations

from core.demo.endless.dice import Dice
from core.demo.song import Echo, Hall


def echo(dice: Dice) -> Echo:
    """A tape echo."""
    steps = (dice.one((1.0, 2.0, 3.0, 3.0, 4.0, 6.0)), dice.one((2.0, 3.0, 3.0, 4.0, 5.0, 6.0)))
    return Echo(steps, dice.flat(0.1, 0.75), dice.flat(0, 1), (dice.octaves(100, 600), dice.octaves(1500, 9000)),
                dice.flat(0, 25) * dice.chance(0.4), dice.octaves(0.4, 3), dice.flat(0, 0.4), dice.flat(0, 0.8))  # fmt: skip


def hall(dice: Dice, seconds: tuple[float, float]) -> Hall:
    """A hall.

    Args:
        dice: chance.
        seconds: range of its length.
    """
    return Hall(dice.octaves(*seconds), dice.octaves(1800, 12_000), dice.flat(0, 0.06),
                dice.octaves(60, 500), dice.flat(0, 0.9))  # fmt: skip


def room(dice: Dice) -> Hall:
    """A small room, which nothing pushes."""
    return Hall(
        dice.octaves(0.15, 0.9), dice.octaves(3000, 12_000), dice.flat(0, 0.015), 150.0, 0.0
    )
