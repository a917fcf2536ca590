"""The beat followed along a rough tempo: where in the music every four beats fall.

The attacks are folded on the rough tempo's own beat, band by band, so that no window is blurred by
its drift. Each window is compared with the mean beat of the track at every phase, and the likeliest
course of the phase is sought (Viterbi 1967, as for beats in Krebs, Böck & Widmer 2015): steady or
drifting, with few jumps. What has no kick and is unlike the mean beat has no say: a passage without
a clear beat takes over the phase of the ones around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from core.rhythm.bar_jumps import BARS, bar_jumps
from core.rhythm.bars import BEATS, BINS, fold_beats, with_kicks
from core.rhythm.onsets import RATE, Floats
from core.rhythm.phase import Line, Numbers, period_error, robust_line
from core.rhythm.recurrence import displaced, recurring
from core.rhythm.tempo import COARSE_RATE, KICK, TempoPath

_SEED_WINDOWS: Final = 4
_ROUNDS: Final = 2
_JUMP_COST: Final = 1.5
"""In windows that are wholly unlike; a jump must be worth about this many."""
_DRIFT_COST: Final = 0.1
_DRIFT_BINS: Final = 2
_ALIKE: Final = (0.55, 0.80)
"""Likeness to the mean beat, as a share of that of clear windows, from which a window has a say."""
_KICK_LEVEL: Final = (0.30, 0.60)
"""The same for the mean of the kicks' envelope."""
_GROUPS: Final = (0, 2, 4)
"""First bands of the lows, the highs, the kicks."""
_CLEARLY_ALIKE: Final = 0.3
_CONTAINED: Final = 0.4
"""Share of the kicks still in place from which on a jump may be another instrument's beginning or
end; at cuts between loops there is less, unless their kicks play sixteenths, too."""
_UNLIKE: Final = 0.9
"""Likeness of the moved beat below which something else plays in it; the same loop is above."""
_ANOTHER_BINS: Final = BINS // 8
"""The least jump that may be another instrument: half a sixteenth, as it may swing."""
_NEAR_BINS: Final = 4
_KICKS_ALIKE: Final = (0.7, 0.9)
"""Likeness of the kicks' envelopes by themselves from which on a window has a say."""
_MASKED_ALIKE: Final = (0.86, 0.95)
_MASKED_LEVEL: Final = (0.15, 0.30)
_MASKED_WHOLE: Final = (0.55, 0.70)
"""The same where a full mix hides a part of each kick."""
_LOUD: Final = (0.1, 0.4)
_FEW_KICKS: Final = 0.25
_TOLD_BY_BARS: Final = 0.8
"""Weight of the bars that tell of an edit which the beat, unsure there, did not show at all."""
_MOST_DISPLACED: Final = 8
_CLEAR_PERCENT: Final = 80


@dataclass(frozen=True)
class Course:
    """Where beats fall, window by window.

    Attributes:
        beats, times: (n,) middle of each window in beats and in seconds.
        weights: (n,) how much it says, 0..1.
        jumps: windows at which the beat goes on elsewhere: the first ones of new parts.
        doubtful: share of the windows that have kicks, but not where the others have them.
    """

    beats: Numbers
    times: Numbers
    weights: Numbers
    jumps: tuple[int, ...] = ()
    doubtful: float = 0.0

    def __len__(self) -> int:
        return len(self.beats)

    @property
    def sure_share(self) -> float:
        """Share of the windows that have a clear beat, by weight."""
        return float(self.weights.mean()) if len(self) else 0.0

    def part(self, start: int | None, end: int | None) -> Course:
        """Cut some windows out, as a course without jumps.

        Args:
            start: number of the first window; None for the beginning.
            end: number of the first window after them; None for the end.

        Returns:
            Those windows.
        """
        span = slice(start, end)
        return Course(self.beats[span], self.times[span], self.weights[span])

    def line(self, start: float, end: float) -> Line:
        """Fit a constant grid to these windows.

        Args:
            start, end: the stretch that it is for, seconds.

        Returns:
            The robust line through the windows; what stays off it is in its lags.
        """
        # Between two jumps there may be next to nothing sure, and one window alone has no tempo;
        # then all windows say the same.
        said = self.weights if np.count_nonzero(self.weights) > 1 else np.ones(len(self))
        weights = said * len(self) / max(float(said.sum()), 1e-12)
        period, level, pivot, error = robust_line(self.beats, self.times, weights)
        return Line(
            start=start,
            end=end,
            period=period,
            origin=level - period * pivot,
            period_error=period_error(period, error / period, end - start),
            pivot=level,
            centres=self.times,
            lags=self.times - level - period * (self.beats - pivot),
            weights=weights,
        )


