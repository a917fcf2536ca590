"""Voices without words: a pulse train through the resonances of a throat, and hissed consonants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.demo.signal import add, band_pass, filtered, noise, single, stereo
from core.demo.stage import Event, Stage
from core.demo.synths.pads import VOWELS
from core.demo.theory import hertz
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Formants:
    """A singer or a talking machine (source and filter, Fant 1960).

    Attributes:
        vowels: that the notes take in turn.
        size: of the throat, scales the resonances.
        breath: level of noise in the source.
        width: of the pulse, narrow is bright.
        vibrato: Hz and cents.
        scoop: semitones that notes start below.
        glide: seconds from vowel to vowel and from pitch to pitch.
        attack, release, gate: of the notes, seconds, and the share of their length.
    """

    vowels: tuple[str, ...] = ("ah", "oh")
    size: float = 1.0
    breath: float = 0.1
    width: float = 0.12
    vibrato: tuple[float, float] = (5.2, 25.0)
    scoop: float = 1.0
    glide: float = 0.06
    attack: float = 0.03
    release: float = 0.06
    gate: float = 0.85
    q: float = 1.0

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """The line, (stage.frames, 2)."""
        from core.demo import kernels

        frames = stage.frames
        if not events:
            return np.zeros((frames, 2), np.float32)
        starts = np.array([event.start for event in events], np.int64)
        source = self._source(events, starts, frames, rng)
        glides = np.full(len(events), self.glide * SAMPLE_RATE, np.float32)
        out = np.zeros((frames, 1), np.float32)
        chosen = [VOWELS[self.vowels[k % len(self.vowels)]] for k in range(len(events))]
        for number in range(3):
            hz = np.array([self.size * v[number][0] for v in chosen], np.float32)
            loud = np.array([v[number][1] for v in chosen], np.float32)
            middle = kernels.follow(starts, hz, glides, frames)
            damping = np.full(frames, 1 / (self.q * (6.0 + 3.0 * number)), np.float32)
            band = kernels.state_variable(source, middle, damping, 1)
            out += band * kernels.follow(starts, loud, glides, frames)[:, None]
        ends = starts + np.array([round(e.frames * self.gate) for e in events], np.int64)
        levels = np.array([event.velocity for event in events], np.float32)
        attack, release = self.attack * SAMPLE_RATE, self.release * SAMPLE_RATE
        level = kernels.gates(starts, ends, levels, attack, release, frames)
        return stereo(single(out * level[:, None]))

    def _source(
        self, events: list[Event], starts: NDArray[np.int64], frames: int, rng: np.random.Generator
    ) -> Signal:
        from core.demo import kernels

        targets = np.log2([hertz(event.pitches[0]) for event in events]).astype(np.float32)
        glides = np.full(len(events), self.glide * SAMPLE_RATE, np.float32)
        pitch = kernels.follow(starts, targets, glides, frames)
        dips = np.full(len(events), self.scoop / 12, np.float32)
        lengths = np.full(len(events), 0.05 * SAMPLE_RATE, np.float32)
        pitch = pitch - kernels.decays(starts, dips, lengths, 1.0, frames)
        turn = 2 * np.pi * self.vibrato[0] * np.arange(frames) / SAMPLE_RATE
        wave = self.vibrato[1] / 1200 * np.sin(turn + 6.28 * rng.random())
        steps = single(np.exp2(pitch + wave) / SAMPLE_RATE)
        widths = np.full(frames, self.width, np.float32)
        pulse = kernels.pulse(steps, widths, 0.0)[:, None]
        return single(pulse + self.breath * 3.0 * noise(rng, frames))


@dataclass(frozen=True)
class Talker:
    """Speech without a language: syllables, many of which a hissed consonant opens.

    Attributes:
        throat: sings the vowels.
        hissed: share of the syllables that begin with a consonant.
        level: of consonants against the loudest vowel.
        bright: Hz around which they lie.
    """

    throat: Formants
    hissed: float = 0.4
    level: float = 0.3
    bright: float = 5000.0

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """What is said, (stage.frames, 2)."""
        out = self.throat(events, stage, rng)
        loudest = float(np.abs(out).max()) if len(out) else 0.0
        for event in events:
            if rng.random() < self.hissed:
                burst = self._consonant(rng)
                before = max(event.start - len(burst), 0)
                add(out, burst, before, loudest * self.level * event.velocity)
        return out

    def _consonant(self, rng: np.random.Generator) -> Signal:
        frames = round(rng.uniform(0.02, 0.11) * SAMPLE_RATE)
        centre = self.bright * 2.0 ** rng.uniform(-0.7, 0.7)
        hiss = filtered(noise(rng, frames), band_pass(centre, rng.uniform(0.6, 2.5)))
        rise = np.sin(np.linspace(0.0, np.pi, frames)) ** rng.uniform(0.3, 1.5)
        shaped = hiss * rise[:, None]
        return stereo(single(shaped / max(float(np.abs(shaped).max()), 1e-9)))
