"""The short-time Fourier transform with a Hann window, of signals and of loops.

`stft` and `istft` take a signal with a beginning and an end, with zeros around it. `Ring` takes a
loop: a frame at its seam includes samples from the other end, and what it synthesises loops without
a click.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.audio.looping import extended
from core.errors import InputError

Samples = NDArray[np.float32]
Spectrum = NDArray[np.complex64]

_FRAMES_AT_ONCE = 32
"""Of a loop that are transformed together: they fit into a core's cache, and all would take 10 MB.
"""


@lru_cache(maxsize=8)
def hann(n_fft: int) -> NDArray[np.float32]:
    """The periodic Hann window (n_fft,) float32, with its peak of 1 at n_fft / 2; read-only."""
    phase = 2.0 * np.pi * np.arange(n_fft) / n_fft
    window = (0.5 - 0.5 * np.cos(phase)).astype(np.float32)
    window.flags.writeable = False
    return window


def power_scale(n_fft: int) -> float:
    """Factor from |X|^2 to power as this program measures it.

    At n_fft 2048 a full-scale sine at the centre of a bin has the power 1: (2 / sum of window)^2.
    For other lengths the factor is such that noise has the same power at all of them.
    """
    return float((4.0 / settings.N_FFT) ** 2 * settings.N_FFT / n_fft)


def stft(samples: Samples, *, n_fft: int, hop: int) -> Spectrum:
    """Transform a signal.

    Args:
        samples: (frames,), with zeros around it.
        n_fft: window length in samples.
        hop: distance of frames in samples; frame m is centred on sample m * hop.

    Returns:
        (frames // hop + 1, n_fft // 2 + 1) complex64, not scaled.

    Raises:
        InputError: not one-dimensional.
    """
    _require_one_channel(samples)
    count = len(samples) // hop + 1
    padded = np.zeros((count - 1) * hop + n_fft + hop, np.float32)
    padded[n_fft // 2 : n_fft // 2 + len(samples)] = samples
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[: count * hop : hop]
    return _rfft(frames * hann(n_fft))


def istft(spectrum: Spectrum, *, hop: int, length: int) -> Samples:
    """Find the signal whose `stft` is nearest to a spectrum (least squares).

    Overlap-add with the window, divided by the sum of squared windows (Griffin and Lim, 1984).

    Args:
        spectrum: (frames, n_fft // 2 + 1) complex64.
        hop: distance of frames in samples.
        length: of the signal in samples.

    Returns:
        (length,) float32.
    """
    n_fft = 2 * (spectrum.shape[1] - 1)
    window = hann(n_fft)
    frames = _irfft(spectrum, n_fft) * window
    out = np.zeros((len(frames) - 1) * hop + n_fft, np.float32)
    weight = np.zeros_like(out)
    for m, frame in enumerate(frames):
        out[m * hop : m * hop + n_fft] += frame
        weight[m * hop : m * hop + n_fft] += window * window
    out /= np.maximum(weight, 1e-6)
    target = out[n_fft // 2 : n_fft // 2 + length]
    return np.pad(target, (0, length - len(target)))


@dataclass(frozen=True)
class Ring:
    """Analysis and synthesis of a loop.

    Frame m is centred on sample round(m * length / count). So hops differ by at most one sample,
    the last frame overlaps the first like any two neighbours, and nothing is padded, cut or faded.

    Attributes:
        length: of the loop in samples.
        count: number of frames.
        n_fft: window length in samples.

    Example:
        >>> ring = Ring.near_hop(len(loop), n_fft=2048, hop=512)
        >>> np.allclose(ring.synthesise(ring.analyse(loop)), loop, atol=1e-5)
        True
    """

    length: int
    count: int
    n_fft: int

    @classmethod
    def near_hop(cls, length: int, *, n_fft: int, hop: int) -> Ring:
        """The transform of a loop whose mean hop is nearest to a given one.

        Args:
            length: of the loop in samples.
            n_fft: window length in samples.
            hop: distance of frames in samples.
        """
        return _ring(length, max(1, round(length / hop)), n_fft)

    @property
    def hop(self) -> float:
        """Mean distance of frames in samples, a fraction."""
        return self.length / self.count

    @cached_property
    def centres(self) -> NDArray[np.int64]:
        """The sample (count,) on which each frame is centred."""
        numerator = 2 * np.arange(self.count, dtype=np.int64) * self.length + self.count
        return numerator // (2 * self.count)

    @cached_property
    def _reach(self) -> int:
        """Samples by which the loop is extended at either end: half a window."""
        return self.n_fft // 2

    @cached_property
    def _inverse_weight(self) -> NDArray[np.float32]:
        """(length,) one over the summed squared window."""
        squared = itertools.repeat(hann(self.n_fft) ** 2, self.count)
        return (1.0 / np.maximum(self._overlap_add(squared), 1e-6)).astype(np.float32)

    def analyse(self, samples: Samples, out: Spectrum | None = None) -> Spectrum:
        """Transform: (length,) -> (count, n_fft // 2 + 1) complex64, not scaled.

        Args:
            samples: of the loop.
            out: filled and returned if given.
        """
        wrapped = extended(samples, self._reach, self._reach).astype(np.float32, copy=False)
        view = np.lib.stride_tricks.sliding_window_view(wrapped, self.n_fft)
        window = hann(self.n_fft)
        spectrum = np.empty((self.count, self.n_fft // 2 + 1), np.complex64) if out is None else out
        for first in range(0, self.count, _FRAMES_AT_ONCE):
            some = slice(first, first + _FRAMES_AT_ONCE)
            spectrum[some] = _rfft(view[self.centres[some]] * window)
        return spectrum

    def synthesise(self, spectrum: Spectrum) -> Samples:
        """Invert: (count, n_fft // 2 + 1) -> (length,), the least-squares inverse of `analyse`."""
        samples = self._overlap_add(self._windowed(spectrum))
        samples *= self._inverse_weight
        return samples

    def _windowed(self, spectrum: Spectrum) -> Iterator[Samples]:
        """The frames (n_fft,) of a spectrum, one by one."""
        window = hann(self.n_fft)
        for first in range(0, self.count, _FRAMES_AT_ONCE):
            yield from _irfft(spectrum[first : first + _FRAMES_AT_ONCE], self.n_fft) * window

    def _overlap_add(self, frames: Iterable[Samples]) -> Samples:
        wide = np.zeros(self.length + self.n_fft, np.float32)
        for start, frame in zip(self.centres.tolist(), frames, strict=True):
            wide[start : start + self.n_fft] += frame
        return _fold(wide, self.length, self._reach)


@lru_cache(maxsize=4)
def _ring(length: int, count: int, n_fft: int) -> Ring:
    """A loop is filtered several times, and what a ring works out once takes a fifth of that."""
    return Ring(length, count, n_fft)


def _fold(wide: Samples, length: int, reach: int) -> Samples:
    """Add what lies before 0 and after `length` back onto the loop; wide[reach] is sample 0."""
    if length >= 2 * reach:
        out = wide[reach : reach + length].copy()
        out[length - reach :] += wide[:reach]
        tail = wide[reach + length :]
        out[: len(tail)] += tail
        return out
    out = np.zeros(length, np.float32)
    np.add.at(out, np.arange(-reach, len(wide) - reach) % length, wide)
    return out


def _rfft(frames: NDArray[np.float32]) -> Spectrum:
    import scipy.fft  # here, so that the window's first paint does not wait for it

    spectrum: Spectrum = scipy.fft.rfft(frames, axis=-1)
    return spectrum


def _irfft(spectrum: Spectrum, n_fft: int) -> NDArray[np.float32]:
    import scipy.fft

    frames: NDArray[np.float32] = scipy.fft.irfft(spectrum, n_fft, axis=-1)
    return frames


def _require_one_channel(samples: Samples) -> None:
    if samples.ndim != 1:
        raise InputError(f"one channel is needed here, got shape {samples.shape}; pass x[:, k]")
