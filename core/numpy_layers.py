"""The layers of the networks in numpy, for using what was learned: no keras, no TensorFlow.

A network that is only evaluated needs little of either, but bringing them in takes seconds and half
a gigabyte. Arrays are float32; kernels are laid out as keras keeps them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_EPSILON = 1e-3
"""Added to a variance, as keras's layer does."""


def dense(x: Array, kernel: Array, bias: Array | None = None) -> Array:
    """A product with a matrix.

    Args:
        x: (..., inputs).
        kernel: (inputs, outputs).
        bias: (outputs,), added; None: nothing is.

    Returns:
        (..., outputs).
    """
    # numpy would multiply the matrices of a stack one by one.
    out: Array = x.reshape(-1, x.shape[-1]) @ kernel
    if bias is not None:
        out += bias
    return out.reshape(*x.shape[:-1], kernel.shape[1])


def silu(x: Array) -> Array:
    """x times its logistic function."""
    return x * logistic(x)


def apply_silu(x: Array) -> Array:
    """`silu` in the array itself, which is returned; for pictures, as it is faster: half of x times
    1 + tanh(x / 2) is the same."""
    x *= np.float32(0.5)
    gate = np.tanh(x)
    gate += np.float32(1.0)
    x *= gate
    return x


def logistic(x: Array) -> Array:
    """1 / (1 + exp(-x)), of any shape."""
    with np.errstate(over="ignore"):  # where exp(-x) is infinite, 0 is right
        out = np.exp(-x)
    out += np.float32(1.0)
    return np.reciprocal(out, out=out)


def silu_slope(x: Array) -> Array:
    """The derivative of `silu` at x."""
    share = logistic(x)
    slope = x - x * share
    slope += np.float32(1.0)
    slope *= share
    return slope


def normalised(x: Array) -> tuple[Array, Array]:
    """Each row less its mean, over its standard deviation.

    Args:
        x: (..., channels).

    Returns:
        (..., channels), and one over the deviations, (..., 1).
    """
    centred = x - x.mean(axis=-1, keepdims=True)
    power = np.einsum("...c,...c->...", centred, centred)[..., None] / x.shape[-1]
    scale = (1.0 / np.sqrt(power + np.float32(_EPSILON))).astype(np.float32)
    centred *= scale
    return centred, scale


def layer_norm(x: Array, gain: Array, shift: Array) -> Array:
    """Layer normalisation (Ba et al. 2016) over the last axis.

    Args:
        x: (..., channels).
        gain: (channels,).
        shift: (channels,).

    Returns:
        (..., channels).
    """
    out = normalised(x)[0]
    out *= gain
    out += shift
    return out


def normalised_slope(slope: Array, found: Array, scale: Array) -> Array:
    """What a slope after `normalised` is before it.

    Args:
        slope: (..., channels), derivatives by what `normalised` returned.
        found: (..., channels), what it returned.
        scale: (..., 1), the other that it returned.

    Returns:
        (..., channels), derivatives by what it was given.
    """
    channels = found.shape[-1]
    along = np.einsum("...c,...c->...", slope, found)[..., None] / np.float32(channels)
    out: Array = slope - slope.mean(axis=-1, keepdims=True)
    out -= found * along
    out *= scale
    return out


def convolve_steps(x: Array, kernel: Array, bias: Array | None = None) -> Array:
    """A convolution along time whose ends are padded with zeros ("same").

    Args:
        x: (n, steps, inputs).
        kernel: (taps, inputs, outputs), an odd number of taps.
        bias: (outputs,), added; None: nothing is.

    Returns:
        (n, steps, outputs).
    """
    taps, inputs, outputs = kernel.shape
    if taps == 1:
        return dense(x, kernel[0], bias)
    count, steps, _ = x.shape
    reach = taps // 2
    seen = np.zeros((count, steps, taps, inputs), np.float32)
    for tap in range(taps):
        offset = tap - reach
        first, last = max(0, -offset), steps - max(0, offset)
        if first < last:
            seen[:, first:last, tap] = x[:, first + offset : last + offset]
    return dense(
        seen.reshape(count, steps, taps * inputs), kernel.reshape(taps * inputs, outputs), bias
    )


def turned(kernel: Array) -> Array:
    """The kernel whose convolution is the transpose of that with `kernel`.

    Args:
        kernel: (taps, inputs, outputs).

    Returns:
        (taps, outputs, inputs).
    """
    return np.ascontiguousarray(kernel[::-1].transpose(0, 2, 1))
