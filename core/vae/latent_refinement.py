"""Latents refined after encoding: the encoder's answer, moved a few steps down the loss.

An encoder answers at once and for all music alike, so it misses the latent that the decoder would
need, most for music that it never saw (the "amortisation gap", Cremer et al. 2018). Some steps of
gradient descent for each window close most of it (Kim et al. 2018, "Semi-amortized variational
autoencoders"; here after training only).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Misfit = Callable[[Array], tuple[Array, Callable[[], Array]]]
"""Latents (n, d) -> what each costs, (n,), and a function: how that changes with them, (n, d)."""

STEPS = 12
_RATE = 0.1
"""Of a latent's deviation in the library, 1, at most a step."""
_FIRST_MOMENT, _SECOND_MOMENT = 0.9, 0.99
_TINY = np.float32(1e-6)


def refine(misfit: Misfit, z: Array) -> Array:
    """Descend `STEPS` steps of Adam (Kingma and Ba 2015), with a rate that falls to nothing.

    Args:
        misfit: says what latents cost.
        z: where to start, (n, d); every row goes by itself.

    Returns:
        (n, d), a row as it was where descending made it no better.
    """
    at, first, second = z, np.zeros_like(z), np.zeros_like(z)
    before, slope_of = misfit(z)
    after = before
    for step in range(STEPS):
        slope = slope_of()
        first += (slope - first) * np.float32(1.0 - _FIRST_MOMENT)
        second += (np.square(slope) - second) * np.float32(1.0 - _SECOND_MOMENT)
        direction = first / np.float32(1.0 - _FIRST_MOMENT ** (step + 1))
        size = np.sqrt(second / np.float32(1.0 - _SECOND_MOMENT ** (step + 1)))
        at = at - np.float32(_RATE * (1.0 - step / STEPS)) * direction / (size + _TINY)
        after, slope_of = misfit(at)
    return np.where((after < before)[:, None], at, z)
