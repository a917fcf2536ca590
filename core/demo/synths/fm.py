"""Frequency modulation: bells, electric pianos, glassy plucks, growling basses."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.demo.signal import add, faded
from core.demo.stage import Event, Stage
from core.demo.synths.envelopes import Envelope
from core.demo.theory import hertz
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Fm:
    """Two modulators in parallel into one carrier (Chowning 1973), in stereo.

    Attributes:
        ratios, indices, falls: of the modulators: frequency to the carrier, depth in radians,
            seconds.
        rest: share of the depth that stays.
        brighten: automation or number that scales the depth.
        detune: cents between left and right.
    """

    ratios: tuple[float, float] = (1.0, 3.5)
    indices: tuple[float, float] = (2.0, 1.0)
    falls: tuple[float, float] = (0.3, 0.08)
    rest: float = 0.1
    brighten: str | float = 1.0
    detune: float = 5.0
    level: Envelope = field(default_factory=lambda: Envelope(0.001, 0.35, 0.0, 0.12))
    gate: float = 0.9
    strum: float = 0.0

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """All notes, (stage.frames, 2)."""
        out = np.zeros((stage.frames, 2), np.float32)
        depths = stage.level(self.brighten)
        for event in events:
            scale = event.velocity / max(len(event.pitches), 1) ** 0.6
            for k, pitch in enumerate(event.pitches):
                start = event.start + round(k * self.strum * SAMPLE_RATE)
                if start < stage.frames:
                    add(out, self._note(event, pitch, float(depths[start]), rng), start, scale)
        return out

    def _note(self, event: Event, pitch: int, depth: float, rng: np.random.Generator) -> Signal:
        level = self.level(round(event.frames * self.gate))
        t = np.arange(len(level)) / SAMPLE_RATE
        strength = depth * (0.35 + 0.65 * event.velocity)
        # High notes get less depth, or their side bands fold back.
        strength *= min(1.0, 900.0 / hertz(pitch)) ** 0.5
        sides = []
        for cents in (-self.detune / 2, self.detune / 2):
            turn = 2 * np.pi * hertz(pitch) * 2 ** (cents / 1200) * t
            bend = sum(
                strength
                * index
                * (self.rest + (1 - self.rest) * np.exp(-t / fall))
                * np.sin(ratio * turn + rng.random() * 0.2)
                for ratio, index, fall in zip(self.ratios, self.indices, self.falls, strict=True)
            )
            sides.append(np.sin(turn + bend))
        return faded((np.stack(sides, axis=1) * level[:, None]).astype(np.float32), 0.0005, 0.003)
