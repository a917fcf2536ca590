"""Latents refined after encoding: the encoder's answer, moved a few steps down the loss.

An encoder answers at once and for all music alike, so it misses the latent that the decoder would
need, most for music that it never saw (the "amortisation gap", Cremer et al. 2018). Some steps of
gradient descent for each window close most of it (Kim et al. 2018, "Semi-amortized variational
autoencoders"; here after training only).

Latents move a spectrogram by very different amounts, so a step divides each one's slope by how fast
that slope changes, as far as the linear path knows. Eight such steps, with some momentum (Polyak
1964), end lower than thirty of Adam.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Misfit = Callable[[Array], tuple[Array, Callable[[], Array]]]
"""Latents (n, d) -> what each costs, (n,), and a function: how that changes with them, (n, d)."""

STEPS = 8
MOST = 0.5
"""Of a latent's deviation in the library, 1, at most a step."""
_MOMENTUM = 0.4
_CAUTION = 0.4
"""What a row's steps are multiplied by when one of them led upwards."""


def refine(misfit: Misfit, curvature: Callable[[Array], Array], z: Array) -> Array:
    """Descend `STEPS` steps, which get shorter to the end.

    Args:
        misfit: says what latents cost.
        curvature: costs (n,) -> about how fast slopes change with each latent there, (n, d) or
            (n, 1), above 0.
        z: where to start, (n, d); every row goes by itself.

    Returns:
        (n, d), a row as it was where no step made it better.
    """
    lowest, slope_of = misfit(z)
    rates = np.float32(1.0) / curvature(lowest)
    best, slope, step = z, slope_of(), np.zeros_like(z)
    for done in range(STEPS):
        share = np.float32(1.0 - done / STEPS)
        step = np.clip(np.float32(_MOMENTUM) * step - share * rates * slope, -MOST, MOST)
        cost, slope_of = misfit(best + step)
        lower = (cost < lowest)[:, None]
        best = np.where(lower, best + step, best)
        lowest = np.minimum(cost, lowest)
        if done + 1 < STEPS:
            slope = np.where(lower, slope_of(), slope)
            rates = np.where(lower, rates, np.float32(_CAUTION) * rates)
            step = np.where(lower, step, np.float32(0.0))
    return best