def follow(bands: Floats, coarse: Floats, start: float, end: float, path: TempoPath) -> Course:
    """The course of the beat near a rough tempo.

    Args:
        bands: (n, 4) attacks per band at `RATE`, of the whole track, each of spread 1.
        coarse: (3, m) envelopes of `tempo.envelopes`.
        start, end: the stretch to follow, in seconds.
        path: the rough tempo.
    """
    span = slice(round(start * RATE), round(end * RATE))
    frames = with_kicks(bands, coarse, span)
    times = round(start * RATE) / RATE + np.arange(len(frames)) / RATE
    beats = np.cumsum(np.interp(times, path.times, path.bpm)) / (60.0 * RATE)
    bars = fold_beats(frames, beats)
    if len(bars) == 0:
        return Course(np.zeros(0), np.zeros(0), np.zeros(0))
    windows = bars.reshape(*bars.shape[:2], BEATS, BINS).sum(axis=2)
    kicks = _kick_levels(coarse, times, beats, len(windows))
    phases, weights = _phases(windows, kicks)
    phases = _without_false_jumps(windows, phases)
    late, jumps = _unwrapped(phases)
    for edit in bar_jumps(bars, late, weights.copy(), jumps):
        moved = slice(edit.first, edit.last)
        phases[moved] = (phases[moved] + round(edit.late * BINS)) % BINS
        if not jumps:
            told = slice(max(0, edit.window - BARS), edit.window + BARS)
            weights[told] = np.maximum(weights[told], _TOLD_BY_BARS)
    phases, weights = _in_place(bars, phases, weights)
    late, jumps = _unwrapped(phases)
    late += _refinement(windows[:, :-1], phases, weights) / BINS
    for jump in jumps:
        # One of the two windows beside it holds both beats.
        weights[jump - 1 : jump + 1] = 0.0
    middles = (np.arange(len(windows), dtype=np.float64) + 0.5) * BEATS
    levels = _ramp(kicks / _clear(kicks), _KICK_LEVEL)
    doubtful = float(np.mean(np.maximum(levels - weights, 0.0)))
    where = np.asarray(np.interp(middles + late, beats, times), np.float64)
    return Course(middles, where, np.asarray(weights, np.float64), jumps, doubtful)


def _in_place(
    bars: Floats, phases: NDArray[np.int64], weights: Numbers
) -> tuple[NDArray[np.int64], Numbers]:
    """`phases` and `weights` where parts that sound like others have their beats where those do."""
    spectra = np.fft.rfft(bars, axis=2)
    turn = 2j * np.pi / BEATS * np.arange(spectra.shape[2])
    phases, weights = phases.copy(), weights.copy()
    late, jumps = _unwrapped(phases)
    spectra *= np.exp(np.outer(late, turn))[:, None, :]
    for _ in range(_MOST_DISPLACED):
        part = displaced(spectra, bars.shape[2], jumps)
        if part is None:
            break
        moved = slice(part.first, part.last)
        phases[moved] = (phases[moved] + round(part.late * BINS)) % BINS
        spectra[moved] *= np.exp(part.late * turn)
        jumps = _unwrapped(phases)[1]
    told = recurring(spectra, bars.shape[2], jumps, weights)
    weights[told] = np.maximum(weights[told], _TOLD_BY_BARS)
    return phases, weights


def _kick_levels(coarse: Floats, times: Numbers, beats: Numbers, count: int) -> Numbers:
    """(count,) mean of the kicks' envelope per window."""
    first = round(times[0] * COARSE_RATE)
    edges = np.interp(np.arange(count + 1) * float(BEATS), beats, times) * COARSE_RATE
    total = np.concatenate([[0.0], np.cumsum(coarse[KICK, first:], dtype=np.float64)])
    at = np.clip(np.round(edges).astype(np.int64) - first, 0, len(total) - 1)
    level: Numbers = np.diff(total[at]) / np.maximum(np.diff(at), 1)
    return level


