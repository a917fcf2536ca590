"""The network that tells parts apart. `keras.ops` only: it trains on any Keras backend.

A U-net over time and frequency whose floor is a stack of convolutions along time alone. Above, the
kernels are the same at all frequencies, as harmonics, sweeps and attacks look the same wherever
they are; each has a gain and an offset per band, since a band's place says much about whose it is.
At the floor a step is eight rows (a sixteenth), all bands are one vector, and dilated kernels
reach over more than a bar: there the pattern is seen.
"""

from __future__ import annotations

from typing import Any

from core import settings
from core.keras_backend import keras, ops
from core.parts.dimensions import (
    BEAT_ROWS,
    DILATIONS,
    FEATURES,
    HEADROOM_DB,
    NEPERS,
    RANGE_DB,
    RISES,
    TAPS,
    UNIT_DB,
)
from core.parts.losses import separation_loss

Tensor = Any

_PACKAGE = "technovae"
_BANDS = settings.N_BANDS
_PARTS = len(settings.PARTS)


@keras.saving.register_keras_serializable(package=_PACKAGE)
class LevelFeatures(keras.layers.Layer):
    """What the network reads of a spectrogram in dB, whatever its level.

    Channels: the level above the segment's own mean power; how far a cell stands above what was
    there one and four rows before, where attacks and falling pitches show; the mean of all cells a
    whole number of beats away; and how far it stands above those whole bars away. What repeats
    with the beat is a kick's, or a loop's, wherever in the beat it falls.
    """

    def call(self, decibels: Tensor) -> Tensor:
        """(n, rows, 128) dB, whole bars -> (n, rows, 128, 5)."""
        mean = ops.logsumexp(decibels * NEPERS, axis=(1, 2), keepdims=True) / NEPERS
        rows = ops.cast(ops.shape(decibels)[1], decibels.dtype)
        level = mean - ops.log(rows * _BANDS) / NEPERS
        x = ops.clip(decibels - level, -RANGE_DB, HEADROOM_DB) / UNIT_DB
        rises = [x - ops.roll(x, shift, axis=1) for shift in RISES]
        beat, bar = (_periodic_mean(x, period) for period in (BEAT_ROWS, settings.FRAMES_PER_BAR))
        return ops.stack([x + 1.0, *rises, beat + 1.0, x - bar], axis=-1)


@keras.saving.register_keras_serializable(package=_PACKAGE)
class BandAffine(keras.layers.Layer):
    """A gain and an offset for each band and channel."""

    def build(self, input_shape: Any) -> None:
        shape = tuple(input_shape[2:])
        self.gain = self.add_weight(name="gain", shape=shape, initializer="ones")
        self.offset = self.add_weight(name="offset", shape=shape, initializer="zeros")
        self.built = True

    def call(self, x: Tensor) -> Tensor:
        """(n, rows, bands, channels), the same shape."""
        return x * self.gain + self.offset


