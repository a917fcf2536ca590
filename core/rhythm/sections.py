"""Where one constant grid does not hold: edits, tempo changes, drifting tempo, mixes of tracks.

The whole track is fitted first, and the beat followed through it. Where that does not stay on one
line the local tempo is sought (Viterbi) and the track cut where that jumps; each stretch is
followed again, cut where its beat jumps, and divided further for as long as two straight lines
explain its course much better than one. What has no clear beat belongs to the sure part next to it.
"""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from core.rhythm.beat_course import Course, follow
from core.rhythm.joints import gap_between, joined_at, kick_level
from core.rhythm.onsets import Floats
from core.rhythm.phase import Line, Numbers, fine_envelope, fit_line, held, robust_line
from core.rhythm.tempo import COARSE_RATE, TempoPath, coarse_tempo, jumps, metre, tempo_path

_TOLERANCE_SECONDS: Final = 3e-3
_TOLERANCE_SCATTERS: Final = 2.0
_WORST: Final = 16.0
"""Cost of a window far off the line; one within the tolerance costs up to 1."""
_SPLIT_GAIN: Final = 15.0
"""What another section must save: one more that is not there is worse than a few windows off."""
_SLIGHT_SECONDS: Final = 8e-3
_NEARLY_ALL: Final = 90
_SLIGHT_SHARE: Final = 0.7
"""Where nothing is off by more than the above, this share of the cost: loose playing is no edit."""
_FEWEST_WINDOWS: Final = 8
_SPLITS_TRIED: Final = 32

_SHORTEST_SECONDS: Final = 15.0
_LEAST_SALIENCE: Final = 0.1
_ENOUGH_HELD: Final = 0.97
_WHOLLY_HELD: Final = 0.99
_LEAST_KICKS: Final = 0.25
"""Mean of the kicks' envelope, as a share of that of the stretch with most."""
_LEAST_DOUBT: Final = 0.1
"""Share of the windows with kicks elsewhere from which on another tempo is sought there."""
_SURE: Final = 0.8
_HALF: Final = 0.5
_VAGUE: Final = 0.6
_UNSURE_WEIGHT: Final = 0.02
_LEAST_SURE: Final = 2.5
"""Windows, by weight, that a part must have to stand on its own."""
_SAME_SECONDS: Final = 6e-3
_NEAR_SECONDS: Final = 10e-3
_SAME_TEMPO: Final = 1e-3


def fit_lines(bands: Floats, coarse: Floats, seconds: float) -> list[Line]:
    """The constant grids that a track is made of, in time order, without gaps.

    Args:
        bands: (n, 4) envelopes of `phase.band_envelopes`.
        coarse: (3, m) envelopes of `tempo.envelopes`.
        seconds: length of the track.
    """
    fine = fine_envelope(bands)
    bpm, _ = coarse_tempo(coarse)
    whole = fit_line(fine, 0.0, seconds, 60.0 / bpm)
    course = follow(bands, coarse, 0.0, seconds, TempoPath.constant(whole.bpm))
    if len(course) < 2 * _FEWEST_WINDOWS:
        return [whole]
    straight = _is_straight(course, seconds)
    if straight and course.doubtful < _LEAST_DOUBT:
        return [_sure_line(fine, course, whole)]
    path = tempo_path(coarse)
    if path.salience < _LEAST_SALIENCE:
        return [whole]
    stretches = _stretches(path, coarse, seconds)
    if straight and len(stretches) == 1:
        return [_sure_line(fine, course, whole)]
    if len(stretches) == 1:
        edited = _straight(_Part(course, 0.0, seconds))
        if _are_edits(edited):
            return joined_at(bands, coarse, [part.line for part in edited])
    lines: list[Line] = []
    for number, (start, end) in enumerate(stretches):
        course = follow(bands, coarse, start, end, path)
        parts = _straight(_Part(course, start, end))
        if len(parts) == len(stretches) == 1:
            return [_sure_line(fine, parts[0].course, whole)]
        lines += [dataclasses.replace(part.line, stretch=number) for part in parts]
    return joined_at(bands, coarse, lines)


