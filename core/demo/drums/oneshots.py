"""Plays hits: a few takes at a few strengths, as a sampler would, so that no two hits are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.demo.signal import add, faded
from core.demo.stage import Event, Stage

Signal = NDArray[np.float32]


class Drum(Protocol):
    """Something that can be struck."""

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """Make a hit.

        Args:
            velocity: 0..1, how strong it is in timbre; level is applied later.
            rng: gives all that is random.

        Returns:
            (n, 1 or 2).
        """


@dataclass(frozen=True)
class OneShots:
    """An instrument of hits.

    Attributes:
        takes: how many variants of each strength.
        layers: how many strengths are computed.
        steps: hits are cut after so many sixteenths; 0 lets them ring.
        choke: a hit cuts the one before it.
        curve: exponent from velocity to level.
    """

    drum: Drum
    takes: int = 3
    layers: int = 3
    steps: float = 0.0
    choke: bool = False
    curve: float = 1.4

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """All hits, (stage.frames, 1 or 2)."""
        shots: dict[tuple[int, int], Signal] = {}
        channels = self.drum(1.0, np.random.default_rng(0)).shape[1]
        out = np.zeros((stage.frames, channels), np.float32)
        seed = int(rng.integers(1 << 31))
        for k, event in enumerate(events):
            layer = max(round(event.velocity * self.layers), 1)
            take = (layer, int(rng.integers(self.takes)))
            if take not in shots:
                shots[take] = self._shot(take, seed)
            shot = self._cut(shots[take], k, events, stage)
            add(out, shot, event.start, event.velocity**self.curve)
        return out

    def _shot(self, take: tuple[int, int], seed: int) -> Signal:
        layer, number = take
        return self.drum(layer / self.layers, np.random.default_rng([seed, layer, number]))

    def _cut(self, shot: Signal, k: int, events: list[Event], stage: Stage) -> Signal:
        frames = len(shot)
        if self.steps:
            frames = min(frames, round(self.steps * stage.beat / 4))
        if self.choke and k + 1 < len(events):
            frames = min(frames, max(events[k + 1].start - events[k].start, 64))
        return shot if frames == len(shot) else faded(shot[:frames], 0.0, 0.006)
