"""How surely a stretch has the steady beat that was found, and the loops and lows of techno."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.rhythm.bars import fold_beats, with_kicks
from core.rhythm.grid import GridSection
from core.rhythm.onsets import POWER_RATE, RATE, Floats, OnsetFeatures
from core.rhythm.phase import Line, Numbers, held
from core.rhythm.recurrence import displaced, unlike_all
from core.rhythm.steps import PHRASE_STEPS, Steps, repetition
from core.rhythm.tempo import COARSE_RATE, KICK

_REPEATS: Final = (0.08, 0.22)
"""Autocorrelation at the beat's multiples: from speech and whales to the loosest techno."""
_METRE: Final = (0.01, 0.06)
"""By how much the tempo leads other readings of the metre, as a share."""
_HOLDS: Final = (0.45, 0.75)
"""Share of the attacks' windows that lie within 10 ms of the line."""
_KICKS: Final = (0.25, 0.60)
"""Mean attack of the lows on the beat, nats: a steady tone has none."""
_BEATS: Final = (8.0, 16.0)
_CHARACTER: Final = (0.15, 0.45)
_EIGHTHS: Final = 8
_OFF_SECONDS: Final = 0.020
_OFF_FACTOR: Final = 0.6
"""What confidence keeps per eighth of the track that is off by more than the above."""
_ALONE: Final = 0.6
"""What confidence loses if nothing ever comes back."""
_FEWEST_EIGHTHS: Final = 3
_FEWEST_WINDOWS: Final = 16
"""Bars, below which next to nothing has had time to come back."""
_PHASES: Final = 48
_ALIKE: Final = 0.6
_WITH_KICKS: Final = 0.3
"""Mean of the kicks' envelope, as a share of that of the eighth with most, that can be judged."""
_FEW_KICKS: Final = 0.1
_SHARP_KICKS: Final = 0.6
_SHARP_PHASES: Final = 2
"""Fewer or softer kicks are judged as well if that share of them lies so near one place."""
_FEWEST_ON_A_SIDE: Final = 2
_PARTED: Final = 0.75
"""Share of the pairs of eighths, one from each side, whose kicks are elsewhere."""
_CLEARLY_OFF: Final = 0.25
_KICKS_ALIKE: Final = 0.5
_KICKS_OFF: Final = 0.25
_KICKS_GONE: Final = 0.5
"""Kicks alone: by how much they must be more alike elsewhere, and how alike, at most, where they
typically are. Where they stay, another instrument came in beside them."""
_SOME_KICKS: Final = 0.04
"""Mean of the kicks' envelope; in a track with less they are attacks of something else."""
_KICKS_AWAY: Final = 1 / 8
"""Beats by which kicks alone must be away: less is a double or a late kick, and no edit."""
_SUB_DB: Final = (-8.0, 8.0)


def confidence_of(
    features: OnsetFeatures, line: Line, steps: Steps, metre: tuple[float, float], kick: float
) -> float:
    """How clearly a stretch shows its grid: the product of doubts, each 1 where there is none.

    Args:
        features: of the whole track.
        line: the grid and the stretch.
        steps: the stretch in sixteenths of that grid.
        metre: how much of the envelope repeats with the beat and its multiples, -1..1, and by how
            much that tempo leads other readings of the metre.
        kick: mean attack of the lows on the beat, nats.

    Returns:
        0..1.
    """
    beats = (line.end - line.start) / line.period
    return float(
        _ramp(metre[0], _REPEATS)
        * _ramp(metre[1], _METRE)
        * _ramp(held(line), _HOLDS)
        * _ramp(kick, _KICKS)
        * _ramp(beats, _BEATS)
        * _character(features, line, steps)
    )


