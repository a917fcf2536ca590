"""Kick drums: a sine whose pitch falls, a click before it, saturation around both."""

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
class Kick:
    """A kick drum.

    Attributes:
        tone: Hz where the pitch comes to rest.
        punch: how far above it starts, as a multiple.
        sweep: seconds of that fall.
        snap: a second, much faster fall on top.
        decay: seconds of the body.
        shape: above 1 it holds first, then lets go.
        click: level of the noise at the front.
        bright: its centre in Hz.
        drive: into the saturation.
        skew: its asymmetry, for even harmonics.
        grit: level of a band of distorted overtones.
        swell: seconds in which the body rises.
    """

    tone: float = 50.0
    punch: float = 3.2
    sweep: float = 0.028
    snap: float = 14.0
    decay: float = 0.2
    shape: float = 1.5
    click: float = 0.3
    bright: float = 3500.0
    drive: float = 1.6
    skew: float = 0.1
    grit: float = 0.0
    swell: float = 0.0006

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 1), peak 1."""
        frames = round((self.decay * 2.6 + 0.08) * SAMPLE_RATE)
        body = self._body(frames, velocity)
        out = np.tanh(self.drive * (body + self.skew)) - np.tanh(self.drive * self.skew)
        if self.grit:
            rough = filtered(np.tanh(8.0 * body + 0.3)[:, None], band_pass(900.0, 2.5))[:, 0]
            out += self.grit * rough * falling(frames, self.decay * 0.6)
        out += self._click(frames, velocity, rng)
        shaped = filtered(out[:, None].astype(np.float32), high_pass(22.0))
        return faded(peaking_at(shaped), 0.0002, self.decay * 0.5)

    def _body(self, frames: int, velocity: float) -> Signal:
        t = np.arange(frames) / SAMPLE_RATE
        fall = self.punch * np.exp(-t / self.sweep) + self.snap * np.exp(-t / 0.0024) * velocity
        level = (1.0 - np.exp(-t / self.swell)) * np.exp(-((t / self.decay) ** self.shape))
        return (oscillation(self.tone * (1.0 + fall)) * level).astype(np.float32)

    def _click(self, frames: int, velocity: float, rng: np.random.Generator) -> Signal:
        burst = filtered(noise(rng, frames), band_pass(self.bright, 2.0))[:, 0]
        t = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
        ping = np.sin(2 * np.pi * self.bright * 0.5 * t) * np.exp(-t / 0.0016)
        tick = 1.6 * burst * np.exp(-t / 0.004) + 0.5 * ping
        return np.asarray(self.click * velocity * tick * (1 - np.exp(-t / 0.0002)), np.float32)


@dataclass(frozen=True)
class Boom:
    """A long sub drop: the low end of an impact. tone: Hz; decay: seconds."""

    tone: float = 42.0
    decay: float = 1.1

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 1)."""
        frames = round(self.decay * 3 * SAMPLE_RATE)
        t = np.arange(frames) / SAMPLE_RATE
        body = oscillation(self.tone * (1.0 + 1.6 * np.exp(-t / 0.12)))
        body = np.tanh(1.8 * body * np.exp(-t / self.decay)) * (1 - np.exp(-t / 0.002))
        air = filtered(noise(rng, frames), low_pass(500.0))[:, 0] * falling(frames, 0.25)
        return faded((body + air).astype(np.float32)[:, None] * 0.8, 0.001, 0.3)
