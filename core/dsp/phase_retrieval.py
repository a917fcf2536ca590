"""Phases for given magnitudes: phase-gradient heap integration, then fast Griffin-Lim.

The compiled loops live in `core.dsp.kernels`, which is imported on first use: numba is slow to
import and nothing but rendering needs it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.dsp.stft import Ring, Samples, Spectrum

Array = NDArray[np.float32]
_HANN_GAMMA = 0.25645
"""Width of the Gaussian nearest to a Hann window of n samples, per n^2 (Prusa et al. 2017)."""
_RANGE = 14.0
"""Natural-log range below the loudest cell in which phase is integrated; below it is random."""


def integrate(magnitudes: Array, ring: Ring, *, seed: int) -> Spectrum:
    """Magnitudes (count, bins) with phases integrated from their own gradient, loudest cells first.

    Prusa, Balazs and Sondergaard 2017 (PGHI), on circular time, with a bucket queue for the heap.
    """
    from core.dsp import kernels

    logs = np.log(np.maximum(magnitudes, np.float32(1e-12)))
    steps = np.diff(ring.centres, append=ring.length).astype(np.float32)
    phases = np.random.default_rng(seed).random(magnitudes.shape, np.float32)
    gamma = _HANN_GAMMA * ring.n_fft**2
    phases *= np.float32(2.0 * np.pi)
    kernels.integrate_phase(logs, steps, ring.n_fft, gamma, _RANGE, phases)
    spectrum: Spectrum = kernels.polar(magnitudes, phases)
    return spectrum


def griffin_lim(
    spectrum: Spectrum, magnitudes: Array, ring: Ring, *, iterations: int, momentum: float
) -> Samples:
    """The loop (length,) after `iterations` of fast Griffin-Lim from `spectrum`.

    Perraudin, Balazs and Sondergaard 2013; `momentum` 0 is Griffin and Lim 1984.
    """
    from core.dsp import kernels

    before = np.zeros_like(spectrum)
    for _ in range(iterations):
        consistent = ring.analyse(ring.synthesise(spectrum))
        spectrum = kernels.project(consistent, before, magnitudes, np.float32(momentum))
        before = consistent
    return ring.synthesise(spectrum)


def random_phases(magnitudes: Array, *, seed: int) -> Spectrum:
    """`magnitudes` (count, bins) with uniformly random phases."""
    from core.dsp import kernels

    phases = np.random.default_rng(seed).random(magnitudes.shape, np.float32)
    phases *= np.float32(2.0 * np.pi)
    spectrum: Spectrum = kernels.polar(magnitudes, phases)
    return spectrum