def _phases(windows: Floats, kicks: Numbers) -> tuple[NDArray[np.int64], Numbers]:
    """Per window: its phase in bins, and its weight."""
    norms = np.sqrt((windows**2).sum(axis=(1, 2)))
    spectra = np.fft.rfft(windows, axis=2)
    mean = _seed(windows, norms, kicks)
    for _ in range(_ROUNDS):
        likeness = _likeness(spectra, norms, mean)
        kick_norms = np.linalg.norm(windows[:, -1], axis=1)
        alike = likeness.max(axis=1), _likeness(spectra[:, -1:], kick_norms, mean[-1:]).max(axis=1)
        weights = _weights(alike, norms, kicks)
        phases = _viterbi(weights[:, None] * likeness)
        turned = _turned(spectra, phases)
        mean = np.fft.irfft((turned * weights[:, None, None]).sum(axis=0), BINS, axis=1)
    return phases, weights


def _seed(windows: Floats, norms: Numbers, kicks: Numbers) -> Numbers:
    """(bands, `BINS`) mean of the few neighbouring windows that are most alike and have kicks."""
    size = min(_SEED_WINDOWS, len(windows))
    flat = windows.reshape(len(windows), -1)
    sums = np.concatenate([np.zeros((1, flat.shape[1])), np.cumsum(flat, axis=0)])
    sums = sums[size:] - sums[:-size]
    power = (sums**2).sum(axis=1)
    energy = np.convolve(norms**2, np.ones(size), "valid")
    level = np.convolve(kicks, np.ones(size), "valid")
    clear = power / np.maximum(energy, 1e-9) * np.sqrt(power) * (level + 0.1 * level.max())
    return np.asarray(sums[int(np.argmax(clear))].reshape(windows.shape[1:]))


def _likeness(spectra: NDArray[np.complexfloating], norms: Numbers, mean: Numbers) -> Numbers:
    """(windows, `BINS`) correlation of each window with `mean` at every phase, -1..1."""
    product = (spectra * np.conj(np.fft.rfft(mean, axis=1))).sum(axis=1)
    norm = max(float(np.linalg.norm(mean)), 1e-9)
    return np.asarray(np.fft.irfft(product, BINS, axis=1) / np.maximum(norms * norm, 1e-9)[:, None])


def _weights(alike: tuple[Numbers, Numbers], norms: Numbers, kicks: Numbers) -> Numbers:
    """(windows,) 0..1: how much each says of where the beat is.

    Args:
        alike: how like the mean beat each is at best, in all bands and in the kicks alone.
        norms: how much there is in it.
        kicks: mean of the kicks' envelope.
    """
    audible = _ramp(norms / _clear(norms), _LOUD)
    whole = audible * _ramp(alike[0] / _clear(alike[0]), _ALIKE)
    levels, kicks_alike = kicks / _clear(kicks), alike[1] / _clear(alike[1])
    loud = _ramp(levels, _KICK_LEVEL)
    masked = _ramp(levels, _MASKED_LEVEL) * _ramp(kicks_alike, _MASKED_ALIKE)
    masked = masked * _ramp(alike[0] / _clear(alike[0]), _MASKED_WHOLE)
    by_kicks = np.maximum(loud * _ramp(kicks_alike, _KICKS_ALIKE), masked)
    with_kicks = np.maximum(whole * loud, audible * by_kicks)
    return with_kicks if with_kicks.sum() > _FEW_KICKS * whole.sum() else whole


def _clear(values: Numbers) -> float:
    return max(float(np.percentile(values, _CLEAR_PERCENT)), 1e-9)


def _ramp(values: Numbers, limits: tuple[float, float]) -> Numbers:
    low, high = limits
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def _viterbi(scores: Numbers) -> NDArray[np.int64]:
    """(windows, `BINS`) -> (windows,) the course of largest sum, less what its moves cost."""
    count, reach = len(scores), _DRIFT_BINS
    came = np.zeros((count, BINS), np.int64)
    score = scores[0].copy()
    here = np.arange(BINS)
    costs = _DRIFT_COST * np.abs(np.arange(-reach, reach + 1))
    for k in range(1, count):
        top = int(score.argmax())
        wide = np.concatenate([score[-reach:], score, score[:reach]])
        moved = sliding_window_view(wide, 2 * reach + 1) - costs
        drift = moved.argmax(axis=1)
        best = moved[here, drift]
        jumped = best < score[top] - _JUMP_COST
        came[k] = np.where(jumped, top, (here + drift - reach) % BINS)
        score = np.where(jumped, score[top] - _JUMP_COST, best) + scores[k]
    course = np.zeros(count, np.int64)
    course[-1] = int(np.argmax(score))
    for k in range(count - 1, 0, -1):
        course[k - 1] = came[k, course[k]]
    return course