def _are_edits(parts: list[_Part]) -> bool:
    """Whether these are clear parts of one tempo, which a rough tempo would only blur."""
    tempi = [part.line.period for part in parts]
    same = max(tempi) / min(tempi) - 1.0 < _SAME_TEMPO
    return len(parts) > 1 and same and all(held(part.line) > _ENOUGH_HELD for part in parts)


def _sure_line(fine: Floats, course: Course, whole: Line) -> Line:
    """`whole`, fitted again where the beat is sure; what is unsure takes over that grid."""
    weights = course.weights
    if weights.sum() < _LEAST_SURE or weights.min() > _SURE or held(whole) > _WHOLLY_HELD:
        return whole
    period = course.line(whole.start, whole.end).period
    least = np.maximum(weights, _UNSURE_WEIGHT)
    return fit_line(fine, whole.start, whole.end, period, (course.times, least))


def metre_of(coarse: Floats, line: Line) -> tuple[float, float]:
    """How clear the beat of a stretch is, and its metre.

    Args:
        coarse: (3, m) envelopes of `tempo.envelopes`.
        line: whose stretch and tempo.

    Returns:
        How much of the stretch repeats with its likeliest tempo, -1..1, and by how much the line's
        tempo leads other readings of the metre (`tempo.metre`).
    """
    span = slice(round(line.start * COARSE_RATE), round(line.end * COARSE_RATE))
    return metre(coarse[:, span], line.bpm)


@dataclass(frozen=True)
class _Part:
    """The windows of a stretch, or of a part of it, which spans `start`..`end` seconds."""

    course: Course
    start: float
    end: float

    @cached_property
    def line(self) -> Line:
        return self.course.line(self.start, self.end)

    @property
    def sure(self) -> float:
        """How many windows have a clear beat; however many vague ones do not add up to one."""
        return float(np.clip((self.course.weights - _VAGUE) / (1.0 - _VAGUE), 0.0, None).sum())

    def split(self, at: int) -> tuple[_Part, _Part]:
        """The windows before and from number `at`."""
        course = self.course
        middle = float(course.times[at - 1] + course.times[at]) / 2
        return (
            _Part(course.part(None, at), self.start, middle),
            _Part(course.part(at, None), middle, self.end),
        )


def _is_straight(course: Course, seconds: float) -> bool:
    """Whether one constant grid holds from beginning to end."""
    if course.jumps or course.weights.sum() < _LEAST_SURE:
        return False
    line = course.line(0.0, seconds)
    return held(line) > _ENOUGH_HELD and _best_split(line) is None


def _stretches(path: TempoPath, coarse: Floats, seconds: float) -> list[tuple[float, float]]:
    """(start, end) of stretches in which the local tempo does not jump.

    What has next to no kicks is no stretch of its own: its tempo is anybody's guess.
    """
    at = jumps(path.bpm)
    kept = [0.0]
    for edge in ((path.times[at] + path.times[at + 1]) / 2).tolist():
        if min(edge - kept[-1], seconds - edge) > _SHORTEST_SECONDS:
            kept.append(edge)
    stretches = list(itertools.pairwise([*kept, seconds]))
    levels = [kick_level(coarse, *stretch) for stretch in stretches]
    enough = _LEAST_KICKS * max(levels)
    sure = [stretch for stretch, level in zip(stretches, levels, strict=True) if level >= enough]
    starts = [0.0, *(start for start, _ in sure[1:])]
    return list(itertools.pairwise([*starts, seconds]))


def _straight(stretch: _Part) -> list[_Part]:
    """The straight parts of `stretch`: one, if its drums lie on one line."""
    if len(stretch.course) == 0:
        return [stretch]
    pieces = [stretch]
    for jump in reversed(stretch.course.jumps):
        pieces[:1] = pieces[0].split(jump)
    parts = [part for piece in pieces for part in _divided(piece)]
    return _joined(_absorbed(parts))


def _divided(part: _Part) -> list[_Part]:
    """`part`, or its two halves, each divided again, if two lines explain it much better."""
    at = _best_split(part.line)
    if at is None:
        return [part]
    left, right = part.split(at)
    return [*_divided(left), *_divided(right)]


