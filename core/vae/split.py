"""Which windows are learned from and which only judge: whole tracks, wherever there are enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import settings
from core.vae.data import Index, TrainingData

MIN_TRACKS = 4
"""Fewer tracks than this are too few to spare a whole one."""

_REACH = settings.FRAMES_PER_SEGMENT


@dataclass(frozen=True, eq=False)
class Split:
    """Places (track number, first row) of windows.

    Attributes:
        training: (n, 2).
        validation: (m, 2); no row is in both.
        note: how they were divided, one plain sentence.
    """

    training: Index
    validation: Index
    note: str


def split(data: TrainingData, share: float, seed: int) -> Split:
    """Hold some windows out for validation, by whole tracks.

    Where there are fewer than four tracks, or it is not known which window is of which track, the
    held-out windows are one stretch out of each, and the note says so.

    Args:
        data: all windows.
        share: how many to hold out, about, 0..1.
        seed: decides which.
    """
    if data.grouped and len(data.tracks) >= MIN_TRACKS:
        return _by_track(data, share, seed)
    return _by_stretch(data, share, seed)


def _by_track(data: TrainingData, share: float, seed: int) -> Split:
    """Tracks in random order until the share is reached; the one that would overshoot is skipped
    unless it is the first, so that one long mix does not take half of a small library."""
    counts = np.array([len(track.starts) for track in data.tracks])
    wanted = share * counts.sum()
    order = np.random.default_rng(seed).permutation(len(counts))
    by_fit = sorted(order, key=lambda i: abs(counts[i] - wanted))
    held, total = [by_fit[0]], counts[by_fit[0]]
    for i in order:
        if i != held[0] and total + counts[i] <= wanted:
            held.append(i)
            total += counts[i]
    places = data.places()
    mask = np.isin(places[:, 0], held)
    names = ", ".join(data.tracks[i].name for i in sorted(held)[:3])
    more = f" and {len(held) - 3} more" if len(held) > 3 else ""
    note = f"judged on {len(held)} of {len(counts)} tracks, held out whole: {names}{more}"
    return Split(places[~mask], places[mask], note)


def _by_stretch(data: TrainingData, share: float, seed: int) -> Split:
    rng = np.random.default_rng(seed)
    training, validation = [], []
    for number, track in enumerate(data.tracks):
        held, kept = _stretch(track.starts, share, rng)
        validation.append(_at(number, held))
        training.append(_at(number, kept))
    why = (
        f"{len(data.tracks)} track{'s' * (len(data.tracks) != 1)} cannot spare a whole one"
        if data.grouped
        else "the array does not say which segments are of one track"
    )
    if not any(len(part) for part in validation):
        note = f"judged on the library itself, because {why} and it is small: expect it flattering"
        return Split(np.concatenate(training), np.concatenate(validation), note)
    note = f"judged on a held-out stretch, not on other tracks, because {why}: expect it flattering"
    return Split(np.concatenate(training), np.concatenate(validation), note)


def _stretch(starts: Index, share: float, rng: np.random.Generator) -> tuple[Index, Index]:
    """One run of consecutive windows, and the windows that share no bar with it; no run where
    less than half of the windows would be left."""
    order = np.sort(starts)
    count = max(1, round(share * len(order)))
    first = int(rng.integers(0, len(order) - count + 1))
    held = order[first : first + count]
    apart = (order <= held[0] - _REACH) | (order >= held[-1] + _REACH)
    if 2 * apart.sum() < len(order):
        return order[:0], order
    return held, order[apart]


def _at(number: int, starts: Index) -> Index:
    return np.stack([np.full(len(starts), number), starts], axis=1).astype(np.int64)
