"""What moves levels: the kick's push, compression, clipping."""

from __future__ import annotations

import numpy as np
import scipy.ndimage
import scipy.signal
from numpy.typing import NDArray

from core.demo.signal import filtered, high_pass, mono, shaped, single
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]
_STEP = 16
"""Samples of one step of a compressor's level."""


def ducking(starts: list[int], frames: int, length: float) -> Signal:
    """How hard to duck: 1 at each start, back to 0 within a length, (frames,).

    Args:
        starts: samples.
        frames: length of the result.
        length: samples until it is 0 again; at most 0 pushes nothing.
    """
    out = np.zeros(frames, np.float32)
    if not starts or length <= 0:
        return out
    latest = np.full(frames, -1, np.int64)
    marks = np.array([s for s in starts if s < frames])
    latest[marks] = marks
    np.maximum.accumulate(latest, out=latest)
    place = np.clip((np.arange(frames) - latest) / length, 0.0, 1.0)
    pushed = np.where(latest >= 0, (1.0 - place**1.3) ** 1.2, 0.0)
    # The push begins 2 ms before the kick: a step would click.
    window = round(0.004 * SAMPLE_RATE)
    return single(scipy.ndimage.uniform_filter1d(pushed, window))


def compress(
    signal: Signal, *, threshold: float, ratio: float, attack: float, release: float
) -> Signal:
    """Compress a signal; the bass counts less, (n, c).

    Args:
        signal: (n, c).
        threshold: dB RMS.
        ratio: input dB for 1 dB of output, above the threshold.
        attack, release: time constants, seconds.
    """
    gain = compression(signal, threshold=threshold, ratio=ratio, attack=attack, release=release)
    return shaped(signal, gain)


def compression(
    signal: Signal, *, threshold: float, ratio: float, attack: float, release: float
) -> Signal:
    """The gain by which `compress` multiplies; the bass counts less.

    Args:
        signal: (n, c).
        threshold: dB RMS.
        ratio: input dB for 1 dB of output, above the threshold.
        attack, release: time constants, seconds.

    Returns:
        (n,) 0..1.
    """
    from core.demo import kernels

    side_chain = filtered(signal, high_pass(90.0, 1))
    power = mono(side_chain**2)[:, 0]
    blocks = np.pad(power, (0, -len(power) % _STEP)).reshape(-1, _STEP).mean(axis=1)
    smooth = scipy.ndimage.uniform_filter1d(blocks, 12)
    levels = (10 * np.log10(smooth + 1e-9) + 3.0).astype(np.float32)
    rate = SAMPLE_RATE / _STEP
    reduction = kernels.gain_reduction(levels, threshold, ratio, attack * rate, release * rate)
    places = (np.arange(len(reduction)) + 0.5) * _STEP
    return single(np.interp(np.arange(len(signal)), places, 10 ** (-reduction / 20)))


def soft_clip_parts(parts: Signal, drive_db: float) -> Signal:
    """Clip the sum of parts softly, twice oversampled: straight up to .66, then round.

    Each part gets the gain of the sum's samples.

    Args:
        parts: (p, n, c).
        drive_db: gain before it.

    Returns:
        (p, n, c); what they add up to is the clipped sum.
    """
    gain = np.float32(10 ** (drive_db / 20))
    fine = scipy.signal.resample_poly(parts * gain, 2, 1, axis=1)
    size = np.abs(fine.sum(axis=0))
    knee = 0.66
    over = np.maximum(size - knee, 0.0)
    round_off = knee + (1 - knee) * np.tanh(over / (1 - knee))
    fine *= np.where(over > 0, round_off / np.maximum(size, knee), 1.0).astype(np.float32)
    out = scipy.signal.resample_poly(fine, 1, 2, axis=1)
    return np.asarray(out[:, : parts.shape[1]], dtype=np.float32)
