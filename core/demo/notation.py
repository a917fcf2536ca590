"""The written form of patterns, arrangements and automation.

Drums: one character per step, `X` accent, `x` normal, `o` soft, `g` ghost, `.` rest; 16 or any
other number of steps fill the bar, so 12 are triplets and 32 a roll.

    "X...x...X...x.g."

Notes: one word per step. A number is a degree of the scale (7 is the octave), `'` and `,` shift
by octaves, `#` and `b` by semitones, `+` joins a chord; `!` accent, `?` soft, `~` slides into the
next note; `-` holds the note before, also over the bar line; `.` rests.

    "0! . 0~ 7 . 3+5+7 - ."

Bars are separated by `|`. Arrangements: one letter per bar, naming the pattern, `A7` for
seven; `.` is silence; a run of a letter walks through the pattern's bars.
Automation: "0:.2 16:.9", bar and value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError

VELOCITIES = {"X": 1.0, "x": 0.8, "o": 0.55, "g": 0.3}
_DEGREE = re.compile(r"(-?\d+)([#b]?)(['`,]*)")
_RUN = re.compile(r"([A-Za-z.])(\d*)")
_ARRANGEMENT = re.compile(rf"({_RUN.pattern})+")
_DRUMS = re.compile(r"[Xxog.]+")
_MARKS = "!?~"


@dataclass(frozen=True)
class Hit:
    """What a pattern asks for at one place. start and length are in bars."""

    start: float
    length: float
    degrees: tuple[tuple[int, int, int], ...] = ()
    velocity: float = 0.8
    accent: bool = False
    slide: bool = False
    tie: bool = False


def parse(text: str) -> tuple[tuple[Hit, ...], ...]:
    """The bars of a pattern, drums or notes. Raises `InputError`."""
    bars = [bar.strip() for bar in text.split("|")]
    return tuple(_drums(bar) if _DRUMS.fullmatch(bar) else _notes(bar.split()) for bar in bars)


def letters(arrangement: str) -> str:
    """One letter per bar: repeats written out, spaces gone. Raises `InputError`."""
    joined = "".join(arrangement.split())
    if not _ARRANGEMENT.fullmatch(joined):
        raise InputError(f"{arrangement!r} is not an arrangement; write letters like 'A7 B .4'")
    return "".join(letter * int(count or 1) for letter, count in _RUN.findall(joined))


def curve(text: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bars and values of an automation."""
    pairs = [point.split(":") for point in text.split()]
    if any(len(pair) != 2 for pair in pairs):
        raise InputError(f"{text!r} is not an automation; write one like '0:.2 16:.9'")
    bars, values = np.array(pairs, dtype=np.float64).T
    return bars, values


def _drums(bar: str) -> tuple[Hit, ...]:
    step = 1.0 / len(bar)
    hits = []
    for k, mark in enumerate(bar):
        if mark in VELOCITIES:
            hits.append(Hit(k * step, step, velocity=VELOCITIES[mark], accent=mark == "X"))
    return tuple(hits)


def _notes(words: list[str]) -> tuple[Hit, ...]:
    step = 1.0 / len(words)
    hits = []
    for k, word in enumerate(words):
        held = 1 + _holds(words[k + 1 :])
        if word == "-" and k == 0:
            hits.append(Hit(0.0, held * step, tie=True))
        elif word not in ".-":
            hits.append(_note(word, k * step, held * step))
    return tuple(hits)


def _holds(words: list[str]) -> int:
    """How many of the first words hold."""
    return next((k for k, word in enumerate(words) if word != "-"), len(words))


def _note(word: str, start: float, length: float) -> Hit:
    marks = {mark for mark in _MARKS if mark in word}
    plain = word.translate({ord(mark): None for mark in _MARKS})
    velocity = 1.0 if "!" in marks else 0.5 if "?" in marks else 0.78
    degrees = tuple(_degree(part) for part in plain.split("+"))
    return Hit(start, length, degrees, velocity, "!" in marks, "~" in marks)


def _degree(text: str) -> tuple[int, int, int]:
    """Degree, semitones, octaves."""
    match = _DEGREE.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} is not a note; write a degree like 3, 5' or 2b")
    number, accidental, octaves = match.groups()
    shift = {"#": 1, "b": -1, "": 0}[accidental]
    return int(number), shift, octaves.count("'") - octaves.count(",")
