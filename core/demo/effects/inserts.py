"""Effects for one voice: each is made with its settings and called with a signal (frames, c)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.ndimage
import scipy.signal
from numpy.typing import NDArray

from core.demo.effects.reverb import reverberate
from core.demo.signal import filtered, high_pass, low_pass, single, stereo
from core.demo.song import Hall
from core.demo.stage import Stage
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Drive:
    """Saturation, twice oversampled. amount: dB into it; mix: share; skew: even harmonics."""

    amount: float = 8.0
    mix: float = 1.0
    skew: float = 0.0
    tone: float = 0.0

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """(frames, c)."""
        gain = 10 ** (self.amount / 20)
        fine = scipy.signal.resample_poly(signal, 2, 1, axis=0)
        hot = np.tanh(gain * fine + self.skew) - np.tanh(self.skew)
        wet = scipy.signal.resample_poly(hot, 1, 2, axis=0)[: len(signal)].astype(np.float32)
        wet = filtered(wet, low_pass(self.tone)) if self.tone else wet
        return (1 - self.mix) * signal + self.mix * wet * np.float32(gain**-0.6)


@dataclass(frozen=True)
class Fold:
    """Wave folding: what passes full scale comes back down. amount: times full scale."""

    amount: float = 3.0

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """(frames, c)."""
        fine = scipy.signal.resample_poly(signal, 2, 1, axis=0)
        folded = np.sin(self.amount * np.pi / 2 * fine)
        out = scipy.signal.resample_poly(folded, 1, 2, axis=0)[: len(signal)]
        return filtered(np.asarray(out, np.float32), high_pass(30.0))


@dataclass(frozen=True)
class Crush:
    """Fewer bits and a lower rate. rate: Hz; bits: of resolution; mix: share."""

    rate: float = 11_025.0
    bits: float = 8.0
    mix: float = 0.6

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """(frames, c)."""
        held = (np.arange(len(signal)) * (self.rate / SAMPLE_RATE)).astype(np.int64)
        places = np.minimum(np.ceil(held * (SAMPLE_RATE / self.rate)), len(signal) - 1)
        coarse = signal[places.astype(np.int64)]
        steps = 2.0 ** (self.bits - 1)
        coarse = np.round(coarse * steps) / np.float32(steps)
        return (1 - self.mix) * signal + self.mix * filtered(coarse, low_pass(self.rate * 0.8))


@dataclass(frozen=True)
class Chop:
    """A gate in rhythm. pattern: drum notation, one bar; depth 0..1; smooth: seconds."""

    pattern: str = "X.xXx.Xx.xX.Xx.x"
    depth: float = 1.0
    smooth: float = 0.006
    length: float = 0.75

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """(frames, c)."""
        from core.demo.notation import VELOCITIES

        steps = np.arange(len(signal)) / stage.bar * len(self.pattern)
        levels = np.array([VELOCITIES.get(mark, 0.0) for mark in self.pattern], np.float32)
        gate = levels[steps.astype(np.int64) % len(levels)] * ((steps % 1.0) < self.length)
        gate = scipy.ndimage.uniform_filter1d(gate, max(round(self.smooth * SAMPLE_RATE), 1))
        return single(signal * (1 - self.depth + self.depth * gate)[:, None].astype(np.float32))


@dataclass(frozen=True)
class Chorus:
    """Two modulated delays. milliseconds: middle and depth; rate: Hz; mix: share."""

    milliseconds: tuple[float, float] = (11.0, 4.0)
    rate: float = 0.45
    mix: float = 0.45

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """(frames, 2)."""
        from core.demo import kernels

        middle, depth = (value * 1e-3 * SAMPLE_RATE for value in self.milliseconds)
        turn = 2 * np.pi * self.rate * np.arange(len(signal)) / SAMPLE_RATE
        delays = middle + depth * np.stack([np.sin(turn), np.sin(turn + 1.9)], axis=1)
        wide = stereo(signal)
        wet = kernels.swirl(np.ascontiguousarray(wide), delays.astype(np.float32))
        return single((1 - self.mix) * wide + self.mix * wet)


@dataclass(frozen=True)
class Phaser:
    """Moving notches. bars: of a cycle; low, high: Hz; mix: share."""

    bars: float = 4.0
    low: float = 300.0
    high: float = 3500.0
    stages: int = 3
    mix: float = 0.7

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """(frames, 2)."""
        from core.demo import kernels

        wet = stereo(signal)
        turn = 2 * np.pi * np.arange(len(signal)) / (stage.bar * self.bars)
        damping = np.full(len(signal), 1.1, np.float32)
        for k in range(self.stages):
            place = 0.5 - 0.5 * np.cos(turn + 0.5 * k)
            hz = self.low * (self.high / self.low) ** place * (1 + 0.6 * k)
            wet = kernels.state_variable(wet, hz.astype(np.float32), damping, 3)
        return (1 - self.mix) * stereo(signal) + self.mix * wet


@dataclass(frozen=True)
class Filter:
    """A swept filter. hz: automation or number; kind: low, band, high, notch; q: resonance."""

    hz: str | float = 2000.0
    kind: str = "low"
    q: float = 0.8
    lfo: tuple[float, float] = (0.0, 0.0)
    """Bars of a cycle and depth in octaves."""

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """(frames, c)."""
        from core.demo import kernels

        hz = stage.hertz(self.hz)
        if self.lfo[1]:
            turn = 2 * np.pi * np.arange(len(signal)) / (stage.bar * self.lfo[0])
            hz = (hz * np.exp2(self.lfo[1] * np.sin(turn))).astype(np.float32)
        damping = np.full(len(signal), 1 / self.q, np.float32)
        mode = ("low", "band", "high", "notch").index(self.kind)
        return single(kernels.state_variable(np.ascontiguousarray(signal), hz, damping, mode))


@dataclass(frozen=True)
class Ring:
    """Ring modulation. hz: of the carrier; mix: share."""

    hz: float = 180.0
    mix: float = 0.5

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """(frames, c)."""
        wave = np.sin(2 * np.pi * self.hz * np.arange(len(signal)) / SAMPLE_RATE)
        return (1 - self.mix) * signal + self.mix * signal * wave[:, None].astype(np.float32)


@dataclass(frozen=True)
class Rumble:
    """The rumble after a kick: a dark room, cut to the bass and driven. tone: Hz."""

    tone: float = 110.0
    drive: float = 10.0
    hall: Hall = field(default_factory=lambda: Hall(1.1, 900.0, 0.03, 28.0))
    top: float = 0.0

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """(frames, 2); the low end in mono."""
        wet = reverberate(signal, self.hall, stage.rng("rumble"))
        low = filtered(wet.mean(axis=1, keepdims=True), low_pass(self.tone, 4))
        low = np.tanh(low * 10 ** (self.drive / 20)).astype(np.float32)
        low = filtered(low, low_pass(self.tone * 1.6))
        return stereo(low) + np.float32(self.top) * filtered(wet, high_pass(400.0))


@dataclass(frozen=True)
class Squeeze:
    """A compressor on one voice. threshold: dB; makeup: dB."""

    threshold: float = -20.0
    ratio: float = 4.0
    attack: float = 0.004
    release: float = 0.09
    makeup: float = 6.0

    def __call__(self, signal: Signal, stage: Stage) -> Signal:
        """(frames, c)."""
        from core.demo.effects.dynamics import compress

        return compress(
            signal,
            threshold=self.threshold,
            ratio=self.ratio,
            attack=self.attack,
            release=self.release,
        ) * np.float32(10 ** (self.makeup / 20))
