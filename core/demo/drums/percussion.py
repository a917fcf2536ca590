"""Toms, congas, blocks, FM metal and noise zaps."""

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
    noise,
    oscillation,
    peaking_at,
    single,
)
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Tom:
    """A tom or conga: two skin modes that bend downwards. tone: Hz; bend: share; slap: noise."""

    tone: float = 110.0
    decay: float = 0.16
    bend: float = 0.6
    slap: float = 0.25
    skin: float = 0.3
    drive: float = 1.2

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 1), peak 1."""
        frames = round(self.decay * 5 * SAMPLE_RATE)
        t = np.arange(frames) / SAMPLE_RATE
        bend = 1.0 + self.bend * velocity * np.exp(-t / 0.02)
        out = oscillation(self.tone * bend) * np.exp(-t / self.decay)
        out += self.skin * oscillation(self.tone * 1.593 * bend) * np.exp(-t / (self.decay * 0.5))
        tap = filtered(noise(rng, frames), band_pass(self.tone * 9, 2.0))[:, 0]
        out += 2.0 * self.slap * velocity * tap * falling(frames, 0.007)
        out *= 1 - np.exp(-t / 0.0005)
        return faded(
            peaking_at(np.tanh(self.drive * out)[:, None].astype(np.float32)), 0.0002, 0.02
        )


@dataclass(frozen=True)
class Block:
    """Claves, wood blocks, cowbells: a few clear modes. modes: (ratio, level) each."""

    tone: float = 2450.0
    decay: float = 0.03
    modes: tuple[tuple[float, float], ...] = ((1.0, 1.0), (2.71, 0.3))
    square: float = 0.0

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 1), peak 1."""
        frames = round(self.decay * 6 * SAMPLE_RATE)
        t = np.arange(frames) / SAMPLE_RATE
        out = np.zeros(frames)
        for ratio, level in self.modes:
            wave = np.sin(2 * np.pi * self.tone * ratio * rng.uniform(0.997, 1.003) * t)
            out += level * ((1 - self.square) * wave + self.square * np.tanh(6 * wave))
        out *= (1 - np.exp(-t / 0.0003)) * np.exp(-t / self.decay)
        return faded(peaking_at(out[:, None].astype(np.float32)), 0.0002, 0.01)


@dataclass(frozen=True)
class Clang:
    """Frequency-modulated metal, driven hard.

    Attributes:
        tone: Hz.
        ratio: modulator to carrier.
        index: depth.
        fall: how fast the depth decays, seconds.
    """

    tone: float = 320.0
    ratio: float = 1.414
    index: float = 6.0
    fall: float = 0.06
    decay: float = 0.2
    bend: float = 0.0
    drive: float = 2.0
    dirt: float = 0.15
    low_cut: float = 160.0

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 2), peak 1."""
        frames = round(self.decay * 5 * SAMPLE_RATE)
        sides = [self._side(frames, velocity, rng) for _ in range(2)]
        out = filtered(np.stack(sides, axis=1), high_pass(self.low_cut))
        return faded(peaking_at(out), 0.0002, self.decay * 0.4)

    def _side(self, frames: int, velocity: float, rng: np.random.Generator) -> Signal:
        t = np.arange(frames) / SAMPLE_RATE
        hz = self.tone * (1 + self.bend * np.exp(-t / 0.03)) * rng.uniform(0.996, 1.004)
        carrier, modulator = np.cumsum(hz), np.cumsum(hz * self.ratio)
        depth = self.index * (0.4 + 0.6 * velocity) * np.exp(-t / self.fall)
        turn = 2 * np.pi / SAMPLE_RATE
        out = np.sin(turn * carrier + depth * np.sin(turn * modulator))
        out = out * np.exp(-t / self.decay) + self.dirt * noise(rng, frames)[:, 0] * falling(
            frames, self.fall
        )
        out *= 1 - np.exp(-t / 0.0004)
        return single(np.tanh(self.drive * out))


@dataclass(frozen=True)
class Zap:
    """A falling chirp through noise. top, low: Hz; sweep: seconds."""

    top: float = 6000.0
    low: float = 180.0
    sweep: float = 0.035
    decay: float = 0.09
    dust: float = 0.2

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 1), peak 1."""
        frames = round(self.decay * 5 * SAMPLE_RATE)
        t = np.arange(frames) / SAMPLE_RATE
        hz = self.low + (self.top * (0.5 + 0.5 * velocity) - self.low) * np.exp(-t / self.sweep)
        out = oscillation(hz) + self.dust * filtered(noise(rng, frames), high_pass(2000.0))[:, 0]
        out *= np.exp(-t / self.decay) * (1 - np.exp(-t / 0.0004))
        return faded(peaking_at(np.tanh(1.6 * out)[:, None].astype(np.float32)), 0.0002, 0.01)
