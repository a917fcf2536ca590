"""A look-ahead limiter for whole signals: no overs, no clicks, hardly audible."""

from __future__ import annotations

import numpy as np
import scipy.ndimage
import scipy.signal
from numpy.typing import NDArray

from core.settings import SAMPLE_RATE

Array = NDArray[np.float32]
_STEP = 32
"""Frames per step of the gain curve."""
_LOOK_AHEAD_STEPS = 7
"""5 ms: how long before a peak the gain starts to fall."""
_RELEASE_SECONDS = 0.08
_OVERSAMPLING = 4
_FILTER_TAPS = 48
_BLOCK = 1 << 18
_MARGIN = 64


def peak_envelope(samples: Array) -> Array:
    """Largest true peak of `samples` (n, c) in each step of 32 frames, (ceil(n / 32),).

    Four times oversampled with a 48-tap filter, as ITU-R BS.1770-4 annex 2 asks.
    """
    padded = np.pad(samples, ((_MARGIN, _MARGIN + _BLOCK), (0, 0)))
    pieces = [_block_peaks(padded, start) for start in range(0, len(samples), _BLOCK)]
    steps = -(-len(samples) // _STEP)
    return np.concatenate([*pieces, np.zeros(1, np.float32)])[:steps]


def limit(samples: Array, envelope: Array, gain: float, ceiling: float) -> Array:
    """`samples` (n, c) times `gain`, turned down where `envelope * gain` would pass `ceiling`.

    The gain falls within the 5 ms before a peak, recovers in about 80 ms, and is smooth.

    Args:
        samples: (n, c).
        envelope: `peak_envelope(samples)`.
        gain: factor.
        ceiling: largest true peak of the result, full scale 1.0.

    Returns:
        (n, c) float32.
    """
    wanted = np.minimum(1.0, ceiling / np.maximum(envelope * gain, 1e-9))
    if wanted.min() >= 1.0:
        return np.asarray(samples * np.float32(gain), dtype=np.float32)
    curve = gain * _smooth(_recovering(wanted))
    at = np.arange(len(samples), dtype=np.float32)
    middles = (np.arange(len(curve), dtype=np.float32) + 0.5) * _STEP
    gains: Array = np.interp(at, middles, curve).astype(np.float32)[:, None]
    return np.asarray(samples * gains, dtype=np.float32)


def _block_peaks(padded: Array, start: int) -> Array:
    block = padded[start : start + _BLOCK + 2 * _MARGIN]
    fine = scipy.signal.resample_poly(block, _OVERSAMPLING, 1, axis=0, window=_filter())
    inner = np.abs(fine[_MARGIN * _OVERSAMPLING : (_MARGIN + _BLOCK) * _OVERSAMPLING]).max(axis=1)
    peaks: Array = inner.reshape(-1, _STEP * _OVERSAMPLING).max(axis=1)
    return peaks


def _filter() -> Array:
    taps = scipy.signal.firwin(_FILTER_TAPS * 2 + 1, 1.0 / _OVERSAMPLING, window=("kaiser", 7.0))
    return np.asarray(taps, dtype=np.float32)


def _recovering(wanted: Array) -> Array:
    """Follows `wanted` down at once and up slowly."""
    rate = 1.0 - np.exp(-_STEP / (_RELEASE_SECONDS * SAMPLE_RATE))
    gains = wanted.tolist()
    held = 1.0
    for k, target in enumerate(gains):
        held = min(target, held + rate * (1.0 - held))
        gains[k] = held
    return np.array(gains, dtype=np.float32)


def _smooth(gains: Array) -> Array:
    """The least gain around each step, averaged over the same span: never above the gains given."""
    span = 2 * _LOOK_AHEAD_STEPS + 1
    lowest = scipy.ndimage.minimum_filter1d(gains, span + 2, mode="nearest")
    weights = scipy.signal.windows.hann(span + 2)[1:-1]
    return np.asarray(
        scipy.ndimage.convolve1d(lowest, weights / weights.sum(), mode="nearest"), dtype=np.float32
    )
