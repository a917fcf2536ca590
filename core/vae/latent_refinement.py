"""Latents refined after encoding: the encoder's answer, moved a few steps down the loss.

An encoder answers at once and for all music alike, so it misses the latent that the decoder would
need, most for music that it never saw (the "amortisation gap", Cremer et al. 2018). Some steps of
gradient descent for each window close most of it (Kim et al. 2018, "Semi-amortized variational
autoencoders"; here after training only).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.keras_backend import gradient, keras, ops
from core.vae.model import SegmentVAE

Tensor = Any

STEPS = 12
_RATE = 0.1
"""Of a latent's deviation in the library, 1, at most a step."""
_FIRST_MOMENT, _SECOND_MOMENT = 0.9, 0.99
_TINY = 1e-6


def refined_encoder(model: SegmentVAE) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """The model's encoder with refined means.

    Returns:
        A function: windows (n, 128, 128, 4) -> refined mean and log variance, (n, 64) each; the
        plain encoder on a backend other than TensorFlow.
    """
    if keras.backend.backend() != "tensorflow":
        return model.encode

    def run(windows: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = model.encode(windows)
        return refine(lambda z: model.misfit(windows, z), mean), log_variance

    return run


def refine(misfit: Callable[[Tensor], Tensor], z: Tensor) -> Tensor:
    """Descend `STEPS` steps of Adam (Kingma and Ba 2015), with a rate that falls to nothing.

    Args:
        misfit: latents (n, d) -> what each costs, (n,).
        z: where to start, (n, d); every row goes by itself.

    Returns:
        (n, d), a row as it was where descending made it no better.
    """

    def step(i: Tensor, state: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        at, first, second = state
        slope = gradient(lambda z: ops.sum(misfit(z)), at)
        first = _FIRST_MOMENT * first + (1.0 - _FIRST_MOMENT) * slope
        second = _SECOND_MOMENT * second + (1.0 - _SECOND_MOMENT) * ops.square(slope)
        done = ops.cast(i, "float32")
        direction = first / (1.0 - ops.power(_FIRST_MOMENT, done + 1.0))
        size = ops.sqrt(second / (1.0 - ops.power(_SECOND_MOMENT, done + 1.0)))
        rate = _RATE * (1.0 - done / STEPS)
        return at - rate * direction / (size + _TINY), first, second

    still = ops.zeros_like(z)
    moved = ops.fori_loop(0, STEPS, step, (z, still, still))[0]
    better = ops.expand_dims(misfit(moved) < misfit(z), 1)
    return ops.where(better, moved, z)
