"""Where one constant grid does not hold: edits, tempo changes, drifting tempo, mixes of tracks.

The whole track is fitted first. If its windows do not lie on the line, the local tempo is sought
(Viterbi), the track is cut where that jumps, the beat is followed through each stretch, and its
course divided for as long as two straight lines explain it much better than one.
"""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from core.rhythm.following import Course, follow
from core.rhythm.onsets import RATE, Floats
from core.rhythm.phase import Line, Numbers, fit_line, fold, held, robust_line
from core.rhythm.tempo import COARSE_RATE, TempoPath, coarse_tempo, jumps, tempo_path

_TOLERANCE_SECONDS: Final = 3e-3
_WORST: Final = 16.0
"""Cost of a window far off the line; one within the tolerance costs up to 1."""
_SPLIT_GAIN: Final = 15.0
"""What another section must save: one more that is not there is worse than a few windows off."""
_FEWEST_WINDOWS: Final = 4
_SPLITS_TRIED: Final = 32

_SHORTEST_SECONDS: Final = 15.0
_LEAST_SALIENCE: Final = 0.1
_BOUNDARY_REACH_SECONDS: Final = 15.0
_ENOUGH_HELD: Final = 0.92
_SAME_ERRORS: Final = 2.0
_SAME_SECONDS: Final = 6e-3
_SMOOTH_SECONDS: Final = 0.015
_PROFILE_BINS: Final = 64


def fit_lines(fine: Floats, coarse: Floats, seconds: float) -> list[Line]:
    """The constant grids that a track of `seconds` is made of, in time order, without gaps.

    Args:
        fine: (n,) envelope at `RATE`.
        coarse: (2, n) envelopes at `COARSE_RATE`.
    """
    bpm, _ = coarse_tempo(coarse)
    whole = fit_line(fine, 0.0, seconds, 60.0 / bpm)
    if held(whole) > _ENOUGH_HELD or seconds < 2 * _SHORTEST_SECONDS:
        return [whole]
    path = tempo_path(coarse)
    if path.salience < _LEAST_SALIENCE:
        return [whole]
    lines: list[Line] = []
    for number, (start, end) in enumerate(_stretches(path, seconds)):
        parts = _straight(_Part(follow(fine, start, end, path), start, end))
        lines += [dataclasses.replace(part.line, stretch=number) for part in parts]
    return [whole] if len(lines) == 1 else _bounded(fine, lines)


def salience_of(coarse: Floats, line: Line) -> float:
    """How much of the envelope (2, n) repeats with a tempo over the line's stretch, -1..1."""
    span = slice(round(line.start * COARSE_RATE), round(line.end * COARSE_RATE))
    return coarse_tempo(coarse[:, span])[1]


@dataclass(frozen=True)
class _Part:
    """The windows of a stretch, or of a part of it, which spans `start`..`end` seconds."""

    course: Course
    start: float
    end: float

    @cached_property
    def line(self) -> Line:
        return self.course.line(self.start, self.end)


def _stretches(path: TempoPath, seconds: float) -> list[tuple[float, float]]:
    """(start, end) of stretches in which the local tempo does not jump."""
    at = jumps(path.bpm)
    kept = [0.0]
    for edge in ((path.times[at] + path.times[at + 1]) / 2).tolist():
        if min(edge - kept[-1], seconds - edge) > _SHORTEST_SECONDS:
            kept.append(edge)
    return list(itertools.pairwise([*kept, seconds]))


def _straight(stretch: _Part) -> list[_Part]:
    """The straight parts of `stretch`: one, if its drums lie on one line."""
    if held(stretch.line) > _ENOUGH_HELD:
        return [stretch]
    quiet = dataclasses.replace(stretch, course=stretch.course.with_quiet())
    return _joined(_divided(quiet))


def _divided(part: _Part) -> list[_Part]:
    """`part`, or its two halves, each divided again, if two lines explain it much better."""
    at = _best_split(part.line)
    if at is None:
        return [part]
    course = part.course
    middle = float(course.times[at - 1] + course.times[at]) / 2
    left = _Part(course.part(None, at), part.start, middle)
    right = _Part(course.part(at, None), middle, part.end)
    return [*_divided(left), *_divided(right)]


