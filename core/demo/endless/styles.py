"""The families of endless music: what each is made of, as weights and ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ALL_KICKS = {
    "nine": 3.0,
    "eight": 1.0,
    "hard": 1.5,
    "gabber": 0.7,
    "felt": 1.0,
    "chip": 0.5,
    "dull": 1.0,
    "sweep": 1.5,
    "boom": 1.2,
}
_ALL_RHYTHMS = {"four": 4.0, "broken": 2.0, "half": 0.7, "fast": 0.4, "triplets": 0.3}
_ALL_BASSES = {
    "sub": 1.5, "long808": 1.0, "acid": 1.5, "reese": 1.5, "fm": 1.2, "off": 1.0, "rolling": 1.5,
    "pluck": 0.8, "square": 1.0, "stack": 1.2, "organ": 0.8, "wobble": 0.8,
}  # fmt: skip
_ALL_DRUMS = {
    "hat": 0.9, "open": 0.6, "ride": 0.25, "crash": 0.25, "shaker": 0.3, "clap": 0.45, "snare": 0.4,
    "rim": 0.25, "tom": 0.25, "block": 0.2, "clang": 0.2, "zap": 0.12, "glitch": 0.2, "break": 0.2,
}  # fmt: skip
_ALL_COLOURS = {
    "stab": 0.4, "strings": 0.3, "pad": 0.45, "saws": 0.2, "lead": 0.35, "hoover": 0.12, "arp": 0.35,
    "bells": 0.2, "keys": 0.25, "chip": 0.12, "singer": 0.25, "talker": 0.2, "guitar": 0.12, "drone": 0.12,
    "hiss": 0.15, "crackle": 0.1, "riser": 0.2, "fall": 0.1, "impact": 0.1, "noise": 0.12,
}  # fmt: skip
_ALL_MASTERS = {"dry": 2.0, "clean": 4.0, "loud": 2.5, "crushed": 0.6, "lofi": 1.0}
_MODES = ("minor", "dorian", "phrygian", "harmonic", "locrian", "major", "mixolydian", "lydian")


@dataclass(frozen=True)
class Style:
    """A family of songs.

    Attributes:
        bpm, swing, duck: ranges; swing .5 is straight, duck 0..1 how far the kick pushes.
        kicks, rhythms, basses, masters: weights of kinds, of which a song has one.
        drums, colours: chance of each kind to be in a song.
        kickless, bassless, drumless, restless: chances that a part is missing.
        rumble: chance of a rumble beside or instead of a bass line.
        wet: seconds of the hall, a range.
    """

    bpm: tuple[float, float] = (110.0, 175.0)
    swing: tuple[float, float] = (0.5, 0.58)
    duck: tuple[float, float] = (0.0, 1.0)
    kicks: Mapping[str, float] = field(default_factory=lambda: ALL_KICKS)
    rhythms: Mapping[str, float] = field(default_factory=lambda: _ALL_RHYTHMS)
    basses: Mapping[str, float] = field(default_factory=lambda: _ALL_BASSES)
    drums: Mapping[str, float] = field(default_factory=lambda: _ALL_DRUMS)
    colours: Mapping[str, float] = field(default_factory=lambda: _ALL_COLOURS)
    masters: Mapping[str, float] = field(default_factory=lambda: _ALL_MASTERS)
    modes: tuple[str, ...] = _MODES
    kickless: float = 0.04
    bassless: float = 0.08
    drumless: float = 0.04
    restless: float = 0.06
    rumble: float = 0.1
    wet: tuple[float, float] = (0.4, 4.0)


_DARK = ("minor", "phrygian", "locrian", "harmonic")
_WARM = ("minor", "dorian", "mixolydian", "lydian")

STYLES: dict[str, Style] = {
    "techno": Style(
        (124, 142), (0.5, 0.54), (0.1, 0.8), {"nine": 4, "hard": 1, "dull": 1, "sweep": 2, "boom": 1}, {"four": 4, "broken": 1},
        {"sub": 1, "rolling": 2, "off": 1, "fm": 1, "acid": 1, "stack": 1},
        _ALL_DRUMS | {"hat": 0.9, "open": 0.7, "clap": 0.6, "ride": 0.4, "break": 0.0, "snare": 0.15},
        _ALL_COLOURS | {"stab": 0.6, "chip": 0.0, "guitar": 0.0, "keys": 0.1},
        modes=_DARK, rumble=0.2,
    ),
    "acid": Style(
        (120, 145), (0.5, 0.56), (0.0, 0.6), {"nine": 4, "hard": 1, "eight": 1, "sweep": 1}, {"four": 5, "broken": 1},
        {"acid": 1.0}, _ALL_DRUMS | {"clap": 0.7, "break": 0.05}, _ALL_COLOURS | {"lead": 0.6, "saws": 0.05},
        modes=_DARK,
    ),
    "dub": Style(
        (110, 128), (0.5, 0.6), (0.1, 0.9), {"nine": 2, "dull": 3, "felt": 1}, {"four": 5, "half": 1},
        {"sub": 3, "organ": 1, "pluck": 1}, _ALL_DRUMS | {"rim": 0.6, "shaker": 0.5, "break": 0.0},
        _ALL_COLOURS | {"stab": 0.95, "hiss": 0.5, "crackle": 0.4, "saws": 0.0, "lead": 0.1},
        {"dry": 1, "clean": 3, "loud": 1, "lofi": 2}, _WARM, wet=(2.0, 6.0),
    ),
    "minimal": Style(
        (118, 132), (0.5, 0.62), (0.0, 0.7), {"nine": 3, "dull": 2, "felt": 1, "sweep": 2, "boom": 1}, {"four": 3, "broken": 2},
        {"sub": 2, "pluck": 1, "fm": 1, "square": 1, "organ": 1},
        _ALL_DRUMS | {"glitch": 0.7, "block": 0.6, "rim": 0.5, "shaker": 0.4, "break": 0.05},
        {"stab": 0.3, "bells": 0.4, "singer": 0.4, "talker": 0.3, "noise": 0.3, "hiss": 0.2, "arp": 0.3, "pad": 0.2},
        wet=(0.3, 1.6),
    ),
    "house": Style(
        (112, 130), (0.5, 0.64), (0.0, 0.9), {"nine": 4, "felt": 2}, {"four": 1.0},
        {"off": 2, "organ": 2, "pluck": 1, "stack": 1, "fm": 1, "sub": 1},
        _ALL_DRUMS | {"clap": 0.9, "open": 0.9, "shaker": 0.5, "tom": 0.4},
        _ALL_COLOURS | {"keys": 0.8, "singer": 0.5, "strings": 0.4}, modes=_WARM,
    ),
    "hard": Style(
        (138, 160), (0.5, 0.54), (0.2, 1.0), {"hard": 4, "gabber": 1}, {"four": 6, "fast": 1},
        {"rolling": 2, "acid": 1, "square": 1, "off": 1, "fm": 1},
        _ALL_DRUMS | {"ride": 0.6, "open": 0.7, "clang": 0.4}, _ALL_COLOURS | {"hoover": 0.4, "stab": 0.6},
        {"loud": 4, "crushed": 3, "clean": 1}, _DARK, bassless=0.02, rumble=0.6,
    ),
    "hardcore": Style(
        (155, 175), (0.5, 0.52), (0.2, 1.0), {"gabber": 5, "hard": 1}, {"four": 4, "fast": 2, "broken": 1},
        {"off": 1, "square": 1, "reese": 1, "rolling": 1}, _ALL_DRUMS | {"clap": 0.7, "break": 0.3},
        _ALL_COLOURS | {"hoover": 0.7, "saws": 0.4, "singer": 0.4}, {"loud": 2, "crushed": 5}, _DARK,
        bassless=0.3,
    ),
    "industrial": Style(
        (115, 150), (0.5, 0.56), (0.0, 0.9), {"hard": 3, "gabber": 1, "dull": 1, "sweep": 1, "boom": 1}, {"four": 2, "broken": 2},
        {"square": 1, "reese": 2, "fm": 1, "stack": 1, "acid": 0.5},
        _ALL_DRUMS | {"clang": 0.9, "tom": 0.5, "glitch": 0.4, "zap": 0.3},
        {"drone": 0.7, "noise": 0.5, "hiss": 0.4, "singer": 0.2, "talker": 0.3, "stab": 0.3, "hoover": 0.2, "riser": 0.3, "impact": 0.4},
        {"loud": 3, "crushed": 3, "lofi": 2}, _DARK, rumble=0.4,
    ),
    "trance": Style(
        (128, 150), (0.5, 0.52), (0.3, 1.0), {"nine": 4, "hard": 1, "sweep": 1}, {"four": 1.0},
        {"rolling": 4, "off": 2, "acid": 1}, _ALL_DRUMS | {"open": 0.9, "clap": 0.8, "crash": 0.6, "break": 0.0},
        _ALL_COLOURS | {"saws": 0.8, "arp": 0.8, "pad": 0.6, "strings": 0.5, "riser": 0.5},
        {"clean": 2, "loud": 4, "crushed": 1}, ("minor", "harmonic", "major", "lydian"), wet=(1.5, 5.0),
    ),
    "rave": Style(
        (130, 165), (0.5, 0.58), (0.0, 0.5), {"nine": 3, "eight": 1, "felt": 1}, {"four": 2, "broken": 3},
        {"sub": 2, "stack": 1, "reese": 1, "organ": 1}, _ALL_DRUMS | {"break": 0.9, "snare": 0.3},
        _ALL_COLOURS | {"stab": 0.8, "hoover": 0.5, "keys": 0.6, "singer": 0.5}, rumble=0.0,
    ),
    "breaks": Style(
        (120, 150), (0.5, 0.62), (0.0, 0.5), {"nine": 2, "felt": 2, "eight": 1}, {"broken": 5, "half": 1},
        {"reese": 2, "sub": 2, "fm": 1, "wobble": 1, "stack": 1},
        _ALL_DRUMS | {"break": 0.8, "snare": 0.6, "ride": 0.4}, rumble=0.0,
    ),
    "jungle": Style(
        (155, 175), (0.5, 0.6), (0.0, 0.4), {"felt": 2, "nine": 2, "eight": 1}, {"broken": 3, "half": 3},
        {"sub": 3, "reese": 3, "long808": 1, "wobble": 1},
        {"break": 1.0, "hat": 0.3, "ride": 0.3, "crash": 0.4, "shaker": 0.3, "snare": 0.3, "rim": 0.2},
        _ALL_COLOURS | {"pad": 0.6, "stab": 0.5}, kickless=0.3, rumble=0.0,
    ),
    "electro": Style(
        (112, 140), (0.5, 0.54), (0.0, 0.4), {"eight": 4, "nine": 1, "chip": 1}, {"broken": 5, "half": 1},
        {"square": 2, "long808": 2, "fm": 1, "acid": 1, "stack": 1},
        _ALL_DRUMS | {"clap": 0.6, "snare": 0.6, "block": 0.4, "zap": 0.4, "break": 0.0},
        _ALL_COLOURS | {"singer": 0.5, "lead": 0.5, "strings": 0.4}, rumble=0.0,
    ),
    "ambient": Style(
        (110, 128), (0.5, 0.6), (0.0, 0.8), {"dull": 3, "felt": 2, "nine": 1}, {"four": 2, "half": 2, "broken": 1},
        {"sub": 4, "pluck": 1, "organ": 1},
        {"hat": 0.3, "shaker": 0.5, "rim": 0.4, "glitch": 0.5, "tom": 0.3, "block": 0.3, "break": 0.15},
        {"pad": 1.0, "strings": 0.4, "bells": 0.5, "arp": 0.5, "drone": 0.4, "hiss": 0.5, "singer": 0.3, "keys": 0.3},
        {"dry": 2, "clean": 4, "lofi": 2}, _WARM, 0.2, 0.15, 0.15, 0.0, 0.0, (2.5, 7.0),
    ),
    "game": Style(
        (120, 172), (0.5, 0.55), (0.0, 0.2), {"chip": 2, "nine": 2, "felt": 2}, {"four": 3, "broken": 2, "fast": 1},
        {"square": 4, "pluck": 1, "stack": 2, "fm": 1},
        _ALL_DRUMS | {"snare": 0.9, "clap": 0.1, "crash": 0.6, "glitch": 0.4, "break": 0.2},
        _ALL_COLOURS | {"chip": 0.6, "lead": 0.8, "guitar": 0.4, "arp": 0.6, "saws": 0.3},
        {"dry": 2, "clean": 4, "loud": 2, "lofi": 2}, ("minor", "major", "harmonic", "dorian"),
        rumble=0.0, wet=(0.3, 1.5),
    ),
    "glitch": Style(
        (110, 170), (0.5, 0.66), (0.0, 0.6), ALL_KICKS, {"broken": 4, "half": 1, "triplets": 1, "four": 1},
        {"fm": 2, "reese": 1, "wobble": 2, "long808": 1, "square": 1},
        _ALL_DRUMS | {"glitch": 1.0, "break": 0.6, "zap": 0.5, "clang": 0.4},
        _ALL_COLOURS | {"noise": 0.5, "bells": 0.4}, rumble=0.05,
    ),
    "lofi": Style(
        (110, 135), (0.5, 0.66), (0.0, 0.7), {"felt": 3, "dull": 2, "nine": 1}, {"broken": 2, "four": 2, "half": 1},
        {"sub": 2, "pluck": 2, "organ": 1, "stack": 1}, _ALL_DRUMS | {"break": 0.5, "snare": 0.5},
        _ALL_COLOURS | {"keys": 0.8, "crackle": 0.7, "hiss": 0.5, "guitar": 0.4, "saws": 0.0},
        {"lofi": 1.0}, _WARM, rumble=0.0,
    ),
    "chaos": Style(),
}  # fmt: skip
"""By name. `chaos` draws from everything; a name can be left out to judge by what was never seen."""
