"""Parts of a track whose beat is elsewhere than in the parts that sound like them.

Bars of a loop come back. Where a careless editor took a part of a beat out, those that came before
and those that come later are alike, but shifted by what is missing, however much other music lies
between. Every few bars are compared with all others at every shift; a run of them that is more like
the rest at another place than where it is, and much so, was moved there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.rhythm.bars import BEATS
from core.rhythm.phase import Numbers

Spectra = NDArray[np.complexfloating]

_SIZES: Final = (8, 4)
"""Windows per group: first many, which say more, then few, of which a short ending has some."""
_MOST_GROUPS: Final = 48
_LONGEST_SHORT_RUN: Final = 4
_ALIKE: Final = 0.4
"""Likeness below which groups are other music."""
_SAME: Final = 0.6
"""Likeness at the other place that at least one group of a run has."""
_GAIN: Final = 0.1
"""By how much a run must be more alike elsewhere in all, per group, and per edit that it takes."""
_HIGHS: Final = (2, 3)
"""The bands of mids and highs."""
_HIGHS_ALIKE: Final = 0.5
_HIGHS_CLEARLY: Final = 0.03
"""How alike, and by how much more than at the other place, what stays is."""
_LIKE_SOME: Final = 0.45
_TELLING: Final = 0.05
"""Likeness to any others, and by how much more than at any other place of the beat, that tells."""
_SILENT: Final = 0.4
_LOUD_PERCENT: Final = 80
_HALF: Final = 0.5
_MANY: Final = 6
"""Sure windows from which on a part needs no others."""
_STILL: Final = 0.035
"""Beats that are no shift."""


class Displaced(NamedTuple):
    """Windows `first` to before `last` whose beat is `late` beats (-.5 to .5) after the others'."""

    first: int
    last: int
    late: float


@dataclass(frozen=True)
class _Groups:
    """Neighbouring windows, taken together.

    Attributes:
        edges: (groups + 1,) their first windows, and the end.
        sums: (groups, bands, frequencies) their spectra.
        alike: (groups, groups, phases) how like the one the other is if its beat is that much
            later.
    """

    edges: NDArray[np.int64]
    sums: Spectra
    alike: Numbers

    @property
    def count(self) -> int:
        return len(self.sums)

    @property
    def phases(self) -> int:
        return int(self.alike.shape[2])

    @cached_property
    def alike_in_highs(self) -> tuple[Numbers, ...]:
        """`alike` of mids and of highs by themselves."""
        size = self.phases * BEATS
        bands = (self.sums[:, band : band + 1] for band in _HIGHS)
        return tuple(_likeness(band, band, size) for band in bands)


class _Run(NamedTuple):
    """Groups `first` to before `last`, the phases by which they are late, and what they gain."""

    first: int
    last: int
    phase: int
    gain: float


def displaced(spectra: Spectra, size: int, known: Sequence[int]) -> Displaced | None:
    """The clearest part of a track whose beat is elsewhere than in what sounds like it.

    Args:
        spectra: (n, bands, frequencies) of windows of `BEATS` beats, without their means.
        size: samples per window.
        known: first windows of parts that may have their beats at different places.

    Returns:
        None where there is none.
    """
    for length in _SIZES:
        groups = _grouped(spectra, size, known, length)
        run = _best_run(groups, set(known), short=length < _SIZES[0])
        if run is not None:
            return _at_windows(spectra, size, groups, run, set(known))
    return None