def agreement(coarse: Floats, sections: Sequence[GridSection]) -> float:
    """0..1: whether the kicks of every eighth of a track are where the grid has them elsewhere.

    Args:
        coarse: (3, m) envelopes of `tempo.envelopes`.
        sections: the grid.

    Returns:
        1, times `_OFF_FACTOR` for every eighth that is off by more than 20 ms.
    """
    times = np.arange(coarse.shape[1]) / COARSE_RATE
    beats = np.full(len(times), np.nan)
    for section in sections:
        inside = slice(*np.searchsorted(times, (section.start, section.end)))
        beats[inside] = (times[inside] - section.downbeat) / section.beat_seconds
    coarse, beats = coarse[:, ~np.isnan(beats)], beats[~np.isnan(beats)]
    period = float(np.median([section.beat_seconds for section in sections]))
    profiles = _mean_beats(coarse, beats)
    kicks = profiles[:, KICK]
    level = kicks.sum(axis=1)
    judged = level > _WITH_KICKS * level.max()
    some_kicks = float(coarse[KICK].mean()) > _SOME_KICKS
    off = 0
    if np.count_nonzero(judged) >= _FEWEST_EIGHTHS:
        likeness = _likeness(profiles[judged])
        away = _off_in_all(likeness, _OFF_SECONDS / period)
        if some_kicks:
            away |= _off_in_kicks(likeness[:, :, KICK])
        off = int(np.count_nonzero(away))
    if some_kicks:
        judged |= (level > _FEW_KICKS * level.max()) & _sharp(kicks)
        off = max(off, _parted_by_kicks(_likeness(profiles[judged, KICK:])[:, :, 0]))
    return float(_OFF_FACTOR**off)


