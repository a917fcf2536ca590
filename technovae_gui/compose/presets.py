"""Energy curves to begin with."""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np

from core.arrangement import form

COLUMNS: Final = 32
STANDARD: Final = "Standard form"
DRAWN: Final = "Drawn by hand"
RANDOM: Final = "Random"

_POINTS: Final = {
    "Peak time": (
        (0, 0.7),
        (0.12, 0.85),
        (0.4, 0.95),
        (0.42, 0.3),
        (0.5, 0.35),
        (0.53, 1),
        (1, 0.9),
    ),
    "Warm-up": ((0, 0.15), (0.3, 0.35), (0.7, 0.55), (0.92, 0.65), (1, 0.45)),
    "Two drops": (
        *((0, 0.3), (0.16, 0.55), (0.24, 0.65), (0.27, 0.92), (0.46, 0.95), (0.5, 0.2)),
        *((0.6, 0.3), (0.67, 0.55), (0.7, 1.0), (0.88, 1.0), (0.92, 0.45), (1, 0.25)),
    ),
    "Ambient": ((0, 0.05), (0.3, 0.2), (0.55, 0.12), (0.8, 0.28), (1, 0.05)),
}
NAMES: Final = (STANDARD, *_POINTS, RANDOM, DRAWN)


def curve(name: str, bars: int, seed: int = 0) -> list[float]:
    """`COLUMNS` heights 0..1 of the preset `name` for a track of `bars`; `seed` is of Random."""
    if name in (STANDARD, DRAWN):
        return standard(bars)
    if name == RANDOM:
        return _random(seed)
    places, heights = zip(*_POINTS[name], strict=True)
    return [float(h) for h in np.interp(np.linspace(0, 1, COLUMNS), places, heights)]


def standard(bars: int) -> list[float]:
    """What `form.plan` does, as a curve."""
    parts = form.plan(bars)
    heights = []
    for bar in (np.arange(COLUMNS) + 0.5) * bars / COLUMNS:
        part = next(p for p in reversed(parts) if p.start <= bar)
        share = min(1.0, (bar - part.start) / part.bars)
        heights.append(float(part.energy[0] + share * (part.energy[1] - part.energy[0])))
    return heights


def _random(seed: int) -> list[float]:
    """Plateaus of four to eight columns with a slope each: a form, not noise."""
    rng = np.random.default_rng(seed)
    heights: list[float] = []
    while len(heights) < COLUMNS:
        low = not heights or heights[-1] > 0.6
        level = rng.uniform(0.1, 0.5) if low else rng.uniform(0.6, 1.0)
        slope = rng.uniform(-0.02, 0.03)
        heights += [float(np.clip(level + slope * n, 0, 1)) for n in range(rng.integers(4, 9))]
    return heights[:COLUMNS]


def spans(parts: list[form.FormSection], bars: int) -> list[tuple[str, float, float]]:
    """Name, begin and end (0..1 of the track) of `parts`; neighbours of one name are one."""
    found = []
    for name, group in itertools.groupby(parts, key=lambda part: part.name):
        several = list(group)
        found.append((name, several[0].start / bars, several[-1].end / bars))
    return found
