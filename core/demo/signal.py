"""Small tools on signals (frames, channels) float32 at 44.1 kHz."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from core.audio.k_weighting import k_weighting
from core.audio.loudness import LOUDNESS_HOP, gated_lufs, integrated_lufs
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]


def single(values: object) -> Signal:
    """`values` as float32."""
    return np.asarray(values, dtype=np.float32)


def mono(signal: Signal) -> Signal:
    """The mean of one or two channels, (frames, 1)."""
    return 0.5 * (signal[:, :1] + signal[:, 1:]) if signal.shape[1] > 1 else signal


def stereo(signal: Signal) -> Signal:
    """(frames, 2), whatever it was."""
    return np.repeat(signal, 2, axis=1) if signal.shape[1] == 1 else signal


def shaped(signal: Signal, curve: Signal) -> Signal:
    """Multiply a signal by an envelope, channel by channel, which is faster.

    Args:
        signal: (..., frames, c).
        curve: (frames,).

    Returns:
        A new array, as `signal`.
    """
    out = np.empty_like(signal)
    for channel in range(signal.shape[-1]):
        np.multiply(signal[..., channel], curve, out=out[..., channel])
    return out


def decibels(value: float) -> float:
    """dB to a factor."""
    return float(10.0 ** (value / 20.0))


def filtered(signal: Signal, sections: NDArray[np.float64]) -> Signal:
    """Filter a signal.

    Args:
        signal: (frames, c).
        sections: (k, 6), second-order sections.
    """
    from core.demo import kernels

    return single(kernels.sections(np.ascontiguousarray(signal, np.float32), sections))


def loudness(signal: Signal) -> float:
    """Integrated loudness of a signal (frames, c) in LUFS, as `core.audio.loudness` has it."""
    from core.demo import kernels

    if len(signal) < SAMPLE_RATE:
        return integrated_lufs(signal)
    energies = kernels.weighted_energy(
        np.ascontiguousarray(signal, np.float32), k_weighting(), LOUDNESS_HOP
    )
    return gated_lufs(energies)


@lru_cache(maxsize=256)
def low_pass(hz: float, order: int = 2) -> NDArray[np.float64]:
    """Design a Butterworth low-pass.

    Args:
        hz: the cutoff; what is above 20 kHz is taken as that.
        order: 6 dB an octave each.

    Returns:
        (sections, 6) for `filtered`.
    """
    return _butter(min(hz, 20_000.0), order, "lowpass")


@lru_cache(maxsize=256)
def high_pass(hz: float, order: int = 2) -> NDArray[np.float64]:
    """Design a Butterworth high-pass.

    Args:
        hz: the cutoff.
        order: 6 dB an octave each.

    Returns:
        (sections, 6) for `filtered`.
    """
    return _butter(hz, order, "highpass")


@lru_cache(maxsize=256)
def band_pass(hz: float, octaves: float) -> NDArray[np.float64]:
    """Design a Butterworth band-pass of the first order.

    Args:
        hz: middle of the band.
        octaves: width of the band.

    Returns:
        (sections, 6) for `filtered`.
    """
    edges = (hz * 2 ** (-octaves / 2), min(hz * 2 ** (octaves / 2), 20_500.0))
    sections = scipy.signal.butter(1, edges, "bandpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(sections, dtype=np.float64)


@lru_cache(maxsize=256)
def bell(hz: float, gain_db: float, q: float) -> NDArray[np.float64]:
    """Peaking equaliser (Bristow-Johnson, "Cookbook formulae for audio EQ"), (1, 6).

    Args:
        hz: centre.
        gain_db: there.
        q: centre over bandwidth.
    """
    a, w = 10.0 ** (gain_db / 40.0), 2.0 * np.pi * hz / SAMPLE_RATE
    alpha = np.sin(w) / (2.0 * q)
    b = (1 + alpha * a, -2 * np.cos(w), 1 - alpha * a)
    d = (1 + alpha / a, -2 * np.cos(w), 1 - alpha / a)
    return np.array([[*b, *d]], dtype=np.float64) / float(d[0])


@lru_cache(maxsize=256)
def shelf(hz: float, gain_db: float, high: bool) -> NDArray[np.float64]:
    """Shelving equaliser, slope 1 (Bristow-Johnson, as above), (1, 6).

    Args:
        hz: middle of the slope.
        gain_db: of the shelf.
        high: whether it lies above or below.
    """
    a, w = 10.0 ** (gain_db / 40.0), 2.0 * np.pi * hz / SAMPLE_RATE
    c = -np.cos(w) if high else np.cos(w)
    beta = np.sin(w) * np.sqrt(2.0 * a)
    sign = -1.0 if high else 1.0
    b = (
        a * (a + 1 - (a - 1) * c + beta),
        sign * 2 * a * (a - 1 - (a + 1) * c),
        a * (a + 1 - (a - 1) * c - beta),
    )
    d = (a + 1 + (a - 1) * c + beta, sign * -2 * (a - 1 + (a + 1) * c), a + 1 + (a - 1) * c - beta)
    return np.array([[*b, *d]], dtype=np.float64) / float(d[0])


def noise(rng: np.random.Generator, frames: int, channels: int = 1) -> Signal:
    """White noise of standard deviation 1/3: within full scale nearly always.

    Args:
        rng: gives it.
        frames: how long.
        channels: how many, independent of each other.

    Returns:
        (frames, channels).
    """
    return rng.standard_normal((frames, channels), dtype=np.float32) / np.float32(3.0)


def falling(frames: int, seconds: float) -> Signal:
    """An envelope that dies away exponentially from 1.

    Args:
        frames: how long.
        seconds: until it has fallen to 1/e.

    Returns:
        (frames,).
    """
    return single(np.exp(-np.arange(frames, dtype=np.float32) / np.float32(seconds * SAMPLE_RATE)))


def faded(signal: Signal, rise: float = 0.0005, fall: float = 0.004) -> Signal:
    """Fade both ends with half a cosine, so that nothing clicks.

    Args:
        signal: (frames, ...); it is not changed.
        rise: seconds.
        fall: seconds.
    """
    out = signal.copy()
    for seconds, place in ((rise, slice(None)), (fall, slice(None, None, -1))):
        count = min(round(seconds * SAMPLE_RATE), len(out) // 2)
        if count:
            ramp = (0.5 - 0.5 * np.cos(np.pi * np.arange(count) / count)).astype(np.float32)
            view = out[place][:count]
            view *= ramp.reshape(-1, *[1] * (out.ndim - 1))
    return out


def add(target: Signal, source: Signal, start: int, gain: float = 1.0) -> None:
    """Mix one signal into another; what hangs over the end is dropped.

    Args:
        target: (frames, c), changed.
        source: (m, c).
        start: frame of `target`.
        gain: of `source`.
    """
    end = min(start + len(source), len(target))
    if end > start:
        target[start:end] += source[: end - start] * np.float32(gain)


def oscillation(frequencies: NDArray[np.floating], phase: float = 0.0) -> NDArray[np.float64]:
    """A sine of changing frequency, (n,).

    Args:
        frequencies: (n,), Hz.
        phase: at the start, cycles.
    """
    cycles = np.cumsum(frequencies / SAMPLE_RATE, dtype=np.float64)
    return np.sin(2.0 * np.pi * (cycles - cycles[:1] + phase))


def peaking_at(signal: Signal, peak: float = 1.0) -> Signal:
    """Scale a signal to a peak; silence stays.

    Args:
        signal: any shape.
        peak: the wanted absolute maximum.

    Returns:
        A new array, as `signal`.
    """
    top = float(np.abs(signal).max(initial=0.0))
    return signal * np.float32(peak / top) if top > 0 else signal


def _butter(hz: float, order: int, kind: str) -> NDArray[np.float64]:
    sections = scipy.signal.butter(order, hz, kind, fs=SAMPLE_RATE, output="sos")
    return np.asarray(sections, dtype=np.float64)
