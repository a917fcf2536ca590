"""Loops compiled by numba. Import this module only inside functions: numba is slow to import.

What numpy does in one call is written out here where it is as short: compiling `cumsum`, `max` or a
copy of a slice takes up to a second each, which the first sound after an installation waits for.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float32]
Spectrum = NDArray[np.complex64]
_BUCKETS_PER_NEPER = 24


@njit(cache=True, nogil=True)
def polar(magnitudes: Array, phases: Array) -> Spectrum:
    """Make a complex spectrum of magnitudes and phases.

    The sign of odd bins is changed, since frames begin half a window before their centre.

    Args:
        magnitudes: (n, bins).
        phases: (n, bins), radians.

    Returns:
        (n, bins).
    """
    out = np.empty(magnitudes.shape, np.complex64)
    for m in range(magnitudes.shape[0]):
        for k in range(magnitudes.shape[1]):
            value = magnitudes[m, k] if k % 2 == 0 else -magnitudes[m, k]
            angle = phases[m, k]
            out[m, k] = complex(value * math.cos(angle), value * math.sin(angle))
    return out


@njit(cache=True, nogil=True, fastmath=True)
def project(now: Spectrum, before: Spectrum, magnitudes: Array, momentum: float) -> None:
    """Give a spectrum other magnitudes: the step of fast Griffin-Lim (Perraudin et al. 2013).

    Args:
        now: (n, bins), the spectrum of this round.
        before: (n, bins), that of the round before; replaced by the result, which is `magnitudes`
            with the phases of now + momentum * (now - before).
        magnitudes: (n, bins), the wanted ones.
        momentum: how far to go on from `before` through `now`; 0 is plain Griffin-Lim.
    """
    one = np.float32(1.0)
    tiny = np.float32(1e-30)
    for m in range(now.shape[0]):
        for k in range(now.shape[1]):
            real = now[m, k].real + momentum * (now[m, k].real - before[m, k].real)
            imag = now[m, k].imag + momentum * (now[m, k].imag - before[m, k].imag)
            scale = magnitudes[m, k] * (one / np.sqrt(real * real + imag * imag + tiny))
            before[m, k] = complex(real * scale, imag * scale)


@njit(cache=True, nogil=True, fastmath=True)
def scale(spectrum: Spectrum, gains: Array, lower: NDArray[np.int64], fraction: Array) -> None:
    """Multiply a spectrum in place by gains, which are interpolated linearly between bands.

    Args:
        spectrum: (n, bins), changed in place.
        gains: (n, bands) factors.
        lower: (bins,) the band at or below each bin.
        fraction: (bins,) distance of each bin to that band as a share of the way to the next, 0..1.
    """
    for m in range(spectrum.shape[0]):
        for k in range(spectrum.shape[1]):
            low = gains[m, lower[k]]
            spectrum[m, k] *= low + fraction[k] * (gains[m, lower[k] + 1] - low)


@njit(cache=True, nogil=True, fastmath=True)
def add_scaled(
    total: Spectrum,
    spectrum: Spectrum,
    gains: Array,
    lower: NDArray[np.int64],
    fraction: Array,
) -> None:
    """Add a spectrum, multiplied by gains as `scale` does it, to another one.

    Args:
        total: (n, bins), changed in place.
        spectrum: (n, bins).
        gains, lower, fraction: as for `scale`.
    """
    for m in range(spectrum.shape[0]):
        for k in range(spectrum.shape[1]):
            low = gains[m, lower[k]]
            total[m, k] += spectrum[m, k] * (low + fraction[k] * (gains[m, lower[k] + 1] - low))


@njit(cache=True, nogil=True, error_model="numpy")
def integrate_phase(
    logs: Array, steps: Array, n_fft: int, gamma: float, reach: float, phases: Array
) -> None:
    """Phase gradient heap integration on circular time (Prusa, Balazs and Sondergaard, 2017).

    The priority queue is a stack for each level bucket, which gives the same quality as a heap and
    is several times as fast.

    Args:
        logs: (count, bins) natural logarithms of the magnitudes.
        steps: (count,) samples from each frame to the next; the last one to the first.
        n_fft: of the transform.
        gamma: width of the window, 0.25645 n_fft^2 for a Hann window.
        reach: nepers below the loudest cell in which phases are integrated.
        phases: (count, bins) random phases, which quieter cells keep; filled in place.
    """
    count, bins = logs.shape
    buckets = int(reach * _BUCKETS_PER_NEPER) + 1
    cells = _cells(logs, steps, n_fft, gamma, buckets, phases)
    head = np.empty(buckets, np.int32)
    for bucket in range(buckets):
        head[bucket] = -1
    following = np.empty(count * bins, np.int32)
    for start in _loudest_first(cells, buckets):
        if cells[start, _LEVEL] < 0:
            continue
        top = _push(cells, head, following, start)
        while top < buckets:
            cell = head[top]
            if cell < 0:
                top += 1
                continue
            head[top] = following[cell]
            m = cell // bins
            k = cell - m * bins
            after = cell + bins if m + 1 < count else k
            before = cell - bins if m > 0 else (count - 1) * bins + k
            top = _reach(cells, head, following, cell, after, _ADVANCE, steps[m], top)
            top = _reach(cells, head, following, cell, before, _ADVANCE, -steps[m - 1], top)
            if k + 1 < bins:
                top = _reach(cells, head, following, cell, cell + 1, _ALONG, np.float32(1.0), top)
            if k > 0:
                top = _reach(cells, head, following, cell, cell - 1, _ALONG, np.float32(-1.0), top)
    for m in range(count):
        for k in range(bins):
            phases[m, k] = cells[m * bins + k, _PHASE]


# Columns of `cells`. A cell is one row, so that a visit touches one line of the processor's cache.
_ADVANCE = 0  # half the phase per sample along time
_ALONG = 1  # half the phase per bin along frequency
_PHASE = 2
_LEVEL = 3  # bucket, 0 is the loudest; -1 once the phase is known, or where it stays random


@njit(cache=True, nogil=True, error_model="numpy")
def _reach(
    cells: Array,
    head: NDArray[np.int32],
    following: NDArray[np.int32],
    cell: int,
    other: int,
    slope: int,
    length: np.float32,
    top: int,
) -> int:
    """Integrate from `cell` to its neighbour `other` by the trapezoid rule.

    Returns the loudest bucket that is in use then.
    """
    if cells[other, _LEVEL] < 0:
        return top
    phase = cells[cell, _PHASE] + (cells[cell, slope] + cells[other, slope]) * length
    turns = np.floor(phase * np.float32(0.5 / math.pi) + np.float32(0.5))
    cells[other, _PHASE] = phase - np.float32(2.0 * math.pi) * turns
    bucket = _push(cells, head, following, other)
    return bucket if bucket < top else top


@njit(cache=True, nogil=True, error_model="numpy")
def _push(cells: Array, head: NDArray[np.int32], following: NDArray[np.int32], cell: int) -> int:
    """Put `cell` on the stack of its bucket and mark its phase as known; returns the bucket."""
    bucket = int(cells[cell, _LEVEL])
    cells[cell, _LEVEL] = -1
    following[cell] = head[bucket]
    head[bucket] = cell
    return bucket


@njit(cache=True, nogil=True, error_model="numpy")
def _cells(
    logs: Array, steps: Array, n_fft: int, gamma: float, buckets: int, phases: Array
) -> Array:
    """(count * bins, 4): gradients of the phase after Prusa et al. 2017, phase and level."""
    count, bins = logs.shape
    per_hop = np.float32(0.25 * n_fft / gamma)
    total, loudest = np.float32(0.0), logs[0, 0]
    for m in range(count):
        total += steps[m]
        for k in range(bins):
            loudest = max(loudest, logs[m, k])
    per_bin = np.float32(-0.25 * gamma / (total / count * n_fft))
    turn = np.float32(math.pi / n_fft)
    cells = np.empty((count * bins, 4), np.float32)
    for m in range(count):
        after = m + 1 if m + 1 < count else 0
        for k in range(bins):
            above, below = min(k + 1, bins - 1), max(k - 1, 0)
            slope = (logs[m, above] - logs[m, below]) * np.float32(2.0 / (above - below))
            level = min(int((loudest - logs[m, k]) * _BUCKETS_PER_NEPER), buckets)
            cell = m * bins + k
            cells[cell, _ADVANCE] = per_hop * slope + turn * np.float32(k)
            cells[cell, _ALONG] = per_bin * (logs[after, k] - logs[m - 1, k])
            cells[cell, _PHASE] = phases[m, k]
            cells[cell, _LEVEL] = level if level < buckets else -1
    return cells


@njit(cache=True, nogil=True, error_model="numpy")
def _loudest_first(cells: Array, buckets: int) -> NDArray[np.int32]:
    """The cells that are integrated, by bucket (counting sort)."""
    start = np.empty(buckets + 1, np.int64)
    for bucket in range(buckets + 1):
        start[bucket] = 0
    for cell in range(len(cells)):
        start[int(cells[cell, _LEVEL]) + 1] += 1
    start[0] = 0
    for bucket in range(buckets):
        start[bucket + 1] += start[bucket]
    order = np.empty(start[buckets], np.int32)
    for cell in range(len(cells)):
        bucket = int(cells[cell, _LEVEL])
        if bucket >= 0:
            order[start[bucket]] = cell
            start[bucket] += 1
    return order
