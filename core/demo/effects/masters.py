"""What is done to a whole mix and shared by its parts, each (p, n, 2) to (p, n, 2).

Filters, widths and wow are the same for every part. What depends on level (compressors, clippers,
limiters, codecs) is worked out on the mix and done to every part alike, as a gain at each sample or
in each cell of a spectrogram. So the parts always add up to the processed mix.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.ndimage
import scipy.signal
from numpy.typing import NDArray

from core.demo.effects.dynamics import compression, soft_clip_parts
from core.demo.effects.inserts import Filter
from core.demo.signal import (
    bell,
    decibels,
    filtered,
    high_pass,
    loudness,
    low_pass,
    mono,
    shaped,
    shelf,
    single,
)
from core.demo.stage import Stage
from core.settings import PARTS, SAMPLE_RATE

Signal = NDArray[np.float32]
_STEP = 32


@dataclass(frozen=True)
class Tone:
    """An equaliser. bells: (Hz, dB, Q); low, high: shelves (Hz, dB); cuts: Hz, 0 is none."""

    bells: tuple[tuple[float, float, float], ...] = ()
    low: tuple[float, float] = (90.0, 0.0)
    high: tuple[float, float] = (7000.0, 0.0)
    low_cut: float = 0.0
    high_cut: float = 0.0
    order: int = 2

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        sections = [bell(*one) for one in self.bells]
        sections += [shelf(*self.low, False)] if self.low[1] else []
        sections += [shelf(*self.high, True)] if self.high[1] else []
        sections += [high_pass(self.low_cut, self.order)] if self.low_cut else []
        sections += [low_pass(self.high_cut, self.order)] if self.high_cut else []
        if not sections:
            return parts
        return _each(parts, lambda part: filtered(part, np.concatenate(sections)))


@dataclass(frozen=True)
class BandLimit:
    """The steep end of a sampling rate or of a codec's band. hz: where it ends."""

    hz: float = 16_000.0

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        sections = scipy.signal.ellip(8, 0.1, 70.0, self.hz, fs=SAMPLE_RATE, output="sos")
        return _each(parts, lambda part: filtered(part, sections))


@dataclass(frozen=True)
class Glue:
    """A compressor. threshold: dB below the mix's own level (RMS); times in seconds.

    Attributes:
        parts: that go through it together; the others pass by.
    """

    threshold: float = -2.0
    ratio: float = 2.0
    attack: float = 0.02
    release: float = 0.15
    parts: tuple[str, ...] = PARTS

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        return _grouped(parts, self.parts, self._glued)

    def _glued(self, parts: Signal) -> Signal:
        mix = single(parts.sum(axis=0))
        level = 20 * np.log10(float(mix.std()) + 1e-9)
        gain = compression(
            mix,
            threshold=level + self.threshold,
            ratio=self.ratio,
            attack=self.attack,
            release=self.release,
        )
        return shaped(parts, gain)


