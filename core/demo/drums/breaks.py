"""Break loops as a sampler plays them: a drummer's bars, cut, put in another order, pitched."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.demo import notation
from core.demo.drums.claps import Snare
from core.demo.drums.kicks import Kick
from core.demo.drums.metals import Hat
from core.demo.drums.oneshots import Drum
from core.demo.effects.reverb import convolve, response
from core.demo.signal import add, faded, filtered, high_pass, low_pass, peaking_at, single
from core.demo.song import Hall
from core.demo.stage import Event, Stage
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Break:
    """A sampled drum loop of one bar; each event plays one of its slices.

    Attributes:
        kit: drums and their bars, in drum notation.
        bpm: at which the drummer played.
        pitch: speed at which the slices are played, 1 as it was.
        order: slices that the events play in turn; negative ones backwards, -1 being slice 0.
        slices: of the bar.
        room: share of a small room.
        drive: into the saturation.
        top: Hz that the sampler kept.
        human: how far the drummer strays, milliseconds.
    """

    kit: tuple[tuple[Drum, str], ...] = field(
        default_factory=lambda: (
            (Kick(62.0, decay=0.1, click=0.5), "X.x.......xx...."),
            (Snare(195.0), "....X..g.g..X..g"),
            (Hat(0.05, metal=0.4), "x.x.x.x.x.x.x.x."),
        )
    )
    bpm: float = 110.0
    pitch: float = 1.0
    order: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7)
    slices: int = 8
    room: float = 0.2
    drive: float = 1.5
    top: float = 12_000.0
    human: float = 6.0

    def __call__(self, events: list[Event], stage: Stage, rng: np.random.Generator) -> Signal:
        """All slices, (stage.frames, 1)."""
        bar = self._bar(rng)
        edges = np.linspace(0, len(bar), self.slices + 1).astype(int)
        out = np.zeros((stage.frames, 1), np.float32)
        for k, event in enumerate(events):
            number = self.order[k % len(self.order)]
            at = (number if number >= 0 else -1 - number) % self.slices
            piece = bar[edges[at] : edges[at + 1]]
            piece = piece[::-1] if number < 0 else piece
            frames = min(int(len(piece) / self.pitch), event.frames)
            places = np.arange(frames) * self.pitch
            played = single(np.interp(places, np.arange(len(piece)), piece))[:, None]
            add(out, faded(played, 0.0005, 0.004), event.start, event.velocity)
        return out

    def _bar(self, rng: np.random.Generator) -> Signal:
        """The drummer's bar, (n,)."""
        frames = round(240.0 / self.bpm * SAMPLE_RATE)
        out = np.zeros((2 * frames, 1), np.float32)
        for drum, marks in self.kit:
            for hit in notation.parse(marks)[0]:
                shot = drum(hit.velocity, rng)[:, :1]
                stray = rng.normal(0.0, self.human * 1e-3 * SAMPLE_RATE)
                for turn in range(2):
                    place = max(round((hit.start + turn) * frames + stray), 0)
                    add(out, shot, place, hit.velocity**1.4)
        if self.room:
            impulse = response(Hall(0.35, 6000.0, 0.002, 120.0), rng)
            out += self.room * convolve(out, impulse).mean(axis=1, keepdims=True)
        hot = single(np.tanh(self.drive * peaking_at(out)))
        return filtered(filtered(hot, low_pass(self.top, 4)), high_pass(30.0))[frames:, 0]


@dataclass(frozen=True)
class Burst:
    """A grain of noise: clicks, glitches, lo-fi hats. low, high: Hz; crush: Hz of its sampling."""

    low: float = 2000.0
    high: float = 9000.0
    decay: float = 0.01
    crush: float = 0.0

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 1), peak 1."""
        frames = round((self.decay * 6 + 0.004) * SAMPLE_RATE)
        raw = rng.standard_normal((frames, 1)).astype(np.float32)
        if self.crush:
            places = np.arange(frames) * (self.crush / SAMPLE_RATE)
            held = places.astype(int) * (SAMPLE_RATE / self.crush)
            raw = raw[held.astype(int)]
        out = filtered(filtered(raw, high_pass(self.low)), low_pass(self.high))
        level = np.exp(-np.arange(frames) / (self.decay * SAMPLE_RATE))
        return faded(peaking_at(single(out * level[:, None])), 0.0002, 0.003)


@dataclass(frozen=True)
class Thump:
    """A kick of wood and felt: a skin's modes, a beater, air. tone: Hz; felt: Hz of the beater."""

    tone: float = 62.0
    decay: float = 0.12
    felt: float = 1800.0
    beater: float = 0.4
    air: float = 0.3

    def __call__(self, velocity: float, rng: np.random.Generator) -> Signal:
        """One hit, (n, 1), peak 1."""
        frames = round(self.decay * 6 * SAMPLE_RATE)
        t = np.arange(frames) / SAMPLE_RATE
        out = np.zeros(frames)
        for ratio, level, length in ((1.0, 1.0, 1.0), (1.59, 0.4, 0.6), (2.3, 0.2, 0.4)):
            bend = ratio * self.tone * (1.0 + 0.35 * np.exp(-t / 0.015))
            turn = 2 * np.pi * np.cumsum(bend) / SAMPLE_RATE
            out += level * np.sin(turn) * np.exp(-t / (self.decay * length))
        raw = rng.standard_normal((frames, 1)).astype(np.float32)
        beater = filtered(raw, low_pass(self.felt))[:, 0] * np.exp(-t / 0.006)
        air = filtered(raw, low_pass(300.0))[:, 0] * np.exp(-t / (self.decay * 0.7))
        out += 1.5 * self.beater * velocity * beater + self.air * air
        out *= 1 - np.exp(-t / 0.0008)
        return faded(peaking_at(single(np.tanh(1.4 * out)[:, None])), 0.0003, 0.02)
