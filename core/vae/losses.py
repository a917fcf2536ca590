"""The terms of the evidence lower bound (Kingma and Welling 2014), summed, in nats."""

from __future__ import annotations

from typing import Any

from core.vae.backend import ops

Tensor = Any

LOG_VARIANCE_MIN = -10.0
LOG_VARIANCE_MAX = 2.0


def clamp_log_variance(log_variance: Tensor) -> Tensor:
    """Between -10 and 2: beyond, exp() leaves float32's comfortable range and gradients die."""
    return ops.clip(log_variance, LOG_VARIANCE_MIN, LOG_VARIANCE_MAX)


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, 1)) per example and dimension, nats; same shape."""
    return 0.5 * (ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance)


def free_bits(kl: Tensor, minimum: float) -> Tensor:
    """KL (n, d) -> scalar: mean over examples, at least `minimum` nats a dimension, summed.

    A dimension below the minimum costs no more by carrying more, so none is switched off early
    (Kingma et al. 2016, section 4).
    """
    return ops.sum(ops.maximum(ops.mean(kl, axis=0), minimum))


def laplace(target: Tensor, reconstruction: Tensor, scale: float) -> Tensor:
    """Negative log likelihood under Laplace(reconstruction, scale), summed over a window, less its
    constant; mean over examples. Its optimum is the median, which is what the mean absolute
    error in dB asks for."""
    error = ops.abs(target - reconstruction)
    return ops.mean(ops.sum(ops.reshape(error, (ops.shape(error)[0], -1)), axis=1)) / scale
