"""Loudness and true peak by ITU-R BS.1770-4, for streams and for whole signals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.audio.k_weighting import KWeighting
from core.audio.limiter import STEP, PeakEnvelope, peak_envelope
from core.settings import SAMPLE_RATE

Array = NDArray[np.float32]

_BLOCK = 1 << 16
LOUDNESS_HOP = SAMPLE_RATE // 10
"""Frames of a tenth of a second, by which the gate's blocks move."""
_HOPS_PER_BLOCK = 4
_ABSOLUTE_GATE = -70.0
"""LUFS; this, the next two, and blocks of 400 ms every 100 ms are those of BS.1770-4."""
_RELATIVE_GATE = -10.0
"""LU from the mean of what passes the absolute gate."""
_OFFSET = -0.691
"""LUFS of a K-weighted power of 1: a sine of 997 Hz at full scale in one channel has -3.01."""


class SoundLevels(NamedTuple):
    """How loud a sound is.

    Attributes:
        lufs: integrated loudness; minus infinity for silence.
        true_peak_dbtp: its true peak; minus infinity for silence.
    """

    lufs: float
    true_peak_dbtp: float


class StepEnergies:
    """K-weighted energy of every step of 32 frames, and from it the loudness under any limiter.

    A limiter's gain moves little within a step, so what it makes need not be made and filtered to
    know how loud it is. Memory grows by 20 MB an hour.

    Attributes:
        frames: of all that was fed.
    """

    def __init__(self, phase: int = 0) -> None:
        """
        Args:
            phase: where in its step the first frame lies, 0..31.
        """
        self.frames = 0
        self._phase = phase
        self._rest = np.zeros(phase)
        self._sums: list[Array] = []

    def feed(self, power: NDArray[np.float64]) -> None:
        """Take the K-weighted power of the next frames, all channels together, (n,)."""
        self.frames += len(power)
        joined = np.concatenate([self._rest, power])
        whole = len(joined) // STEP * STEP
        self._sums.append(joined[:whole].reshape(-1, STEP).sum(axis=1).astype(np.float32))
        self._rest = joined[whole:]

    def lufs(self, gains: Array | None = None) -> float:
        """Integrated loudness in LUFS; minus infinity for silence.

        Args:
            gains: (steps,), what each step is multiplied by, the unfinished one at the end, too.
        """
        energies = np.concatenate([*self._sums, [self._rest.sum()]])
        if gains is not None:
            energies[: len(gains)] *= np.square(gains[: len(energies)], dtype=np.float64)
        total = np.concatenate([[0.0], np.cumsum(energies)])
        ends = np.append(np.arange(len(energies)) * STEP, self._phase + self.frames)
        hops = np.arange(self.frames // LOUDNESS_HOP + 1) * LOUDNESS_HOP
        sums = np.interp(hops + self._phase, ends, total)
        rest = self.frames - int(hops[-1])
        return gated_lufs(np.diff(sums), float(total[-1] - sums[-1]), rest)


class LoudnessMeter:
    """Feed blocks (n, channels), ask for the integrated loudness at the end."""

    def __init__(self, *, true_peak: bool = True, steps: StepEnergies | None = None) -> None:
        """
        Args:
            true_peak: whether to measure that, too.
            steps: takes the energies of steps on the way.
        """
        self.sample_peak = 0.0
        self._steps = steps
        self._weighting: KWeighting | None = None
        self._rest = np.zeros(0)
        self._hops: list[NDArray[np.float64]] = []
        self._true_peak = 0.0 if true_peak else None
        self._tail: Array | None = None

    def feed(self, samples: Array) -> None:
        """Take the next block."""
        if not len(samples):
            return
        self.sample_peak = max(self.sample_peak, float(samples.max()), -float(samples.min()))
        if self._true_peak is not None:
            joined = samples if self._tail is None else np.concatenate([self._tail, samples])
            self._true_peak = max(self._true_peak, float(peak_envelope(joined).max()))
            self._tail = samples[-128:]
        if self._weighting is None:
            self._weighting = KWeighting(samples.shape[1])
        weighted = self._weighting.filter(samples)
        power = np.einsum("ji,ji->i", weighted.T, weighted.T)
        if self._steps is not None:
            self._steps.feed(power)
        power = np.concatenate([self._rest, power])
        whole = len(power) // LOUDNESS_HOP * LOUDNESS_HOP
        self._hops.append(power[:whole].reshape(-1, LOUDNESS_HOP).sum(axis=1))
        self._rest = power[whole:]

    @property
    def integrated(self) -> float:
        """Gated loudness in LUFS; minus infinity for silence.

        Signals shorter than 400 ms are taken as one block.
        """
        return gated_lufs(
            np.concatenate([*self._hops, np.zeros(0)]), float(self._rest.sum()), len(self._rest)
        )

    @property
    def true_peak_dbtp(self) -> float:
        """True peak in dBTP; minus infinity for silence, NaN if it was not asked for."""
        return math.nan if self._true_peak is None else decibels(self._true_peak)


def integrated_lufs(samples: Array) -> float:
    """Integrated loudness of `samples` (n, c) in LUFS; minus infinity for silence."""
    meter = LoudnessMeter(true_peak=False)
    for block in split_blocks(samples):
        meter.feed(block)
    return meter.integrated


def true_peak_dbtp(samples: Array) -> float:
    """True peak of `samples` (n, c) in dBTP; minus infinity for silence."""
    return decibels(float(peak_envelope(samples).max())) if len(samples) else -math.inf


class SoundMeasurement:
    """Loudness and true peaks of sound that comes in blocks, all that mastering needs of it.

    Memory grows by 40 MB an hour.

    Attributes:
        envelope: largest true peak of each step of 32 frames, once it is finished.
        energies: of the same steps.
        phase: where in its step the first frame lies.
    """

    def __init__(self, phase: int = 0) -> None:
        self._peaks = PeakEnvelope(phase)
        self.phase = self._peaks.phase
        self.energies = StepEnergies(self.phase)
        self._meter = LoudnessMeter(true_peak=False, steps=self.energies)
        self.envelope: Array = np.zeros(0, np.float32)

    def feed(self, samples: Array) -> None:
        """Take the next block (n, c)."""
        self._meter.feed(samples)
        self._peaks.feed(samples)

    def finish(self) -> None:
        """Make `envelope`, the largest true peak of each 32 frames. Nothing is fed afterwards."""
        self.envelope = self._peaks.finish()

    @property
    def lufs(self) -> float:
        """Integrated loudness in LUFS; minus infinity for silence."""
        return self._meter.integrated

    @property
    def true_peak_dbtp(self) -> float:
        """True peak in dBTP; minus infinity for silence."""
        return decibels(float(self.envelope.max(initial=0.0)))

    @property
    def levels(self) -> SoundLevels:
        """Both, once it is finished."""
        return SoundLevels(self.lufs, self.true_peak_dbtp)


def split_blocks(samples: Array) -> Iterator[Array]:
    """`samples` (n, c) in blocks of a second and a half, as they are measured and mastered."""
    return (samples[at : at + _BLOCK] for at in range(0, len(samples), _BLOCK))


def decibels(amplitude: float) -> float:
    """20 log10 of `amplitude`; minus infinity for 0."""
    return 20.0 * math.log10(amplitude) if amplitude > 0 else -math.inf


def gated_lufs(hops: NDArray[np.float64], rest: float = 0.0, rest_frames: int = 0) -> float:
    """Integrated loudness in LUFS from K-weighted energies; minus infinity for silence.

    Args:
        hops: (k,), energy of all channels in each `LOUDNESS_HOP` frames.
        rest, rest_frames: energy and length of what is left; they count where there is less than
            400 ms.
    """
    frames = LOUDNESS_HOP * _HOPS_PER_BLOCK
    if len(hops) < _HOPS_PER_BLOCK:
        total, length = float(hops.sum()) + rest, len(hops) * LOUDNESS_HOP + rest_frames
        blocks = np.array([total / max(length, 1)])
    else:
        blocks = np.convolve(hops, np.ones(_HOPS_PER_BLOCK), mode="valid") / frames
    loud = blocks[_lufs(blocks) >= _ABSOLUTE_GATE]
    if not len(loud):
        return -math.inf
    gate = float(_lufs(loud.mean())) + _RELATIVE_GATE
    return float(_lufs(loud[_lufs(loud) >= gate].mean()))


def _lufs(power: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return np.asarray(_OFFSET + 10.0 * np.log10(np.maximum(power, 1e-30)))
