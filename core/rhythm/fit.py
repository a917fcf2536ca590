"""From features to a beat grid: one constant tempo where it holds, several sections where not."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.rhythm.confidence import agreement, confidence_of, recurrence
from core.rhythm.downbeat import (
    best_position,
    continued_scores,
    entry_scores,
    opening_scores,
    position_scores,
    sureness,
)
from core.rhythm.grid import STEADY, BeatGrid, GridSection
from core.rhythm.joints import gap_between
from core.rhythm.kicks import Kicks, find_kicks
from core.rhythm.onsets import Floats, OnsetFeatures
from core.rhythm.phase import Line, Numbers, band_envelopes
from core.rhythm.sections import fit_lines, metre_of
from core.rhythm.steps import STEPS_PER_BEAT, Steps, steps_of
from core.rhythm.tempo import envelopes

_SHORTEST_SECONDS: Final = 4.0
_ROUND_TEMPO_ERRORS: Final = 2.0
_ROUND_TEMPO_SECONDS: Final = 0.0018
_ROUND_TEMPO_BPM: Final = 0.02
"""A tempo known no better than this is not rounded to a whole number."""
_START_SECONDS: Final = 0.004
_JOINT_SECONDS: Final = 0.020
_SAME_TEMPO_ERRORS: Final = 2.0
_SAME_TEMPO: Final = 1e-3
_CHAIN_BEATS: Final = 0.02
"""A step in the course of the beats larger than this is an edit; bars are counted anew."""


@dataclass(frozen=True)
class _Part:
    """One line with all that is needed to tell its beats apart; step 0 is on `origin`."""

    line: Line
    kicks: Kicks
    steps: Steps
    scores: Numbers
    salience: float
    metre_lead: float

    @property
    def origin(self) -> float:
        return self.line.origin + float(self.kicks.offsets[0]) * self.line.period


def fit_grid(features: OnsetFeatures) -> BeatGrid:
    """The beat grid of a track; a default one, below `STEADY`, if it has no steady beat."""
    if features.seconds < _SHORTEST_SECONDS or not features.attacks.any():
        return BeatGrid.default(features.seconds)
    coarse = envelopes(features)
    bands = band_envelopes(features)
    lines = fit_lines(bands, coarse, features.seconds)
    parts = _parts(features, coarse, [_rounded(line) for line in _of_one_tempo(lines)])
    quarters = _quarters(parts)
    positions = _positions(parts, quarters)
    sections = tuple(_sections(parts, positions))
    sure = min(sureness(quarters[part.line.stretch], part.kicks) for part in parts)
    confidence = sure * _confidence(features, parts, positions)
    in_place, alike = recurrence(bands, coarse, sections)
    confidence *= alike * min(in_place, agreement(coarse, sections))
    if confidence < STEADY:
        return BeatGrid.default(features.seconds, confidence=confidence)
    return BeatGrid(sections, confidence)


def _of_one_tempo(lines: list[Line]) -> list[Line]:
    """`lines` of which those neighbours share a tempo whose tempi differ by no more than they may.

    An edit changes the phase, not the tempo; both sides together tell it best.
    """
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _tempi_agree(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [line for group in groups for line in _at_common_tempo(group)]


def _tempi_agree(group: list[Line], line: Line) -> bool:
    bpm, error = _mean_tempo(group)
    return abs(line.bpm - bpm) < _SAME_TEMPO_ERRORS * float(np.hypot(error, line.bpm_error))


def _at_common_tempo(group: list[Line]) -> list[Line]:
    if len(group) == 1:
        return group
    bpm, error = _mean_tempo(group)
    period_error = error / bpm * 60.0 / bpm
    return [dataclasses.replace(line.at_tempo(bpm), period_error=period_error) for line in group]


def _mean_tempo(group: list[Line]) -> tuple[float, float]:
    """BPM and its standard error, of lines weighted by theirs."""
    weights = np.array([line.bpm_error**-2 for line in group])
    bpm = float(np.average([line.bpm for line in group], weights=weights))
    return bpm, float(weights.sum() ** -0.5)


def _rounded(line: Line) -> Line:
    """`line` at a whole (or else half) tempo if that lies inside the error of the measurement.

    Most techno is made at such a tempo, so it is then the likelier one; it is never forced. A whole
    tempo that moves no beat by as much as a beat is placed to is taken as well.
    """
    if line.bpm_error > _ROUND_TEMPO_BPM:
        return line
    for tempo, errors in ((round(line.bpm), _ROUND_TEMPO_ERRORS), (round(2 * line.bpm) / 2, 1.0)):
        if abs(tempo - line.bpm) < errors * line.bpm_error:
            return line.at_tempo(float(tempo))
    whole = float(round(line.bpm))
    moved = abs(60.0 / whole - line.period) * (line.end - line.start) / line.period / 2
    return line.at_tempo(whole) if moved < _ROUND_TEMPO_SECONDS else line


def _parts(features: OnsetFeatures, coarse: Floats, lines: list[Line]) -> list[_Part]:
    parts: list[_Part] = []
    for _, group in itertools.groupby(lines, key=lambda line: line.stretch):
        together = list(group)
        kicks = find_kicks(features, coarse, together)
        parts += [_part(features, coarse, line, kicks) for line in together]
    return parts


def _part(features: OnsetFeatures, coarse: Floats, line: Line, kicks: Kicks) -> _Part:
    origin = line.origin + float(kicks.offsets[0]) * line.period
    steps = steps_of(features, line.start, line.end, line.period, origin)
    scores = position_scores(steps, kicks)
    if line.start == 0.0:
        scores = scores + opening_scores(features, line.period, origin)
    if line.after_break:
        scores = scores + entry_scores((line.start - origin) / line.period * STEPS_PER_BEAT)
    return _Part(line, kicks, steps, scores, *metre_of(coarse, line))


def _positions(parts: list[_Part], quarters: dict[int, Numbers]) -> list[int]:
    """For each part the step, 0..63, on which its phrases begin; a chain's parts share it."""
    positions: list[int] = []
    before: _Part | None = None
    for chain in _chains(parts):
        scores = _mean_scores(chain)
        if before is not None and _goes_on(before.line, chain[0].line):
            scores += continued_scores(_removed(before, positions[-1], chain[0]))
        elif before is not None and not chain[0].line.after_break:
            beats = round((chain[0].line.start - chain[0].origin) / chain[0].line.period)
            scores += entry_scores(float(beats * STEPS_PER_BEAT))
        quarter = int(np.argmax(quarters[chain[0].line.stretch]))
        scores[np.arange(len(scores)) % STEPS_PER_BEAT != quarter] = -np.inf
        positions += [best_position(scores)] * len(chain)
        before = chain[-1]
    return positions


