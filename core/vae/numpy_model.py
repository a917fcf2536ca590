"""The autoencoder in numpy, for all that only uses what was learned; `core.vae.model` is learned.

A window is sixteenths here, (n, 64, 1024): a row is one sixteenth of one bar, 8 frames of 128
bands, in the order in which the network's patches are, the bars of a sixteenth side by side. What
would be turned round at every use in the order of `core.vae.data.FOLDED`, is turned round once,
when the weights are read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.keras_archive import Weights
from core.numpy_layers import (
    convolve_steps,
    dense,
    normalised,
    normalised_slope,
    silu,
    silu_slope,
    turned,
)

Array = NDArray[np.float32]
Pull = Callable[[Array], Array]
"""Derivatives by what a function gave -> derivatives by what it was given."""
BlockPull = Callable[[Array], tuple[Array, Array]]
"""The same of a block, which is given rows and a style."""

LOG_VARIANCE = (-10.0, 2.0)
"""Lowest and highest: beyond, exp() leaves float32's comfortable range and gradients die."""

_STEPS = settings.SIXTEENTHS_PER_BAR
_BARS = settings.BARS_PER_SEGMENT
_FRAMES = settings.FRAMES_PER_SIXTEENTH
_BANDS = settings.N_BANDS
_PATCHES = _STEPS * _BARS
_PATCH = _FRAMES * _BANDS
_CELLS = _PATCHES * _PATCH
_SPAN_DB = settings.CEILING_DB - settings.FLOOR_DB
_LEAST_ERROR = 1e-3
"""Units, a tenth of a dB: that of a window that is met exactly counts as this."""


