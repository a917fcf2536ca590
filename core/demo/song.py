"""How a track is written down: voices over bars, their place in the mix, the rooms around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.demo.stage import Event, Stage

Signal = NDArray[np.float32]


class Instrument(Protocol):
    """Plays a whole voice."""

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """Play a voice.

        Args:
            events: what is to be played, in order.
            stage: tempo, key and length of the track.
            rng: gives all that is random.

        Returns:
            (stage.frames, 1 or 2).
        """


class Insert(Protocol):
    """An effect on one voice or bus."""

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """Process a voice or a bus.

        Args:
            signal: (frames, c).
            stage: tempo, key and length of the track.

        Returns:
            (frames, 1 or 2).
        """


class MasterEffect(Protocol):
    """An effect on a whole mix that its parts share."""

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """Process the parts of a mix so that their sum is the processed mix; silence stays.

        Args:
            parts: (4, frames, 2).
            stage: tempo, key and length of the track.

        Returns:
            (4, frames, 2).
        """


@dataclass(frozen=True)
class Strip:
    """A channel of the mixer.

    Attributes:
        lufs: loudness of the voice while it plays, before ducking; what is sent follows.
        level: automation in dB on top.
        pan, width: -1..1; 0 is mono, 1 as played.
        low_cut, high_cut: Hz; 0 is none.
        bells: (Hz, dB, Q) each.
        duck: 0..1, how far each kick pushes the voice away.
        echo, hall, room: sends, linear; throw is an automation that multiplies the echo's send.
        inserts: effects, before everything else.
    """

    lufs: float = -20.0
    level: str = ""
    pan: float = 0.0
    width: float = 1.0
    low_cut: float = 0.0
    high_cut: float = 0.0
    bells: tuple[tuple[float, float, float], ...] = ()
    duck: float = 0.0
    echo: float = 0.0
    throw: str = ""
    hall: float = 0.0
    room: float = 0.0
    inserts: tuple[Insert, ...] = ()


@dataclass(frozen=True)
class Voice:
    """One instrument over the whole track.

    Attributes:
        bars: a letter per bar, `.` or `-` for silence.
        patterns: what the letters mean (core.demo.notation).
        octave: added to the notes.
        follow: whether the song's harmony shifts them.
        vary: chance that a soft hit is left out or a ghost slips in.
        loose: how far hits stray from the grid, milliseconds.
        part: which of `settings.PARTS` it belongs to, with its echoes and rooms: the kick alone is
            kick; what a kick leaves in a cellar (rumble), subs, acid and other low lines are bass;
            breaks, hats, claps, percussion and cymbals are drums; all else, sub drops and risers
            too, is rest.
    """

    name: str
    instrument: Instrument
    bars: str
    patterns: Mapping[str, str]
    strip: Strip = field(default_factory=Strip)
    octave: int = 0
    follow: bool = False
    vary: float = 0.0
    loose: float = 0.0
    part: str = "rest"


@dataclass(frozen=True)
class Echo:
    """Tape echo. steps: sixteenths of the two loops; tone: Hz of low- and high-cut in the loop."""

    steps: tuple[float, float] = (3.0, 3.0)
    feedback: float = 0.45
    cross: float = 1.0
    tone: tuple[float, float] = (250.0, 4500.0)
    flutter: float = 0.0
    drive: float = 1.0
    hall: float = 0.15
    duck: float = 0.3


@dataclass(frozen=True)
class Hall:
    """Reverb. seconds: decay by 60 dB in the middle; tone: Hz above which it decays fast."""

    seconds: float = 2.5
    tone: float = 5000.0
    before: float = 0.02
    low_cut: float = 200.0
    duck: float = 0.4


@dataclass(frozen=True)
class Finish:
    """The master: loudness in LUFS, (Hz, dB, Q) bells, drive of the soft clipper in dB."""

    lufs: float = -11.5
    bells: tuple[tuple[float, float, float], ...] = ()
    low_shelf: float = 0.0
    high_shelf: float = 0.0
    drive: float = 2.0
    balance: float = 0.5


@dataclass(frozen=True)
class Song:
    """Everything about a track but its seed.

    Attributes:
        sweep: automation in Hz of a high-pass over all but the kick.
        pump: a bar in drum notation that pushes where no kick plays.
        masters: effects on the whole mix, before the finish.
        finish: None where `masters` are all that is done.
    """

    voices: tuple[Voice, ...]
    swing: float = 0.5
    harmony: tuple[int, ...] = (0,)
    echo: Echo = field(default_factory=Echo)
    hall: Hall = field(default_factory=Hall)
    room: Hall = field(default_factory=lambda: Hall(0.5, 7000.0, 0.004, 150.0, 0.0))
    finish: Finish | None = field(default_factory=Finish)
    duck: float = 0.5
    sweep: str = ""
    pump: str = ""
    masters: tuple[MasterEffect, ...] = ()
