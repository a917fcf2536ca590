"""A look-ahead limiter for sound in blocks: no overs, no clicks, hardly audible."""

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
_CONTEXT_STEPS = 2 * _LOOK_AHEAD_STEPS + 1
"""Steps on either side that the smoothed gain of a step depends on."""
_RELEASE_SECONDS = 0.08
_OVERSAMPLING = 4
_FILTER_TAPS = 48
_BLOCK = 1 << 18
_MARGIN = 64


class PeakEnvelope:
    """Largest true peak of each step of 32 frames, of sound that comes in blocks.

    Four times oversampled with a 48-tap filter, as ITU-R BS.1770-4 annex 2 asks. The blocks make no
    difference.
    """

    def __init__(self) -> None:
        self._frames = 0
        self._pending: list[Array] = []
        self._pending_frames = 0
        self._peaks: list[Array] = []

    def feed(self, samples: Array) -> None:
        """Take the next block (n, c)."""
        if not self._pending:
            self._append(np.zeros((_MARGIN, samples.shape[1]), np.float32))
        self._append(samples)
        self._frames += len(samples)
        if self._pending_frames >= _BLOCK + 2 * _MARGIN:
            self._measure(np.concatenate(self._pending))

    def finish(self) -> Array:
        """The peaks of everything, (ceil(n / 32),). Nothing can be fed afterwards."""
        if self._pending:
            rest = np.concatenate(self._pending)
            self._measure(np.pad(rest, ((0, _MARGIN + _BLOCK), (0, 0))))
        steps = -(-self._frames // _STEP)
        return np.concatenate([*self._peaks, np.zeros(1, np.float32)])[:steps]

    def _append(self, samples: Array) -> None:
        self._pending.append(samples)
        self._pending_frames += len(samples)

    def _measure(self, samples: Array) -> None:
        """Measure all whole blocks of `samples`, which has a margin at both ends, and drop them."""
        start = 0
        while len(samples) - start >= _BLOCK + 2 * _MARGIN:
            self._peaks.append(_block_peaks(samples, start))
            start += _BLOCK
        self._pending = [samples[start:].copy()]
        self._pending_frames = len(self._pending[0])


def peak_envelope(samples: Array) -> Array:
    """Largest true peak of `samples` (n, c) in each step of 32 frames, (ceil(n / 32),)."""
    envelope = PeakEnvelope()
    envelope.feed(samples)
    return envelope.finish()


class Limiter:
    """Multiplies sound by a gain and turns it down where its peaks would pass a ceiling.

    The gain falls within the 5 ms before a peak, recovers in about 80 ms, and is smooth. Blocks
    have to come in order; how long they are makes no difference.

    Args:
        envelope: `peak_envelope` of the whole sound.
        gain: factor.
        ceiling: largest true peak of the result, full scale 1.0.
    """

    def __init__(self, envelope: Array, gain: float, ceiling: float) -> None:
        self._envelope = envelope
        self._gain = gain
        self._ceiling = ceiling
        self._idle = not len(envelope) or float(self._wanted(envelope.max()).min()) >= 1.0
        self._frame = 0
        self._held = 1.0
        self._first = 0
        self._recovered = np.zeros(0, np.float32)

    def process(self, samples: Array) -> Array:
        """The next block (n, c) as (n, c) float32."""
        if self._idle or not len(samples):
            return np.asarray(samples * np.float32(self._gain), dtype=np.float32)
        start, end = self._frame, self._frame + len(samples)
        self._frame = end
        first, curve = self._curve(max(start // _STEP - 1, 0), end // _STEP + 2)
        at = np.arange(start, end, dtype=np.float64)
        middles = (np.arange(first, first + len(curve)) + 0.5) * _STEP
        gains: Array = np.interp(at, middles, curve).astype(np.float32)[:, None]
        return np.asarray(samples * gains, dtype=np.float32)

    def _wanted(self, envelope: Array) -> Array:
        wanted: Array = np.minimum(1.0, self._ceiling / np.maximum(envelope * self._gain, 1e-9))
        return wanted

    def _curve(self, start: int, end: int) -> tuple[int, Array]:
        """The first step and the gains of steps `start` to `end`; earlier ones are dropped."""
        keep = max(start - _CONTEXT_STEPS, 0)
        self._recovered = self._recovered[keep - self._first :]
        self._first = keep
        known = self._first + len(self._recovered)
        fresh = self._wanted(self._envelope[known : end + _CONTEXT_STEPS])
        self._recovered = np.concatenate([self._recovered, self._recovering(fresh)])
        smooth = _smooth(self._recovered)[start - self._first : end - self._first]
        return start, self._gain * smooth

    def _recovering(self, wanted: Array) -> Array:
        """Follows `wanted` down at once and up slowly."""
        rate = 1.0 - np.exp(-_STEP / (_RELEASE_SECONDS * SAMPLE_RATE))
        gains = wanted.tolist()
        held = self._held
        for k, target in enumerate(gains):
            held = min(target, held + rate * (1.0 - held))
            gains[k] = held
        self._held = held
        return np.array(gains, dtype=np.float32)


def _block_peaks(padded: Array, start: int) -> Array:
    block = padded[start : start + _BLOCK + 2 * _MARGIN]
    fine = scipy.signal.resample_poly(block, _OVERSAMPLING, 1, axis=0, window=_filter())
    inner = np.abs(fine[_MARGIN * _OVERSAMPLING : (_MARGIN + _BLOCK) * _OVERSAMPLING]).max(axis=1)
    peaks: Array = inner.reshape(-1, _STEP * _OVERSAMPLING).max(axis=1)
    return peaks


def _filter() -> Array:
    taps = scipy.signal.firwin(_FILTER_TAPS * 2 + 1, 1.0 / _OVERSAMPLING, window=("kaiser", 7.0))
    return np.asarray(taps, dtype=np.float32)


def _smooth(gains: Array) -> Array:
    """The least gain around each step, averaged over the same span: never above the gains given."""
    span = 2 * _LOOK_AHEAD_STEPS + 1
    lowest = scipy.ndimage.minimum_filter1d(gains, span + 2, mode="nearest")
    weights = scipy.signal.windows.hann(span + 2)[1:-1]
    return np.asarray(
        scipy.ndimage.convolve1d(lowest, weights / weights.sum(), mode="nearest"), dtype=np.float32
    )