def recurring(
    spectra: Spectra, size: int, known: Sequence[int], weights: Numbers
) -> NDArray[np.bool_]:
    """(n,) whether each window is in its place, as windows of sure parts that sound like it tell,
    where the part between two edits does not tell by itself.

    Args:
        spectra, size, known: as for `displaced`.
        weights: (n,) how sure each window is by itself, 0..1.
    """
    groups = _grouped(spectra, size, known, _SIZES[0])
    lengths = np.diff(groups.edges)
    told, sure = (
        np.add.reduceat(each, groups.edges[:-1]) > _HALF * lengths
        for each in (_unsure(weights, known), weights)
    )
    if not (told.any() and sure.any()):
        return np.zeros(len(spectra), bool)
    alike = np.where(np.eye(groups.count, dtype=bool)[..., None], -1.0, groups.alike)
    best, still = alike[sure].max(axis=0), _still(groups.phases)
    here, elsewhere = best[:, still].max(axis=1), best[:, ~still].max(axis=1)
    told &= (here > _SAME) & (here - elsewhere > _GAIN)
    loud = np.sqrt((np.abs(spectra) ** 2).sum(axis=(1, 2)))
    typical = np.add.reduceat(loud, groups.edges[:-1]) / lengths
    return np.asarray(np.repeat(told, lengths) & (loud > _HALF * np.repeat(typical, lengths)))


def unlike_all(spectra: Spectra, size: int, known: Sequence[int]) -> float:
    """Share of the windows that are not silent and like no others at their place of the beat.

    Args:
        spectra, size, known: as for `displaced`.
    """
    groups = _grouped(spectra, size, known, _SIZES[0])
    lengths = np.diff(groups.edges)
    loud = np.add.reduceat(np.sqrt((np.abs(spectra) ** 2).sum(axis=(1, 2))), groups.edges[:-1])
    loud /= lengths
    alike = np.where(np.eye(groups.count, dtype=bool)[..., None], -1.0, groups.alike)
    best, still = alike.max(axis=0), _still(groups.phases)
    here, elsewhere = best[:, still].max(axis=1), best[:, ~still].max(axis=1)
    alone = (here < _LIKE_SOME) | (here - elsewhere < _TELLING)
    alone &= loud > _SILENT * np.percentile(loud, _LOUD_PERCENT)
    return float(lengths[alone].sum() / lengths.sum())


def _unsure(weights: Numbers, known: Sequence[int]) -> Numbers:
    """(n,) 1 for windows of parts between two edits that have few sure ones, 0 for others."""
    which = np.zeros(len(weights))
    for start, end in _parts(known, len(weights)):
        which[start:end] = float(weights[start:end].sum()) < _MANY
    return which


def _parts(known: Sequence[int], count: int) -> list[tuple[int, int]]:
    """(start, end) of the windows between known edits."""
    return list(itertools.pairwise([0, *sorted({at for at in known if 0 < at < count}), count]))


