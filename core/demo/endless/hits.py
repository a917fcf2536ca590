"""Single hits: many more kicks and drums than whole songs have, rendered in little time."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Final

import numpy as np

from core.demo.endless import rooms
from core.demo.endless.dice import Dice
from core.demo.endless.form import Form
from core.demo.endless.kicks import kick
from core.demo.endless.percussion import percussion
from core.demo.endless.styles import ALL_KICKS
from core.demo.song import Song, Voice
from core.demo.spec import TrackSpec
from core.errors import InputError

PARTS_OF_HITS: Final = ("kick", "drums")
"""Those of `settings.PARTS` that are struck."""
_ONCE: Final = "X..............."
_DRUMS: Final = {
    "hat": 3.0, "open": 2.0, "shaker": 1.5, "clap": 2.0, "snare": 1.5, "ride": 1.0, "crash": 0.5, "rim": 0.7,
    "tom": 0.7, "block": 0.4, "clang": 0.4, "zap": 0.2, "glitch": 0.4,
}  # fmt: skip


def random_hit(seed: int, part: str) -> tuple[TrackSpec, Song]:
    """A bar in which one drum is struck once, at its beginning.

    Args:
        seed: 0 or more; the same arguments always give the same hit.
        part: of `PARTS_OF_HITS`.

    Returns:
        What identifies it, and its score, without any mastering.

    Raises:
        InputError: another part.
    """
    if part not in PARTS_OF_HITS:
        raise InputError(f"hits are of {' or '.join(PARTS_OF_HITS)}, not of {part!r}")
    dice = Dice(np.random.default_rng([seed, zlib.crc32(f"hit/{part}".encode())]))
    bpm = round(dice.flat(110.0, 175.0), 1)
    struck = replace(_voice(dice, part), bars="A", patterns={"A": _ONCE}, vary=0.0, loose=0.0)
    song = Song(
        (struck,),
        echo=rooms.echo(dice),
        hall=rooms.hall(dice, (0.3, 4.0)),
        room=rooms.room(dice),
        finish=None,
    )
    return TrackSpec(f"{part} {seed}", "hits", bpm, "A minor", seed, 1), song


def _voice(dice: Dice, part: str) -> Voice:
    form = Form(dice, 1, [part])
    if part == "kick":
        return kick(dice, form, ALL_KICKS, {"four": 1.0}, 0.0)
    return percussion(dice, form, dice.weighted(_DRUMS), 0.0, 0.0)
