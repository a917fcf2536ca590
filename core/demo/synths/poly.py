"""Many voices: stabs, supersaws, plucks, pads. Each note has its own oscillators and filter."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.demo.signal import add, faded, noise, single
from core.demo.stage import Event, Stage
from core.demo.synths.envelopes import Envelope
from core.demo.theory import hertz
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Poly:
    """A polyphonic subtractive synthesiser in stereo.

    Attributes:
        saw, square, sub, air: levels of saws, pulse, sine an octave below, noise.
        voices, detune, spread: saws a note, their spread in cents and in the stereo field 0..1.
        cutoff: Hz, automation or number.
        sweep: octaves added by the envelope.
        decay: its seconds.
        resonance: 0..1.
        track: how far the cutoff follows the pitch.
        four_poles: else two.
        level: envelope of the loudness.
        gate: share of a note's length that is held.
        vibrato: (Hz, cents).
        strum: seconds between the notes of a chord.
    """

    saw: float = 1.0
    square: float = 0.0
    sub: float = 0.0
    air: float = 0.0
    voices: int = 2
    detune: float = 8.0
    spread: float = 0.6
    width: float = 0.5
    cutoff: str | float = 1200.0
    sweep: float = 1.5
    decay: float = 0.15
    resonance: float = 0.2
    track: float = 0.3
    four_poles: bool = True
    level: Envelope = field(default_factory=Envelope)
    gate: float = 0.95
    vibrato: tuple[float, float] = (0.0, 0.0)
    strum: float = 0.0
    drive: float = 0.0

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """All notes, (stage.frames, 2)."""
        out = np.zeros((stage.frames, 2), np.float32)
        cutoffs = stage.hertz(self.cutoff)
        for event in events:
            scale = 1.0 / max(len(event.pitches), 1) ** 0.6
            for k, pitch in enumerate(event.pitches):
                start = event.start + round(k * self.strum * SAMPLE_RATE)
                note = self._note(event, pitch, cutoffs[start:], rng)
                add(out, note, start, scale * event.velocity)
        return np.tanh(self.drive * out) / self.drive if self.drive else out

    def _note(self, event: Event, pitch: int, cutoffs: Signal, rng: np.random.Generator) -> Signal:
        level = self.level(round(event.frames * self.gate))[: len(cutoffs)]
        raw = self._oscillators(pitch, len(level), rng)
        swept = self._cutoffs(event, pitch, cutoffs[: len(level)])
        return faded(self._filtered(raw, swept) * level[:, None], 0.0003, 0.003)

    def _oscillators(self, pitch: int, frames: int, rng: np.random.Generator) -> Signal:
        from core.demo import kernels

        steps = np.full(frames, hertz(pitch) / SAMPLE_RATE, np.float32)
        if self.vibrato[1]:
            t = np.arange(frames) / SAMPLE_RATE
            wave = np.sin(2 * np.pi * self.vibrato[0] * t + rng.random() * 6.28)
            late = np.minimum(t / 0.4, 1.0)
            steps = (steps * np.exp2(wave * late * self.vibrato[1] / 1200)).astype(np.float32)
        out = self.saw * self._saws(steps, rng) if self.saw else np.zeros((frames, 2), np.float32)
        if self.square:
            widths = np.full(frames, self.width, np.float32)
            for side in range(2):
                tuned = steps * np.float32(1 + (side - 0.5) * self.detune / 2400 * self.spread)
                out[:, side] += self.square * kernels.pulse(tuned, widths, rng.random())
        if self.sub:
            out += self.sub * np.sin(np.pi * np.cumsum(steps, dtype=np.float64))[:, None]
        return (out + self.air * noise(rng, frames, 2) if self.air else out).astype(np.float32)

    def _saws(self, steps: Signal, rng: np.random.Generator) -> Signal:
        from core.demo import kernels

        place = np.linspace(-1.0, 1.0, self.voices) if self.voices > 1 else np.zeros(1)
        bent = np.sign(place) * np.abs(place) ** 1.3
        ratios = np.exp2(self.detune * bent / 1200.0).astype(np.float32)
        pan = np.resize([1.0, -1.0], self.voices) * np.sqrt(np.abs(place)) * self.spread
        levels = 0.75 / np.sqrt(self.voices)
        left = (np.sqrt(1.0 - pan) * levels).astype(np.float32)
        right = (np.sqrt(1.0 + pan) * levels).astype(np.float32)
        phases = rng.random(self.voices).astype(np.float32)
        return single(kernels.unison(steps, ratios, phases, left, right))

    def _cutoffs(self, event: Event, pitch: int, cutoffs: Signal) -> Signal:
        t = np.arange(len(cutoffs), dtype=np.float32) / SAMPLE_RATE
        amount = self.sweep * (0.4 + 0.6 * event.velocity) * (1.15 if event.accent else 1.0)
        octaves = amount * np.exp(-t / self.decay) + self.track * (pitch - 60) / 12
        return np.minimum(cutoffs * np.exp2(octaves), 19_000.0).astype(np.float32)

    def _filtered(self, raw: Signal, cutoffs: Signal) -> Signal:
        from core.demo import kernels

        if not self.four_poles:
            damping = np.full(len(raw), 1.42 - 1.3 * self.resonance, np.float32)
            return single(kernels.state_variable(raw, cutoffs, damping, 0))
        feedback = np.full(len(raw), 4.2 * self.resonance, np.float32)
        sides = [
            kernels.ladder(
                np.ascontiguousarray(raw[:, side]), cutoffs, feedback, float(SAMPLE_RATE), False
            )
            for side in range(2)
        ]
        return np.stack(sides, axis=1) * np.float32(1 + 1.5 * self.resonance)
