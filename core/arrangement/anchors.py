"""Which real segments a composition passes: a search for those that fit the form and each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from core.arrangement import harmony, levels
from core.arrangement.form import FormSection
from core.arrangement.material import Array, Doubles, Material
from core.dsp.key import Key
from core.settings import BARS_PER_SEGMENT

_SEGMENTS_PER_ANCHOR: Final = 4
_POOL: Final = 160
_BEAMS: Final = 24
_BATCH: Final = 32

# Costs, in units of "a whole attribute range off".
_ENERGY: Final = 1.2
_KICK: Final = 1.0
_TEMPO: Final = 3.0
_FAR_TEMPO: Final = 12.0
_EASY_STRETCH: Final = 0.1
"""Octaves of tempo (7 %) up to which stretching is hardly audible."""
_UNSURE: Final = 0.6
_MID_PHRASE: Final = 0.12
_CHANCE: Final = 0.1
_PALETTE: Final = 0.15
_SEMITONE: Final = 0.12
"""For each semitone that a segment has to be transposed by."""
_SAME_TRACK: Final = 0.45
"""For each earlier anchor of the same track; half of it within a section."""
_DULL: Final = 0.6
_UNEVEN: Final = 0.25
"""For each dB by which the tops of a bar differ from those of others, beyond `_EVEN_DB`."""
_EVEN_DB: Final = 3.0
_LISTENED: Final = 24
_TOPS: Final = 2
_MOST_TRACKS: Final = 40
"""Of a larger library so many are drawn for each composition: their keys have to be known."""
_APART: Final = 0.5
_REPEATED: Final = 20.0
_OVERLAPPING: Final = 2.0

# How far apart neighbouring anchors should sound, in typical distances of the library.
_WITHIN: Final = 0.45
_BETWEEN: Final = 0.7
_REPRISE: Final = 0.6


@dataclass(frozen=True, eq=False)
class Anchors:
    """The segments that a composition passes.

    Attributes:
        rows: (slots,) rows of the material, one for each of `anchor_slots`.
        home: the key that all is brought near to, as a place on the wheel of `Key.wheel`; None
            where nothing has a key.
    """

    rows: NDArray[np.int64]
    home: int | None


@dataclass(frozen=True)
class AnchorSlot:
    """A place for an anchor, and what the anchor should be.

    Attributes:
        section: number of the section of the form.
        position: which of the section's anchors it is, from 0.
        energy: wanted, 0 .. 1.
        kick: weight of the kick that is wanted, 0 .. 1.
        reprise_of: number of an earlier slot that this one should sound like: the first anchor of
            a drop resembles that of the drop before.
    """

    section: int
    position: int
    energy: float
    kick: float
    reprise_of: int | None


def anchor_slots(sections: Sequence[FormSection]) -> list[AnchorSlot]:
    """The places for anchors along a form: about one for 16 bars, at least one a section."""
    slots: list[AnchorSlot] = []
    first_slots: dict[str, int] = {}
    for number, section in enumerate(sections):
        count = anchor_count(section)
        shares = np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5])
        reprise_of = first_slots.get(section.name)
        first_slots[section.name] = len(slots)
        for position, share in enumerate(shares):
            energy = section.energy[0] + float(share) * (section.energy[1] - section.energy[0])
            like = reprise_of if position == 0 else None
            slots.append(AnchorSlot(number, position, energy, section.kick, like))
    return slots


def anchor_count(section: FormSection) -> int:
    """Anchors of a section: two for 16 bars, one more for every 16 beyond, one below."""
    segments = -(-section.bars // BARS_PER_SEGMENT)
    return max(1, 1 + segments // _SEGMENTS_PER_ANCHOR)


def choose_anchors(
    material: Material,
    sections: Sequence[FormSection],
    rng: np.random.Generator,
    *,
    bpm: float,
    start: int | None = None,
) -> Anchors:
    """Choose a real segment for each anchor of a form, each once as long as there are enough.

    A beam search for the least sum of costs: how far attributes, tempo and certainty of the beat
    grid of a segment are from what its slot asks for; how far it sounds from its neighbours; by how
    much it has to be transposed; and how often its track was passed before.

    Args:
        material: the segments.
        sections: the form.
        rng: adds a little chance to the costs.
        bpm: tempo of the composition; segments of a distant tempo cost more.
        start: row of the first anchor; None to choose it, too.

    Returns:
        A row of `material` for each of `anchor_slots(sections)`, and the home key.
    """
    slots = anchor_slots(sections)
    single = np.stack([_misfit(material, slot, bpm) for slot in slots])
    single += _CHANCE * rng.gumbel(size=single.shape) + _palette(material, rng)
    single[0] += _bad_opening(material)
    drawn = _drawn_tracks(material, rng, start)
    single += np.where(drawn, 0.0, _REPEATED)
    if start is not None:
        single[0] = np.where(np.arange(len(material)) == start, 0.0, np.inf)
    pool = _candidates(single, len(slots))
    pool = pool[drawn[pool]]
    keys = material.keys([material.ids[row] for row in pool])
    home = _home(material, keys, pool, single, start, rng)
    moved = np.array([abs(harmony.transposition(key, home)) for key in keys])
    single[:, pool] += _SEMITONE * moved
    near = _neighbourhood(material, pool)
    beams = [_Beam((), 0.0)]
    for number, slot in enumerate(slots):
        beams = _extended(beams, slots, slot, single[number, pool], near)
    return Anchors(pool[np.array(beams[0].rows, np.int64)], home)


def choose_tops(
    material: Material,
    sections: Sequence[FormSection],
    anchors: Anchors,
    rng: np.random.Generator,
    *,
    bpm: float,
) -> list[list[int]]:
    """Choose what the tops of each section are taken from, rather from tracks not used yet.

    A segment with a crash or a gap in one of its bars costs more: it comes round every four bars.

    Args:
        material: the segments.
        sections: the form.
        anchors: of the form.
        rng: adds a little chance.
        bpm: tempo of the composition.

    Returns:
        For each section two rows of `material`: the second for when its tops change.
    """
    tracks = material.track_numbers()
    used = np.bincount(tracks[anchors.rows], minlength=int(tracks.max()) + 1).astype(np.float64)
    steady = _tempo_cost(material, bpm) + _unsure(material)
    steady += np.where(_drawn_tracks(material, rng, int(anchors.rows[0])), 0.0, _REPEATED)
    dull = _DULL * (1.0 - 0.5 * (material.rank("brightness") + material.rank("density")))
    found = []
    for section in sections:
        energy = np.abs(material.drive() - max(section.energy))
        rows = []
        for _ in range(2):
            cost = 0.5 * energy + dull + steady + _SAME_TRACK * np.minimum(used[tracks], 3.0)
            cost += _CHANCE * rng.gumbel(size=len(cost))
            row = _most_even(material, cost)
            rows.append(row)
            used[tracks[row]] += 1.0
        found.append(rows)
    return found


def _most_even(material: Material, cost: Doubles) -> int:
    """The row of least cost with that of uneven tops added, of the first few by cost alone."""
    order: list[int] = np.argsort(cost, kind="stable")[:_LISTENED].tolist()
    best, least = order[0], np.inf
    for row in order:
        if cost[row] >= least:
            break
        bars = levels.bar_loudness_db(material.spectrogram(row))
        uneven = float(levels.unevenness_db(bars)[_TOPS])
        whole = cost[row] + _UNEVEN * max(0.0, uneven - _EVEN_DB)
        if whole < least:
            best, least = row, whole
    return best


@dataclass(frozen=True)
class _Beam:
    rows: tuple[int, ...]
    cost: float


@dataclass(frozen=True, eq=False)
class _Neighbourhood:
    """Between candidates: distance in typical distances, overlap in their track; their tracks."""

    distance: Doubles
    overlap: NDArray[np.bool_]
    tracks: NDArray[np.int64]


def _misfit(material: Material, slot: AnchorSlot, bpm: float) -> Doubles:
    energy = _ENERGY * np.abs(material.drive() - slot.energy)
    kick = _KICK * np.abs(material.rank("kick") - slot.kick)
    cost = energy + kick + _tempo_cost(material, bpm) + _unsure(material)
    if material.phrase is not None and slot.position == 0:
        cost += _MID_PHRASE * ~material.phrase
    return np.asarray(cost, np.float64)


def _tempo_cost(material: Material, bpm: float) -> Doubles:
    octaves = np.abs(np.log2(material.bpm / bpm))
    return np.asarray(_TEMPO * octaves + _FAR_TEMPO * np.maximum(octaves - _EASY_STRETCH, 0.0))


def _unsure(material: Material) -> Doubles:
    if material.confidence is None:
        return np.zeros(len(material))
    return np.asarray(_UNSURE * (1.0 - material.confidence))


def _drawn_tracks(
    material: Material, rng: np.random.Generator, start: int | None
) -> NDArray[np.bool_]:
    """(n,) whether a segment is of the tracks that this composition is made of."""
    tracks = material.track_numbers()
    count = int(tracks.max()) + 1
    if count <= _MOST_TRACKS:
        return np.ones(len(material), bool)
    drawn = rng.permutation(count)[:_MOST_TRACKS]
    chosen = np.isin(tracks, drawn)
    return chosen if start is None else chosen | (tracks == tracks[start])


def _home(
    material: Material,
    keys: Sequence[Key | None],
    pool: NDArray[np.int64],
    single: Doubles,
    start: int | None,
    rng: np.random.Generator,
) -> int | None:
    """The key of the start, where that is given and has one; else what most candidates are near."""
    if start is not None:
        (opening,) = material.keys([material.ids[start]])
        if opening is not None:
            return opening.wheel
    best = single[:, pool].min(axis=0)
    weights = np.exp(-2.0 * (best - best.min()))
    return harmony.choose_home(keys, weights, rng)


def _palette(material: Material, rng: np.random.Generator) -> Doubles:
    """Some tracks come more easily than others, others every time."""
    tracks = material.track_numbers()
    return np.asarray(_PALETTE * rng.exponential(size=tracks.max() + 1)[tracks])


def _bad_opening(material: Material) -> Doubles:
    """An opening starts a phrase, is no beginning or end of a recording, and is on a sure grid."""
    cost = np.zeros(len(material))
    if material.phrase is not None:
        cost += 0.3 * ~material.phrase
    if material.confidence is not None:
        cost += 0.5 * (1.0 - material.confidence)
    return cost


def _candidates(single: Doubles, slots: int) -> NDArray[np.int64]:
    """Rows worth considering: the best few for every slot, as many as can be compared in time."""
    best = np.argsort(single, axis=1, kind="stable")
    most = max(_POOL, 4 * slots)
    pool = np.unique(best[:, 0])
    for count in range(2, single.shape[1] + 1):
        wider = np.unique(best[:, :count])
        if len(wider) > most:
            break
        pool = wider
    return pool


def _neighbourhood(material: Material, pool: NDArray[np.int64]) -> _Neighbourhood:
    prints = fingerprints(material.latents[pool], material.decode)
    distance = cdist(prints, prints, "cityblock") / prints.shape[1]
    typical = float(np.median(distance[distance > 0])) if (distance > 0).any() else 1.0
    tracks = material.track_numbers()[pool]
    bars = material.bars[pool]
    overlap = (tracks[:, None] == tracks) & (np.abs(bars[:, None] - bars) < BARS_PER_SEGMENT)
    return _Neighbourhood(distance / typical, overlap, tracks)


def fingerprints(latents: Array, decode: Callable[[Array], Array]) -> Doubles:
    """Describe what latents sound like, to compare them.

    Args:
        latents: (n, 64).
        decode: gives their spectrograms, (n, 512, 128) dB.

    Returns:
        (n, 2048) decoded levels in dB, averaged over sixteenths and four bands each.
    """
    parts = []
    for first in range(0, len(latents), _BATCH):
        spectra = decode(latents[first : first + _BATCH])
        blocks = spectra.reshape(len(spectra), 64, 8, 32, 4).mean(axis=(2, 4))
        parts.append(blocks.reshape(len(spectra), -1))
    return np.concatenate(parts).astype(np.float64)


def _extended(
    beams: list[_Beam],
    slots: Sequence[AnchorSlot],
    slot: AnchorSlot,
    single: Doubles,
    near: _Neighbourhood,
) -> list[_Beam]:
    number = len(beams[0].rows)
    costs = np.stack([_costs(beam, slots[:number], slot, single, near) for beam in beams])
    best = np.argsort(costs, axis=None, kind="stable")[:_BEAMS]
    chosen = [divmod(int(flat), costs.shape[1]) for flat in best]
    return [
        _Beam((*beams[beam].rows, row), float(costs[beam, row]))
        for beam, row in chosen
        if np.isfinite(costs[beam, row])
    ]


def _costs(
    beam: _Beam,
    before: Sequence[AnchorSlot],
    slot: AnchorSlot,
    single: Doubles,
    near: _Neighbourhood,
) -> Doubles:
    """(candidates,) cost of `beam` with each of them appended."""
    costs = beam.cost + single
    if not before:
        return costs
    last = beam.rows[-1]
    apart = _WITHIN if before[-1].section == slot.section else _BETWEEN
    costs = costs + _APART * np.abs(near.distance[last] - apart)
    if slot.reprise_of is not None:
        theme = beam.rows[slot.reprise_of]
        costs += _APART * np.maximum(near.distance[theme] - _REPRISE, 0.0)
    else:
        costs += _track_costs(beam, before, slot, near)
    taken = list(beam.rows)
    costs += _OVERLAPPING * near.overlap[:, taken].any(axis=1)
    costs[taken] += _REPEATED
    return np.asarray(costs)


def _track_costs(
    beam: _Beam, before: Sequence[AnchorSlot], slot: AnchorSlot, near: _Neighbourhood
) -> Doubles:
    """(candidates,) cost of passing tracks again; in the same section it costs half."""
    weights = [0.5 if other.section == slot.section else 1.0 for other in before]
    count = int(near.tracks.max()) + 1
    passed = np.bincount(near.tracks[list(beam.rows)], weights=weights, minlength=count)
    share = _SAME_TRACK if slot.position == 0 else 0.5 * _SAME_TRACK
    return np.asarray(share * np.minimum(passed[near.tracks], 3.0))