@dataclass(frozen=True)
class Clip:
    """A clipper. drive: dB that the loud moments are above where it clips; knee: 0..1, 1 hard.

    Attributes:
        fine: twice oversampled, with the knee of `soft_clip_parts`.
        parts: that go through it together; the others pass by.
    """

    drive: float = 3.0
    knee: float = 0.66
    fine: bool = False
    parts: tuple[str, ...] = PARTS

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2); as loud as it was but for what is clipped."""
        return _grouped(parts, self.parts, self._clipped)

    def _clipped(self, parts: Signal) -> Signal:
        from core.demo import kernels

        mix = np.abs(parts.sum(axis=0))
        loud = float(np.quantile(mix[:: _STEP // 2], 0.995))
        if loud < 1e-6:
            return parts
        gain = decibels(self.drive) / loud
        if self.fine:
            hot = soft_clip_parts(parts, 20 * float(np.log10(gain)))
        else:
            hot = single(kernels.clip_parts(parts, gain, min(self.knee, 0.999)))
        return hot * np.float32(loud)


@dataclass(frozen=True)
class Stutter:
    """The mix repeats its last moments. bars: of the repeats; steps: sixteenths each takes in all;
    length: sixteenths of what is repeated."""

    bars: tuple[float, ...] = (3.75,)
    steps: float = 4.0
    length: float = 1.0

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        places = np.arange(parts.shape[1])
        size = max(round(self.length * stage.beat / 4), 64)
        for bar in self.bars:
            start = round(bar * stage.bar)
            end = min(start + round(self.steps * stage.beat / 4), len(places))
            if end > start:
                places[start:end] = start + np.arange(end - start) % size
        return parts[:, np.minimum(places, parts.shape[1] - 1)]


@dataclass(frozen=True)
class Limit:
    """Loudness and a limiter with a look-ahead of 3 ms. Loud plans come out a little softer.

    Attributes:
        lufs: before limiting.
        ceiling: dB.
        release: seconds.
    """

    lufs: float = -11.0
    ceiling: float = -0.5
    release: float = 0.08

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        from core.demo import kernels

        mix = single(parts.sum(axis=0))
        now = loudness(mix)
        if not np.isfinite(now):
            return parts
        gain, ceiling = decibels(self.lufs - now), decibels(self.ceiling)
        size = np.maximum(np.abs(mix[:, 0]), np.abs(mix[:, 1]))
        peaks = np.pad(size, (0, -len(size) % _STEP)).reshape(-1, _STEP).max(axis=1) * gain
        wanted = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9)).astype(np.float32)
        lowest = scipy.ndimage.minimum_filter1d(wanted, 9, mode="nearest")
        rate = 1.0 - np.exp(-_STEP / (self.release * SAMPLE_RATE))
        held = kernels.recover(lowest, rate)
        smooth = scipy.ndimage.uniform_filter1d(held, 7, mode="nearest")
        at = np.arange(len(mix), dtype=np.float32)
        curve = np.interp(at, (np.arange(len(smooth)) + 0.5) * _STEP, smooth)
        return shaped(parts, single(curve * gain))


@dataclass(frozen=True)
class Bits:
    """Fewer bits; the rounding error is shared by the parts as their power is. bits: of depth."""

    bits: float = 8.0

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        from core.demo import kernels

        return single(kernels.quantise_parts(parts, 2.0 ** (1.0 - self.bits)))


@dataclass(frozen=True)
class Hold:
    """A lower sampling rate without a filter, as cheap samplers have. rate: Hz."""

    rate: float = 16_000.0

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        frames = parts.shape[1]
        held = (np.arange(frames) * (self.rate / SAMPLE_RATE)).astype(np.int64)
        places = np.ceil(held * (SAMPLE_RATE / self.rate)).astype(np.int64)
        return parts[:, np.minimum(places, frames - 1)]


@dataclass(frozen=True)
class Wow:
    """Unsteady tape. depth: share of the speed, .002 is clear; rate: turns a second."""

    depth: float = 0.001
    rate: float = 0.6

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        from core.demo import kernels

        turn = 2 * np.pi * self.rate * np.arange(parts.shape[1]) / SAMPLE_RATE
        swing = self.depth * SAMPLE_RATE / (2 * np.pi * self.rate)
        delays = single(swing * (1.0 + np.sin(turn)))[:, None]
        both = np.repeat(delays, 2, axis=1)
        return _each(parts, lambda part: single(kernels.swirl(np.ascontiguousarray(part), both)))


@dataclass(frozen=True)
class Width:
    """How wide the mix is. width: 0 mono, 1 as mixed; tilt: -1..1, to which side it leans."""

    width: float = 1.0
    tilt: float = 0.0

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        middle = 0.5 * (parts[..., :1] + parts[..., 1:])
        wide = middle + np.float32(self.width) * (parts - middle)
        return single(wide * np.array([1 - max(self.tilt, 0.0), 1 + min(self.tilt, 0.0)]))


@dataclass(frozen=True)
class Sweep:
    """A filter over some parts. hz: automation; kind: low, band, high, notch; q: resonance."""

    hz: str = "0:8000"
    kind: str = "low"
    q: float = 0.8
    parts: tuple[str, ...] = PARTS

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        swept = Filter(self.hz, self.kind, self.q)
        out = parts.copy()
        for name in self.parts:
            number = PARTS.index(name)
            if parts[number].any():
                out[number] = swept(parts[number], stage)
        return out


@dataclass(frozen=True)
class Fader:
    """Automation of the level of the whole mix, dB."""

    level: str = "0:0"

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        return shaped(parts, single(10 ** (stage.curve(self.level) / 20)))


@dataclass(frozen=True)
class Codec:
    """The holes of a lossy codec: what lies far under its neighbours is dropped.

    Attributes:
        under: dB below the loudest of a band and its neighbours.
        hz: where the band ends.
    """

    under: float = 24.0
    hz: float = 15_500.0

    def __call__(self, parts: Signal, stage: Stage) -> Signal:
        """(p, n, 2)."""
        frames = parts.shape[1]
        how = {"fs": SAMPLE_RATE, "nperseg": 1024, "noverlap": 512}
        mix = mono(parts.sum(axis=0))[:, 0]
        hertz, _, cells = scipy.signal.stft(mix, **how)
        levels = 20 * np.log10(np.abs(cells) + 1e-9)
        masked = scipy.ndimage.maximum_filter(levels, (9, 3)) - self.under
        kept = (levels >= masked).astype(np.float32)
        # Bands come and go in groups, as they do where a coder runs out of bits.
        kept = scipy.ndimage.uniform_filter(kept, (3, 1))
        kept[hertz > self.hz] = 0.0

        def coded(part: Signal) -> Signal:
            _, _, own = scipy.signal.stft(part, axis=0, **how)
            _, back = scipy.signal.istft(own * kept[:, None], time_axis=-1, freq_axis=0, **how)
            return single(back.T[:frames])

        return _each(parts, coded)


def _grouped(parts: Signal, names: tuple[str, ...], effect: Callable[[Signal], Signal]) -> Signal:
    """`effect` done to some parts together."""
    if len(names) == len(parts):
        return effect(parts)
    numbers = [PARTS.index(name) for name in names]
    out = parts.copy()
    out[numbers] = effect(np.ascontiguousarray(parts[numbers]))
    return out


def _each(parts: Signal, effect: Callable[[Signal], Signal]) -> Signal:
    """`effect` done to every part that sounds."""
    out = np.zeros_like(parts)
    for number, part in enumerate(parts):
        if part.any():
            out[number] = effect(part)
    return out
