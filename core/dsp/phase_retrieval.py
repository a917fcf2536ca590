"""Phase retrieval: phase gradient heap integration, and fast Griffin-Lim.

The compiled loops are in `core.dsp.kernels`, which is imported on first use, because numba is slow
to import and only rendering needs it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.dsp.stft import Ring, Samples, Spectrum

Array = NDArray[np.float32]
_HANN_GAMMA = 0.25645
"""Gamma of the Gaussian closest to a Hann window of n samples, divided by n^2 (Prusa et al.)."""
_RANGE = 14.0
"""Nepers below the loudest cell in which phases are integrated; quieter cells get random ones."""


def integrate(magnitudes: Array, ring: Ring, *, seed: int) -> Spectrum:
    """Retrieve phases by phase gradient heap integration (PGHI), on circular time.

    Prusa, Balazs and Sondergaard, "A noniterative method for reconstruction of phase from STFT
    magnitude", IEEE/ACM TASLP 25, 2017; with a bucket queue instead of the heap.

    Args:
        magnitudes: (count, bins).
        ring: the transform.
        seed: of the phases of cells too quiet to be integrated.

    Returns:
        (count, bins) complex64 with these magnitudes.
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
    """Find a loop with given magnitudes by fast Griffin-Lim.

    Perraudin, Balazs and Sondergaard, "A fast Griffin-Lim algorithm", 2013.

    Args:
        spectrum: (count, bins) complex64 to start from; overwritten.
        magnitudes: (count, bins) that the loop should have.
        ring: the transform.
        iterations: 0 or more.
        momentum: 0 (Griffin and Lim, 1984) to below 1; .99 converges fastest.

    Returns:
        (length,) samples.
    """
    from core.dsp import kernels

    before = np.zeros_like(spectrum)
    for _ in range(iterations):
        # Two arrays of 10 MB take turns: who makes new ones leaves holes between other arrays.
        consistent = ring.analyse(ring.synthesise(spectrum), out=spectrum)
        kernels.project(consistent, before, magnitudes, np.float32(momentum))
        spectrum, before = before, consistent
    return ring.synthesise(spectrum)


def random_phases(magnitudes: Array, *, seed: int) -> Spectrum:
    """Give magnitudes uniformly random phases.

    Args:
        magnitudes: (count, bins).
        seed: of the random generator.

    Returns:
        (count, bins) complex64.
    """
    from core.dsp import kernels

    phases = np.random.default_rng(seed).random(magnitudes.shape, np.float32)
    phases *= np.float32(2.0 * np.pi)
    spectrum: Spectrum = kernels.polar(magnitudes, phases)
    return spectrum