def _best_split(line: Line) -> int | None:
    """The first window of the second part where two lines save most, if that is enough."""
    x, weights = line.centres, line.weights
    lags = line.lags / max(_TOLERANCE_SECONDS, _TOLERANCE_SCATTERS * _scatter(line))
    first, last = _FEWEST_WINDOWS, len(x) - _FEWEST_WINDOWS
    cost = _cost(lags, weights)
    if last < first or cost < _SPLIT_GAIN:
        return None

    def cost_at(k: int) -> float:
        return _line_cost(x[:k], lags[:k], weights[:k]) + _line_cost(x[k:], lags[k:], weights[k:])

    tried = np.unique(np.linspace(first, last, _SPLITS_TRIED).round().astype(int))
    best = int(min(tried, key=cost_at))
    step = -(-(last - first) // _SPLITS_TRIED)
    best = min(range(max(first, best - step), min(last, best + step) + 1), key=cost_at)
    left = cost_at(best)
    sure = np.abs(line.lags[weights > _HALF * weights.mean()])
    slight = float(np.percentile(sure, _NEARLY_ALL)) < _SLIGHT_SECONDS if len(sure) else True
    enough = max(_SPLIT_GAIN, (_SLIGHT_SHARE if slight else 0.0) * cost)
    return best if cost - left >= enough else None


def _scatter(line: Line) -> float:
    """Seconds by which neighbouring sure windows differ, typically: how loosely it is played."""
    lags = line.lags[line.weights > _HALF * line.weights.mean()]
    return float(np.median(np.abs(np.diff(lags)))) if len(lags) > _FEWEST_WINDOWS else 0.0


def _line_cost(x: Numbers, lags: Numbers, weights: Numbers) -> float:
    slope, level, pivot, _ = robust_line(x, lags, weights)
    return _cost(lags - level - slope * (x - pivot), weights)


def _cost(lags: Numbers, weights: Numbers) -> float:
    """Of lags in units of what is tolerated."""
    return float((weights * np.minimum(lags**2, _WORST)).sum())


def _absorbed(parts: list[_Part]) -> list[_Part]:
    """`parts` without those that have no clear beat of their own: a neighbour takes their time."""
    kept = list(parts)
    while len(kept) > 1:
        weakest = min(range(len(kept)), key=lambda k: kept[k].sure)
        if kept[weakest].sure >= _LEAST_SURE:
            break
        weak = kept.pop(weakest)
        if weakest == 0:
            kept[0] = dataclasses.replace(kept[0], start=weak.start)
        else:
            kept[weakest - 1] = dataclasses.replace(kept[weakest - 1], end=weak.end)
    return kept


def _joined(parts: list[_Part]) -> list[_Part]:
    """`parts` of one stretch with those joined that lie on one line, whatever is between them.

    A passage without a clear beat can look shifted between two that agree.
    """
    for apart in (1, 2):
        k = 0
        while k + apart < len(parts):
            between = parts[k + 1 : k + apart]
            unsure = all(part.course.sure_share < _HALF for part in between)
            if unsure and _agree(parts[k].line, parts[k + apart].line):
                parts = [*parts[:k], _union(parts[k : k + apart + 1]), *parts[k + apart + 1 :]]
            else:
                k += 1
    return parts


def _agree(before: Line, after: Line) -> bool:
    """Whether both are one grid: each, continued into the middle of the other, meets its beats."""
    meet = (before.end + after.start) / 2
    middles = ((before.start + before.end) / 2, (after.start + after.end) / 2)
    if any(abs(gap_between(before, after, time)) >= _NEAR_SECONDS for time in middles):
        return False
    return abs(gap_between(before, after, meet)) < _SAME_SECONDS


def _union(parts: list[_Part]) -> _Part:
    """All of them as one, their beats counted on: jumps between them may add up to a whole one."""
    courses, line = [part.course for part in parts], parts[0].line
    counted = (line.origin + line.period * course.beats for course in courses)
    lost = [
        round(float(np.median(course.times - at)) / line.period)
        for course, at in zip(courses, counted, strict=True)
    ]
    joint = Course(
        np.concatenate([course.beats + n for course, n in zip(courses, lost, strict=True)]),
        np.concatenate([course.times for course in courses]),
        np.concatenate([course.weights for course in courses]),
    )
    return _Part(joint, parts[0].start, parts[-1].end)
