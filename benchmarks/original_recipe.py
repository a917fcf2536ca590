"""The original recipe's network, as a baseline: a plain convolutional autoencoder.

Made again from its description, not from its code: one channel, four strided convolutions of 32
to 256 filters, two dense layers to a mean and a log variance of 64, the same backwards with a
sigmoid at the end; binary cross-entropy (or squared error) summed over a spectrogram plus KL; Adam
at 1e-3, batches of 32, no validation, nothing clamped or clipped. Here it sees exactly the windows
that ours sees; `benchmarks.quality` gives it the excerpts of its own recipe.

    python -m benchmarks.original_recipe LIBRARY --minutes 2
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.keras_backend import compiled, keras, ops
from core.vae.data import Index, TrainingData

Array = NDArray[np.float32]

_SHAPE = (settings.FRAMES_PER_SEGMENT, settings.N_BANDS, 1)
_FILTERS = (32, 64, 128, 256)
_BATCH = 32


class PlainVAE(keras.Model):
    """(n, rows, bands, 1) in 0..1 <-> 64 numbers; rows and bands are multiples of 16."""

    def __init__(
        self, shape: tuple[int, int, int] = _SHAPE, *, squared_error: bool = False
    ) -> None:
        super().__init__()
        self.squared_error = squared_error
        small = (shape[0] // 16, shape[1] // 16, _FILTERS[-1])
        layers = keras.layers
        same: dict[str, Any] = {"strides": 2, "padding": "same", "activation": "relu"}
        self.encoder = keras.Sequential(
            [keras.Input(shape), *(layers.Conv2D(n, 3, **same) for n in _FILTERS)]
        )
        self.flat = layers.Flatten()
        self.to_mean = layers.Dense(settings.LATENT_SIZE)
        self.to_log_variance = layers.Dense(settings.LATENT_SIZE)
        self.decoder = keras.Sequential(
            [
                keras.Input((settings.LATENT_SIZE,)),
                layers.Dense(int(np.prod(small)), activation="relu"),
                layers.Reshape(small),
                *(layers.Conv2DTranspose(n, 3, **same) for n in reversed(_FILTERS)),
                layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
            ]
        )
        self.noise = keras.random.SeedGenerator(0)

    def encode(self, spectra: Any) -> tuple[Any, Any]:
        """Mean and log variance, (n, 64) each."""
        features = self.flat(self.encoder(spectra))
        return self.to_mean(features), self.to_log_variance(features)

    def call(self, spectra: Any) -> tuple[Any, Any, Any]:
        """Reconstruction of a drawn latent, mean, log variance."""
        mean, log_variance = self.encode(spectra)
        drawn = keras.random.normal(ops.shape(mean), seed=self.noise)
        return self.decoder(mean + ops.exp(0.5 * log_variance) * drawn), mean, log_variance

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any
    ) -> Any:
        """Summed cross-entropy or squared error, plus KL."""
        reconstruction, mean, log_variance = y_pred
        if self.squared_error:
            entropy = ops.sum(ops.square(y - reconstruction), axis=-1)
        else:
            entropy = keras.losses.binary_crossentropy(y, reconstruction)
        kl = -0.5 * ops.sum(1.0 + log_variance - ops.square(mean) - ops.exp(log_variance), axis=1)
        return ops.mean(ops.sum(entropy, axis=(1, 2)) + kl)

    def compute_metrics(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, eq=False)
class Original:
    """The trained network and what its training took."""

    model: PlainVAE
    seconds_per_epoch: float
    epochs: int

    def measure(self, data: TrainingData, places: Index) -> tuple[float, Array]:
        """Mean absolute error in dB over the windows at `places`, and their means (n, 64)."""

        def run(spectra: Any) -> tuple[Any, Any]:
            mean, _ = self.model.encode(spectra)
            error = ops.abs(self.model.decoder(mean) - spectra)
            return ops.mean(error, axis=(1, 2, 3)), mean

        fast = compiled(run, (None, *_SHAPE))
        parts = [fast(_spectra(data, places[i : i + 32])) for i in range(0, len(places), 32)]
        error = np.concatenate([np.asarray(part[0]) for part in parts]).mean()
        means = np.concatenate([np.asarray(part[1]) for part in parts])
        return float(error) * (settings.CEILING_DB - settings.FLOOR_DB), means


def train(data: TrainingData, minutes: float, seed: int = 0) -> Original:
    """Train on every window of `data` for at least one epoch, then until `minutes` are over."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = PlainVAE()
    model.compile(optimizer=keras.optimizers.Adam(1e-3))
    places = data.places()
    first = _spectra(data, places[:_BATCH])
    model.train_on_batch(first, first)
    began = time.monotonic()
    epochs = 0
    while not epochs or time.monotonic() - began < minutes * 60:
        order = rng.permutation(len(places))
        for i in range(0, len(order) - _BATCH + 1, _BATCH):
            spectra = _spectra(data, places[order[i : i + _BATCH]])
            model.train_on_batch(spectra, spectra)
        epochs += 1
    return Original(model, (time.monotonic() - began) / epochs, epochs)


def _spectra(data: TrainingData, places: Index) -> Array:
    bars = data.batch(places).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(bars.reshape(-1, *_SHAPE))


def main() -> None:
    """Train it and print what it reaches."""
    from core.session import training_data

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("--minutes", type=float, default=1.0)
    options = parser.parse_args()
    data = training_data(options.library)
    made = train(data, options.minutes)
    error, means = made.measure(data, data.places()[::4])
    print(
        f"{made.epochs} epochs of {made.seconds_per_epoch:.1f} s, {data.describe()}: "
        f"{error:.2f} dB, {(means.var(axis=0) > 0.02).sum()} of 64 latents active"
    )


if __name__ == "__main__":
    main()
