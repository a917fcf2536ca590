"""Plucked strings and their relatives, by a delay line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.demo.signal import add, faded, falling, filtered, low_pass, noise, single
from core.demo.stage import Event, Stage
from core.demo.theory import hertz
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Pluck:
    """A plucked string in stereo. damping: 0..1 kept a round; bright: 0..1; seconds: until cut."""

    damping: float = 0.992
    bright: float = 0.6
    pick: float = 6000.0
    seconds: float = 0.9

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """All notes, (stage.frames, 2)."""
        out = np.zeros((stage.frames, 2), np.float32)
        for event in events:
            for pitch in event.pitches:
                add(out, self._note(event, pitch, rng), event.start, event.velocity)
        return out

    def _note(self, event: Event, pitch: int, rng: np.random.Generator) -> Signal:
        from core.demo import kernels

        frames = round(self.seconds * SAMPLE_RATE)
        burst = filtered(noise(rng, frames, 2), low_pass(self.pick * (0.4 + 0.6 * event.velocity)))
        burst *= falling(frames, 0.004)[:, None]
        # The loop's own filter is late by about (1 - bright) / bright samples.
        late = (1.0 - self.bright) / self.bright
        sides = [
            kernels.string(
                np.ascontiguousarray(burst[:, side]),
                SAMPLE_RATE / (hertz(pitch) * (1 + (side - 0.5) * 0.002)) - late,
                self.damping,
                self.bright,
            )
            for side in range(2)
        ]
        return faded(single(np.stack(sides, axis=1) * 1.6), 0.0003, 0.15)
