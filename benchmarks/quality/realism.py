"""How far made music is from real music as a whole: a kernel distance on fixed features.

Nothing is learned from other data: the features are written down here, and scaled by the library.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from core import settings
from core.dsp import attributes

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
_GROUPS = 32
_RANGE_DB = 60.0
_THIRDS = (slice(0, 24), slice(24, 76), slice(76, 128))
"""Bands below about 500 Hz, to about 4 kHz, and above."""
_BANDWIDTHS = (0.5, 1.0, 2.0)


def features(spectra: Array) -> Doubles:
    """(n, 94) of `spectra` (n, 512, 128) dB, levels taken relative to each one's mean.

    32 mean levels and 32 deviations over time of groups of 4 bands, both within 60 dB of the
    loudest cell; for lows, mids and highs the 9 magnitudes of the Fourier transform over the 16
    sixteenths of the average bar's onsets, which do not depend on where the bar begins;
    brightness, density and kick as `core.dsp.attributes` has them.
    """
    return np.stack([_features(spectrum) for spectrum in spectra])


def kernel_distance(a: Doubles, b: Doubles, scale: Doubles) -> float:
    """Squared maximum mean discrepancy of the features `a` (n, d) and `b` (m, d); n, m >= 2.

    Unbiased (Gretton et al. 2012, lemma 6): about 0, also below, for the same distribution; at most
    2. The kernel is the mean of three Gaussians with .5, 1 and 2 times the median distance between
    rows of `scale` as their widths; features are divided by their deviation over `scale`.
    """
    middle, spread = scale.mean(axis=0), np.maximum(scale.std(axis=0), 1e-6)
    left, right, reference = ((rows - middle) / spread for rows in (a, b, scale))
    width = float(np.median(cdist(reference, reference)[np.triu_indices(len(reference), 1)]))
    within = _without_itself(_kernel(left, left, width)) + _without_itself(
        _kernel(right, right, width)
    )
    return float(within - 2.0 * _kernel(left, right, width).mean())


def _kernel(a: Doubles, b: Doubles, width: float) -> Doubles:
    squares = cdist(a, b, "sqeuclidean")
    kernels = [np.exp(-0.5 * squares / (times * width) ** 2) for times in _BANDWIDTHS]
    mean: Doubles = np.mean(kernels, axis=0)
    return mean


def _without_itself(kernel: Doubles) -> float:
    n = len(kernel)
    return float((kernel.sum() - np.trace(kernel)) / (n * (n - 1)))


def _features(spectrum: Array) -> Doubles:
    levels = np.maximum(spectrum, spectrum.max() - _RANGE_DB).astype(np.float64)
    groups = levels.reshape(len(levels), _GROUPS, -1).mean(axis=2)
    found = attributes.measure(spectrum)
    return np.concatenate(
        [
            groups.mean(axis=0) - groups.mean(),
            groups.std(axis=0),
            *(_rhythm(levels[:, third]) for third in _THIRDS),
            [found.brightness, found.density, found.kick],
        ]
    )


def _rhythm(levels: Doubles) -> Doubles:
    rise = np.maximum(levels - np.roll(levels, 1, axis=0), 0.0).mean(axis=1)
    steps = rise.reshape(-1, settings.SIXTEENTHS_PER_BAR, settings.FRAMES_PER_SIXTEENTH).sum(axis=2)
    magnitudes: Doubles = np.abs(np.fft.rfft(steps.mean(axis=0)))
    return magnitudes
