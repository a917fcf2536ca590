"""The terms of the evidence lower bound (Kingma and Welling 2014), summed, in nats."""

from __future__ import annotations

from typing import Any

from core.keras_backend import ops
from core.vae.numpy_model import LOG_VARIANCE

Tensor = Any


def clamp_log_variance(log_variance: Tensor) -> Tensor:
    """Between -10 and 2: beyond, exp() leaves float32's comfortable range and gradients die."""
    return ops.clip(log_variance, *LOG_VARIANCE)


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, 1)) per example and dimension.

    Args:
        mean: (n, d).
        log_variance: (n, d).

    Returns:
        (n, d), nats.
    """
    return 0.5 * (ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance)


def free_bits(kl: Tensor, minimum: float) -> Tensor:
    """The KL term with free bits (Kingma et al. 2016, section 4).

    A dimension below the minimum costs no more by carrying more, so none is switched off early.

    Args:
        kl: (n, d), nats.
        minimum: nats that each dimension costs at least.

    Returns:
        A scalar: the mean over examples, at least `minimum`, summed over dimensions.
    """
    return ops.sum(ops.maximum(ops.mean(kl, axis=0), minimum))


def laplace(target: Tensor, reconstruction: Tensor, scale: float) -> Tensor:
    """Negative log likelihood under Laplace(reconstruction, scale), less its constant.

    Its optimum is the median, which is what the mean absolute error in dB asks for.

    Args:
        target: (n, ...).
        reconstruction: (n, ...).
        scale: of the distribution, in the unit of the values.

    Returns:
        A scalar: summed over a window, mean over examples.
    """
    error = ops.abs(target - reconstruction)
    return ops.mean(ops.sum(ops.reshape(error, (ops.shape(error)[0], -1)), axis=1)) / scale
