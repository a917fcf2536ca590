"""Where one constant grid gives way to the next: at the cut that put them together.

Each attack says which of the two grids it lies on, if there are any like it elsewhere. In a break,
the bars are folded over one, those before the cut on the one grid and those after it on the other:
they are most alike if they are divided at the cut. Where neither tells, what has attacks belongs to
neither grid, like what lies on both; what has none goes with what was before it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.rhythm.bars import BEATS
from core.rhythm.onsets import RATE, Floats
from core.rhythm.phase import Line, Numbers, fold
from core.rhythm.tempo import COARSE_RATE, KICK

_HALF: Final = 0.5
_LEAST_KICKS: Final = 0.25
"""Mean of the kicks' envelope in a break, at most, as a share of that of the stretch with more."""
_BREAK_WINDOWS: Final = 4
_SMOOTH_SECONDS: Final = 0.008
_DRIFT: Final = 0.02
"""Relative change of the tempo that may still be drift."""
_LITTLE_GAIN: Final = 0.2
"""Of what is gained per beat."""
_PROFILE_BINS: Final = 64
"""Per beat."""
_FEWEST_BARS: Final = 4
_LOUD_WINDOWS: Final = 4
_ATTACKS: Final = 0.12
"""Variance of the envelopes in a break with attacks, as a share of that where the kick plays."""
_IN_STEP: Final = 0.12
"""Part of a sixteenth."""
_TELLING: Final = 0.07
"""What a bar of the break says, at least, as a share of what one with kicks says."""
_CLEAR: Final = 0.05
"""Likeness of a break's bars, at least, that is no chance."""
_CLEARLY_BETTER: Final = 0.9
"""Likeness, as a share of the best one, of divisions that may be right as well."""
_NEAR_BARS: Final = 2
_SHIFTS: Final = np.arange(BEATS) * _PROFILE_BINS


def joined_at(bands: Floats, coarse: Floats, lines: list[Line]) -> list[Line]:
    """`lines` with the times at which they meet moved to where one gives way to the next.

    Where the beats run on smoothly any time does, and nothing is moved. A break of which nobody can
    tell on which of the two it lies is left out between them.

    Args:
        bands: (n, 4) envelopes of `phase.band_envelopes`.
        coarse: (3, m) envelopes of `tempo.envelopes`.
        lines: in time order, without gaps.
    """
    lines = list(lines)
    for k in range(len(lines) - 1):
        before, after = lines[k], lines[k + 1]
        if not _runs_on(before, after):
            lines[k : k + 2] = _parted(bands, coarse, before, after)
    return lines


def gap_between(before: Line, after: Line, time: float) -> float:
    """How late the beats of one grid are against those of another.

    Args:
        before: the earlier grid.
        after: the later grid.
        time: about where, seconds.

    Returns:
        Seconds, at most half a beat of `after`; negative where they are early.
    """
    beat = before.origin + round((time - before.origin) / before.period) * before.period
    beats = (beat - after.origin) / after.period
    return (round(beats) - beats) * after.period


def _runs_on(before: Line, after: Line) -> bool:
    smooth = abs(gap_between(before, after, before.end)) < _SMOOTH_SECONDS
    return smooth and abs(before.period / after.period - 1.0) < _DRIFT


def _parted(bands: Floats, coarse: Floats, before: Line, after: Line) -> tuple[Line, Line]:
    last, first = _last_sure(before), _first_sure(after)
    window = BEATS * after.period
    if first - last > _BREAK_WINDOWS * window and _is_quiet(coarse, before, after, window):
        quiet = last + window / 2, first - window / 2
        time = _told_by_bars(bands, before, after, quiet)
        if time is None:
            time = _told_by_beats(bands, before, after, quiet)
        if time is not None:
            return dataclasses.replace(before, end=time), dataclasses.replace(after, start=time)
        between = max(first - 1.5 * window, before.start), min(first + window, after.end)
        time = _boundary(bands, before, after, between, late=True)
        end, start = time, time
        if _has_attacks(bands, quiet, window):
            end, start = quiet[0], max(time, quiet[1])
        return (
            dataclasses.replace(before, end=end),
            dataclasses.replace(after, start=start, after_break=True),
        )
    between = min(first, last) - window, max(first, last) + window
    between = max(between[0], before.start), min(between[1], after.end)
    end, start = _untold(bands, before, after, between)
    if start - end <= _BREAK_WINDOWS * window:
        end = start = _boundary(bands, before, after, between, late=False)
    return dataclasses.replace(before, end=end), dataclasses.replace(after, start=start)


def _is_quiet(coarse: Floats, before: Line, after: Line, window: float) -> bool:
    """Whether there are next to no kicks between the last sure one and the first one."""
    typical = max(kick_level(coarse, line.start, line.end) for line in (before, after))
    between = kick_level(coarse, _last_sure(before) + window, _first_sure(after) - window)
    return between < _LEAST_KICKS * typical


