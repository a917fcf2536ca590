"""A look-ahead limiter for sound in blocks: no overs, no clicks, hardly audible."""

from __future__ import annotations

import copy
from functools import cache
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from core import scientific
from core.settings import SAMPLE_RATE

Array = NDArray[np.float32]

STEP: Final = 32
"""Frames per step of the gain curve."""
LATENCY: Final = 17 * STEP
"""Frames (12 ms) by which `StreamingLimiter` is late: it has to see peaks before they sound."""
_LOOK_AHEAD_STEPS: Final = 7
"""5 ms: how long before a peak the gain starts to fall."""
_CONTEXT_STEPS: Final = 2 * _LOOK_AHEAD_STEPS + 1
"""Steps on either side that the smoothed gain of a step depends on."""
_RELEASE_SECONDS: Final = 0.08
_RECOVERED: Final = 1e-4
"""So near to 1 the gain is 1: .001 dB. What sounds depends on the last second only, then."""
_OVERSAMPLING: Final = 4
_HALF_TAPS: Final = 12
"""Frames on either side that the oversampling filter takes in."""
_WINDOW: Final = STEP + 2 * _HALF_TAPS
"""Frames that the peaks of a step depend on."""
_ROWS: Final = 8
"""Windows that are multiplied at once. With 12 or 16, OpenBLAS takes some rows another way than the
others on processors without AVX-512, and on some with it, and they differ in their last bit."""
_LARGEST_OVERSHOOT: Final = 2.4
"""No signal passes its largest sample by more: the sum of the filter's taps is 2.25."""
_LOUD: Final = 1.65
_BLOCK_STEPS: Final = 128
_STEPS_AT_ONCE: Final = 1 << 18
"""Three minutes: as a list a gain takes eight times its room."""


def step_peaks(samples: Array) -> Array:
    """Largest true peak in each step of 32 frames.

    Four times oversampled, as ITU-R BS.1770-4 annex 2 asks, with 24 taps per phase. Every peak
    depends on its own frames and `_HALF_TAPS` on either side alone, bit for bit.

    Args:
        samples: (12 + 32 n + 12, c): the steps and what is around them.

    Returns:
        (n,), full scale 1.0.
    """
    steps = (len(samples) - 2 * _HALF_TAPS) // STEP
    peaks = np.zeros(steps, np.float32)
    for first in range(0, steps, _BLOCK_STEPS):
        count = min(_BLOCK_STEPS, steps - first)
        part = samples[first * STEP : (first + count) * STEP + 2 * _HALF_TAPS]
        highest = peaks[first : first + count]
        for channel in np.asarray(part, np.float32).T:
            windows = sliding_window_view(channel, _WINDOW)[::STEP]
            np.maximum(highest, _window_peaks(windows), out=highest)
    return peaks