@keras.saving.register_keras_serializable(package=_PACKAGE)
class TimeBlock(keras.layers.Layer):
    """A residual block along time: a dilated kernel per channel, then a small dense network.

    Args:
        width: channels.
        dilation: rows from one of the kernel's five taps to the next.
    """

    def __init__(self, width: int, dilation: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width, self.dilation = width, dilation
        self.norm = keras.layers.LayerNormalization(name="norm")
        self.inner = keras.layers.Dense(2 * width, activation="silu", name="inner")
        small = keras.initializers.RandomNormal(stddev=0.02)
        self.outer = keras.layers.Dense(width, kernel_initializer=small, name="outer")

    def build(self, input_shape: Any) -> None:
        shape = (None, None, self.width)
        spread = keras.initializers.RandomNormal(stddev=0.3)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(TAPS, self.width),
            initializer=spread,
        )
        self.norm.build(shape)
        self.inner.build((None, None, self.width))
        self.outer.build((None, None, 2 * self.width))
        self.built = True

    def call(self, x: Tensor) -> Tensor:
        """(n, steps, width), the same shape; time goes round."""
        y = self.norm(x)
        taps = [
            ops.roll(y, (k - TAPS // 2) * self.dilation, axis=1) * self.kernel[k]
            for k in range(TAPS)
        ]
        return x + self.outer(self.inner(y + sum(taps[1:], taps[0])))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "width": self.width, "dilation": self.dilation}


@keras.saving.register_keras_serializable(package=_PACKAGE)
class PartsNetwork(keras.Model):
    """Spectrogram in dB to shares of the parts.

    Args:
        widths: channels at the three scales, from fine to coarse.
        floor: width of the stack along time.
        blocks: how many blocks it has.
        info: facts that travel in the file, plain JSON values.
    """

    def __init__(
        self,
        widths: tuple[int, int, int] = (16, 32, 64),
        floor: int = 160,
        blocks: int = 6,
        info: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._options: dict[str, Any] = {"widths": list(widths), "floor": floor, "blocks": blocks}
        self.info = dict(info or {})
        self._make_layers(tuple(widths), floor, blocks)

    def _make_layers(self, widths: tuple[int, ...], floor: int, blocks: int) -> None:
        fine, middle, coarse = widths
        self.features = LevelFeatures(name="features")
        self.entry = _conv(fine, 3, "entry")
        self.at_fine: Any = _conv(fine, 3, "fine")
        self.down_middle = _conv(middle, 4, "down_middle", strides=(2, 2))
        self.at_middle: Any = _conv(middle, 3, "middle")
        self.down_coarse = _conv(coarse, (4, 6), "down_coarse", strides=(2, 4))
        self.affine = {
            name: BandAffine(name=f"affine_{name}")
            for name in ("fine", "middle", "coarse", "up_middle", "up_fine")
        }
        self.floor_in = keras.layers.Dense(floor, name="floor_in")
        self.floor_blocks = [
            TimeBlock(floor, DILATIONS[k % len(DILATIONS)], name=f"floor_{k}")
            for k in range(blocks)
        ]
        self.floor_norm = keras.layers.LayerNormalization(name="floor_norm")
        self.floor_out = keras.layers.Dense(_BANDS // 16 * coarse, name="floor_out")
        self.up_middle = _up(middle, (2, 4), "up_middle")
        self.join_middle = _conv(middle, 3, "join_middle")
        self.up_fine = _up(fine, (2, 2), "up_fine")
        self.join_fine = _conv(fine, 3, "join_fine")
        self.head = _conv(4 * _PARTS, 3, "head")
        self.detail = keras.layers.Dense(4 * _PARTS, name="detail")
        self.bias = BandAffine(name="bias")

    def build(self, input_shape: Any = None) -> None:
        fine, middle, coarse = self._options["widths"]
        floor = self._options["floor"]
        self.features.build((None, None, _BANDS))
        self.entry.build((None, None, _BANDS // 2, 4 * FEATURES))
        at_fine = (None, None, _BANDS // 2, fine)
        at_middle = (None, None, _BANDS // 4, middle)
        at_coarse = (None, None, _BANDS // 16, coarse)
        self.at_fine.build(at_fine)
        self.down_middle.build(at_fine)
        self.at_middle.build(at_middle)
        self.down_coarse.build(at_middle)
        shapes = (at_fine, at_middle, at_coarse, at_middle, at_fine)
        for layer, shape in zip(self.affine.values(), shapes, strict=True):
            layer.build(shape)
        self.floor_in.build((None, None, _BANDS // 16 * coarse))
        for block in self.floor_blocks:
            block.build((None, None, floor))
        self.floor_norm.build((None, None, floor))
        self.floor_out.build((None, None, floor))
        self.up_middle.build((*at_coarse[:3], 2 * coarse))
        self.join_middle.build((*at_middle[:3], 2 * middle))
        self.up_fine.build(at_middle)
        self.join_fine.build((*at_fine[:3], 2 * fine))
        self.head.build(at_fine)
        self.detail.build((None, None, _BANDS // 2, 4 * FEATURES))
        self.bias.build((None, None, _BANDS, _PARTS))
        self.built = True

    def call(self, decibels: Tensor, training: bool = False) -> Tensor:
        """(n, 512, 128) dB -> logits (n, 512, 128, 4), whose softmax are the shares."""
        x = _folded(self.features(decibels))
        fine = self._coded("fine", ops.silu(self.entry(x)), self.at_fine)
        middle = self._coded("middle", ops.silu(self.down_middle(fine)), self.at_middle)
        coarse = self.affine["coarse"](ops.silu(self.down_coarse(middle)))
        y = ops.concatenate([coarse, self._along_time(coarse)], axis=-1)
        y = ops.concatenate([ops.silu(self.up_middle(y)), middle], axis=-1)
        y = ops.silu(self.affine["up_middle"](self.join_middle(y)))
        y = ops.concatenate([ops.silu(self.up_fine(y)), fine], axis=-1)
        y = self.head(ops.silu(self.affine["up_fine"](self.join_fine(y))))
        return self.bias(_unfolded(y + self.detail(x)))

    def _coded(self, name: str, x: Tensor, conv: Any) -> Tensor:
        x = self.affine[name](x)
        return x + ops.silu(conv(x))

    def _along_time(self, coarse: Tensor) -> Tensor:
        steps, (bands, channels) = ops.shape(coarse)[1], coarse.shape[2:]
        y = self.floor_in(ops.reshape(coarse, (-1, steps, bands * channels)))
        for block in self.floor_blocks:
            y = block(y)
        y = ops.silu(self.floor_out(self.floor_norm(y)))
        return ops.reshape(y, (-1, steps, bands, channels))

    def compute_loss(
        self,
        x: Tensor = None,
        y: Tensor = None,
        y_pred: Tensor = None,
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        """The loss of logits `y_pred` where the parts have the powers `y`."""
        return separation_loss(y, y_pred)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self._options, "info": self.info}


def input_shape() -> tuple[int | None, ...]:
    """Shape of a batch of spectrograms."""
    return (None, settings.FRAMES_PER_SEGMENT, _BANDS)


def _periodic_mean(x: Tensor, rows: int) -> Tensor:
    """The mean over all periods of `rows` rows, laid out over all of them again."""
    count, periods = ops.shape(x)[0], ops.shape(x)[1] // rows
    folded = ops.reshape(x, (count, periods, rows, _BANDS))
    return ops.tile(ops.mean(folded, axis=1), (1, periods, 1))


def _folded(x: Tensor) -> Tensor:
    """(n, rows, bands, c) -> (n, rows / 2, bands / 2, 4 c): squares of four cells are one."""
    rows, (bands, channels) = ops.shape(x)[1], x.shape[2:]
    x = ops.reshape(x, (-1, rows // 2, 2, bands // 2, 2 * channels))
    x = ops.transpose(x, (0, 1, 3, 2, 4))
    return ops.reshape(x, (-1, rows // 2, bands // 2, 4 * channels))


def _unfolded(x: Tensor) -> Tensor:
    """The inverse of `_folded`."""
    rows, (bands, channels) = ops.shape(x)[1], x.shape[2:]
    x = ops.reshape(x, (-1, rows, bands, 2, channels // 2))
    x = ops.transpose(x, (0, 1, 3, 2, 4))
    return ops.reshape(x, (-1, 2 * rows, 2 * bands, channels // 4))


def _conv(channels: int, kernel: Any, name: str, strides: Any = 1) -> Any:
    return keras.layers.Conv2D(channels, kernel, strides=strides, padding="same", name=name)


def _up(channels: int, strides: tuple[int, int], name: str) -> Any:
    return keras.layers.Conv2DTranspose(channels, strides, strides=strides, name=name)