def kick_level(coarse: Floats, start: float, end: float) -> float:
    """How much of a kick there is in a stretch.

    Args:
        coarse: (3, m) envelopes of `tempo.envelopes`.
        start: of the stretch, seconds.
        end: of the stretch, seconds.

    Returns:
        Mean of the kicks' envelope; 0 for a stretch of no length.
    """
    span = coarse[KICK, round(start * COARSE_RATE) : round(end * COARSE_RATE)]
    return float(span.mean()) if len(span) else 0.0


def _first_sure(line: Line) -> float:
    sure = np.flatnonzero(line.weights > _HALF * line.weights.max())
    return float(line.centres[sure[0]]) if len(sure) else line.start


def _last_sure(line: Line) -> float:
    sure = np.flatnonzero(line.weights > _HALF * line.weights.max())
    return float(line.centres[sure[-1]]) if len(sure) else line.end


@dataclass(frozen=True)
class _Division:
    """A break divided after `bars` bars, those after it `shift` beats on in the pattern.

    Attributes:
        likeness: mean product of every two of its bars, as a share of their mean square.
    """

    bars: int
    shift: int
    likeness: float
    pattern: Numbers


def _told_by_beats(
    bands: Floats, before: Line, after: Line, between: tuple[float, float]
) -> float | None:
    """The time within a break at which `after` takes over, told by what plays elsewhere, too.

    None where next to nothing there is as it is elsewhere, or whole sixteenths were cut out, so
    that it may be in step with either grid.
    """
    low, high = between
    size = round(BEATS * after.period * RATE)
    first, last = round(low * RATE), round(high * RATE)
    span = slice(max(0, first - _LOUD_WINDOWS * size), last)
    gain = _explained(bands, before, span) - _explained(bands, after, span)
    quiet = first - span.start
    loud, gain = gain[:quiet], gain[quiet:]
    count = len(gain) // size
    if count < _FEWEST_BARS or len(loud) < size:
        return None
    windows = gain[: count * size].reshape(count, size).sum(axis=1)[1:-1]
    typical = float(loud.mean()) * size
    if np.median(np.abs(windows)) < _TELLING * typical:
        return None
    sixteenths = 4.0 * gap_between(before, after, high) / after.period
    alike = abs(before.period / after.period - 1.0) < _DRIFT
    if alike and abs(sixteenths - round(sixteenths)) < _IN_STEP:
        return None
    return low + float(np.argmax(np.cumsum(gain))) / RATE


def _has_attacks(bands: Floats, between: tuple[float, float], window: float) -> bool:
    """Whether a break has so many that its bars can be wrong: pads and noise have none."""
    low, high = between
    quiet = bands[round((low + window) * RATE) : round((high - window) * RATE)]
    loud = bands[max(0, round((low - _LOUD_WINDOWS * window) * RATE)) : round(low * RATE)]
    if len(quiet) == 0 or len(loud) == 0:
        return False
    return float(quiet.var(axis=0).sum()) > _ATTACKS * float(loud.var(axis=0).sum())


def _told_by_bars(
    bands: Floats, before: Line, after: Line, between: tuple[float, float]
) -> float | None:
    """The same, told by the bars of the break, whatever they are; None if that does not tell."""
    low, high = between
    first = int(np.ceil((low - before.origin) / before.period))
    count = int((high - before.origin) / before.period - first) // BEATS
    if count < _FEWEST_BARS:
        return None
    start = before.origin + first * before.period
    stop = after.origin + int((high - after.origin) / after.period) * after.period
    late = stop - count * BEATS * after.period
    if late < 0.0:
        return None
    ours = _bars(bands, start, before.period, count)
    theirs = _bars(bands, late, after.period, count)
    square = float(np.square(np.concatenate([ours, theirs])).sum(axis=(1, 2)).mean())
    divisions = [_division(ours, theirs, k, square) for k in range(count + 1)]
    best = max(divisions, key=lambda division: division.likeness)
    rivals = [d for d in divisions if abs(d.bars - best.bars) > _NEAR_BARS or d.bars in (0, count)]
    most = max(rival.likeness for rival in rivals)
    if best.likeness < _CLEAR or most > _CLEARLY_BETTER * best.likeness:
        return None
    at = start + best.bars * BEATS * before.period
    reach = _NEAR_BARS * BEATS * before.period
    span = slice(round(max(low, at - reach) * RATE), round(min(high, at + reach) * RATE))
    times = span.start / RATE + np.arange(len(bands[span])) / RATE
    gain = _expected(bands[span], times, best.pattern, start, before.period) - _expected(
        bands[span], times, np.roll(best.pattern, -_SHIFTS[best.shift], 0), late, after.period
    )
    return float(times[np.argmax(np.cumsum(gain))])