def loop_peak(samples: Array) -> float:
    """Largest true peak of a loop (n, c), measured around its largest samples only.

    What lies between two samples is taken to be no more than 4.4 dB above the larger one, where a
    tone has at most 3: a tenth of the work.
    """
    # Channel by channel: numpy reduces the short axis of (n, 2) ten times slower.
    highest = np.maximum.reduce([np.abs(channel) for channel in samples.T])
    loud = np.flatnonzero(highest * _LOUD >= highest.max(initial=0.0))
    # A peak just before a sample counts to the step of the sample before it.
    loud = np.unique([loud // STEP, (loud - 1) // STEP])
    offsets = np.arange(-_HALF_TAPS, STEP + _HALF_TAPS)
    peak = 0.0
    for first in range(0, len(loud), _BLOCK_STEPS):
        starts = loud[first : first + _BLOCK_STEPS] * STEP
        around = np.take(samples, starts[:, None] + offsets, axis=0, mode="wrap")
        for channel in np.moveaxis(np.asarray(around, np.float32), -1, 0):
            peak = max(peak, float(_window_peaks(channel).max()))
    return peak


def _window_peaks(windows: Array) -> Array:
    """Largest true peak of the step in the middle of each window (n, 56), (n,).

    All products of matrices are of one shape, so equal windows have equal bits wherever they are.
    """
    count = len(windows)
    rows = np.zeros((-(-count // _ROWS), _ROWS, _WINDOW), np.float32)
    rows.reshape(-1, _WINDOW)[:count] = windows
    fine = rows @ _oversampling()
    np.abs(fine, out=fine)
    highest: Array = fine.max(axis=2).ravel()[:count]
    return highest


class PeakEnvelope:
    """Largest true peak of each step of 32 frames, of sound that comes in blocks.

    The blocks make no difference (`step_peaks`).

    Attributes:
        phase: where in its step the first frame lies, 0..31.
        highest: peak of the steps that are complete.
    """

    def __init__(self, phase: int = 0, *, keep: bool = True) -> None:
        """
        Args:
            phase: frames by which the sound begins late in its first step; taken modulo 32.
            keep: whether `finish` is to give the peaks; else only `highest` is known.
        """
        self.phase = phase % STEP
        self.highest = 0.0
        self._keep = keep
        self._frames = self.phase
        self._pending: Array | None = None
        self._peaks: list[Array] = []

    def feed(self, samples: Array) -> None:
        """Take the next block (n, c)."""
        self._frames += len(samples)
        before = self._pending
        if before is None:
            before = np.zeros((_HALF_TAPS + self.phase, samples.shape[1]), np.float32)
        self._measure(np.concatenate([before, samples]))

    def finish(self) -> Array:
        """The peaks of everything, (ceil((phase + n) / 32),). Nothing can be fed afterwards."""
        steps = -(-self._frames // STEP)
        if self._pending is not None:
            self._measure(np.pad(self._pending, ((0, STEP + _HALF_TAPS), (0, 0))))
        return np.concatenate([*self._peaks, np.zeros(1, np.float32)])[:steps]

    def _measure(self, samples: Array) -> None:
        """Measure all whole steps of `samples`, which begins 12 frames early, and drop them."""
        steps = max((len(samples) - 2 * _HALF_TAPS) // STEP, 0)
        if steps:
            peaks = step_peaks(samples[: steps * STEP + 2 * _HALF_TAPS])
            self.highest = max(self.highest, float(peaks.max()))
            if self._keep:
                self._peaks.append(peaks)
        self._pending = samples[steps * STEP :].copy()


def peak_envelope(samples: Array) -> Array:
    """Largest true peak of `samples` (n, c) in each step of 32 frames, (ceil(n / 32),)."""
    envelope = PeakEnvelope()
    envelope.feed(samples)
    return envelope.finish()


class Limiter:
    """Multiplies sound by a gain and turns it down where its peaks would pass a ceiling.

    The gain falls within the milliseconds before a peak, recovers in about 80 ms, and is smooth.
    Blocks have to come in order; how long they are makes no difference.

    Args:
        envelope: `peak_envelope` of the whole sound.
        gain: factor.
        ceiling: largest true peak of the result, full scale 1.0.
        phase: of the envelope.
    """

    def __init__(self, envelope: Array, gain: float, ceiling: float, phase: int = 0) -> None:
        self._envelope = envelope
        self._gain = gain
        self._ceiling = ceiling
        self._idle = float(envelope.max(initial=0.0)) * gain <= ceiling
        self._frame = phase
        self._curve = _GainCurve()

    def process(self, samples: Array) -> Array:
        """The next block (n, c) as (n, c) float32."""
        start, self._frame = self._frame, self._frame + len(samples)
        if self._idle or not len(samples):
            return np.asarray(samples * np.float32(self._gain), dtype=np.float32)
        last = _last_step_for(self._frame)
        peaks = self._envelope[self._curve.steps : last + 1] * np.float32(self._gain)
        wanted = np.ones(max(last + 1 - self._curve.steps, 0), np.float32)
        wanted[: len(peaks)] = _wanted(peaks, self._ceiling)
        self._curve.extend(wanted)
        gains = self._gain * self._curve.between(start, self._frame)
        return np.asarray(samples * gains.astype(np.float32)[:, None], dtype=np.float32)


def limited_gains(envelope: Array, gain: float, ceiling: float) -> Array:
    """What `Limiter` multiplies the middle of each step by: (n,), at most `gain`.

    Args:
        envelope: `peak_envelope` of the whole sound, (n,).
        gain: factor.
        ceiling: largest true peak of the result, full scale 1.0.
    """
    wanted = np.ones(len(envelope) + _CONTEXT_STEPS, np.float32)
    wanted[: len(envelope)] = _wanted(envelope * np.float32(gain), ceiling)
    curve = _GainCurve()
    for first in range(0, len(wanted), _STEPS_AT_ONCE):
        curve.extend(wanted[first : first + _STEPS_AT_ONCE])
    gains: Array = np.float32(gain) * curve.smoothed()
    return gains


class StreamingLimiter:
    """`Limiter` with gain 1 for sound that is not known beforehand: `LATENCY` frames late.

    What never passes the ceiling comes out bit for bit.

    Args:
        ceiling: largest true peak of the result, full scale 1.0.
        phase: where in its step of 32 frames the first frame lies. A sound that is entered in the
            middle is limited there exactly as when it is read from its beginning, after a second.
        channels: of the sound.
    """

    def __init__(self, ceiling: float, phase: int = 0, channels: int = 2) -> None:
        self._ceiling = ceiling
        self._curve = _GainCurve()
        self._frame = phase % STEP
        """Of the next frame to come out, plus `LATENCY`."""
        self._pending = np.zeros((_HALF_TAPS + self._frame, channels), np.float32)
        self._late = np.zeros((LATENCY, channels), np.float32)

    def copy(self) -> StreamingLimiter:
        """One in the same state, which goes on by itself."""
        made = copy.copy(self)  # arrays are replaced, never changed
        made._curve = copy.copy(self._curve)
        return made

    def process(self, samples: Array) -> Array:
        """Take the next block (n, c); give as many frames of what came `LATENCY` frames ago."""
        self._measure(np.concatenate([self._pending, samples]))
        joined = np.concatenate([self._late, samples])
        out, self._late = joined[: len(samples)], joined[len(samples) :]
        start, self._frame = self._frame, self._frame + len(samples)
        if self._curve.idle:
            self._curve.forget(start - LATENCY)
            return out
        gains = self._curve.between(start - LATENCY, self._frame - LATENCY)
        return np.asarray(out * gains.astype(np.float32)[:, None], dtype=np.float32)

    def _measure(self, samples: Array) -> None:
        """Extend the curve by all whole steps of `samples`, which begins 12 frames early."""
        steps = max((len(samples) - 2 * _HALF_TAPS) // STEP, 0)
        if steps:
            part = samples[: steps * STEP + 2 * _HALF_TAPS]
            quiet = float(np.abs(part).max()) * _LARGEST_OVERSHOOT <= self._ceiling
            peaks = np.zeros(steps, np.float32) if quiet else step_peaks(part)
            self._curve.extend(_wanted(peaks, self._ceiling))
        self._pending = samples[steps * STEP :].copy()


class _GainCurve:
    """Gains of frames from those that their steps want, which come in order.

    Attributes:
        steps: how many steps have come.
        idle: whether nothing was to be turned down lately, so that all gains are 1.
    """

    def __init__(self) -> None:
        self.steps = 0
        self._held = 1.0
        self._first = -_CONTEXT_STEPS
        self._recovered = np.ones(_CONTEXT_STEPS, np.float32)

    @property
    def idle(self) -> bool:
        return self._held == 1.0 and float(self._recovered.min()) == 1.0

    def extend(self, wanted: Array) -> None:
        """Take what the next steps want, (n,), each at most 1."""
        self.steps += len(wanted)
        if self._held == 1.0 and (wanted == 1.0).all():
            recovered = wanted
        else:
            recovered = self._recovering(wanted)
        self._recovered = np.concatenate([self._recovered, recovered])

    def between(self, start: int, end: int) -> NDArray[np.float64]:
        """(end - start,) gains of frames; steps before them are dropped.

        Args:
            start: first frame; below 0 all gains are 1.
            end: the frame after the last; steps up to `_last_step_for(end)` have come.
        """
        first, after = (start - STEP // 2) // STEP, (end - 1 - STEP // 2) // STEP + 2
        self.forget(start)
        begin = first - _CONTEXT_STEPS - self._first
        window = self._recovered[max(begin, 0) : after + _CONTEXT_STEPS - self._first]
        if begin < 0:
            window = np.concatenate([np.ones(-begin, np.float32), window])
        curve = _smooth(window)[_CONTEXT_STEPS : len(window) - _CONTEXT_STEPS]
        middles = (np.arange(first, after) + 0.5) * STEP
        gains: NDArray[np.float64] = np.interp(
            np.arange(start, end, dtype=np.float64), middles, curve
        )
        return gains

    def smoothed(self) -> Array:
        """Gains in the middles of all steps that have come but the last `_CONTEXT_STEPS`."""
        return _smooth(self._recovered)[_CONTEXT_STEPS : len(self._recovered) - _CONTEXT_STEPS]

    def forget(self, before: int) -> None:
        """Drop the steps that frames from `before` on do not need."""
        keep = (before - STEP // 2) // STEP - _CONTEXT_STEPS
        if keep > self._first:
            self._recovered = self._recovered[keep - self._first :]
            self._first = keep

    def _recovering(self, wanted: Array) -> Array:
        """Follows `wanted` down at once and up slowly."""
        rate = 1.0 - np.exp(-STEP / (_RELEASE_SECONDS * SAMPLE_RATE))
        gains = wanted.tolist()
        held = self._held
        for k, target in enumerate(gains):
            held = min(target, held + rate * (1.0 - held))
            if held > 1.0 - _RECOVERED and target == 1.0:
                held = 1.0
            gains[k] = held
        self._held = held
        return np.array(gains, dtype=np.float32)


def _last_step_for(end: int) -> int:
    """The last step that gains of frames before `end` depend on."""
    return (end - 1 - STEP // 2) // STEP + 1 + _CONTEXT_STEPS


def _wanted(peaks: Array, ceiling: float) -> Array:
    wanted: Array = np.minimum(np.float32(1.0), np.float32(ceiling) / np.maximum(peaks, 1e-9))
    return wanted


@cache
def _oversampling() -> Array:
    """The oversampling filter as a matrix (56, 128): from a step and what is around it to four
    samples for each of its frames.

    A low-pass at half the rate: a sinc in a Kaiser window, of gain 1 at 0 Hz.
    """
    half = _HALF_TAPS * _OVERSAMPLING
    taps = np.sinc(np.arange(-half, half + 1) / _OVERSAMPLING) * np.kaiser(2 * half + 1, 7.0)
    taps = np.append(_OVERSAMPLING * taps / taps.sum(), np.zeros(_OVERSAMPLING - 1))
    phases = taps.reshape(-1, _OVERSAMPLING)[::-1]
    made = np.zeros((_WINDOW, STEP, _OVERSAMPLING), np.float32)
    for frame in range(STEP):
        made[frame : frame + len(phases), frame] = phases
    return made.reshape(_WINDOW, -1)


def _smooth(gains: Array) -> Array:
    """The least gain around each step, averaged over the same span: never above the gains given.

    The first and last `_CONTEXT_STEPS` are not right.
    """
    scientific.load("ndimage")  # here, for most loops are levelled without being limited
    import scipy.ndimage

    span = 2 * _LOOK_AHEAD_STEPS + 1
    lowest = scipy.ndimage.minimum_filter1d(gains, span + 2, mode="nearest")
    return np.asarray(
        scipy.ndimage.convolve1d(lowest, _weights(), mode="nearest"), dtype=np.float32
    )


@cache
def _weights() -> NDArray[np.float64]:
    weights = np.hanning(2 * _LOOK_AHEAD_STEPS + 3)[1:-1]
    return np.asarray(weights / weights.sum())