def _unwrapped(phases: NDArray[np.int64]) -> tuple[Numbers, tuple[int, ...]]:
    """Phases in beats without wraps, and the windows at which they jump."""
    steps = (np.diff(phases) + BINS // 2) % BINS - BINS // 2
    first = (phases[0] + BINS // 2) % BINS - BINS // 2
    late = np.concatenate([[first], first + np.cumsum(steps)]).astype(np.float64)
    jumps = np.flatnonzero(np.abs(steps) > _DRIFT_BINS) + 1
    return late / BINS, tuple(jumps.tolist())


def _without_false_jumps(windows: Floats, phases: NDArray[np.int64]) -> NDArray[np.int64]:
    """`phases` less the jumps over which lows, highs or kicks by themselves stay in place.

    An edit moves all of them, the kicks above all; a loud bass on the off-beat only looks like the
    kick, moved, and where it begins or ends the kicks stay where they are.
    """
    steps = (np.diff(phases) + BINS // 2) % BINS - BINS // 2
    starts = [0, *(np.flatnonzero(np.abs(steps) > _DRIFT_BINS) + 1).tolist(), len(phases)]
    if len(starts) == 2:
        return phases
    spectra = np.fft.rfft(windows, axis=2)
    kept, begin = phases.copy(), 0
    for k in range(1, len(starts) - 1):
        before, after = slice(begin, starts[k]), slice(starts[k], starts[k + 1])
        step = int(kept[after.start] - kept[before.stop - 1] + BINS // 2) % BINS - BINS // 2
        mean = _turned(spectra[before], kept[before]).mean(axis=0)
        moved = _turned(spectra[after], kept[after]).mean(axis=0)
        still = moved * np.exp(2j * np.pi / BINS * step * np.arange(mean.shape[1]))
        moves = _alike(mean, moved)
        stays = _alike(mean, still) - moves
        another = abs(step) >= _ANOTHER_BINS and float(moves.min()) < _UNLIKE
        another = another and _contained(mean, still) > _CONTAINED
        if stays[-1] > -_CLEARLY_ALIKE and (another or stays.max() > _CLEARLY_ALIKE):
            kept[after.start :] = (kept[after.start :] - step) % BINS
        else:
            begin = after.start
    return kept


def _contained(one: NDArray[np.complexfloating], other: NDArray[np.complexfloating]) -> float:
    """0..1: how much of the kicks of one mean beat the other has in the same places, or vice versa.

    Args:
        one, other: spectra (bands, frequencies) of mean beats, the kicks last.
    """
    both = np.fft.irfft(np.stack([one[-1], other[-1]]), BINS, axis=1)
    both = np.maximum(both - np.median(both, axis=1, keepdims=True), 0.0)
    return float(both.min(axis=0).sum() / max(float(both.sum(axis=1).min()), 1e-9))


def _alike(one: NDArray[np.complexfloating], other: NDArray[np.complexfloating]) -> Numbers:
    """(3,) correlation of two mean beats (bands, frequencies) in lows, highs and kicks."""
    product = np.add.reduceat((one * np.conj(other)).real.sum(axis=1), _GROUPS)
    norms = [np.add.reduceat((np.abs(m) ** 2).sum(axis=1), _GROUPS) for m in (one, other)]
    return np.asarray(product / np.maximum(np.sqrt(norms[0] * norms[1]), 1e-9))


def _refinement(windows: Floats, phases: NDArray[np.int64], weights: Numbers) -> Numbers:
    """(windows,) part of a bin by which each one is off the course; 0 where nothing is said."""
    spectra = np.fft.rfft(windows, axis=2)
    mean = (_turned(spectra, phases) * weights[:, None, None]).sum(axis=0)
    product = _turned((spectra * np.conj(mean)).sum(axis=1)[:, None, :], phases)[:, 0]
    near = np.roll(np.fft.irfft(product, BINS, axis=1), _NEAR_BINS, axis=1)[:, : 2 * _NEAR_BINS + 1]
    rows = np.arange(len(near))
    best = np.clip(near.argmax(axis=1), 1, 2 * _NEAR_BINS - 1)
    left, top, right = (near[rows, best + k] for k in (-1, 0, 1))
    bend = left - 2.0 * top + right
    part = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, -1.0), 0.0)
    return np.where(weights > 0, best - _NEAR_BINS + np.clip(part, -0.5, 0.5), 0.0)


def _turned(
    spectra: NDArray[np.complexfloating], phases: NDArray[np.int64]
) -> NDArray[np.complexfloating]:
    """The windows, as spectra, moved earlier by their phases."""
    turn = 2j * np.pi / BINS * np.outer(phases, np.arange(spectra.shape[2]))
    return np.asarray(spectra * np.exp(turn)[:, None, :])