def _bars(bands: Floats, start: float, period: float, count: int) -> Numbers:
    """(count, 4 x bins, 4) of bars from `start` on, each free of its mean."""
    size = BEATS * _PROFILE_BINS
    span = slice(round(start * RATE), round((start + count * BEATS * period) * RATE))
    times = span.start / RATE + np.arange(len(bands[span])) / RATE
    place = np.floor((times - start) / period * _PROFILE_BINS + 1e-6).astype(np.int64)
    place = np.clip(place, 0, count * size - 1)
    folded = np.stack(
        [np.bincount(place, band, count * size).reshape(count, size) for band in bands[span].T],
        axis=2,
    )
    return np.asarray(folded - folded.mean(axis=1, keepdims=True))


def _division(ours: Numbers, theirs: Numbers, bars: int, square: float) -> _Division:
    """The break as `bars` bars of `ours` and then those of `theirs`, shifted as fits best."""
    early, later = ours[:bars].sum(axis=0), theirs[bars:].sum(axis=0)
    turned = [np.roll(later, shift, axis=0) for shift in _SHIFTS]
    shift = int(np.argmax([float((early * each).sum()) for each in turned]))
    total = early + turned[shift]
    count = len(ours)
    own = float(np.square(ours[:bars]).sum() + np.square(theirs[bars:]).sum())
    likeness = (float(np.square(total).sum()) - own) / (count * (count - 1)) / max(square, 1e-9)
    return _Division(bars, shift, likeness, total / count)


def _expected(
    frames: Floats, times: Numbers, pattern: Numbers, start: float, period: float
) -> Numbers:
    """(n,) frames times what the pattern (4 x bins, 4) has there."""
    place = np.floor((times - start) / period * _PROFILE_BINS).astype(np.int64)
    expected: Numbers = (frames * pattern[place % len(pattern)]).sum(axis=1)
    return expected


def _boundary(
    bands: Floats, before: Line, after: Line, between: tuple[float, float], *, late: bool
) -> float:
    """The time up to which `before` explains the attacks, and from which `after` does, best.

    Args:
        bands: (n, 4) envelopes of the whole track.
        between: seconds between which it lies.
        late: where nothing speaks for either, whether to wait for the first attack of `after`.
    """
    low, high = between
    span = slice(round(low * RATE), round(high * RATE))
    gain = _explained(bands, before, span) - _explained(bands, after, span)
    if len(gain) == 0:
        return low
    total = np.cumsum(gain)
    if not late:
        return low + float(np.argmax(total)) / RATE
    little = _LITTLE_GAIN * float(np.ptp(total)) * after.period / max(high - low, after.period)
    return low + float(np.flatnonzero(total >= total.max() - little)[-1]) / RATE


def _untold(
    bands: Floats, before: Line, after: Line, between: tuple[float, float]
) -> tuple[float, float]:
    """From when to when one line may give way to the other: `_boundary` is only likeliest there.

    Outside of that time, more speaks against it than a window of the music there says elsewhere.
    """
    span = slice(round(between[0] * RATE), round(between[1] * RATE))
    total = np.cumsum(_explained(bands, before, span) - _explained(bands, after, span))
    if len(total) == 0:
        return between[0], between[0]
    best = int(np.argmax(total))
    early = np.flatnonzero(total[: best + 1] >= total[best] - _said(bands, before, after))
    later = np.flatnonzero(total[best:] >= total[best] - _said(bands, after, before))
    return between[0] + float(early[0]) / RATE, between[0] + float(best + later[-1]) / RATE


def _said(bands: Floats, line: Line, other: Line) -> float:
    """How much a window of what lies on `line` speaks for it and against `other`, on average.

    Of a broken beat it may speak against it; that is no reason to look for less.
    """
    span = slice(round(line.start * RATE), round(line.end * RATE))
    gain = _explained(bands, line, span) - _explained(bands, other, span)
    return max(0.0, float(gain.mean())) * BEATS * line.period * RATE if len(gain) else 0.0


def _explained(bands: Floats, line: Line, span: slice) -> Numbers:
    """(frames of `span`,) envelopes times the line's own mean beat, free of its mean."""
    own = slice(round(line.start * RATE), round(line.end * RATE))
    profile = fold(bands[own], line.period, line.origin - own.start / RATE, _PROFILE_BINS)
    profile = (profile - profile.mean(axis=0)) / max(float(np.linalg.norm(profile)), 1e-9)
    times = np.arange(span.start, span.start + len(bands[span])) / RATE
    place = ((times - line.origin) / line.period % 1.0 * _PROFILE_BINS).astype(np.int64)
    explained: Numbers = (bands[span] * profile[place % _PROFILE_BINS]).sum(axis=1)
    return explained