def recurrence(
    bands: Floats, coarse: Floats, sections: Sequence[GridSection]
) -> tuple[float, float]:
    """Say whether the bars of a track come back where the grid has them.

    Args:
        bands: (n, 4) envelopes of `phase.band_envelopes`.
        coarse: (3, m) envelopes of `tempo.envelopes`.
        sections: the grid.

    Returns:
        1, times `_OFF_FACTOR` for every eighth whose bars come back elsewhere; and 1 less what is
        lost for music that is like nothing else: its own beat is all that tells where that is.
    """
    parts = [_bars(bands, coarse, section) for section in sections]
    parts = [part for part in parts if len(part)]
    if sum(map(len, parts)) < _FEWEST_WINDOWS:
        return 1.0, 1.0
    edits = np.cumsum([len(part) for part in parts])[:-1].tolist()
    spectra, size = np.fft.rfft(np.concatenate(parts), axis=2), parts[0].shape[2]
    part = displaced(spectra, size, edits)
    windows = part.last - part.first if part is not None else 0
    eighths = -(-windows * _EIGHTHS // len(spectra))
    return _OFF_FACTOR**eighths, 1.0 - _ALONE * unlike_all(spectra, size, edits)


def _bars(bands: Floats, coarse: Floats, section: GridSection) -> Floats:
    """(windows, 5, bins) of the bars of a section."""
    span = slice(round(section.downbeat * RATE), round(section.end * RATE))
    frames = with_kicks(bands, coarse, span)
    times = span.start / RATE + np.arange(len(frames)) / RATE
    return fold_beats(frames, np.maximum(times - section.downbeat, 0.0) / section.beat_seconds)


def _off_in_all(likeness: Numbers, least: float) -> NDArray[np.bool_]:
    """(n,) whether lows, highs and kicks of an eighth are all elsewhere than they typically are.

    Args:
        likeness: (n, n, rows, phases) of `_likeness`.
        least: beats from which on that counts.
    """
    together = likeness.mean(axis=2)
    typical, best, away = _places(together)
    rows = np.arange(len(best))
    gains = likeness[typical, rows, :, best] - likeness[typical, :, :, 0]
    off = (away > least) & (together[typical, rows, best] > _ALIKE)
    return np.asarray(off & (gains[:, KICK] > _CLEARLY_OFF) & (gains.min(axis=1) > 0.0))


def _off_in_kicks(likeness: Numbers) -> NDArray[np.bool_]:
    """(n,) whether the kicks of an eighth, by their likeness (n, n, phases), are elsewhere,
    whatever plays along with them."""
    typical, _, _ = _places(likeness)
    return _elsewhere(likeness[typical])


def _parted_by_kicks(likeness: Numbers) -> int:
    """How many eighths the shorter side has, where the kicks of all before some moment and of all
    after it are alike, but at another place of the beat: 0 where there is none.

    A cut in the middle of a track leaves no eighth that is typical. The one that holds it is left
    out, for its kicks are at both places.

    Args:
        likeness: (n, n, phases) of the kicks.
    """
    apart = _elsewhere(likeness)
    count, found = len(likeness), 0
    for before in range(_FEWEST_ON_A_SIDE, count):
        for after in (before, before + 1):
            shorter = min(before, count - after)
            if shorter < _FEWEST_ON_A_SIDE:
                continue
            if apart[:before, after:].mean() > _PARTED:
                found = max(found, shorter)
    return found


def _elsewhere(likeness: Numbers) -> NDArray[np.bool_]:
    """(...,) whether kicks that are so alike, (..., phases), are clearly not where they were."""
    found, stayed = likeness.max(axis=-1), likeness[..., 0]
    off = (_away(likeness.argmax(axis=-1)) > _KICKS_AWAY) & (found > _KICKS_ALIKE)
    return np.asarray(off & (found - stayed > _KICKS_OFF) & (stayed < _KICKS_GONE))


def _places(likeness: Numbers) -> tuple[int, NDArray[np.int64], Numbers]:
    """(n, n, phases) -> the most typical eighth, and (n,) the phase at which each is most like it,
    and the beats by which that is away from where the grid has it."""
    typical = int(np.argmax(np.median(likeness[:, :, 0], axis=1)))
    best = likeness[typical].argmax(axis=1)
    return typical, best, _away(best)


def _away(phases: NDArray[np.int64]) -> Numbers:
    """Beats, 0 to .5, by which phases are away from the first."""
    return np.asarray(np.abs((phases + _PHASES // 2) % _PHASES - _PHASES // 2) / _PHASES)


def _likeness(profiles: Numbers) -> Numbers:
    """(n, rows, phases) -> (n, n, rows, phases) correlation of each with each, turned."""
    spectra = np.fft.rfft(profiles - profiles.mean(axis=2, keepdims=True), axis=2)
    product = np.conj(spectra[:, None]) * spectra[None]
    norms = np.linalg.norm(profiles - profiles.mean(axis=2, keepdims=True), axis=2)
    scale = np.maximum(norms[:, None] * norms[None], 1e-9)
    return np.asarray(np.fft.irfft(product, _PHASES, axis=3) / scale[..., None])


def _mean_beats(coarse: Floats, beats: Numbers) -> Numbers:
    """(8, 3, phases) mean beat of every eighth of the track."""
    eighths = np.array_split(np.arange(len(beats)), _EIGHTHS)
    return np.stack(
        [
            [
                np.bincount((beats[part] % 1.0 * _PHASES).astype(np.int64) % _PHASES, row, _PHASES)
                for row in coarse[:, part]
            ]
            for part in eighths
        ]
    )


def _sharp(kicks: Numbers) -> NDArray[np.bool_]:
    """(n,) whether kicks, (n, phases), fall near one place, as attacks of other things do not."""
    turns = range(-_SHARP_PHASES, _SHARP_PHASES + 1)
    near = np.sum([np.roll(kicks, turn, axis=1) for turn in turns], axis=0).max(axis=1)
    return np.asarray(near > _SHARP_KICKS * kicks.sum(axis=1))


def _character(features: OnsetFeatures, line: Line, steps: Steps) -> float:
    """1 unless the music neither comes back after four bars nor has a low end.

    A song in a machine's steady four-four has a grid as clear as any; what tells it from techno
    are chords and melody that do not loop, and a bass drum that is not the loudest thing.
    """
    span = slice(round(line.start * POWER_RATE), round(line.end * POWER_RATE))
    power = features.powers[span].mean(axis=0) if len(features.powers[span]) else np.zeros(4)
    sub_db = 10.0 * np.log10((float(power[0]) + 1e-12) / (float(power.sum()) + 1e-12))
    low_end = (sub_db - _SUB_DB[0]) / _SUB_DB[1]
    if len(steps) < 2 * PHRASE_STEPS:
        return 1.0
    return _ramp(repetition(steps, PHRASE_STEPS) + max(0.0, low_end), _CHARACTER)


def _ramp(value: float, limits: tuple[float, float]) -> float:
    """0 at the lower limit and below, 1 at the upper and above, straight between."""
    low, high = limits
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))
