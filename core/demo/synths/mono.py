"""One voice with glide and accents: acid lines, reeses, sub and rolling basses, mono leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from core.demo.signal import single
from core.demo.stage import Event, Stage
from core.demo.theory import hertz
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]
_OVERSAMPLING = 2


@dataclass(frozen=True)
class Mono:
    """A monophonic subtractive synthesiser, twice oversampled.

    Attributes:
        saw, square, sub: levels of the oscillators; sub is a sine an octave lower if sub_octave is
            -1.
        voices, detune: saws and their spread in cents.
        spread: how far apart in the stereo field.
        cutoff, resonance: Hz and 0..1, automations or numbers.
        sweep: octaves the envelope adds.
        decay: seconds of that envelope, an automation or a number.
        accent_decay: on accents.
        accent: how much accents add to level and sweep.
        gate: share of a note's length that sounds.
        glide: seconds of a slide.
        release: seconds.
        diode: the feedback of the silver bass machine.
        drive: into the saturation after the filter; 0 is none.
    """

    saw: float = 1.0
    square: float = 0.0
    sub: float = 0.0
    sub_octave: int = 0
    voices: int = 1
    detune: float = 12.0
    spread: float = 0.0
    width: float = 0.5
    cutoff: str | float = 600.0
    resonance: str | float = 0.3
    sweep: str | float = 2.0
    decay: str | float = 0.2
    accent_decay: float = 0.12
    accent: float = 0.6
    attack: float = 0.002
    gate: float = 0.55
    glide: float = 0.022
    release: float = 0.012
    track: float = 0.0
    diode: bool = False
    drive: float = 1.5
    wobble: tuple[float, float] = (0.0, 0.0)
    """Sixteenths of a cycle of the cutoff's slow wave, and its depth in octaves."""

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """The line, (stage.frames, 1), or 2 channels where spread is above 0."""
        if not events:
            return np.zeros((stage.frames, 1), np.float32)
        pitch = self._pitch(events, stage.frames)
        sides = self._oscillators(pitch, rng)
        cutoffs = np.repeat(self._cutoffs(events, stage, pitch), _OVERSAMPLING)
        feedback = np.repeat(4.4 * stage.level(self.resonance), _OVERSAMPLING)
        out = [self._voiced(side, cutoffs, feedback) for side in sides.T]
        level = self._level(events, stage.frames)
        return (np.stack(out, axis=1) * level[:, None]).astype(np.float32)

    def _pitch(self, events: list[Event], frames: int) -> Signal:
        from core.demo import kernels

        slid = [False, *[event.slide for event in events[:-1]]]
        glides = np.array([self.glide * SAMPLE_RATE if s else 0.0 for s in slid], np.float32)
        targets = np.array([hertz(event.pitches[0]) for event in events], np.float32)
        starts = np.array([event.start for event in events], np.int64)
        return single(kernels.follow(starts, np.log2(targets), glides, frames))

    def _oscillators(self, pitch: Signal, rng: np.random.Generator) -> Signal:
        """(frames * 2, channels)."""
        steps = single(np.repeat(np.exp2(pitch) / (SAMPLE_RATE * _OVERSAMPLING), _OVERSAMPLING))
        rest = self._others(steps)[:, None]
        return single(self.saw * self._saws(steps, rng) + rest) if self.saw else rest

    def _saws(self, steps: Signal, rng: np.random.Generator) -> Signal:
        from core.demo import kernels

        place = np.linspace(-1.0, 1.0, self.voices) if self.voices > 1 else np.zeros(1)
        ratios = np.exp2(self.detune * place / 1200.0).astype(np.float32)
        phases = rng.random(self.voices).astype(np.float32)
        pan = np.resize([1.0, -1.0], self.voices) * np.abs(place) * self.spread
        left, right = np.sqrt(0.5 - 0.5 * pan), np.sqrt(0.5 + 0.5 * pan)
        scale = np.sqrt(2.0) / self.voices**0.6
        both = kernels.unison(
            steps,
            ratios,
            phases,
            (scale * left).astype(np.float32),
            (scale * right).astype(np.float32),
        )
        return single(both if self.spread else both.mean(axis=1, keepdims=True))

    def _others(self, steps: Signal) -> Signal:
        from core.demo import kernels

        out = np.zeros(len(steps), np.float32)
        if self.square:
            widths = np.full(len(steps), self.width, np.float32)
            out += self.square * kernels.pulse(steps, widths, 0.0)
        if self.sub:
            cycles = np.cumsum(steps.astype(np.float64) * 2.0**self.sub_octave)
            out += (self.sub * np.sin(2 * np.pi * cycles)).astype(np.float32)
        return out

    def _cutoffs(self, events: list[Event], stage: Stage, pitch: Signal) -> Signal:
        octaves = np.log2(stage.hertz(self.cutoff)) + stage.level(self.sweep) * self._contour(
            events, stage
        )
        if self.wobble[1]:
            t = np.arange(stage.frames) / (stage.beat / 4 * self.wobble[0])
            octaves += self.wobble[1] * np.sin(2 * np.pi * t)
        octaves += self.track * (pitch - np.log2(110.0))
        return single(np.exp2(np.minimum(octaves, 14.0)))

    def _contour(self, events: list[Event], stage: Stage) -> Signal:
        """The filter's envelope: struck by every note that is not slid into."""
        from core.demo import kernels

        struck = [e for k, e in enumerate(events) if k == 0 or not events[k - 1].slide]
        starts = np.array([event.start for event in struck], np.int64)
        peaks = [(1.0 + self.accent if e.accent else e.velocity + 0.1) for e in struck]
        decay = stage.level(self.decay)
        lengths = [self.accent_decay if e.accent else decay[e.start] for e in struck]
        samples = np.array(lengths, np.float32) * SAMPLE_RATE
        attack = 0.0015 * SAMPLE_RATE
        return single(
            kernels.decays(starts, np.array(peaks, np.float32), samples, attack, stage.frames)
        )

    def _voiced(self, side: Signal, cutoffs: Signal, feedback: Signal) -> Signal:
        from core.demo import kernels

        rate = float(SAMPLE_RATE * _OVERSAMPLING)
        out = kernels.ladder(np.ascontiguousarray(side), cutoffs, feedback, rate, self.diode)
        if self.drive:
            # The resonance takes the low end away; what is lost comes back before the saturation.
            out = np.tanh(self.drive * out * (1.0 + 0.25 * feedback))
        return np.asarray(scipy.signal.resample_poly(out, 1, _OVERSAMPLING), dtype=np.float32)

    def _level(self, events: list[Event], frames: int) -> Signal:
        from core.demo import kernels

        starts = np.array([event.start for event in events], np.int64)
        ends = np.array([self._end(k, events) for k in range(len(events))], np.int64)
        levels = [min(e.velocity * (1 + 0.35 * self.accent * e.accent), 1.3) for e in events]
        attack, release = self.attack * SAMPLE_RATE, self.release * SAMPLE_RATE
        return single(
            kernels.gates(starts, ends, np.array(levels, np.float32), attack, release, frames)
        )

    def _end(self, k: int, events: list[Event]) -> int:
        event = events[k]
        if event.slide and k + 1 < len(events):
            return events[k + 1].start
        return event.start + round(event.frames * self.gate)
