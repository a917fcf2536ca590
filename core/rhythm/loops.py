"""Loops and one-shots: short files that are whole bars from their first sound, or a single sound.

Most of what producers own are loops. A loop was cut on a downbeat to a whole number of bars, so its
length and its tempo tell its whole grid, whether it has a beat or not (claps, basses, pads). What
encoders add before it and reverbs after it is no part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.rhythm.grid import BeatGrid, GridSection
from core.rhythm.onsets import POWER_RATE, RATE, OnsetFeatures
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
_LONGEST_LEAD_SECONDS: Final = 0.1
"""Of silence before the first sound; MP3 encoders put up to 50 ms there."""
_SHORTEST_LEAD_SECONDS: Final = 4e-3
_LEAD_SHARE: Final = 1e-4
_SILENT_SHARE: Final = 1e-5
"""Powers, as shares of the loudest, of the first sound and of the silence before it; a pad swells
from one to the other."""
_LEAD_REACH_SECONDS: Final = 0.012
_LONGEST_TAIL_BARS: Final = 1 / 8
_TAIL_POWER: Final = 0.25
"""Mean power of a tail, at most, as a share of that of the loop: music that goes on has more."""
_TAIL_ATTACK: Final = 0.3
_MOSTLY_ON_GRID: Final = 0.6
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
class LoopTiming:
    """How a file that is a loop lies on the beat.

    Attributes:
        bpm: its tempo.
        bars: how many whole bars it is.
        start: its downbeat, seconds from the beginning of the file.
    """

    bpm: float
    bars: int
    start: float = 0.0

    @property
    def seconds(self) -> float:
        """Its exact length."""
        return self.bars * BEATS_PER_BAR * 60.0 / self.bpm

    @property
    def repeats(self) -> int:
        """How often it is played to fill a segment at least: four times one bar, once four."""
        return -(-BARS_PER_SEGMENT // self.bars)

    def grid(self) -> BeatGrid:
        """The grid of the loop, repeated as often as `repeats` says; then it starts at 0."""
        start = self.start if self.repeats == 1 else 0.0
        end = start + self.seconds * self.repeats
        section = GridSection(start, end, self.bpm, start)
        return BeatGrid((section,), SURE)


def loop_at(seconds: float, tempi: Sequence[float]) -> LoopTiming | None:
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
            return LoopTiming(bpm, whole)
    return None


def stated_loop(features: OnsetFeatures, tempi: Sequence[float]) -> LoopTiming | None:
    """The loop that a file is by its length (`loop_at`), from its first sound on.

    Args:
        features: of the whole file.
        tempi: BPM that are stated, the most trustworthy first.
    """
    loop = loop_at(features.seconds, tempi)
    return None if loop is None else from_first_sound(loop, features)


def loop_with_tail(features: OnsetFeatures, tempi: Sequence[float]) -> LoopTiming | None:
    """The loop that a file is but for silence before it and up to half a beat that fades after it.

    Reverbs ring on after the last bar, and encoders fill their last block; nothing begins there.

    Args:
        features: of the whole file, which is no one-shot.
        tempi: BPM that are stated, the most trustworthy first.
    """
    for tempo in tempi:
        if not TEMPO_MIN / 2 <= tempo <= TEMPO_MAX * 2 or features.seconds > LONGEST_SECONDS:
            continue
        bpm = _in_octave(tempo)
        lead = _lead(features, bpm)
        bars = (features.seconds - lead) * bpm / 60.0 / BEATS_PER_BAR
        loop = LoopTiming(bpm, int(bars + _TOLERANCE_BARS), lead)
        if (
            loop.bars in BARS
            and bars - loop.bars <= _LONGEST_TAIL_BARS
            and _tail_fades(features, loop)
            and _plays_bars(features, loop)
        ):
            return loop
    return None


def from_first_sound(loop: LoopTiming, features: OnsetFeatures) -> LoopTiming:
    """The loop, begun after the silence before its first sound if the file is that much longer.

    Args:
        loop: of the file.
        features: of the whole file.
    """
    lead = _lead(features, loop.bpm)
    surplus = features.seconds - loop.seconds
    return replace(loop, start=lead) if lead <= surplus + _SHORTEST_LEAD_SECONDS else loop


def loop_by_length(seconds: float, grid: BeatGrid) -> LoopTiming | None:
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
            return LoopTiming(float(whole), loop.bars)
    return None


def loop_by_beat(features: OnsetFeatures, grid: BeatGrid) -> LoopTiming | None:
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


def _lead(features: OnsetFeatures, bpm: float) -> float:
    """Seconds of silence before the first downbeat; 0 where that is no padding.

    Where the first sound is later than any padding, the downbeat is as far into the file as its
    attacks are behind their sixteenths.
    """
    power = features.powers.sum(axis=1)
    if len(power) == 0 or power.max() <= 0.0:
        return 0.0
    frame = int(np.argmax(power > _LEAD_SHARE * power.max()))
    if (power[: max(1, frame - 1)] > _SILENT_SHARE * power.max()).any():
        return 0.0
    first = frame / POWER_RATE
    low = max(0, round((first - _LEAD_REACH_SECONDS) * RATE))
    near = features.attacks[low : round((first + _LEAD_REACH_SECONDS) * RATE)].sum(axis=1)
    if len(near) and near.max() > _ONSET_NATS:
        first = float(low + np.argmax(near)) / RATE
    if first > _LONGEST_LEAD_SECONDS:
        times, weights = attacks_of(features)
        step = BEATS_PER_BAR * 60.0 / bpm / SIXTEENTHS_PER_BAR
        first = (
            float(np.angle((weights * np.exp(2j * np.pi * times / step)).sum())) / 2 / np.pi * step
        )
    return first if _SHORTEST_LEAD_SECONDS < first < _LONGEST_LEAD_SECONDS else 0.0


def _tail_fades(features: OnsetFeatures, loop: LoopTiming) -> bool:
    """Whether what follows the last bar is quieter than the loop, and begins nothing."""
    end = loop.start + loop.seconds
    power = features.powers.sum(axis=1)
    own, tail = np.split(power, [round(end * POWER_RATE)])
    times, heights = attacks_of(features)
    later = heights[times > end - _AT_START_SECONDS / 2]
    if later.max(initial=0.0) > _TAIL_ATTACK * heights.max(initial=0.0):
        return False
    return len(tail) == 0 or float(tail.mean()) < _TAIL_POWER * float(own.mean())


def _plays_bars(features: OnsetFeatures, loop: LoopTiming) -> bool:
    """Whether its attacks, where it has many, are mostly on its sixteenths."""
    times, weights = attacks_of(features)
    inside = times < loop.start + loop.seconds
    if np.count_nonzero(inside) < _FEWEST_ONSETS:
        return True
    return _on_grid(times[inside] - loop.start, weights[inside], loop) > _MOSTLY_ON_GRID


def _in_octave(bpm: float) -> float:
    while bpm < TEMPO_MIN:
        bpm *= 2.0
    while bpm > TEMPO_MAX:
        bpm /= 2.0
    return bpm


def _candidates(seconds: float) -> list[LoopTiming]:
    """Every number of bars that gives a tempo in the octave, the usual ones first."""
    if not 0.0 < seconds <= LONGEST_SECONDS:
        return []
    loops = [LoopTiming(bars * BEATS_PER_BAR * 60.0 / seconds, bars) for bars in BARS]
    return [loop for loop in loops if TEMPO_MIN <= loop.bpm < TEMPO_MAX]


def _on_grid(times: Numbers, weights: Numbers, loop: LoopTiming) -> float:
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
