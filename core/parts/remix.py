"""New mixes of known parts: what makes a few hundred songs enough.

Rows of all songs are at the same musical positions, so the kick of one fits under the bass of
another. Powers of parts add up to the power of their mix, but for what they cancel or reinforce of
each other, which is drawn by chance where bands are single bins.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.bank import bank
from core.dsp.spectrogram import power_to_db
from core.parts.material import Material

Array = NDArray[np.float32]
Rng = np.random.Generator

_PARTS = len(settings.PARTS)
_BEAT = settings.FRAMES_PER_BAR // settings.BEATS_PER_BAR
_SIXTEENTH = settings.FRAMES_PER_SIXTEENTH
_SILENT_DB = settings.FLOOR_DB + 1.0
_RATIOS = np.exp2(np.arange(-8, 9) / 12.0)
"""Of pitches: up to eight semitones either way."""
_KICK = 0
_SLOPES = ((0.7, 1.8), (0.6, 1.5), (0.6, 1.4), (0.6, 1.5))
"""For each part, the factors by which its levels rise and fall slower or faster."""
_PART_FILTERS = (
    ((0.3, 20.0, 45.0), (0.15, 150.0, 6000.0)),
    ((0.3, 25.0, 60.0), (0.5, 150.0, 3000.0)),
    ((0.6, 60.0, 250.0), (0.1, 5000.0, 15_000.0)),
    ((0.5, 40.0, 250.0), (0.25, 1500.0, 12_000.0)),
)
"""For each part, chance, lowest and highest Hz of a high-pass and of a low-pass."""
_BRIGHTENED = (0.4, 0.1, 0.0, 0.4)
"""Chance of each part to have more highs: clicks of kicks and hisses of voices are no hats."""
_CHOPPED = 0.12
"""Chance of rest to be cut into sixteenths."""
_HISSED = 0.25
"""Chance of rest to have hissed consonants at any time."""
_REST = 3
_USUAL_DB = (-3.0, -5.0, -11.0, -7.0)
"""Of each part against its mix."""
_ENVELOPE_DB = np.float32(30.0)
_INTERFERING = 40
"""Bands in which parts interfere: above, a band holds so many bins that it averages out."""


@dataclass(frozen=True)
class Remix:
    """How examples are drawn.

    Attributes:
        whole: share of examples whose parts are all of one segment, with its true mix.
        missing: chance of each part to be left out.
        alone: share of examples with one part only.
        doubled: chance of each part to be the sum of two songs'.
        struck: chance of each part to be played with single hits instead, if there are any.
        gain_db: standard deviation of the gain of each layer of a part.
        faint: chance of each part to be far quieter than usual, by up to 18 dB: else what leaks
            into quiet hats is never worth a thought.
        gated: chance of each part to come in or go out within the example.
        off_beat: share of examples that start anywhere, not on a beat.
        bars: of each example; shorter than a segment, for more examples in the same time.
        entire: share of batches that are of whole segments.
    """

    whole: float = 0.2
    missing: tuple[float, ...] = (0.1, 0.35, 0.22, 0.1)
    alone: float = 0.06
    doubled: tuple[float, ...] = (0.0, 0.1, 0.3, 0.3)
    struck: tuple[float, ...] = (0.6, 0.0, 0.45, 0.0)
    gain_db: tuple[float, ...] = (4.0, 5.0, 6.0, 5.0)
    faint: tuple[float, ...] = (0.05, 0.1, 0.25, 0.1)
    gated: tuple[float, ...] = (0.5, 0.4, 0.65, 0.4)
    off_beat: float = 0.3
    bars: int = 2
    entire: float = 0.35

    def example(self, material: Material, rng: Rng) -> tuple[Array, Array]:
        """Draw an example.

        Args:
            material: to draw from.
            rng: chance.

        Returns:
            (rows, 128) dB of a mix, and (rows, 128, 4) the powers of its parts.
        """
        if rng.random() < self.whole:
            mix, powers = _true_mix(material, self._cut(rng), rng)
        else:
            powers = self._parts(material, rng)
            mix = _interfering_sum(powers, rng)
        return self._finished(mix, powers, rng)

    def _parts(self, material: Material, rng: Rng) -> Array:
        powers = np.zeros(
            (_PARTS, self.bars * settings.FRAMES_PER_BAR, settings.N_BANDS), np.float32
        )
        present = rng.random(_PARTS) >= self.missing
        if rng.random() < self.alone:
            present[:] = False
        if not present.any():
            present[rng.integers(_PARTS)] = True
        same = int(rng.integers(len(material))) if rng.random() < 0.25 else None
        for part in np.flatnonzero(present).tolist():
            layers = 2 if rng.random() < self.doubled[part] else 1
            for layer in range(layers):
                struck = rng.random() < self.struck[part]
                if struck and material.hits is not None and material.hits.has(part):
                    rows, level = material.hits.line(part, powers.shape[1], rng), -_USUAL_DB[part]
                else:
                    index = _index_with(material, part, rng) if same is None or layer else same
                    rows = self._song(material.part(index, part)[self._cut(rng)], part, rng)
                    level = material.level(index)
                powers[part] += self._layer(rows, level, part, rng)
            if rng.random() < self.faint[part]:
                powers[part] *= np.float32(10.0 ** rng.uniform(-1.8, -0.4))
            if rng.random() < self.gated[part]:
                powers[part] *= _gate(powers.shape[1], rng)[:, None]
            if part != _KICK and rng.random() < 0.4:
                powers[part] *= _ducked(powers[_KICK], rng)[:, None]
        return powers

    @staticmethod
    def _song(decibels: Array, part: int, rng: Rng) -> Array:
        """A song's part, its kicks in another shape and rhythm."""
        if part == _KICK and rng.random() < 0.6:
            decibels = _retimed(decibels, float(np.exp(rng.uniform(-0.6, 0.4))))
        if part == _KICK and rng.random() < 0.5:
            decibels = _replayed(decibels, rng)
        return decibels

    def _layer(self, decibels: Array, level: float, part: int, rng: Rng) -> Array:
        """A part of a mix of that level in dB, varied, as powers."""
        gain = -level + rng.normal(0.0, self.gain_db[part]) + _curve(rng) + _part_filter(part, rng)
        varied = decibels + gain.astype(np.float32)
        if rng.random() < _BRIGHTENED[part]:
            varied += _shelf(rng)
        if rng.random() < 0.6:
            low, high = _SLOPES[part]
            varied += _slower(decibels, rng.uniform(low, high))
        power = np.exp(varied * np.float32(np.log(10.0) / 10.0))
        power[decibels <= _SILENT_DB] = 0.0
        if part == _REST and rng.random() < _CHOPPED:
            power *= _chopped(len(power), rng)[:, None]
        if part == _REST and rng.random() < _HISSED:
            power += _hissed(power, rng)
        if part > 0 and rng.random() < 0.5:
            power = np.roll(power, _SIXTEENTH * int(rng.integers(16)), axis=0)
        if rng.random() < 0.6:
            power = power @ _pitch_shifts()[rng.integers(len(_RATIOS))]
        if part > 0 and rng.random() < 0.15:
            power *= np.tile(_pump(rng), len(power) // _BEAT)[:, None]
        return np.asarray(power, np.float32)

    def _cut(self, rng: Rng) -> slice:
        """Rows of a segment; mostly whole bars from its beginning, else from any beat."""
        beats = settings.BEATS_PER_BAR * (settings.BARS_PER_SEGMENT - self.bars)
        first = int(rng.integers(beats + 1))
        if rng.random() < 0.5:
            first -= first % settings.BEATS_PER_BAR
        return slice(first * _BEAT, first * _BEAT + self.bars * settings.FRAMES_PER_BAR)

    def _finished(self, mix: Array, powers: Array, rng: Rng) -> tuple[Array, Array]:
        """What happens to the mix as a whole: another place in time, equaliser, noise."""
        shift = int(rng.integers(len(mix))) if rng.random() < self.off_beat else 0
        gains = np.exp((_curve(rng) * np.log(10.0) / 10.0).astype(np.float32))
        gains = gains * _bandwidth(rng)
        mix = np.roll(mix, shift, axis=0) * gains
        powers = np.roll(powers, shift, axis=1) * gains
        mean = float(mix.mean()) + 1e-12
        noise = mean * 10.0 ** (rng.uniform(-9.0, -4.5))
        scale = 10.0 ** (rng.uniform(-35.0, -15.0) / 10.0) / mean
        decibels = power_to_db((mix + np.float32(noise)) * np.float32(scale))
        return decibels, np.ascontiguousarray(np.moveaxis(powers / mean, 0, -1), np.float32)


def _true_mix(material: Material, cut: slice, rng: Rng) -> tuple[Array, Array]:
    layers = material.segment(int(rng.integers(len(material))))[:, cut]
    powers = np.exp(layers * np.float32(np.log(10.0) / 10.0))
    powers[layers <= _SILENT_DB] = 0.0
    return powers[_PARTS], powers[:_PARTS]


def _index_with(material: Material, part: int, rng: Rng) -> int:
    """A segment in which `part` sounds; after a few tries any."""
    index = 0
    for _ in range(6):
        index = int(rng.integers(len(material)))
        if material.part(index, part).max() > settings.FLOOR_DB + 40.0:
            return index
    return index


def _interfering_sum(powers: Array, rng: Rng) -> Array:
    """The power (512, 128) of a mix of parts whose phases drift against each other."""
    total = powers.sum(axis=0)
    low = np.sqrt(powers[:, :, :_INTERFERING])
    first, second = np.maximum(low[0], low[1]), np.maximum(low[2], low[3])
    others = np.maximum(np.minimum(low[0], low[1]), np.minimum(low[2], low[3]))
    loudest, next_to_it = np.maximum(first, second), np.maximum(np.minimum(first, second), others)
    drift = rng.normal(0.0, 10.0 ** rng.uniform(-1.5, 0.2), loudest.shape)
    start = rng.uniform(0.0, 2 * np.pi, (1, _INTERFERING))
    phase = np.cos(start + np.cumsum(drift, axis=0)).astype(np.float32)
    fading = np.float32(0.9) / np.sqrt(bank().areas[:_INTERFERING])
    total[:, :_INTERFERING] += 2.0 * loudest * next_to_it * phase * fading
    return np.asarray(np.maximum(total, 0.0), np.float32)


def _curve(rng: Rng) -> NDArray[np.float64]:
    """A random equaliser, dB (128,): two broad bells and a tilt."""
    at = np.linspace(-1.0, 1.0, settings.N_BANDS)
    curve = rng.normal(0.0, 2.5) * at
    for _ in range(2):
        curve += rng.normal(0.0, 3.0) * np.exp(-(((at - rng.uniform(-1, 1)) / 0.3) ** 2))
    return curve


def _part_filter(part: int, rng: Rng) -> NDArray[np.float64]:
    """dB (128,): where a producer makes room for the other parts, by filters of 12 or 24 dB."""
    hertz = np.maximum(bank().centres_hz.astype(np.float64), 5.0)
    gain = np.zeros(settings.N_BANDS)
    for (chance, low, high), sign in zip(_PART_FILTERS[part], (1, -1), strict=True):
        if rng.random() < chance:
            cut = np.exp(rng.uniform(np.log(low), np.log(high)))
            order = 4 * int(rng.integers(1, 3))
            gain -= 10.0 * np.log10(1.0 + (cut / hertz) ** (sign * order))
    return np.maximum(gain, -70.0)


def _shelf(rng: Rng) -> Array:
    """dB (128,): highs raised from somewhere between 1 and 6 kHz on."""
    corner = np.exp(rng.uniform(np.log(1000.0), np.log(6000.0)))
    slope = 1.0 / (1.0 + (corner / np.maximum(bank().centres_hz, 5.0)) ** 4)
    return np.asarray(rng.uniform(3.0, 15.0) * slope, np.float32)


def _chopped(rows: int, rng: Rng) -> Array:
    """Gains (rows,) of power: some sixteenths of a bar or two are silent or fall off."""
    steps = 16 * int(rng.integers(1, 3))
    plays = (rng.random(steps) < rng.uniform(0.3, 0.9)).astype(np.float32)
    fall = np.exp(-np.arange(_SIXTEENTH) * 10.0 ** rng.uniform(-2.5, -0.2))
    return np.resize((plays[:, None] * fall).ravel(), rows).astype(np.float32)


def _hissed(power: Array, rng: Rng) -> Array:
    """Powers (rows, 128) of consonants, 8 to 25 dB below what they are spoken with."""
    rows, loud = len(power), np.zeros(len(power))
    for _ in range(1 + rng.poisson(rows / settings.FRAMES_PER_BAR * rng.uniform(1.0, 5.0))):
        start, length = int(rng.integers(rows)), int(rng.integers(3, 15))
        burst = np.sin(np.linspace(0.0, np.pi, length + 2)[1:-1]) ** 2 * 10.0 ** rng.uniform(-1, 0)
        loud[start : start + length] = burst[: rows - start]
    centre, width = np.exp(rng.uniform(np.log(4000.0), np.log(11_000.0))), rng.uniform(0.3, 1.0)
    octaves = np.log2(np.maximum(bank().centres_hz, 5.0) / centre)
    hiss = np.outer(loud, np.exp(-0.5 * (octaves / width) ** 2))
    hiss *= rng.gamma(8.0, 1.0 / 8.0, hiss.shape)
    areas = bank().areas
    level = (power @ areas).mean() / max(float((hiss @ areas).mean()), 1e-12)
    return np.asarray(hiss * level * 10.0 ** rng.uniform(-2.5, -0.8), np.float32)


def _slower(decibels: Array, factor: float) -> Array:
    """What to add so that every band falls from its own peak `factor` times as fast: other decays
    with the same spectrum. What is far below the peak keeps its distance."""
    below = np.maximum(decibels - decibels.max(axis=0), -_ENVELOPE_DB)
    return np.asarray((factor - 1.0) * below, np.float32)


def _retimed(decibels: Array, speed: float) -> Array:
    """Each beat played at another speed from its beginning, cut off at its end."""
    rows = np.arange(len(decibels))
    within = np.minimum((rows % _BEAT) * speed, _BEAT - 1.0).astype(np.int64)
    return np.asarray(decibels[rows - rows % _BEAT + within], np.float32)


def _replayed(decibels: Array, rng: Rng) -> Array:
    """The loudest beat, played in another rhythm of sixteenths, a bar or two long."""
    beats = decibels.reshape(-1, _BEAT, settings.N_BANDS)
    hit = beats[int(np.argmax(beats.max(axis=2).sum(axis=1)))]
    steps = int(min(rng.choice((1, 2)) * settings.FRAMES_PER_BAR, len(decibels)))
    chances = np.tile((0.7, 0.15, 0.3, 0.2), steps // _BEAT) * rng.uniform(0.3, 1.4)
    starts = np.flatnonzero(rng.random(steps // _SIXTEENTH) < chances) * _SIXTEENTH
    if not len(starts):
        starts = np.zeros(1, np.int64)
    rows = np.arange(steps)
    since = (rows - starts[np.searchsorted(starts, rows, side="right") - 1]) % steps
    played = hit[np.minimum(since, _BEAT - 1)]
    fade = np.float32(-1.5) * np.maximum(since - _BEAT + 1, 0)[:, None].astype(np.float32)
    played = np.maximum(played + fade, np.float32(settings.FLOOR_DB))
    return np.tile(played, (len(decibels) // steps, 1))


def _gate(rows: int, rng: Rng) -> Array:
    """Gains (rows,) of power of a part that plays in some of the bars or beats only.

    It begins at once and ends at once or dies away.
    """
    step = settings.FRAMES_PER_BAR if rng.random() < 0.6 else int(rng.choice((1, 2, 4))) * _BEAT
    plays = rng.random(rows // step) < rng.uniform(0.2, 0.9)
    if not plays.any():
        plays[rng.integers(len(plays))] = True
    on = np.repeat(plays, step)
    since = np.arange(rows) - np.maximum.accumulate(np.where(on, np.arange(rows), -rows))
    release = -(10.0 ** rng.uniform(-0.7, 1.5))
    gains = 10.0 ** (np.maximum(release * since, -120.0) / 10.0)
    return np.where(gains > 1e-9, gains, 0.0).astype(np.float32)


def _ducked(kick: Array, rng: Rng) -> Array:
    """Gains (rows,) of power of what a kick (rows, 128) pushes away wherever it plays."""
    level = kick.sum(axis=1)
    decibels = 10.0 * np.log10(level / max(float(level.max()), 1e-12) + 1e-6)
    fall = rng.uniform(0.7, 5.0) * np.arange(len(level))  # dB a row
    held = np.maximum.accumulate(np.maximum(decibels, -40.0) + fall) - fall
    push = np.clip(1.0 + held / rng.uniform(10.0, 40.0), 0.0, 1.0)
    return np.asarray((1.0 - rng.uniform(0.3, 1.0) * push) ** 2, np.float32)


def _bandwidth(rng: Rng) -> Array:
    """Gains (128,) of power: mostly 1; else what a lossy coder or a small speaker leaves."""
    hertz = bank().centres_hz
    gains = np.ones(settings.N_BANDS, np.float32)
    chance = rng.random()
    if chance < 0.2:
        gains[hertz > rng.uniform(7000.0, 17_000.0)] = 1e-7
    if chance > 0.9:
        cut = rng.uniform(25.0, 90.0)
        gains *= 1.0 / (1.0 + (cut / np.maximum(hertz, 5.0)) ** 8)
    return gains


def _pump(rng: Rng) -> Array:
    """Gains (32,) of power over a beat, as of a compressor that the kick pushes on every beat."""
    depth, hold = rng.uniform(0.2, 0.95), rng.uniform(0.3, 1.0)
    rise = np.clip(np.arange(_BEAT) / (_BEAT * hold), 0.0, 1.0) ** rng.uniform(0.7, 2.0)
    return np.asarray((1.0 - depth * (1.0 - rise)) ** 2, np.float32)


@lru_cache(maxsize=1)
def _pitch_shifts() -> Array:
    """(17, 128, 128): each multiplies band powers from the right, to another pitch."""
    hertz = bank().centres_hz.astype(np.float64)
    bands = np.arange(settings.N_BANDS)
    shifts = []
    for ratio in _RATIOS:
        position = np.interp(hertz / ratio, hertz, bands, right=np.nan)
        low = np.minimum(np.nan_to_num(position).astype(np.int64), settings.N_BANDS - 2)
        fraction = np.nan_to_num(position) - low
        there = np.isfinite(position)
        matrix = np.zeros((settings.N_BANDS, settings.N_BANDS))
        matrix[low, bands] += (1.0 - fraction) * there
        matrix[low + 1, bands] += fraction * there
        shifts.append(matrix)
    return np.stack(shifts).astype(np.float32)
