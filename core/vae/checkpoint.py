"""Model files: one `.keras` file holds network, weights and facts; loading runs no code from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import keras_archive, settings
from core.atomic import replacing
from core.errors import InputError, ModelError, OutputError
from core.keras_archive import compress
from core.keras_backend import compiled, keras
from core.resources import digest
from core.vae import latent_refinement, model_file
from core.vae.contrast import Contrast, decoding
from core.vae.data import FOLDED, fold, unfold
from core.vae.model import SegmentVAE
from core.vae.model import input_shape as model_input_shape

Array = NDArray[np.float32]

_BATCH = 64
_MANTISSA_BITS = 12
"""Kept of each weight in a file: rounding by 1 part in 8,192 is inaudible and zeros compress."""


class Codec:
    """A trained model: spectrograms to latents and back. Thread-safe; compiled on first use.

    Attributes:
        path: the file.
        hash: of the file's bytes; the same model has the same hash everywhere.
        info: facts about the training, plain JSON values.
    """

    def __init__(self, model: SegmentVAE, path: Path, digest: str) -> None:
        """Use `load`.

        Args:
            model: built, with its weights.
            path: the file that it is from.
            digest: hash of that file's bytes.
        """
        self._model = model
        self.path = path
        self.hash = digest
        self.info: dict[str, Any] = {**model.info, "hash": digest}

    def encode(self, spectra_db: NDArray[np.floating]) -> tuple[Array, Array]:
        """Spectrograms (n, 512, 128) dB -> mean and log variance of their latents, (n, 64) each,
        the means refined (`core.vae.latent_refinement`); some 20 ms of CPU each.

        Raises:
            InputError: another shape.
        """
        if spectra_db.ndim != 3 or spectra_db.shape[1:] != _SPECTRUM:
            raise InputError(f"spectrograms have the shape (n, 512, 128), not {spectra_db.shape}")
        parts = [
            [np.asarray(out) for out in self._encode(fold(spectra_db[i : i + _BATCH]))]
            for i in range(0, len(spectra_db), _BATCH)
        ]
        empty = np.zeros((0, settings.LATENT_SIZE), np.float32)
        means = np.concatenate([empty, *(part[0] for part in parts)])
        return means, np.concatenate([empty, *(part[1] for part in parts)])

    def decode(self, latents: NDArray[np.floating]) -> Array:
        """Latents (n, 64) -> spectrograms (n, 512, 128) dB, between floor and ceiling.

        Raises:
            InputError: another shape, or not finite.
        """
        z = np.asarray(latents, np.float32)
        if z.ndim != 2 or z.shape[1] != settings.LATENT_SIZE:
            raise InputError(f"latents have the shape (n, {settings.LATENT_SIZE}), not {z.shape}")
        if not np.isfinite(z).all():
            raise InputError("a latent holds values that are not finite")
        parts = [
            unfold(np.asarray(self._decode(z[i : i + _BATCH]))) for i in range(0, len(z), _BATCH)
        ]
        return np.concatenate([np.zeros((0, *_SPECTRUM), np.float32), *parts])

    @cached_property
    def _encode(self) -> Callable[..., Any]:
        encode = latent_refinement.refined_encoder(self._model)
        return compiled(encode, (None, *FOLDED), variables=self._model.variables)

    @cached_property
    def _decode(self) -> Callable[..., Any]:
        contrast = Contrast.of(self.info)
        decode = decoding(self._model, contrast)
        return compiled(decode, (None, settings.LATENT_SIZE), variables=self._model.variables)


_SPECTRUM = (settings.FRAMES_PER_SEGMENT, settings.N_BANDS)


def load(path: str | Path) -> Codec:
    """The model in the file at `path`.

    Raises:
        ModelError: missing, damaged, of another program or version.
    """
    path = Path(path)
    return Codec(load_model(path), path, digest(path))


def load_model(path: Path) -> SegmentVAE:
    """The network itself, for training to go on. Raises `ModelError` like `load`."""
    model_file.read_info(path, check_weights=True)
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # whatever a damaged archive sets off inside keras
        raise ModelError(f"{path}: the model file is damaged; train it again") from error
    if not isinstance(model, SegmentVAE):
        raise ModelError(f"{path}: not a TechnoVAE model; choose a file that `train` wrote")
    return model


def save(model: SegmentVAE, path: Path, info: dict[str, Any]) -> None:
    """Write a model file, all of it or nothing.

    Args:
        model: the network; it is not changed.
        path: the file.
        info: facts that travel inside, plain JSON values.

    Raises:
        OutputError: the folder is missing, read-only or full.
    """
    model.info = {**info, "format": model_file.FORMAT, **model_file.layout()}
    try:
        with replacing(path) as temporary:
            _without_optimizer(model).save(temporary)
            compress(temporary)
    except OutputError:
        raise
    except (OSError, RuntimeError, ValueError) as error:  # h5py reports a full disk as either
        raise OutputError(
            f"{path}: the model could not be written ({_reason(error)}); is the disk full?"
        ) from error


def _without_optimizer(model: SegmentVAE) -> SegmentVAE:
    """A twin of `model` that was never compiled: keras stores Adam's moments otherwise, which are
    twice the weights; training keeps them in its own state file."""
    twin: SegmentVAE = SegmentVAE.from_config(model.get_config())
    twin.build(model_input_shape())
    twin.set_weights(model.get_weights())
    return twin


def rounded(weights: NDArray[Any]) -> NDArray[Any]:
    """float32 rounded to 12 bits of mantissa; other types as they are."""
    return keras_archive.rounded(weights, _MANTISSA_BITS)


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0][:80] if str(error) else type(error).__name__
