"""Synthetic tracks with known grids: what the fit must find, for the tests and the benchmark."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.rhythm.grid import BeatGrid, GridSection
from core.settings import TEMPO_MAX, TEMPO_MIN
from tests.synthetic import LAYERS, Part, Spec, Stretch, Track, arrangement, bars_for, render

Numbers = NDArray[np.float64]

TEMPO_BPM: Final = 0.01
"""A tempo within this is right."""
JOINT_BEATS: Final = 2
"""Beats on either side of a joint that are not compared: where exactly it lies is asked apart."""

DRUMS = frozenset({"kick", "clap", "hats"})
FULL = LAYERS - {"ride"}


def _spec(bpm: float, parts: tuple[Part, ...], changes: dict[str, object]) -> Spec:
    """Begins somewhere in the first three seconds, after silence, noise or a chord."""
    seed = int(str(changes["seed"]))
    begins = {"start": seed * 0.617 % 3.0, "lead": ("silence", "noise", "pad")[seed % 3]}
    return Spec(bpm=bpm, parts=parts, **{**begins, **changes})  # type: ignore[arg-type]


def _techno(bpm: float, seconds: float, **changes: object) -> Spec:
    """Intro, build, drop, breakdown, drop, outro."""
    return _spec(bpm, arrangement(bars_for(seconds, bpm)), changes)


def _plain(bpm: float, seconds: float, **changes: object) -> Spec:
    """Drums first, then everything, then drums again; nothing ever stops."""
    third = bars_for(seconds / 3, bpm)
    parts = (Part(third, DRUMS), Part(third, FULL), Part(third, DRUMS | {"bass"}))
    return _spec(bpm, parts, changes)


def _ambient(bpm: float, seconds: float, **changes: object) -> Spec:
    """A third of pads alone, before anything beats."""
    third = bars_for(seconds / 3, bpm)
    parts = (Part(third, frozenset({"pad"})), Part(third, DRUMS | {"pad"}), Part(third, FULL))
    return _spec(bpm, parts, changes)


def _broken_down(bpm: float, seconds: float, **changes: object) -> Spec:
    """Two long breakdowns without drums."""
    fifth = bars_for(seconds / 5, bpm)
    still = frozenset({"pad", "stab"})
    parts = (Part(fifth, FULL), Part(fifth, still), Part(fifth, FULL), Part(fifth, still))
    return _spec(bpm, (*parts, Part(fifth, LAYERS)), changes)


CASES: Final[dict[str, Spec]] = {
    "starts at once": _plain(128.0, 90, seed=100, start=0.0),
    "plain 128": _plain(128.0, 90, seed=101),
    "plain 100": _plain(100.0, 90, seed=102, kick="deep"),
    "plain 160": _plain(160.0, 90, seed=103, kick="hard", bass="acid"),
    "odd tempo 117.31": _plain(117.31, 120, seed=104, kick="round", bass="acid"),
    "odd tempo 143.77": _plain(143.77, 120, seed=105, kick="tick", bass="offbeat"),
    "near a whole tempo 130.03": _plain(130.03, 180, seed=106),
    "long 126.5": _techno(126.5, 420, seed=107, kick="round"),
    "long odd 133.21": _techno(133.21, 600, seed=108, kick="909", bass="acid"),
    "swing 54 %": _techno(124.0, 150, seed=109, swing=0.54),
    "swing 58 %": _techno(131.0, 150, seed=110, swing=0.58, bass="acid"),
    "swing 62 %": _techno(120.0, 150, seed=111, swing=0.62, kick="soft"),
    "swing 66 %": _plain(127.0, 120, seed=112, swing=0.66, bass="rolling"),
    "breakdowns 129": _broken_down(129.0, 200, seed=113),
    "breakdowns 138.4": _broken_down(138.4, 240, seed=114, kick="deep", bass="offbeat"),
    "breakdowns 107": _broken_down(107.0, 200, seed=115, kick="hard", bar_chords=2),
    "ambient intro 122": _ambient(122.0, 180, seed=116),
    "ambient intro 140": _ambient(140.0, 150, seed=117, kick="soft", bass="offbeat"),
    "ambient intro 112.6": _ambient(112.6, 200, seed=118, bar_chords=4, kick="tick"),
    "missing kicks 125": _techno(125.0, 150, seed=119, kick_pattern="holes"),
    "missing kicks 136": _plain(136.0, 120, seed=120, kick_pattern="holes", bass="acid"),
    "broken kicks 132": _techno(132.0, 150, seed=121, kick_pattern="broken", bass="acid"),
    "broken kicks 118": _techno(118.0, 150, seed=122, kick_pattern="broken", bass="rolling"),
    "sparse kicks 140": _techno(140.0, 150, seed=123, kick_pattern="sparse", bass="acid"),
    "half-time kicks 145": _techno(145.0, 150, seed=124, kick_pattern="half", bass="rolling"),
    "off-beat bass louder than the kick": _techno(
        134.0, 150, seed=125, kick_gain=0.4, bass="offbeat", bass_gain=0.7
    ),
    "off-beat hats louder than the kick": _techno(
        128.0, 150, seed=126, kick_gain=0.35, hat_gain=0.7, bass="offbeat"
    ),
    "off-beat bass, broken kicks": _techno(
        130.0, 150, seed=127, kick_pattern="broken", bass="offbeat", bass_gain=0.5
    ),
    "starts at 13 ms": _plain(127.0, 90, seed=128, start=0.013),
    "starts at .37 s": _plain(135.0, 90, seed=129, start=0.37, lead="noise"),
    "starts at 2.5 s": _techno(121.0, 150, seed=130, start=2.5, lead="pad"),
    "starts at 9.1 s": _techno(150.0, 150, seed=131, start=9.1, lead="noise", kick="hard"),
    "soft kicks, no claps": _techno(126.0, 150, seed=132, kick="soft", clap_gain=0.0),
    "deep kicks, held bass": _techno(115.0, 150, seed=133, kick="deep", bass="held"),
    "late players, 5 ms": _techno(129.0, 150, seed=134, timing_ms=5.0, kick="round"),
    "noisy": _techno(133.0, 150, seed=135, noise=0.02, tail=3.0),
    "short, 32 bars": Spec(bpm=128.0, parts=(Part(16, DRUMS), Part(16)), seed=136),
    "stereo": _techno(139.0, 120, seed=137, channels=2, bass="acid"),
    "chords every four bars": _techno(123.0, 180, seed=138, bar_chords=4, bass="acid"),
    "no bass, no pads": Spec(
        bpm=137.0, parts=(Part(16, DRUMS - {"clap"}), Part(16, DRUMS), Part(32, DRUMS | {"ride"}))
    ),
    "quiet": _techno(119.0, 150, seed=139, kick_gain=0.02, bass_gain=0.01, hat_gain=0.005,
                     clap_gain=0.01, pad_gain=0.004, stab_gain=0.005, noise=0.0001),
}  # fmt: skip

FAST: Final = (
    "plain 128",
    "swing 66 %",
    "breakdowns 129",
    "ambient intro 140",
    "missing kicks 136",
    "off-beat bass louder than the kick",
    "starts at 13 ms",
    "short, 32 bars",
)
"""A handful of `CASES` that stands for all of them."""


@dataclass(frozen=True)
class Outcome:
    """How far a grid is from the truth.

    tempo_right:   every stretch has its tempo within .01 BPM (a fold of it where out of range)
    sections:      how many were found, and how many there are
    offsets:       (n,) seconds by which the grid's beats miss the true ones, all of the track less
                   two beats on either side of a joint, and less what is in no section
    claimed:       share of the track that is in a section
    joint_error:   seconds by which the worst joint is misplaced; NaN where the numbers differ
    downbeat_right: every stretch's downbeats are right
    confidence:    the grid's, 0 where it is only assumed
    """

    tempo_right: bool
    sections: tuple[int, int]
    offsets: Numbers
    claimed: float
    joint_error: float
    downbeat_right: bool
    confidence: float

    @property
    def worst(self) -> float:
        """The largest offset, in seconds."""
        return float(np.abs(self.offsets).max()) if len(self.offsets) else 0.0

    @property
    def sections_right(self) -> bool:
        """Whether as many sections were found as there are."""
        return self.sections[0] == self.sections[1]


def outcome(grid: BeatGrid, stretches: Sequence[Stretch]) -> Outcome:
    """Compare `grid` with the true `stretches` of a track, as an ear would: beat by beat."""
    true = [_folded(stretch) for stretch in stretches]
    pairs = [(stretch, _section_of(grid, stretch)) for stretch in true]
    joints = [stretch.start for stretch in true[1:]]
    found = [section.start for section in grid.sections[1:]]
    same = len(found) == len(joints)
    return Outcome(
        tempo_right=all(abs(s.bpm - t.bpm) < TEMPO_BPM for t, s in pairs),
        sections=(len(grid.sections), len(true)),
        offsets=np.concatenate([_offsets(grid, t, true) for t in true]),
        claimed=sum(section.end - section.start for section in grid.sections) / true[-1].end,
        joint_error=max((abs(a - b) for a, b in zip(found, joints, strict=True)), default=0.0)
        if same
        else float("nan"),
        downbeat_right=all(_downbeats_late(s, t) == 0 for t, s in pairs),
        confidence=grid.confidence if grid.origin == "fit" else 0.0,
    )


def _folded(stretch: Stretch) -> Stretch:
    """`stretch` with its tempo brought into the octave that the fit stays in."""
    bpm = stretch.bpm
    while bpm > TEMPO_MAX + 1e-9:
        bpm /= 2
    while bpm < TEMPO_MIN - 1e-9:
        bpm *= 2
    return dataclasses.replace(stretch, bpm=bpm)


def _section_of(grid: BeatGrid, stretch: Stretch) -> GridSection:
    """The section that covers most of `stretch`."""

    def shared(section: GridSection) -> float:
        return min(section.end, stretch.end) - max(section.start, stretch.start)

    return max(grid.sections, key=shared)


def _offsets(grid: BeatGrid, stretch: Stretch, all_of_them: Sequence[Stretch]) -> Numbers:
    margin = JOINT_BEATS * 60.0 / stretch.bpm
    start = stretch.start + (margin if stretch is not all_of_them[0] else 0.0)
    end = stretch.end - (margin if stretch is not all_of_them[-1] else 0.0)
    beats = [beat for beat in stretch.beats() if start <= beat <= end]
    off = []
    for beat in beats:
        section = next((s for s in grid.sections if beat < s.end), grid.sections[-1])
        if beat >= section.start:
            off.append(_off(beat - section.downbeat, section.beat_seconds))
    return np.array(off)


def _downbeats_late(section: GridSection, stretch: Stretch) -> int:
    """Beats, 0..3, by which the section's downbeats are late in the middle of the stretch."""
    middle = (max(section.start, stretch.start) + min(section.end, stretch.end)) / 2
    beat = section.beat_seconds
    bar = round((middle - section.downbeat) / section.bar_seconds)
    return round((section.bar_start(bar) - stretch.phrase) / beat) % 4


def rendered(name: str) -> Track:
    """The track of a case."""
    return render(CASES[name])


def _off(distance: float, period: float) -> float:
    return float(np.remainder(distance + period / 2, period) - period / 2)