def _quarters(parts: list[_Part]) -> dict[int, Numbers]:
    """For each stretch (4,): how well each quarter would do as the beat in all its parts.

    They share their kicks.
    """
    totals: dict[int, list[Numbers]] = {}
    for part in parts:
        best = part.scores.reshape(-1, STEPS_PER_BEAT).max(axis=0) * len(part.steps)
        totals.setdefault(part.line.stretch, []).append(best)
    steps = dict.fromkeys(totals, 0)
    for part in parts:
        steps[part.line.stretch] += len(part.steps)
    return {k: np.sum(each, axis=0) / max(1, steps[k]) for k, each in totals.items()}


def _mean_scores(chain: list[_Part]) -> Numbers:
    """(64,) scores of the chain's parts, by length."""
    total = np.sum([part.scores * len(part.steps) for part in chain], axis=0)
    return np.asarray(total / max(1, sum(len(part.steps) for part in chain)), np.float64)


def _removed(before: _Part, position: int, after: _Part) -> float:
    """Beats that are missing between two parts if step 0 of `after` begins a phrase, modulo 16."""
    joint, beat = after.line.start, after.line.period
    played = (joint - before.origin) / beat - position / STEPS_PER_BEAT
    return (joint - after.origin) / beat - played


def _goes_on(before: Line, after: Line) -> bool:
    """Whether both have the same tempo, and no break between them."""
    return not after.after_break and abs(before.period / after.period - 1.0) < _SAME_TEMPO


def _chains(parts: list[_Part]) -> list[list[_Part]]:
    """Parts whose beats run on into each other (a drifting tempo), and so are counted on."""
    chains: list[list[_Part]] = []
    for part in parts:
        if chains and _runs_on(chains[-1][-1].line, part.line):
            chains[-1].append(part)
        else:
            chains.append([part])
    return chains


def _runs_on(before: Line, after: Line) -> bool:
    """Whether `after` goes on counting the beats of `before`: lines of a stretch do by nature."""
    gap = abs(gap_between(before, after, after.start)) / after.period
    return before.stretch == after.stretch and gap < _CHAIN_BEATS


def _confidence(features: OnsetFeatures, parts: list[_Part], positions: list[int]) -> float:
    """Mean over the parts by length."""
    each = [
        confidence_of(
            features,
            part.line,
            part.steps,
            (part.salience, part.metre_lead),
            float(part.kicks.attacks[position % STEPS_PER_BEAT]),
        )
        for part, position in zip(parts, positions, strict=True)
    ]
    lengths = [part.line.end - part.line.start for part in parts]
    return float(np.average(each, weights=lengths))


def _sections(parts: list[_Part], positions: list[int]) -> list[GridSection]:
    sections = [_section(part, position) for part, position in zip(parts, positions, strict=True)]
    for k in range(1, len(parts)):
        if _runs_on(parts[k - 1].line, parts[k].line):
            sections[k - 1 : k + 1] = _meeting(sections[k - 1], sections[k])
        else:
            sections[k - 1 : k + 1] = _begun_on_bar(sections[k - 1], sections[k])
    return sections


def _begun_on_bar(before: GridSection, after: GridSection) -> list[GridSection]:
    """The two sections, the second begun with its bar: a few milliseconds late would cost it."""
    downbeat = after.downbeat - after.bar_seconds
    if after.start - downbeat > _JOINT_SECONDS or downbeat <= before.start:
        return [before, after]
    phrase = after.phrase or downbeat
    return [
        dataclasses.replace(before, end=min(before.end, downbeat)),
        GridSection.through(downbeat, after.end, after.bpm, phrase),
    ]


def _section(part: _Part, position: int) -> GridSection:
    line = part.line
    beat, quarter = divmod(position, STEPS_PER_BEAT)
    phrase = line.origin + (float(part.kicks.offsets[quarter]) + beat) * line.period
    section = GridSection.through(line.start, line.end, line.bpm, phrase)
    # Files cut on a downbeat: measured a millisecond early it would cost the whole first bar.
    early = section.bar_seconds - (section.downbeat - section.start)
    if line.start == 0.0 and 0.0 < early < _START_SECONDS:
        return GridSection.through(line.start, line.end, line.bpm, phrase + early)
    return section


def _meeting(before: GridSection, after: GridSection) -> list[GridSection]:
    """The two sections meeting on a downbeat, so that no bar is lost between them."""
    downbeat = after.downbeat
    if not before.start < downbeat < after.end:
        return [before, after]
    return [
        dataclasses.replace(before, end=downbeat),
        GridSection.through(downbeat, after.end, after.bpm, after.phrase or downbeat),
    ]
