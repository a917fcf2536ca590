"""Which sixteenth of a four-bar phrase is which: the beat among quarters, downbeat, phrase start.

All 64 positions are scored at once; the one with most points wins. What speaks for a position:
a kick at its quarter of the beat; timbre, level and harmony turning there over a bar and over a
phrase (sections of techno begin on phrases); bars that each keep to one chord; kicks that come back
there after a gap; the track's beginning; strong lows; claps one beat later and three.

Points were set by hand, not trained, on real tracks and on those of
`python -m benchmarks.rhythm --set 1`, whose grids are known; `--set 2` judges them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.ndimage

from core.rhythm.kicks import Kicks
from core.rhythm.onsets import POWER_RATE, OnsetFeatures
from core.rhythm.steps import (
    PHRASE_STEPS,
    STEPS_PER_BEAT,
    Numbers,
    Steps,
    change,
    turning_points,
)
from core.settings import BEATS_PER_BAR, SIXTEENTHS_PER_BAR

_BARS: Final = PHRASE_STEPS // SIXTEENTHS_PER_BAR

# Points. The beat leads the other quarters by 2 to 8 of them, typically.
_KICK: Final = 1.5
"""For the quarter that is most like a kick; for the others in proportion."""
_NO_KICK: Final = 1.5
"""For each quarter that has a kick at all, see `_UNLIKE`."""
_TIMBRE_BAR: Final = (1.5, 1.5)
"""Where timbre and level change most over a bar: for (that place of the phrase, of the bar)."""
_TIMBRE_PHRASE: Final = (1.0, 0.5)
"""The same over a phrase."""
_HARMONY_BAR: Final = (0.5, 0.5)
"""The same of the harmony, over a bar."""
_HARMONY_BEAT: Final = 0.05
"""For a place of the bar whose change of harmony from beat to beat is one deviation above mean."""
_SAME_CHORD: Final = 1.5
"""For bars that each keep to one chord."""
_AFTER_GAP: Final = 2.2
"""For the beat on which kicks always come back after a gap."""
_LOW: Final = 0.3
"""For the place of the bar with the strongest lows."""
_BACKBEAT: Final = 2.5
"""For claps on two and four; more than a fill before the bar can bring."""
_CONTINUED: Final = 0.9
"""After an edit: for going on counting as if nothing were missing."""
_FIRST_SOUND: Final = 0.6
"""For the step on which the first sound of a track, or its beat after a break, begins."""
_FIRST_ON_BEAT: Final = 0.4
"""For all beats, if the first sound of the track is on one."""
_WHOLE_FILE: Final = 1.0
"""For the first step of a file that is a whole number of bars long."""

# What counts as what.
_UNLIKE: Final = 0.35
_UNLIKE_SPAN: Final = 0.45
"""A quarter whose likeness to a kick is at most the former, of the best one's, has none; from both
together on, it has one."""
_ALIKE: Final = 0.85
"""Agreement of bars in themselves, as a share of the best one, from which it speaks for them."""
_LOUDEST: Final = 1.5
"""Times the chroma's 90th percentile; what is louder counts as that."""
_WHOLE_CHORDS: Final = (0.7, 0.85)
"""Power of bars over that of their halves: 1 for a chord that lasts, .5 for two that differ."""
_PLAYED: Final = 0.4
"""Share of a strong kick's attack, from which on a beat has a kick."""
_SOME_GAPS: Final = 3
"""Fewer gaps count in proportion."""
_OFTEN: Final = (0.08, 0.2)
"""Gaps per beat: as many as the latter are the rhythm itself."""
_SLIGHT_TURN: Final = (0.7, 1.5)
"""Nats of the largest turning point: below, nothing really turns; above, it has its full weight."""
_BACKBEAT_NATS: Final = 1.5
"""By so much claps are louder than beats one and three, or lows are: then they are kicks."""
_CLAP_ATTACK: Final = 1.0
"""Nats of a clear attack."""
_CONTINUED_BEATS: Final = 1.5
"""Missing beats that leave 1 / e of `_CONTINUED`."""
_WHOLE_BARS: Final = 0.01
"""A file this near to a whole number of bars was cut to them, so it begins on a downbeat."""
_SOUND_SHARE: Final = 1e-3
"""Of the power of loud frames (the 99th percentile), from which on there is sound."""
_SOUND_NATS: Final = 7.0
"""Below the loudest step, from which on a step is not silent; 7 nats of power are 30 dB."""
_FIRST_SPREAD_STEPS: Final = 0.3
"""Deviation of the bell around the step of a first sound."""

