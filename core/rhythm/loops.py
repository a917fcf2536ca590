"""Loops and one-shots: short files that are whole bars from their first sample, or a single sound.

Most of what producers own are loops. A loop was cut on a downbeat to a whole number of bars, so its
length and its tempo tell its whole grid, whether it has a beat or not (claps, basses, pads).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.rhythm.grid import BeatGrid, GridSection
from core.rhythm.onsets import RATE, OnsetFeatures
from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR, SIXTEENTHS_PER_BAR, TEMPO_MAX, TEMPO_MIN

Numbers = NDArray[np.float64]

LONGEST_SECONDS: Final = 65.0
"""Thirty-two bars at 120 BPM; what is longer is a track."""
BARS: Final = (1, 2, 4, 8, 16, 32, 3, 6, 12, 24)
"""Lengths of loops in bars, the usual ones first."""
SURE: Final = 0.9
"""Confidence of a loop's grid: its tempo is written on it, or follows from its exact length."""

_TOLERANCE_BARS: Final = 1 / 64
"""Encoders and editors add or drop a few milliseconds: 29 at 128 BPM."""
_WHOLE_TEMPO_BPM: Final = 0.02
_OTHER_TEMPO: Final = 0.02
_TYPED_SECONDS: Final = 2e-3
_ONSET_NATS: Final = 3.0
_ONSET_APART_SECONDS: Final = 0.06
_ONSET_SHARE: Final = 0.01
"""Power of an attack that counts, as a share of the loudest."""
_FEWEST_ONSETS: Final = 12
_FEW_ONSETS: Final = 3
_RIPPLE_SHARE: Final = 0.12
_AT_START_SECONDS: Final = 0.06
_ON_SIXTEENTH: Final = 0.18
"""Sixteenths by which an attack may be off."""
_ON_GRID_SHARE: Final = 0.85
_TAIL_SHARE: Final = 0.15
_FADED_DB: Final = -26.0
_ONE_SHOT_SECONDS: Final = 8.0


