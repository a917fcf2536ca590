"""The variational autoencoder: a frozen linear path plus convolutional corrections."""

from __future__ import annotations

from typing import Any

import numpy as np

from core import settings
from core.keras_backend import keras, ops, values
from core.vae import losses
from core.vae.data import FOLDED
from core.vae.layers import CELLS, STEPS, Block, LinearPath, Patches
from core.vae.pca import Components

Tensor = Any

_BARS = settings.BARS_PER_SEGMENT
_SPAN_DB = settings.CEILING_DB - settings.FLOOR_DB
_FIRST_LOG_VARIANCE = -5.0


@keras.saving.register_keras_serializable(package="technovae")
class SegmentVAE(keras.Model):
    """Windows (n, 128, 128, 4) in 0..1 <-> latents (n, 64).

    Encoder and decoder are each a linear path (principal components, frozen) plus a convolutional
    network whose last layer starts at zero: an untrained model IS the principal components, and
    training can only add to them. An affine map at the very end gives the library's latents mean
    0 and standard deviation 1 (`standardise`).

    Args:
        latents: numbers per segment.
        width: channels of the convolutions.
        depth: convolution blocks of the decoder.
        encoder_depth: convolution blocks of the encoder.
        patch: numbers per sixteenth that the corrections are made of.
        trunk: width of the two dense layers through which the decoder takes a latent.
        dropout: share of channels dropped in training.
        scale_db: scale of the Laplace likelihood.
        minimum_nats: free bits per latent.
        seed: of the noise in training.
        info: facts that travel with the file; plain JSON values.
    """

    def __init__(
        self,
        latents: int = settings.LATENT_SIZE,
        width: int = 256,
        depth: int = 3,
        encoder_depth: int = 2,
        patch: int = 64,
        trunk: int = 512,
        dropout: float = 0.0,
        scale_db: float = 4.0,
        minimum_nats: float = 0.1,
        seed: int = 0,
        info: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"name": "segment_vae", **kwargs})
        self._options = {
            "latents": latents, "width": width, "depth": depth, "encoder_depth": encoder_depth,
            "patch": patch,
            "trunk": trunk, "dropout": dropout, "scale_db": scale_db,
            "minimum_nats": minimum_nats, "seed": seed,
        }  # fmt: skip
        self.info = dict(info or {})
        self.latents, self.patch = latents, patch
        self.scale_db, self.minimum_nats = scale_db, minimum_nats
        # Every layer has a name of its own: keras would number them through the process, and the
        # same weights would give another file each time.
        dense, zeros = keras.layers.Dense, "zeros"
        self.linear = LinearPath(latents, name="linear")
        self.patches = Patches(patch, name="patches")
        self.sketch = Patches(patch, name="sketch")
        self.look = dense(width, name="look")
        self.encoder_blocks = [
            Block(width, False, dropout, name=f"encoder_{i}") for i in range(encoder_depth)
        ]
        self.gather = dense(latents, name="gather")
        self.to_mean = dense(latents, kernel_initializer=zeros, name="to_mean")
        self.to_log_variance = dense(
            latents,
            kernel_initializer=zeros,
            bias_initializer=keras.initializers.Constant(_FIRST_LOG_VARIANCE),
            name="to_log_variance",
        )
        self.trunk = [dense(trunk, activation="silu", name=f"trunk_{i}") for i in range(2)]
        self.expand = dense(STEPS * width, name="expand")
        self.decoder_blocks = [
            Block(width, True, dropout, name=f"decoder_{i}") for i in range(depth)
        ]
        self.last_norm = keras.layers.LayerNormalization(name="last_norm")
        self.to_patches = dense(_BARS * patch, kernel_initializer=zeros, name="to_patches")
        self.noise = keras.random.SeedGenerator(seed)
        self._monitors = [keras.metrics.Mean(name=n) for n in ("error_db", "kl")]

    def build(self, input_shape: Any = None) -> None:
        width, patch, latents = (self._options[k] for k in ("width", "patch", "latents"))
        for layer in (self.linear, self.patches, self.sketch):
            layer.build(None)
        self.look.build((None, STEPS, _BARS * patch))
        self.gather.build((None, STEPS, width))
        for layer in (self.to_mean, self.to_log_variance):
            layer.build((None, STEPS * latents))
        self.trunk[0].build((None, latents))
        self.trunk[1].build((None, self._options["trunk"]))
        self.expand.build((None, self._options["trunk"]))
        shape = (None, STEPS, width)
        for layer in (*self.encoder_blocks, self.last_norm):
            layer.build(shape)
        for layer in self.decoder_blocks:
            layer.build(shape, (None, self._options["trunk"]))
        self.to_patches.build((None, STEPS, width))
        self._build_scalars()
        self.built = True

    def _build_scalars(self) -> None:
        def weight(name: str, shape: tuple[int, ...], initial: str) -> Any:
            return self.add_weight(name=name, shape=shape, initializer=initial, trainable=False)

        self.kl_weight = weight("kl_weight", (), "ones")
        self.shift = weight("shift", (self.latents,), "zeros")
        self.spread = weight("spread", (self.latents,), "ones")

    def get_weights(self) -> list[Any]:
        """All weights, as keras's own method gives them, which warns once for each of them."""
        return values(self.weights)

    def start_from(self, windows: Components, patches: Components) -> None:
        """Initialise from principal components.

        Args:
            windows: of whole windows, for the linear path.
            patches: of sixteenths, for the corrections.
        """
        self.linear.set_components(windows)
        self.patches.basis.assign(patches.directions.T)
        self.sketch.basis.assign(patches.directions.T)

    def standardise(self, mean: Any, deviation: Any) -> None:
        """Give the library's latents mean 0 and standard deviation 1; what is decoded from what was
        encoded stays the same.

        Args:
            mean: (64,), of the library's latents now.
            deviation: (64,), theirs.
        """
        self.shift.assign(self.shift + self.spread * mean)
        self.spread.assign(self.spread * np.maximum(deviation, 1e-6))

    def encode(self, windows: Tensor, training: bool = False) -> tuple[Tensor, Tensor]:
        """Encode windows.

        Args:
            windows: (n, 128, 128, 4), 0..1.
            training: whether layers that behave differently in training do so (dropout).

        Returns:
            Mean and log variance, (n, 64) each.
        """
        x = self.look(self.patches.analyse(self.linear.centre(windows)))
        for block in self.encoder_blocks:
            x = block(x, training=training)
        x = ops.reshape(self.gather(ops.silu(x)), (-1, STEPS * self.latents))
        mean = self.linear.encode(windows) + self.to_mean(x)
        log_variance = losses.clamp_log_variance(self.to_log_variance(x))
        return (mean - self.shift) / self.spread, log_variance - 2.0 * ops.log(self.spread)

    def decode(self, z: Tensor, training: bool = False) -> Tensor:
        """Decode latents.

        Args:
            z: (n, 64).
            training: as for `encode`.

        Returns:
            (n, 128, 128, 4), about 0..1, not clipped.
        """
        z = z * self.spread + self.shift
        style = self.trunk[0](z)
        style = style + self.trunk[1](style)
        x = ops.reshape(self.expand(style), (-1, STEPS, self._options["width"]))
        for block in self.decoder_blocks:
            x = block(x, style, training=training)
        corrections = self.to_patches(ops.silu(self.last_norm(x)))
        return self.linear.decode(z) + self.sketch.synthesise(corrections)

    def call(self, windows: Tensor, training: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """Reconstruction, mean, log variance; the latent is drawn in training, else the mean."""
        mean, log_variance = self.encode(windows, training=training)
        z = mean
        if training:
            drawn = keras.random.normal(ops.shape(mean), seed=self.noise)
            z = mean + ops.exp(0.5 * log_variance) * drawn
        return self.decode(z, training=training), mean, log_variance

    def compute_loss(
        self,
        x: Tensor = None,
        y: Tensor = None,
        y_pred: Tensor = None,
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        """Negative ELBO of windows `x`, in dB per cell, so that learning rates carry over."""
        reconstruction, mean, log_variance = y_pred
        kl = losses.kl_divergence(mean, log_variance)
        error = losses.laplace(x, reconstruction, self.scale_db / _SPAN_DB)
        self._monitors[0].update_state(error * self.scale_db / CELLS)
        self._monitors[1].update_state(ops.mean(ops.sum(kl, axis=1)))
        penalty = self.kl_weight * losses.free_bits(kl, self.minimum_nats)
        return (error + penalty) * (self.scale_db / CELLS)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return self._monitors

    def compute_metrics(
        self, x: Tensor, y: Tensor, y_pred: Tensor, sample_weight: Tensor = None
    ) -> dict[str, Any]:
        found: dict[str, Any] = self.get_metrics_result()
        return found

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self._options, "info": self.info}


def input_shape() -> tuple[int | None, ...]:
    """Shape of a batch of windows."""
    return (None, *FOLDED)