# How sure the beat is.
_SURE_LEAD: Final = 0.2
"""Points by which the beat must lead the other quarters."""
_SURE_LEAD_ALIKE: Final = 2.5
"""The same where a sixteenth beside it has as much of a kick: a broken beat."""
_SAME_KICK: Final = 0.7
"""Likeness to a kick from which on the quarter half a beat away may be a beat, too."""
_SAME_HARD: Final = 0.5
"""Ratio of their attacks from which on it is: then both are beats of twice the tempo."""
_AS_KICK: Final = (0.75, 0.85)
_AS_HARD: Final = (0.75, 0.9)
"""Likeness to a kick, and ratio of attacks, over which two quarters come to have the same kick."""


def position_scores(steps: Steps, kicks: Kicks) -> Numbers:
    """Score each sixteenth of a four-bar phrase as the one that phrases begin on.

    Args:
        steps: the track, or a section of it, in sixteenths of its grid.
        kicks: quarters of its beat.

    Returns:
        (64,) how well each step number modulo 64 would do.
    """
    has_kick = np.clip((kicks.scores - _UNLIKE) / _UNLIKE_SPAN, 0.0, 1.0)
    clear = _KICK * kicks.scores + _NO_KICK * has_kick
    scores = np.tile(clear, PHRASE_STEPS // STEPS_PER_BEAT)
    bar, phrase = SIXTEENTHS_PER_BAR, PHRASE_STEPS
    first = _first_step(steps)
    for values, span, weights in (
        (steps.timbre, bar, _TIMBRE_BAR),
        (steps.timbre, phrase, _TIMBRE_PHRASE),
        (steps.chroma, bar, _HARMONY_BAR),
    ):
        points = turning_points(values, span)
        points[: first + STEPS_PER_BEAT] = 0.0
        scores += _turning(steps, points, weights)
    per_bar = _HARMONY_BEAT * _standardised(
        _smoothed(steps.by_position(change(steps.chroma, STEPS_PER_BEAT), bar))
    )
    per_bar += _low_scores(steps.by_position(steps.attacks, bar))
    per_bar += _chord_scores(steps) + _gap_scores(steps, int(np.argmax(kicks.scores)))
    per_bar += _backbeat_scores(
        steps.by_position(steps.levels, bar), steps.by_position(steps.attacks[:, 2:], bar)
    )
    return scores + np.tile(per_bar, _BARS)


def entry_scores(step: float) -> Numbers:
    """(64,) for the beat coming in at `step` after a passage without one, likely on a downbeat."""
    in_bar = np.tile(_near(step).reshape(_BARS, -1).max(axis=0), _BARS)
    scores: Numbers = _FIRST_SOUND * in_bar
    return scores


def opening_scores(features: OnsetFeatures, period: float, origin: float) -> Numbers:
    """Score where a track begins: its first sound is likely on a downbeat.

    So is its very beginning, if it is a whole number of bars long.

    Args:
        features: of the whole track.
        period: a beat, seconds.
        origin: where step 0 is, seconds.

    Returns:
        (64,) as `position_scores`, to be added to it.
    """
    scores = np.zeros(PHRASE_STEPS)
    total = features.powers.sum(axis=1)
    if len(total) == 0 or total.max() <= 0.0:
        return scores
    first = np.argmax(total > _SOUND_SHARE * np.percentile(total, 99)) / POWER_RATE
    near = _near((first - origin) / period * STEPS_PER_BEAT)
    on_beat = np.tile(near.reshape(-1, STEPS_PER_BEAT).max(axis=0), PHRASE_STEPS // STEPS_PER_BEAT)
    scores += _FIRST_SOUND * near + _FIRST_ON_BEAT * on_beat
    bars = features.seconds / (period * BEATS_PER_BAR)
    if abs(bars - round(bars)) < _WHOLE_BARS:
        scores += _WHOLE_FILE * _near(-origin / period * STEPS_PER_BEAT)
    return scores


def _near(step: float) -> Numbers:
    """(64,) 1 at `step`, a bell around it: little is left if it lies between two steps."""
    away = (np.arange(PHRASE_STEPS) - step + PHRASE_STEPS / 2) % PHRASE_STEPS - PHRASE_STEPS / 2
    bell: Numbers = np.exp(-0.5 * (away / _FIRST_SPREAD_STEPS) ** 2)
    return bell


def best_position(scores: Numbers) -> int:
    """The step, 0..63, with the highest of (64,) `scores`."""
    return int(np.argmax(scores))


def sureness(scores: Numbers, kicks: Kicks) -> float:
    """Say whether one of the quarters of the grid's beat is clearly the beat.

    Two that are half a beat apart and have the same kicks are both beats of twice the tempo. A
    sixteenth beside the beat that has the same kicks may be the beat itself.

    Args:
        scores: (4,) of the quarters, as beats.
        kicks: at the same quarters.

    Returns:
        0..1.
    """
    best = int(np.argmax(scores))
    opposite = (best + 2) % STEPS_PER_BEAT
    others = np.ones(STEPS_PER_BEAT, bool)
    others[best] = False
    hard = kicks.attacks / max(float(kicks.attacks[best]), 1e-9)
    hard = np.minimum(hard, 1.0 / np.maximum(hard, 1e-9))
    others[opposite] = kicks.scores[opposite] < _SAME_KICK or hard[opposite] < _SAME_HARD
    alike = _ramp(np.minimum(kicks.scores, kicks.scores[best]), _AS_KICK) * _ramp(hard, _AS_HARD)
    needed = _SURE_LEAD + alike * (_SURE_LEAD_ALIKE - _SURE_LEAD)
    leads = (scores[best] - scores) / needed
    return float(np.clip(leads[others].min(), 0.0, 1.0))


def _turning(steps: Steps, points: Numbers, weights: tuple[float, float]) -> Numbers:
    """(64,) shares of the turning points at each position of the phrase and of the bar."""
    shares = _smoothed(steps.by_position(points, PHRASE_STEPS))
    low, high = _SLIGHT_TURN
    largest = float(np.sqrt(points.max(initial=0.0)))
    shares *= np.clip((largest - low) / (high - low), 0.0, 1.0) / max(float(shares.sum()), 1e-12)
    in_bar = np.tile(shares.reshape(_BARS, -1).sum(axis=0), _BARS)
    weighted: Numbers = weights[0] * shares + weights[1] * in_bar
    return weighted


def _chord_scores(steps: Steps) -> Numbers:
    """(16,) for bars that keep to one chord: begun elsewhere they would mix two.

    What recurs in every bar is taken off, so that what is left of a bar is its chord; the sums over
    bars are largest where they are the bars of the music.
    """
    bar, count = SIXTEENTHS_PER_BAR, len(steps)
    if count < 4 * bar:
        return np.zeros(bar)
    position = (np.arange(count) + steps.first) % bar
    moving = steps.chroma - steps.by_position(steps.chroma, bar)[position]
    # A bar of silence would outweigh all chords.
    most = _LOUDEST * np.percentile(np.abs(moving), 90)
    moving = np.clip(moving, -most, most)
    power = _power_of_sums(steps, moving, bar)
    halves = _power_of_sums(steps, moving, bar // 2).mean(axis=0)
    best = int(np.argmax(power.mean(axis=0)))
    # Chords of half a bar pair up by chance.
    whole = power[:, best].mean() / max(2.0 * (halves[best] + halves[best - bar // 2]), 1e-9)
    kept = np.clip((whole - _WHOLE_CHORDS[0]) / (_WHOLE_CHORDS[1] - _WHOLE_CHORDS[0]), 0.0, 1.0)
    # What is no chord does not agree with itself in the other bars.
    agreement = (power / np.maximum(power.max(axis=1, keepdims=True), 1e-9)).min(axis=0)
    return np.asarray(_SAME_CHORD * kept * np.clip((agreement - _ALIKE) / (1.0 - _ALIKE), 0.0, 1.0))


def _power_of_sums(steps: Steps, values: Numbers, length: int) -> Numbers:
    """(n, d) -> (2, 16): mean power of sums over `length` steps from each position on, in every
    second bar and in the others."""
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    power = np.square(sums[length:] - sums[:-length]).sum(axis=1)
    return steps.by_position(power, 2 * SIXTEENTHS_PER_BAR).reshape(2, SIXTEENTHS_PER_BAR)


def _gap_scores(steps: Steps, quarter: int) -> Numbers:
    """(16,) for kicks, on this quarter of the beat, that come back there after one or more gaps.

    Their last beat before a bar is what producers leave out.
    """
    low = steps.attacks[:, 0] + steps.attacks[:, 1]
    beats = np.arange((quarter - steps.first) % STEPS_PER_BEAT, len(low), STEPS_PER_BEAT)
    scores = np.zeros(SIXTEENTHS_PER_BAR)
    if len(beats) < 2:
        return scores
    played = low[beats] > _PLAYED * np.percentile(low[beats], 80)
    back = beats[1:][played[1:] & ~played[:-1] & np.logical_or.accumulate(played)[:-1]]
    often = len(back) / len(beats)
    rare = float(np.clip((_OFTEN[1] - often) / (_OFTEN[1] - _OFTEN[0]), 0.0, 1.0))
    if len(back):
        counts = np.bincount((back + steps.first) % SIXTEENTHS_PER_BAR, None, SIXTEENTHS_PER_BAR)
        scores = _AFTER_GAP * rare * counts / max(len(back), _SOME_GAPS)
    return np.asarray(scores)


def _low_scores(attacks: Numbers) -> Numbers:
    """(16, 4) mean attacks in the bar -> (16,) for strong lows."""
    low = attacks[:, 0] + attacks[:, 1]
    scores: Numbers = _LOW * low / max(float(low.max()), 1e-9)
    return scores


def _backbeat_scores(levels: Numbers, attacks: Numbers) -> Numbers:
    """(16,) for claps or snares on beats two and four.

    Both must begin there, and be louder than beats one and three for longer than a kick's click,
    but not in the lows: those are kicks.

    Args:
        levels: (16, 4) mean levels per band in the bar, nats.
        attacks: (16, 2) mean attacks of the middle and the high band there, nats.
    """
    beats = range(BEATS_PER_BAR)
    one, two, three, four = (np.roll(levels, -k * STEPS_PER_BEAT, axis=0) for k in beats)
    _, second, _, fourth = (np.roll(attacks, -k * STEPS_PER_BEAT, axis=0) for k in beats)
    lead = np.minimum(two, four) - np.maximum(one, three)
    present = np.clip(np.minimum(second, fourth) / _CLAP_ATTACK, 0.0, 1.0)
    lows, claps = lead[:, :2].mean(axis=1), lead[:, 2:]
    scores = _BACKBEAT * (present * np.clip(claps / _BACKBEAT_NATS, 0.0, 1.0)).mean(axis=1)
    scores *= np.clip(1.0 - lows / _BACKBEAT_NATS, 0.0, 1.0)
    return np.asarray(scores - np.roll(scores, STEPS_PER_BEAT))


def continued_scores(removed: float) -> Numbers:
    """(64,) for going on counting after an edit: likely little was cut out, less than a beat.

    Args:
        removed: beats that are missing if step 0 begins a phrase.
    """
    missing = (removed + np.arange(PHRASE_STEPS) / -STEPS_PER_BEAT) % (
        PHRASE_STEPS / STEPS_PER_BEAT
    )
    scores: Numbers = _CONTINUED * np.exp(-missing / _CONTINUED_BEATS)
    return scores


def _first_step(steps: Steps) -> int:
    """The first step that is not silent: what begins there is the file, not a bar."""
    level = steps.levels.max(axis=1)
    return int(np.argmax(level > level.max() - _SOUND_NATS)) if len(steps) else 0


def _smoothed(values: Numbers) -> Numbers:
    """Each position with half of its neighbours: spectra look a step ahead."""
    smoothed: Numbers = scipy.ndimage.convolve1d(values, [0.5, 1.0, 0.5], mode="wrap")
    return smoothed


def _standardised(values: Numbers) -> Numbers:
    standard: Numbers = (values - values.mean()) / max(float(values.std()), 1e-9)
    return standard


def _ramp(values: Numbers, limits: tuple[float, float]) -> Numbers:
    """0 at the lower limit and below, 1 at the upper and above, straight between."""
    low, high = limits
    return np.clip((values - low) / (high - low), 0.0, 1.0)