class NumpyVAE:
    """Encodes and decodes like the `SegmentVAE` whose weights it takes. Thread-safe."""

    def __init__(self, config: Mapping[str, Any], weights: Weights) -> None:
        """
        Args:
            config: the options of `SegmentVAE` in a model file, checked.
            weights: of that file.

        Raises:
            ModelError: a weight is missing or has another shape.
        """
        take = weights.take
        latents, width, patch = config["latents"], config["width"], config["patch"]
        trunk = config["trunk"]
        self._latents, self._patch = latents, patch
        self._fit = _SPAN_DB / config["scale_db"]
        self._kl_weight = take("", 0)
        self._shift, self._spread = take("", 1, latents), take("", 2, latents)
        self._mean = _by_patches(take("layers/linear_path", 0, _CELLS)).reshape(_PATCHES, _PATCH)
        self._basis = _by_patches(take("layers/linear_path", 1, _CELLS, latents))
        self._scale = take("layers/linear_path", 2, latents)
        self._patches = take("layers/patches", 0, _PATCH, patch)
        self._sketch = np.ascontiguousarray(take("layers/patches_1", 0, _PATCH, patch).T)
        self._look = _Dense(weights, "layers/dense", _BARS * patch, width)
        self._gather = _Dense(weights, "gather", width, latents)
        self._to_mean = _Dense(weights, "layers/dense_2", _STEPS * latents, latents)
        self._to_log_variance = _Dense(weights, "layers/dense_3", _STEPS * latents, latents)
        self._trunk = (
            _Dense(weights, "layers/dense_4", latents, trunk),
            _Dense(weights, "layers/dense_5", trunk, trunk),
        )
        self._expand = _Dense(weights, "expand", trunk, _STEPS * width)
        self._to_patches = _Dense(weights, "layers/dense_7", width, _BARS * patch)
        self._last_norm = take("last_norm", 0, width), take("last_norm", 1, width)
        self._encoder_blocks = [
            _Block(weights, f"encoder_blocks/{name}", width, None)
            for name in _names(config["encoder_depth"])
        ]
        self._decoder_blocks = [
            _Block(weights, f"decoder_blocks/{name}", width, trunk)
            for name in _names(config["depth"])
        ]

    def encode(self, windows: Array) -> tuple[Array, Array]:
        """Encode windows.

        Args:
            windows: (n, 64, 1024), 0..1.

        Returns:
            Mean and log variance, (n, latents) each.
        """
        count = len(windows)
        centred = windows - self._mean
        x = self._look(dense(centred, self._patches).reshape(count, _STEPS, -1))
        for block in self._encoder_blocks:
            x = block(x, None)[0]
        x = self._gather(silu(x)).reshape(count, -1)
        linear = (centred.reshape(count, -1) @ self._basis) / self._scale
        mean = np.asarray((linear + self._to_mean(x) - self._shift) / self._spread, np.float32)
        log_variance = np.clip(self._to_log_variance(x), *LOG_VARIANCE)
        log_variance -= 2.0 * np.log(self._spread)
        return mean, log_variance

    def decode(self, z: Array) -> Array:
        """Decode latents.

        Args:
            z: (n, latents).

        Returns:
            (n, 64, 1024), about 0..1, not clipped.
        """
        return self._decode(z)[0]

    def misfit(self, windows: Array, z: Array) -> tuple[Array, Callable[[], Array]]:
        """What latents cost as descriptions of windows: negative log likelihood plus negative log
        prior as the KL term is weighted, less constants.

        Args:
            windows: (n, 64, 1024), 0..1.
            z: (n, latents).

        Returns:
            (n,) nats, and a function that says how they change with `z`,
            (n, latents).
        """
        error, pull = self._decode(z)
        error -= windows
        cost = np.abs(error).sum(axis=(1, 2)) * np.float32(self._fit)
        cost += np.float32(0.5) * self._kl_weight * np.square(z).sum(axis=1)

        def slope() -> Array:
            # The sign of each: much faster so than by `np.sign`.
            bits = error.view(np.uint32)
            bits &= np.uint32(0x80000000)
            bits |= np.uint32(0x3F800000)
            found: Array = pull(error) * np.float32(self._fit) + self._kl_weight * z
            return found

        return cost, slope

    def curvature(self, cost: Array) -> Array:
        """About how fast the slope of `misfit` changes with each latent.

        That of the linear path alone, whose components are orthogonal, with each cell's error
        taken for its square over the mean error.

        Args:
            cost: (n,), as `misfit` has it.

        Returns:
            (n, latents), above 0.
        """
        error = np.maximum(cost / np.float32(self._fit * _CELLS), np.float32(_LEAST_ERROR))
        steepness = np.float32(self._fit) * np.square(self._scale * self._spread)
        found: Array = steepness / error[:, None] + np.maximum(self._kl_weight, 1.0)
        return found.astype(np.float32)

    def _decode(self, z: Array) -> tuple[Array, Pull]:
        count = len(z)
        z = z * self._spread + self._shift
        first = self._trunk[0](z)
        half = silu(first)
        second = self._trunk[1](half)
        style = half + silu(second)
        x = self._expand(style).reshape(count, _STEPS, -1)
        pulls = []
        for block in self._decoder_blocks:
            x, pull = block(x, style)
            pulls.append(pull)
        found, scale = normalised(x)
        last = found * self._last_norm[0] + self._last_norm[1]
        corrections = self._to_patches(silu(last)).reshape(-1, self._patch)
        out = (corrections @ self._sketch).reshape(count, _PATCHES, _PATCH)
        out += ((z * self._scale) @ self._basis.T).reshape(out.shape)
        out += self._mean

        def pulled(slope: Array) -> Array:
            linear = (slope.reshape(count, -1) @ self._basis) * self._scale
            slope = slope.reshape(-1, _PATCH) @ self._sketch.T
            slope = self._to_patches.pull(slope.reshape(count, _STEPS, -1))
            slope = slope * silu_slope(last) * self._last_norm[0]
            slope = normalised_slope(slope, found, scale)
            styles = np.zeros_like(style)
            for pull in reversed(pulls):
                slope, more = pull(slope)
                styles += more
            styles += self._expand.pull(slope.reshape(count, -1))
            halves = styles + self._trunk[1].pull(styles * silu_slope(second))
            through = self._trunk[0].pull(halves * silu_slope(first))
            whole: Array = (linear + through) * self._spread
            return whole

        return out, pulled