def _grouped(spectra: Spectra, size: int, known: Sequence[int], length: int) -> _Groups:
    """Groups of about `length` windows, none of which reaches over a known edit."""
    count = len(spectra)
    length = max(length, -(-count // _MOST_GROUPS))
    starts = [
        np.linspace(start, end, max(1, round((end - start) / length)) + 1)[:-1]
        for start, end in _parts(known, count)
    ]
    edges = np.append(np.concatenate(starts).round(), count).astype(np.int64)
    sums = np.add.reduceat(spectra, edges[:-1], axis=0)
    return _Groups(edges, sums, _likeness(sums, sums, size))


def _likeness(some: Spectra, others: Spectra, size: int) -> Numbers:
    """(n, bands, frequencies) and (m, ...) -> (n, m, phases of a beat): mean correlation over the
    bands if the others are that much later, and whole beats on as fits best."""
    norms = [np.sqrt(2.0 * (np.abs(each) ** 2).sum(axis=2)) for each in (some, others)]
    first = np.conj(some) / np.maximum(norms[0], 1e-9)[..., None]
    second = others / np.maximum(norms[1], 1e-9)[..., None]
    product = np.einsum("nbf,mbf->nmf", first, second, optimize=True)
    alike = np.fft.irfft(product, size, axis=2) * (size / some.shape[1])
    return np.asarray(alike.reshape(len(some), len(others), BEATS, -1).max(axis=2))


def _best_run(groups: _Groups, known: set[int], *, short: bool) -> _Run | None:
    """The run of groups that gains most by being moved."""
    count, still = groups.count, _still(groups.phases)
    none = np.full((1, count, groups.phases), -1.0)
    alike = groups.alike
    before = np.concatenate([none, np.maximum.accumulate(alike, axis=0)])
    after = np.concatenate([np.maximum.accumulate(alike[::-1], axis=0)[::-1], none])
    best: _Run | None = None
    for first, last in _runs(count, short=short):
        found = np.maximum(before[first, first:last], after[last, first:last])
        gains = np.maximum(found, _ALIKE)
        gains -= gains[:, still].max(axis=1, keepdims=True)
        total = gains.sum(axis=0)
        phase = int(np.argmax(total))
        edits = sum(0 < at < count and groups.edges[at] not in known for at in (first, last))
        telling = int(np.count_nonzero(gains[:, phase]))
        least = _GAIN * max(telling, edits, 1)
        if total[phase] < least or found[:, phase].max() < _SAME:
            continue
        run = _Run(first, last, phase, float(total[phase]) - _GAIN * edits)
        if (best is None or run.gain > best.gain) and not _highs_stay(groups, run):
            best = run
    return best


def _highs_stay(groups: _Groups, run: _Run) -> bool:
    """Whether mids or highs of a run are more alike where they are: an edit moves all that sounds.

    Where kicks or a bass begin between off-beats, only lows and kicks are more alike elsewhere.
    """
    own, still = slice(run.first, run.last), _still(groups.phases)
    for alike in groups.alike_in_highs:
        rest = np.delete(alike[:, own], own, axis=0)
        found = rest.max(axis=0, initial=-1.0)
        here, there = found[:, still].max(axis=1), found[:, run.phase]
        clear = here > _HIGHS_ALIKE
        if clear.any() and float((here - there)[clear].mean()) > _HIGHS_CLEARLY:
            return True
    return False


def _runs(count: int, *, short: bool) -> Iterator[tuple[int, int]]:
    """First groups and ends of runs of no more than half of all."""
    for length in range(1, count // 2 + 1):
        inner = not short or length <= _LONGEST_SHORT_RUN
        for first in range(count - length + 1) if inner else (0, count - length):
            yield first, first + length


def _still(phases: int) -> NDArray[np.bool_]:
    """(phases,) whether each is no shift."""
    places = np.arange(phases) / phases
    return np.abs(places - np.round(places)) < _STILL


def _at_windows(
    spectra: Spectra, size: int, groups: _Groups, run: _Run, known: set[int]
) -> Displaced:
    """`run` with its ends moved to the windows that part what lies here from what lies there."""
    inside = np.zeros(groups.count, bool)
    inside[run.first : run.last] = True
    ends = [
        _edge(spectra, size, groups, run, at, inside)
        if 0 < at < groups.count and groups.edges[at] not in known
        else int(groups.edges[at])
        for at in (run.first, run.last)
    ]
    late = run.phase / groups.phases
    return Displaced(ends[0], ends[1], late - round(late))


def _edge(
    spectra: Spectra, size: int, groups: _Groups, run: _Run, at: int, inside: NDArray[np.bool_]
) -> int:
    """The first window after an end of the run: windows beside it are compared one by one.

    Groups beside it may hold some of both, so they are asked only where there are no others.
    """
    low, high = int(groups.edges[at - 1]), int(groups.edges[min(at + 1, groups.count)])
    alike = _likeness(groups.sums, spectra[low:high], size)
    phases = np.flatnonzero(_still(groups.phases))
    there = (phases + run.phase) % groups.phases
    back = (phases - run.phase) % groups.phases
    beside = np.zeros(groups.count, bool)
    beside[at - 1 : at + 1] = True
    rest, own = (
        which & ~beside if (which & ~beside).any() else which for which in (~inside, inside)
    )
    moved = np.maximum(
        alike[rest][:, :, there].max(axis=(0, 2)), alike[own][:, :, phases].max(axis=(0, 2))
    )
    stayed = np.maximum(
        alike[rest][:, :, phases].max(axis=(0, 2)), alike[own][:, :, back].max(axis=(0, 2))
    )
    gain = stayed - moved if at == run.first else moved - stayed
    total = np.concatenate([[0.0], np.cumsum(gain)])
    return low + int(np.argmax(total))
