"""Claps, snares and rims."""

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
    oscillation,
    peaking_at,
)
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Clap:
    """Several hands. tone: Hz of the noise band; spread: seconds between hands; decay: seconds."""

    tone: float = 1250.0
    spread: float = 0.0105
    hands: int = 4
    decay: float = 0.09
    air: float = 0.35

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One clap, (n, 2), peak 1."""
        frames = round((self.decay * 6 + 0.06) * SAMPLE_RATE)
        level = self._hands(frames, rng)
        raw = noise(rng, frames, 2)
        tight = filtered(raw, band_pass(self.tone * rng.uniform(0.96, 1.04), 1.3))
        wide = filtered(raw, high_pass(3500.0)) * (self.air * (0.5 + 0.5 * velocity))
        middle = tight.mean(axis=1, keepdims=True)
        out = (0.6 * tight + 0.6 * middle + wide) * level[:, None]
        return faded(peaking_at(np.tanh(3.0 * filtered(out, high_pass(420.0)))), 0.0003, 0.02)

    def _hands(self, frames: int, rng: np.random.Generator) -> Signal:
        level = np.zeros(frames, np.float32)
        for hand in range(self.hands):
            at = round(hand * self.spread * rng.uniform(0.9, 1.1) * SAMPLE_RATE)
            last = hand == self.hands - 1
            length = self.decay if last else self.spread * 0.35
            strike = falling(frames - at, length) * (1.0 if last else rng.uniform(0.6, 0.9))
            level[at:] = np.maximum(level[at:], strike)
        return level


@dataclass(frozen=True)
class Snare:
    """Two drum modes and a carpet of wires. tone: Hz; wires: level; snap: seconds of noise."""

    tone: float = 185.0
    body: float = 0.9
    wires: float = 0.8
    decay: float = 0.11
    snap: float = 0.13
    bright: float = 5200.0

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 2), peak 1."""
        frames = round((max(self.decay, self.snap) * 5 + 0.02) * SAMPLE_RATE)
        t = np.arange(frames) / SAMPLE_RATE
        bend = 1.0 + 0.55 * np.exp(-t / 0.011) * velocity
        low = oscillation(self.tone * bend) * np.exp(-t / self.decay)
        high = oscillation(self.tone * 1.79 * bend) * np.exp(-t / (self.decay * 0.55))
        drum = (self.body * (low + 0.55 * high) * (1 - np.exp(-t / 0.0004)))[:, None]
        raw = noise(rng, frames, 2)
        hiss = filtered(filtered(raw, high_pass(900.0)), low_pass(self.bright + 7000 * velocity))
        sizzle = hiss * falling(frames, self.snap)[:, None] * (2.4 * self.wires)
        return faded(peaking_at(np.tanh(1.3 * (drum + sizzle))).astype(np.float32), 0.0002, 0.02)


@dataclass(frozen=True)
class Rim:
    """A stick on the rim: three high modes and a tick. tone: Hz."""

    tone: float = 1720.0
    decay: float = 0.014
    wood: float = 0.4

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 1), peak 1."""
        frames = round(0.16 * SAMPLE_RATE)
        t = np.arange(frames) / SAMPLE_RATE
        out = np.zeros(frames)
        for ratio, level, length in (
            (1.0, 1.0, 1.0),
            (0.29, 0.9, 1.6),
            (2.73, 0.5 * velocity, 0.5),
        ):
            tuned = self.tone * ratio * rng.uniform(0.995, 1.005)
            out += level * np.sin(2 * np.pi * tuned * t) * np.exp(-t / (self.decay * length))
        out += self.wood * noise(rng, frames)[:, 0] * falling(frames, 0.003) * 3.0
        return faded(peaking_at(np.tanh(1.5 * out)[:, None].astype(np.float32)), 0.0002, 0.01)