class _Dense:
    """A dense layer."""

    def __init__(self, weights: Weights, layer: str, inputs: int, outputs: int) -> None:
        self._kernel = weights.take(layer, 0, inputs, outputs)
        self._bias = weights.take(layer, 1, outputs)

    def __call__(self, x: Array) -> Array:
        return dense(x, self._kernel, self._bias)

    def pull(self, slope: Array) -> Array:
        return dense(slope, self._kernel.T)


class _Block:
    """A residual convolution along the sixteenths, see `core.vae.layers.Block`."""

    def __init__(self, weights: Weights, layer: str, width: int, styles: int | None) -> None:
        take = weights.take
        self._gain, self._shift = take(f"{layer}/norm", 0, width), take(f"{layer}/norm", 1, width)
        self._spread = take(f"{layer}/spread", 0, 3, width, width)
        self._spread_bias = take(f"{layer}/spread", 1, width)
        self._turned = turned(self._spread)
        self._mix = take(f"{layer}/mix", 0, 1, width, width)[0]
        self._mix_bias = take(f"{layer}/mix", 1, width)
        self._film = _Dense(weights, f"{layer}/film", styles, 2 * width) if styles else None

    def __call__(self, x: Array, style: Array | None) -> tuple[Array, BlockPull]:
        found, scale = normalised(x)
        heard = convolve_steps(found * self._gain + self._shift, self._spread, self._spread_bias)
        gains = np.ones((), np.float32)
        steered = heard
        if self._film is not None and style is not None:
            gains, shifts = np.split(self._film(style)[:, None], 2, axis=-1)
            gains = gains + np.float32(1.0)
            steered = heard * gains + shifts
        out = dense(silu(steered), self._mix, self._mix_bias)
        out += x

        def pulled(slope: Array) -> tuple[Array, Array]:
            steering = dense(slope, self._mix.T) * silu_slope(steered)
            inner = convolve_steps(steering * gains, self._turned) * self._gain
            before = slope + normalised_slope(inner, found, scale)
            if self._film is None:
                return before, np.zeros((), np.float32)
            films = [(steering * heard).sum(axis=1), steering.sum(axis=1)]
            return before, self._film.pull(np.concatenate(films, axis=-1))

        return out, pulled


def _names(count: int) -> list[str]:
    """Of the blocks in a file."""
    return ["block", *(f"block_{number}" for number in range(1, count))][:count]


def _by_patches(cells: Array) -> Array:
    """(65536, ...) in the order of `FOLDED` -> the same in that of a window's sixteenths."""
    rest = cells.shape[1:]
    folded = cells.reshape(_STEPS, _FRAMES, _BANDS, _BARS, -1)
    return np.ascontiguousarray(folded.transpose(0, 3, 1, 2, 4)).reshape(_CELLS, *rest)


def to_sixteenths(rows: Array) -> Array:
    """Windows (n, 512, 128), time first -> their sixteenths (n, 64, 1024)."""
    bars = rows.reshape(-1, _BARS, _STEPS, _PATCH)
    return np.ascontiguousarray(bars.transpose(0, 2, 1, 3)).reshape(-1, _PATCHES, _PATCH)


def to_rows(sixteenths: Array) -> Array:
    """Windows (n, 64, 1024) of sixteenths -> (n, 512, 128), time first."""
    steps = sixteenths.reshape(-1, _STEPS, _BARS, _PATCH)
    return np.ascontiguousarray(steps.transpose(0, 2, 1, 3)).reshape(
        -1, settings.FRAMES_PER_SEGMENT, _BANDS
    )
