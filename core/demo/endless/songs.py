"""Songs drawn by chance: for every seed a song, the same each time."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np

from core.demo.endless import rooms
from core.demo.endless.basses import bass
from core.demo.endless.colours import colour
from core.demo.endless.dice import Dice
from core.demo.endless.form import Form
from core.demo.endless.kicks import kick, rumble
from core.demo.endless.masters import masters
from core.demo.endless.percussion import percussion
from core.demo.endless.styles import STYLES, Style
from core.demo.song import Song, Voice
from core.demo.spec import TrackSpec
from core.errors import InputError
from core.settings import PARTS

_TONICS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_MOST_DRUMS, _MOST_COLOURS = 5, 4
_USUAL = {"kick": 0.5, "bass": -1.5, "drums": 2.0, "rest": 2.0}
"""dB by which songs differ from the demo's balance: as released music does (benchmarks.endless), but
for drums, which are so much clearer there than here that they are louder here."""


def style_of(seed: int) -> str:
    """The style of `random_song(seed)`; all are as frequent."""
    names = list(STYLES)
    return names[int(np.random.default_rng([seed, 1]).integers(len(names)))]


def random_song(seed: int, style: str | None = None, bars: int = 12) -> tuple[TrackSpec, Song]:
    """A song that never existed; the same arguments always give the same one.

    Args:
        seed: 0 or more.
        style: of `STYLES`; None takes `style_of(seed)`.
        bars: its length. Sections of one to eight bars start on multiples of their length.

    Returns:
        What identifies the song, and its score; `core.demo.render.render_mastered_parts` plays it.

    Raises:
        InputError: there is no such style.
    """
    name = style or style_of(seed)
    if name not in STYLES:
        raise InputError(f"no style is called {name!r}; there are {', '.join(STYLES)}")
    how = STYLES[name]
    dice = Dice(np.random.default_rng([seed, zlib.crc32(name.encode())]))
    bpm = round(dice.flat(*how.bpm), dice.one((0, 0, 2)))
    key = f"{dice.one(_TONICS)} {dice.one(how.modes)}"
    spec = TrackSpec(f"{name} {seed}", name, bpm, key, seed, bars)
    voices = _voices(dice, how, bars)
    duck_beats = dice.octaves(0.2, 1.6)
    return spec, Song(
        tuple(voices),
        swing=dice.flat(*how.swing) if dice.chance(0.6) else 0.5,
        harmony=dice.one(((0,), (0,), (0, 0, 5, 6), (0, 5), (0, 0, 3, 4), (0, -2, -4, -2), (0, 1))),
        echo=rooms.echo(dice),
        hall=rooms.hall(dice, how.wet),
        room=rooms.room(dice),
        finish=None,
        duck=duck_beats,
        pump=dice.one(("X...X...X...X...", "X.X.X.X.X.X.X.X.", "X.......X......."))
        if dice.chance(0.3)
        else "",
        masters=masters(dice, dice.weighted(how.masters), bars),
    )


def _voices(dice: Dice, how: Style, bars: int) -> list[Voice]:
    missing = {
        "kick": how.kickless,
        "bass": how.bassless,
        "drums": how.drumless,
        "rest": how.restless,
    }
    parts = [part for part in PARTS if not dice.chance(missing[part])] or ["drums"]
    form = Form(dice, bars, parts)
    gains = {part: _gain(dice, part) for part in PARTS}
    duck = dice.flat(*how.duck) if dice.chance(0.9) else 0.0
    voices: list[Voice] = []
    if "kick" in parts:
        voices.append(kick(dice, form, how.kicks, how.rhythms, gains["kick"]))
    if "bass" in parts:
        voices += _basses(dice, how, form, gains["bass"], duck)
    if "drums" in parts:
        kinds = _drawn(dice, how.drums, _MOST_DRUMS)
        voices += [percussion(dice, form, kind, gains["drums"], duck) for kind in kinds]
    if "rest" in parts:
        kinds = _drawn(dice, how.colours, _MOST_COLOURS)
        voices += [colour(dice, form, kind, gains["rest"], duck) for kind in kinds]
    return voices


def _gain(dice: Dice, part: str) -> float:
    """dB that a part stands out of the demo's mixes: mostly little, sometimes much."""
    return _USUAL[part] + float(dice.rng.triangular(-10.0, 0.0, 7.0))


def _basses(dice: Dice, how: Style, form: Form, gain: float, duck: float) -> list[Voice]:
    rumbling = dice.chance(how.rumble)
    made = [rumble(dice, form, gain)] if rumbling else []
    if not rumbling or dice.chance(0.5):
        made.append(bass(dice, form, dice.weighted(how.basses), gain, duck))
    if dice.chance(0.12):
        made.append(bass(dice, form, "sub", gain - 2, duck))
    return made


def _drawn(dice: Dice, chances: Mapping[str, float], most: int) -> list[str]:
    kinds = [kind for kind, share in chances.items() if dice.chance(share)]
    kinds = kinds or [dice.weighted(chances)]
    return dice.some(kinds, most)
