"""The layers of the model. `keras.ops` only: the same code trains on any Keras backend."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.keras_backend import keras, ops
from core.vae.data import FOLDED
from core.vae.pca import Components

Tensor = Any
Array = NDArray[np.float32]

CELLS = int(np.prod(FOLDED))
STEPS = settings.SIXTEENTHS_PER_BAR
"""Positions along time: the sixteenths of a bar, those of all four bars in one position."""

PATCHES = STEPS * settings.BARS_PER_SEGMENT
"""Sixteenths of a window."""

_PACKAGE = "technovae"
_PATCH = settings.FRAMES_PER_SIXTEENTH * settings.N_BANDS
_BARS = settings.BARS_PER_SEGMENT


@keras.saving.register_keras_serializable(package=_PACKAGE)
class LinearPath(keras.layers.Layer):
    """Whitened principal components, both ways, frozen.

    One orthonormal basis serves encoder and decoder; it is kept in half precision, whose rounding
    (5e-4 of each entry) is far below what 64 numbers leave out anyway.
    """

    def __init__(self, latents: int, **kwargs: Any) -> None:
        super().__init__(trainable=False, **kwargs)
        self.latents = latents

    def build(self, input_shape: Any = None) -> None:
        def weight(name: str, shape: tuple[int, ...], initial: str, dtype: str) -> Any:
            return self.add_weight(
                name=name, shape=shape, initializer=initial, dtype=dtype, trainable=False
            )

        self.mean = weight("mean", (CELLS,), "zeros", "float32")
        self.basis = weight("basis", (CELLS, self.latents), "zeros", "float16")
        self.scale = weight("scale", (self.latents,), "ones", "float32")
        self.built = True

    def set_components(self, components: Components) -> None:
        """Take `components` of windows flattened from (128, 128, 4)."""
        self.mean.assign(components.mean)
        self.basis.assign(components.directions.T.astype(np.float16))
        self.scale.assign(components.scale)

    def encode(self, windows: Tensor) -> Tensor:
        """(n, 128, 128, 4) -> (n, latents), whitened."""
        centred = ops.reshape(windows, (-1, CELLS)) - self.mean
        return ops.matmul(centred, ops.cast(self.basis, "float32")) / self.scale

    def decode(self, z: Tensor) -> Tensor:
        """(n, latents) -> (n, 128, 128, 4)."""
        basis = ops.transpose(ops.cast(self.basis, "float32"))
        return ops.reshape(self.mean + ops.matmul(z * self.scale, basis), (-1, *FOLDED))

    def centre(self, windows: Tensor) -> Tensor:
        """`windows` less the mean window."""
        return windows - ops.reshape(self.mean, (1, *FOLDED))

    def call(self, windows: Tensor) -> Tensor:
        """What 64 numbers keep of `windows`."""
        return self.decode(self.encode(windows))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "latents": self.latents}


@keras.saving.register_keras_serializable(package=_PACKAGE)
class Patches(keras.layers.Layer):
    """One sixteenth of one bar (8 frames x 128 bands) as `size` numbers, and back.

    Folding time this way is what makes the convolutions affordable on a CPU: they run over 16
    positions whose channels are the patches of all four bars. The basis starts as the principal
    components of the library's own sixteenths.
    """

    def __init__(self, size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size

    def build(self, input_shape: Any = None) -> None:
        self.basis = self.add_weight(
            name="basis", shape=(_PATCH, self.size), initializer="glorot_uniform"
        )
        self.built = True

    def analyse(self, windows: Tensor) -> Tensor:
        """(n, 128, 128, 4) -> (n, 16, 4 * size)."""
        shape = (-1, STEPS, settings.FRAMES_PER_SIXTEENTH, settings.N_BANDS, _BARS)
        patches = ops.transpose(ops.reshape(windows, shape), (0, 1, 4, 2, 3))
        numbers = ops.matmul(ops.reshape(patches, (-1, _PATCH)), self.basis)
        return ops.reshape(numbers, (-1, STEPS, _BARS * self.size))

    def synthesise(self, numbers: Tensor) -> Tensor:
        """(n, 16, 4 * size) -> (n, 128, 128, 4)."""
        patches = ops.matmul(ops.reshape(numbers, (-1, self.size)), ops.transpose(self.basis))
        shape = (-1, STEPS, _BARS, settings.FRAMES_PER_SIXTEENTH, settings.N_BANDS)
        windows = ops.transpose(ops.reshape(patches, shape), (0, 1, 3, 4, 2))
        return ops.reshape(windows, (-1, *FOLDED))

    def call(self, windows: Tensor) -> Tensor:
        """`windows` as the basis keeps them."""
        return self.synthesise(self.analyse(windows))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable(package=_PACKAGE)
class Block(keras.layers.Layer):
    """A residual convolution along the sixteenths, steered by the latent where one is given.

    Steering is a scale and a shift of each channel (Perez et al. 2018, FiLM).

    Args:
        width: channels.
        steered: whether a latent is given to `call`.
        dropout: share of channels' values that are dropped in training, 0..1.
    """

    def __init__(self, width: int, steered: bool, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width, self.steered, self.dropout = width, steered, dropout
        self.norm = keras.layers.LayerNormalization(name="norm")
        self.spread = keras.layers.Conv1D(width, 3, padding="same", name="spread")
        self.film = (
            keras.layers.Dense(2 * width, kernel_initializer="zeros", name="film")
            if steered
            else None
        )
        self.drop = keras.layers.Dropout(dropout, name="drop")
        small = keras.initializers.RandomNormal(stddev=0.02)
        self.mix = keras.layers.Conv1D(width, 1, kernel_initializer=small, name="mix")

    def build(self, input_shape: Any, style_shape: Any = None) -> None:
        shape = (None, STEPS, self.width)
        for layer in (self.norm, self.spread, self.mix):
            layer.build(shape)
        if self.film is not None:
            self.film.build(style_shape)
        self.built = True

    def call(self, x: Tensor, style: Tensor | None = None, training: bool = False) -> Tensor:
        y = self.spread(self.norm(x))
        if self.film is not None:
            scale, shift = ops.split(ops.expand_dims(self.film(style), 1), 2, axis=-1)
            y = y * (1.0 + scale) + shift
        return x + self.mix(self.drop(ops.silu(y), training=training))

    def get_config(self) -> dict[str, Any]:
        options = {"width": self.width, "steered": self.steered, "dropout": self.dropout}
        return {**super().get_config(), **options}


def patches_of(windows: Array) -> Array:
    """Every sixteenth of `windows` (n, 128, 128, 4) as a row: (n * 64, 8 * 128)."""
    shape = (-1, STEPS, settings.FRAMES_PER_SIXTEENTH, settings.N_BANDS, _BARS)
    return windows.reshape(shape).transpose(0, 1, 4, 2, 3).reshape(-1, _PATCH)


def of_patches(patches: Array) -> Array:
    """The windows (n, 128, 128, 4) whose sixteenths are `patches` (n * 64, 8 * 128)."""
    shape = (-1, STEPS, _BARS, settings.FRAMES_PER_SIXTEENTH, settings.N_BANDS)
    return patches.reshape(shape).transpose(0, 1, 3, 4, 2).reshape(-1, *FOLDED)
