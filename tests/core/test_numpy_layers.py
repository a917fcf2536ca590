"""Layers in numpy: they are keras's, and slopes are what differences say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core import numpy_layers
from core.keras_backend import keras

Array = numpy_layers.Array


def drawn(rng: np.random.Generator, *shape: int) -> Array:
    return rng.standard_normal(shape).astype(np.float32)


def test_dense_is_that_of_keras(rng: np.random.Generator) -> None:
    x, kernel, bias = drawn(rng, 2, 5, 7), drawn(rng, 7, 3), drawn(rng, 3)
    layer = keras.layers.Dense(3)
    layer.build(x.shape)
    layer.set_weights([kernel, bias])
    np.testing.assert_allclose(numpy_layers.dense(x, kernel, bias), layer(x), atol=1e-5)


@pytest.mark.parametrize("taps", [1, 3, 5])
def test_a_convolution_is_that_of_keras(rng: np.random.Generator, taps: int) -> None:
    x, kernel, bias = drawn(rng, 2, 6, 4), drawn(rng, taps, 4, 3), drawn(rng, 3)
    layer = keras.layers.Conv1D(3, taps, padding="same")
    layer.build(x.shape)
    layer.set_weights([kernel, bias])
    found = numpy_layers.convolve_steps(x, kernel, bias)
    np.testing.assert_allclose(found, layer(x), atol=1e-5)


def test_layer_norm_is_that_of_keras(rng: np.random.Generator) -> None:
    x, gain, shift = drawn(rng, 2, 6, 8), drawn(rng, 8), drawn(rng, 8)
    layer = keras.layers.LayerNormalization()
    layer.build(x.shape)
    layer.set_weights([gain, shift])
    np.testing.assert_allclose(numpy_layers.layer_norm(x, gain, shift), layer(x), atol=1e-5)


def test_silu_is_that_of_keras_and_survives_any_number(rng: np.random.Generator) -> None:
    x = np.concatenate([drawn(rng, 50), np.array([-1e4, -90, 0, 90, 1e4], np.float32)])
    expected = keras.ops.silu(x)
    np.testing.assert_allclose(numpy_layers.silu(x), expected, atol=1e-6)
    assert numpy_layers.apply_silu(x) is x
    np.testing.assert_allclose(x, expected, atol=1e-5)


def test_what_goes_in_as_float32_comes_out_as_such(rng: np.random.Generator) -> None:
    x, kernel, bias = drawn(rng, 2, 6, 4), drawn(rng, 3, 4, 4), drawn(rng, 4)
    found, scale = numpy_layers.normalised(x)
    for out in (
        numpy_layers.dense(x, kernel[0], bias),
        numpy_layers.convolve_steps(x, kernel, bias),
        numpy_layers.layer_norm(x, bias, bias),
        numpy_layers.silu(x),
        numpy_layers.silu_slope(x),
        numpy_layers.normalised_slope(x, found, scale),
    ):
        assert out.dtype == np.float32
        assert out.shape == x.shape


def differences(function: Callable[[Array], Array], x: Array, weights: Array) -> Array:
    """The derivative of a weighted sum of what `function` gives."""
    out = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        step = np.zeros(x.shape, np.float32)
        step[place] = 1e-2
        rise = function(x + step).astype(np.float64) - function(x - step)
        out[place] = (weights * rise).sum() / 2e-2
    return out.astype(np.float32)


def test_slopes_are_what_differences_say(rng: np.random.Generator) -> None:
    x, weights = drawn(rng, 2, 4, 3), drawn(rng, 2, 4, 3)
    expected = differences(numpy_layers.silu, x, weights)
    np.testing.assert_allclose(weights * numpy_layers.silu_slope(x), expected, atol=1e-3)
    expected = differences(lambda x: numpy_layers.normalised(x)[0], x, weights)
    found = numpy_layers.normalised_slope(weights, *numpy_layers.normalised(x))
    np.testing.assert_allclose(found, expected, atol=3e-3)
    kernel = drawn(rng, 3, 3, 3)
    expected = differences(lambda x: numpy_layers.convolve_steps(x, kernel), x, weights)
    found = numpy_layers.convolve_steps(weights, numpy_layers.turned(kernel))
    np.testing.assert_allclose(found, expected, atol=1e-3)
