"""Hats, rides and crashes: many partials that share no fundamental, and noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.demo.signal import (
    band_pass,
    faded,
    falling,
    filtered,
    high_pass,
    low_pass,
    noise,
    peaking_at,
)
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]
_SQUARES = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)
"""Hz of the six oscillators behind the hats of the best-known drum machine of 1980."""


@dataclass(frozen=True)
class Hat:
    """A hi-hat.

    Attributes:
        decay: seconds.
        tune: factor on the partials.
        metal: share of the partials against the noise.
        tone: Hz of the band that is let through.
        ring: how much the partials multiply each other.
    """

    decay: float = 0.045
    tune: float = 1.0
    metal: float = 0.6
    tone: float = 8200.0
    ring: float = 0.5
    attack: float = 0.0004

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 2), peak 1."""
        frames = round((self.decay * 6 + 0.02) * SAMPLE_RATE)
        metal = self._partials(frames, rng)
        raw = noise(rng, frames, 2) * 1.4
        mixed = self.metal * metal[:, None] + (1.0 - self.metal) * raw
        open_up = self.tone * (0.8 + 0.25 * velocity)
        out = filtered(mixed, band_pass(open_up, 1.6)) + 0.5 * filtered(mixed, high_pass(open_up))
        out = filtered(out, high_pass(self.tone * 0.55, 4))
        level = 0.7 * falling(frames, self.decay) + 0.3 * falling(frames, self.decay * 0.25)
        rise = 1 - np.exp(-np.arange(frames, dtype=np.float32) / (self.attack * SAMPLE_RATE))
        return faded(peaking_at(out * (level * rise)[:, None]), 0.0001, self.decay * 0.5)

    def _partials(self, frames: int, rng: np.random.Generator) -> Signal:
        t = np.arange(frames) / SAMPLE_RATE
        waves = [
            np.sign(np.sin(2 * np.pi * (hz * self.tune * rng.uniform(0.998, 1.002) * t + start)))
            for hz, start in zip(_SQUARES, rng.random(6), strict=True)
        ]
        plain = sum(waves) / 6.0
        rung = waves[0] * waves[3] * waves[5] + waves[1] * waves[4] * waves[2]
        return np.asarray((1 - self.ring) * plain + self.ring * 0.5 * rung, dtype=np.float32)


@dataclass(frozen=True)
class Cymbal:
    """Rides and crashes: partials crowded towards the top, the high ones dying first.

    Attributes:
        decay: seconds.
        low: Hz of the lowest partial.
        bell: level of a few clear ones.
        air: of noise.
    """

    decay: float = 0.5
    low: float = 380.0
    partials: int = 70
    bell: float = 0.5
    air: float = 0.5
    tone: float = 5200.0
    wash: float = 0.0

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 2), peak 1."""
        frames = round(self.decay * 4.5 * SAMPLE_RATE)
        out = np.stack([self._cluster(frames, rng) for _ in range(2)], axis=1)
        out += (self.bell * self._bell(frames))[:, None]
        raw = filtered(noise(rng, frames, 2), high_pass(self.tone))
        swell = 1 - np.exp(
            -np.arange(frames, dtype=np.float32) / (0.0008 + self.wash) / SAMPLE_RATE
        )
        out += self.air * 2.0 * raw * (falling(frames, self.decay * 0.7) * swell)[:, None]
        out = filtered(out.astype(np.float32), high_pass(self.low * 1.1, 2))
        stick = filtered(noise(rng, frames, 1), band_pass(6500.0, 1.5)) * 0.8
        out += stick * (falling(frames, 0.006) * np.float32(velocity))[:, None]
        return faded(peaking_at(np.tanh(out * 0.8)), 0.0003, self.decay)

    def _cluster(self, frames: int, rng: np.random.Generator) -> Signal:
        t = (np.arange(frames) / SAMPLE_RATE).astype(np.float32)
        out = np.zeros(frames, np.float32)
        places = np.sort(rng.random(self.partials)) ** 0.7
        hertz = self.low * (15_000.0 / self.low) ** places
        for hz, phase, level in zip(
            hertz, rng.random(len(hertz)), rng.uniform(0.4, 1.0, len(hertz)), strict=True
        ):
            length = self.decay * (0.25 + 0.75 * np.exp(-hz / 7000.0))
            tilt = (hz / 4000.0) ** 0.35
            wave = np.sin(np.float32(2 * np.pi * hz) * t + np.float32(2 * np.pi * phase))
            out += np.float32(level * tilt * 0.22) * wave * np.exp(t * np.float32(-1 / length))
        return out

    def _bell(self, frames: int) -> Signal:
        t = (np.arange(frames) / SAMPLE_RATE).astype(np.float32)
        out = np.zeros(frames, np.float32)
        for ratio, level in ((1.0, 0.5), (1.483, 0.7), (2.137, 1.0), (3.41, 0.6), (5.14, 0.5)):
            hz = self.low * 2.3 * ratio
            out += level * np.sin(2 * np.pi * hz * t) * falling(frames, self.decay / ratio**0.5)
        return out * np.float32(0.35)


@dataclass(frozen=True)
class Shaker:
    """Beads: noise that swells and falls. tone: Hz; swell, decay: seconds."""

    tone: float = 6500.0
    swell: float = 0.018
    decay: float = 0.03
    grain: float = 0.4

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One stroke, (n, 1), peak 1."""
        frames = round((self.swell + self.decay * 5) * SAMPLE_RATE)
        t = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
        level = np.where(
            t < self.swell, (t / self.swell) ** 2, np.exp(-(t - self.swell) / self.decay)
        )
        beads = (rng.random(frames, dtype=np.float32) < 0.12) * rng.standard_normal(frames)
        raw = (1 - self.grain) * noise(rng, frames)[:, 0] + self.grain * beads.astype(np.float32)
        out = filtered((raw * level)[:, None].astype(np.float32), band_pass(self.tone, 1.4))
        return faded(peaking_at(filtered(out, low_pass(15_000.0))), 0.001, 0.008)