def _best_split(line: Line) -> int | None:
    """The first window of the second part where two lines save most, if that is enough."""
    x, lags, weights = line.centres, line.lags, line.weights
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
    return best if cost - cost_at(best) >= _SPLIT_GAIN else None


def _line_cost(x: Numbers, lags: Numbers, weights: Numbers) -> float:
    slope, level, pivot, _ = robust_line(x, lags, weights)
    return _cost(lags - level - slope * (x - pivot), weights)


def _cost(lags: Numbers, weights: Numbers) -> float:
    return float((weights * np.minimum((lags / _TOLERANCE_SECONDS) ** 2, _WORST)).sum())


def _joined(parts: list[_Part]) -> list[_Part]:
    """`parts` of one stretch with those joined that lie on one line, whatever is between them.

    A passage of another pattern can look shifted between two that agree.
    """
    for apart in (1, 2):
        k = 0
        while k + apart < len(parts):
            if _agree(parts[k].line, parts[k + apart].line):
                parts = [*parts[:k], _union(parts[k : k + apart + 1]), *parts[k + apart + 1 :]]
            else:
                k += 1
    return parts


def _agree(before: Line, after: Line) -> bool:
    """Whether both are one grid: same tempo within the errors, same phase half-way."""
    difference = abs(before.period - after.period)
    if difference > _SAME_ERRORS * float(np.hypot(before.period_error, after.period_error)):
        return False
    return abs(gap_between(before, after, (before.end + after.start) / 2)) < _SAME_SECONDS


def gap_between(before: Line, after: Line, time: float) -> float:
    """Seconds by which the beats of `after` are late against those of `before` about `time`."""
    beat = before.origin + round((time - before.origin) / before.period) * before.period
    beats = (beat - after.origin) / after.period
    return (round(beats) - beats) * after.period


def _union(parts: list[_Part]) -> _Part:
    courses = [part.course for part in parts]
    joint = Course(
        np.concatenate([course.beats for course in courses]),
        np.concatenate([course.times for course in courses]),
        np.concatenate([course.weights for course in courses]),
    )
    return _Part(joint, parts[0].start, parts[-1].end)


def _bounded(fine: Floats, lines: list[Line]) -> list[Line]:
    """`lines` with the times at which they meet moved to where one gives way to the next.

    Where the beats run on smoothly any time does, and nothing is moved.
    """
    for k in range(len(lines) - 1):
        before, after = lines[k], lines[k + 1]
        if abs(gap_between(before, after, before.end)) < _SMOOTH_SECONDS:
            continue
        time = _boundary(fine, before, after)
        lines[k] = dataclasses.replace(before, end=time)
        lines[k + 1] = dataclasses.replace(after, start=time)
    return lines


def _boundary(fine: Floats, before: Line, after: Line) -> float:
    """The time up to which `before` explains the attacks, and from which `after` does, best."""
    meet = before.end
    low = max(meet - _BOUNDARY_REACH_SECONDS, (before.start + meet) / 2)
    high = min(meet + _BOUNDARY_REACH_SECONDS, (after.end + meet) / 2)
    span = slice(round(low * RATE), round(high * RATE))
    gain = _explained(fine, before, span) - _explained(fine, after, span)
    if len(gain) == 0:
        return meet
    return low + float(np.argmax(np.cumsum(gain))) / RATE


def _explained(fine: Floats, line: Line, span: slice) -> Numbers:
    """(frames of `span`,) envelope times the line's own mean beat, free of mean and scale."""
    own = slice(round(line.start * RATE), round(line.end * RATE))
    frames = fine[own]
    profile = fold(
        frames[:, None], line.period, line.origin - own.start / RATE, _PROFILE_BINS
    ).ravel()
    profile = (profile - profile.mean()) / max(float(profile.std()), 1e-9)
    times = np.arange(span.start, span.start + len(fine[span])) / RATE
    place = ((times - line.origin) / line.period % 1.0 * _PROFILE_BINS).astype(np.int64)
    explained: Numbers = fine[span] * profile[place % _PROFILE_BINS]
    return explained
