"""Synthesisers of noise: risers, falls, impacts' tails, hiss, crackle, wind and machine rooms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.demo.signal import (
    add,
    band_pass,
    faded,
    filtered,
    high_pass,
    low_pass,
    noise,
    oscillation,
    single,
)
from core.demo.stage import Event, Stage
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Sweep:
    """Filtered noise from one pitch to another over the length of the note: riser or fall.

    Attributes:
        start, end: Hz.
        q: of the band.
        curve: above 1 waits, then hurries.
        tone: level of a sine that goes along.
        rise: whether it grows or dies.
    """

    start: float = 300.0
    end: float = 9000.0
    q: float = 1.2
    curve: float = 1.8
    tone: float = 0.0
    rise: bool = True
    pulse: float = 0.0
    """Sixteenths between the pulses that chop it; 0 is none."""

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """All sweeps, (stage.frames, 2)."""
        out = np.zeros((stage.frames, 2), np.float32)
        for event in events:
            add(out, self._sweep(event, stage, rng), event.start, event.velocity)
        return out

    def _sweep(self, event: Event, stage: Stage, rng: np.random.Generator) -> Signal:
        from core.demo import kernels

        place = np.linspace(0.0, 1.0, event.frames)
        hz = self.start * (self.end / self.start) ** (place**self.curve)
        damping = np.full(event.frames, 1 / self.q, np.float32)
        out = kernels.state_variable(noise(rng, event.frames, 2), hz.astype(np.float32), damping, 1)
        if self.tone:
            out = out + self.tone * oscillation(hz * 0.5).astype(np.float32)[:, None]
        level = place**1.5 if self.rise else (1 - place) ** 2
        if self.pulse:
            turn = np.arange(event.frames) / (stage.beat / 4 * self.pulse) % 1.0
            level = level * (0.25 + 0.75 * np.exp(-4 * turn) * np.minimum(turn / 0.02, 1))
        return faded(out * level.astype(np.float32)[:, None] * 2.0, 0.005, 0.012)


@dataclass(frozen=True)
class Hiss:
    """A bed of noise under held notes. low, high: Hz; crackle: ticks a second; breathe: bars."""

    low: float = 400.0
    high: float = 6000.0
    crackle: float = 0.0
    hum: float = 0.0
    breathe: float = 2.0

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """The bed, (stage.frames, 2)."""
        bed = self._bed(stage, rng)
        level = np.zeros((stage.frames, 1), np.float32)
        for event in events:
            hold = np.full((event.frames, 1), event.velocity, np.float32)
            add(level, faded(hold, 0.4, 0.4), event.start)
        return bed * level

    def _bed(self, stage: Stage, rng: np.random.Generator) -> Signal:
        frames = stage.frames
        raw = noise(rng, frames, 2)
        out = filtered(filtered(raw, high_pass(self.low)), low_pass(self.high))
        t = np.arange(frames) / (stage.bar * self.breathe)
        out *= (0.75 + 0.25 * np.sin(2 * np.pi * t + rng.random() * 6))[:, None].astype(np.float32)
        if self.crackle:
            out += self._crackle(frames, rng)
        if self.hum:
            turn = 2 * np.pi * np.arange(frames) / SAMPLE_RATE
            wave = np.tanh(2 * np.sin(50 * turn)) + 0.4 * np.sin(150 * turn)
            out += (self.hum * wave).astype(np.float32)[:, None]
        return out

    def _crackle(self, frames: int, rng: np.random.Generator) -> Signal:
        ticks = np.zeros((frames, 2), np.float32)
        count = int(self.crackle * frames / SAMPLE_RATE)
        places = rng.integers(0, frames, count)
        sizes = rng.standard_gamma(0.5, count) * rng.choice([-1.0, 1.0], count)
        sides = rng.random(count)
        np.add.at(ticks[:, 0], places, single(sizes * (1 - 0.7 * sides)))
        np.add.at(ticks[:, 1], places, single(sizes * (0.3 + 0.7 * sides)))
        return filtered(ticks * 3.0, band_pass(3200.0, 2.5))


@dataclass(frozen=True)
class Drone:
    """A held machine: detuned saws through slowly wandering bands. octaves: of the stack."""

    stack: tuple[float, ...] = (1.0, 1.004, 1.498, 2.003)
    bands: tuple[float, ...] = (240.0, 610.0, 1450.0, 3300.0)
    wander: float = 0.35
    q: float = 5.0
    dirt: float = 2.0

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """All notes, (stage.frames, 2)."""
        out = np.zeros((stage.frames, 2), np.float32)
        for event in events:
            add(out, self._note(event, stage, rng), event.start, event.velocity)
        return out

    def _note(self, event: Event, stage: Stage, rng: np.random.Generator) -> Signal:
        from core.demo import kernels
        from core.demo.theory import hertz

        frames = event.frames
        steps = np.full(frames, hertz(event.pitches[0]) / SAMPLE_RATE, np.float32)
        count = len(self.stack)
        pan = np.linspace(0.2, 0.8, count).astype(np.float32)
        raw = kernels.unison(
            steps,
            np.array(self.stack, np.float32),
            rng.random(count).astype(np.float32),
            np.sqrt(1 - pan),
            np.sqrt(pan),
        )
        raw = np.tanh(self.dirt * raw + 0.3 * noise(rng, frames, 2)).astype(np.float32)
        out = np.zeros_like(raw)
        damping = np.full(frames, 1 / self.q, np.float32)
        t = np.arange(frames) / stage.bar
        for k, band in enumerate(self.bands):
            wave = np.sin(2 * np.pi * t / (2.7 + 1.3 * k) + rng.random() * 6.28)
            hz = (band * np.exp2(self.wander * wave)).astype(np.float32)
            out += kernels.state_variable(raw, hz, damping, 1) / np.float32(1 + 0.4 * k)
        return faded(out, 0.25, 0.35)