@dataclass(frozen=True)
class Loop:
    """A file that is `bars` whole bars at `bpm`, its first sample a downbeat."""

    bpm: float
    bars: int

    @property
    def seconds(self) -> float:
        """Its exact length."""
        return self.bars * BEATS_PER_BAR * 60.0 / self.bpm

    @property
    def repeats(self) -> int:
        """How often it is played to fill a segment at least: four times one bar, once four."""
        return -(-BARS_PER_SEGMENT // self.bars)

    def grid(self) -> BeatGrid:
        """The grid of the loop, repeated as often as `repeats` says."""
        section = GridSection(0.0, self.seconds * self.repeats, self.bpm, 0.0)
        return BeatGrid((section,), SURE)


def loop_at(seconds: float, tempi: Sequence[float]) -> Loop | None:
    """The loop that a file is by its length, at the first of some tempi that makes it whole bars.

    Args:
        seconds: length of the file.
        tempi: BPM that its name, its tags or its chunks state, the most trustworthy first. One
            outside the octave that the grid uses is halved or doubled into it.
    """
    if not 0.0 < seconds <= LONGEST_SECONDS:
        return None
    for tempo in tempi:
        if not TEMPO_MIN / 2 <= tempo <= TEMPO_MAX * 2:
            continue
        bpm = _in_octave(tempo)
        bars = seconds * bpm / 60.0 / BEATS_PER_BAR
        whole = round(bars)
        if whole in BARS and abs(bars - whole) <= _TOLERANCE_BARS:
            return Loop(bpm, whole)
    return None


def loop_by_length(seconds: float, grid: BeatGrid) -> Loop | None:
    """The loop that a file of an exact length is: whole bars at a whole tempo, to .02 BPM.

    Programs cut loops to the sample, most at a whole tempo; a file of any other origin is of such a
    length once in twenty-five times. Lengths of whole or half seconds say nothing: those are what
    people type in.

    Args:
        seconds: length of the file.
        grid: fitted to it; a steady one must not contradict.
    """
    if abs(2.0 * seconds - round(2.0 * seconds)) < _TYPED_SECONDS:
        return None
    for loop in _candidates(seconds):
        whole = round(loop.bpm)
        contradicted = grid.is_steady and abs(grid.bpm / whole - 1.0) > _OTHER_TEMPO
        exact = loop.bars & (loop.bars - 1) == 0 and abs(loop.bpm - whole) < _WHOLE_TEMPO_BPM
        if exact and not contradicted:
            return Loop(float(whole), loop.bars)
    return None


def loop_by_beat(features: OnsetFeatures, grid: BeatGrid) -> Loop | None:
    """The loop that a file without a stated tempo is by its own beat.

    Args:
        features: of the whole file.
        grid: fitted to it; one without a steady beat is passed over.
    """
    seconds = features.seconds
    if grid.is_steady:
        section = grid.sections[0]
        late = (section.downbeat + section.beat_seconds / 2) % section.beat_seconds
        on_start = abs(late - section.beat_seconds / 2) < _AT_START_SECONDS
        bars = seconds / section.bar_seconds
        fits = on_start and not grid.moves and abs(bars - round(bars)) <= _TOLERANCE_BARS
        return next((it for it in _candidates(seconds) if fits and it.bars == round(bars)), None)
    times, weights = attacks_of(features)
    if len(times) < _FEWEST_ONSETS:
        return None
    for loop in _candidates(seconds):
        if _on_grid(times, weights, loop) > _ON_GRID_SHARE:
            return loop
    return None


def is_one_shot(features: OnsetFeatures) -> bool:
    """Whether a file is a single sound: short, an attack at its start, faded at its end."""
    if features.seconds > _ONE_SHOT_SECONDS:
        return False
    times, heights = attacks_of(features)
    at_start = len(times) == 0 or times[0] < _AT_START_SECONDS
    # A cymbal's own noise rises and falls a little, too.
    attacks = np.count_nonzero(heights > _RIPPLE_SHARE * heights.max(initial=0.0))
    return bool(at_start and attacks < _FEW_ONSETS and _faded(features))


def attacks_of(features: OnsetFeatures) -> tuple[Numbers, Numbers]:
    """Times (n,) in seconds of the audible attacks, and their heights (n,) in nats."""
    total = features.attacks.sum(axis=1, dtype=np.float64)
    if len(total) == 0:
        return np.zeros(0), np.zeros(0)
    power = np.repeat(features.powers.sum(axis=1), 4)[: len(total)]
    loud = power > _ONSET_SHARE * power.max()
    reach = round(_ONSET_APART_SECONDS * RATE)
    kept: list[int] = []
    for frame in np.argsort(-total):
        if total[frame] < _ONSET_NATS:
            break
        if all(abs(int(frame) - other) > reach for other in kept) and loud[frame : frame + 8].any():
            kept.append(int(frame))
    kept.sort()
    return np.array(kept, np.float64) / RATE, total[kept]


def _in_octave(bpm: float) -> float:
    while bpm < TEMPO_MIN:
        bpm *= 2.0
    while bpm > TEMPO_MAX:
        bpm /= 2.0
    return bpm


def _candidates(seconds: float) -> list[Loop]:
    """Every number of bars that gives a tempo in the octave, the usual ones first."""
    if not 0.0 < seconds <= LONGEST_SECONDS:
        return []
    loops = [Loop(bars * BEATS_PER_BAR * 60.0 / seconds, bars) for bars in BARS]
    return [loop for loop in loops if TEMPO_MIN <= loop.bpm < TEMPO_MAX]


def _on_grid(times: Numbers, weights: Numbers, loop: Loop) -> float:
    """Share of the attacks, by height, that lie on a sixteenth."""
    place = times / loop.seconds * loop.bars * SIXTEENTHS_PER_BAR
    off = np.abs(place - np.round(place))
    return float(weights[off < _ON_SIXTEENTH].sum() / max(float(weights.sum()), 1e-9))


def _faded(features: OnsetFeatures) -> bool:
    power = features.powers.sum(axis=1)
    if len(power) == 0 or power.max() <= 0.0:
        return True
    tail = power[-max(1, round(_TAIL_SHARE * len(power))) :]
    level = 10.0 * np.log10((float(tail.mean()) + 1e-20) / float(np.percentile(power, 98)))
    return bool(level < _FADED_DB)
