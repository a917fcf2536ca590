"""The original recipe from file to sound, made again from its description.

Blind excerpts of 10 s at 22.05 kHz; 128 Slaney mels, FFT 2048, hop 512; power in dB below the
excerpt's loudest cell, cut at -80 dB, scaled to 0..1; a plain convolutional VAE with 64 latents,
summed squared error plus KL, Adam 1e-3, batches of 32; back to sound by librosa's `mel_to_audio`
with 64 iterations of Griffin-Lim. An excerpt's level is not part of what the network knows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import librosa
import numpy as np
from numpy.typing import NDArray

from benchmarks.mel_recipe import mel_of_audio, render
from benchmarks.original_recipe import PlainVAE
from core.keras_backend import compiled, keras
from core.library.store import Library
from core.settings import LATENT_SIZE, SAMPLE_RATE

Array = NDArray[np.float32]
SECONDS = 10
FRAMES = SECONDS * SAMPLE_RATE
_COLUMNS = 432
"""Mel frames of 10 s, 431, and one more, so that four halvings come out even."""
_MELS = 128
_HOP = 1024
"""Samples at 44.1 kHz of a mel frame: 512 at 22.05."""
_SHAPE = (_COLUMNS, _MELS, 1)
_RANGE_DB = 80.0
_BATCH = 32


def spectrum(samples: Array) -> Array:
    """(432, 128) in 0..1 of one excerpt (frames, channels) at 44.1 kHz; short ones are padded."""
    mel = mel_of_audio(samples)
    level = librosa.power_to_db(mel, ref=max(float(mel.max()), 1e-10), top_db=_RANGE_DB)
    unit = np.zeros((_COLUMNS, _MELS), np.float32)
    kept = min(_COLUMNS, level.shape[1])
    unit[:kept] = 1.0 + level.T[:kept] / _RANGE_DB
    return unit


def excerpts(library: Library) -> list[Array]:
    """The sound of every track of `library`, cut blindly every ten seconds."""
    return [
        library.audio(track.id, start * SECONDS, FRAMES)
        for track in library.tracks()
        for start in range(int(track.seconds // SECONDS))
    ]


@dataclass(frozen=True, eq=False)
class Trained:
    """The network, and what its training took.

    Attributes:
        latents: (n, 64) means of the excerpts it was trained on.
        error_db: mean absolute error on these.
        mean_error_db: what their mean spectrogram, the same for all, would reach.
        cpu_seconds: of all cores.
    """

    model: PlainVAE
    latents: Array
    error_db: float
    mean_error_db: float
    seconds: float
    cpu_seconds: float
    epochs: int

    def encode(self, spectra: Array) -> Array:
        """(n, 432, 128) -> (n, 64)."""
        return _encoded(self.model, spectra)

    def decode(self, latents: Array) -> Array:
        """(n, 64) -> (n, 432, 128)."""
        return _decoded(self.model, latents)

    def sound(self, unit: Array, seconds: float) -> Array:
        """`seconds` of sound (frames, 1) of one spectrum (432, 128), at any level."""
        frames = round(seconds * SAMPLE_RATE)
        columns = min(_COLUMNS, frames // _HOP + 1)
        power = librosa.db_to_power((unit[:columns].T - 1.0) * _RANGE_DB)
        return render(power.astype(np.float32), frames)

    def write(self, path: Path) -> None:
        """Keep everything at `path`, `.npz`."""
        facts = (self.error_db, self.mean_error_db, self.seconds, self.cpu_seconds, self.epochs)
        arrays = {f"w{i}": weight for i, weight in enumerate(self.model.get_weights())}
        np.savez(path, latents=self.latents, facts=np.array(facts), **arrays)


def read(path: Path) -> Trained:
    """What `Trained.write` kept."""
    kept = np.load(path)
    model = _model()
    model.set_weights([kept[f"w{i}"] for i in range(len(kept.files) - 2)])
    error_db, mean_error_db, seconds, cpu_seconds, epochs = kept["facts"].tolist()
    figures = error_db, mean_error_db, seconds, cpu_seconds
    return Trained(model, kept["latents"], *figures, int(epochs))


def train(spectra: Array, minutes: float, seed: int = 0) -> Trained:
    """Train on `spectra` (n, 432, 128), at least one epoch, then until `minutes` are over."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = _model()
    model.compile(optimizer=keras.optimizers.Adam(1e-3))
    began, cpu, epochs = time.monotonic(), time.process_time(), 0
    while not epochs or time.monotonic() - began < minutes * 60:
        order = rng.permutation(len(spectra))
        for first in range(0, max(1, len(order) - _BATCH + 1), _BATCH):
            batch = spectra[order[first : first + _BATCH], :, :, None]
            model.train_on_batch(batch, batch)
        epochs += 1
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    latents = _encoded(model, spectra)
    return Trained(
        model,
        latents,
        mean_error_db(spectra, _decoded(model, latents)),
        mean_error_db(spectra, spectra.mean(axis=0)),
        seconds,
        cpu_seconds,
        epochs,
    )


def _model() -> PlainVAE:
    model = PlainVAE(_SHAPE, squared_error=True)
    model(np.zeros((1, *_SHAPE), np.float32))
    return model


def decibels(unit: Array) -> Array:
    """Spectra in 0..1 as dB below an excerpt's loudest cell."""
    return (unit - np.float32(1.0)) * np.float32(_RANGE_DB)


def mean_error_db(real: Array, made: Array) -> float:
    """dB of spectra in 0..1."""
    return float(np.abs(real - made).mean(dtype=np.float64)) * _RANGE_DB


def _encoded(model: PlainVAE, spectra: Array) -> Array:
    return _in_batches(compiled(_means(model), (None, *_SHAPE)), spectra[..., None])


def _means(model: PlainVAE) -> Any:
    return lambda spectra: model.encode(spectra)[0]


def _decoded(model: PlainVAE, latents: Array) -> Array:
    return _in_batches(compiled(model.decoder, (None, LATENT_SIZE)), latents)[..., 0]


def _in_batches(run: Any, rows: Array) -> Array:
    parts = [np.asarray(run(rows[i : i + _BATCH])) for i in range(0, len(rows), _BATCH)]
    return np.concatenate(parts)
