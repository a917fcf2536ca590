"""A trained model in use: spectrograms to latents and back, read from one `.keras` file.

The file holds network, weights and facts; no code runs from it. The network is evaluated in numpy
(`core.vae.numpy_model`), so that nobody who only plays waits for TensorFlow. Training reads and
writes the same file in `core.vae.network_file`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.errors import InputError, ModelError
from core.processes import usable_cores
from core.resources import digest
from core.vae import latent_refinement, model_file
from core.vae.contrast import Contrast
from core.vae.data import in_decibels, in_units
from core.vae.numpy_model import NumpyVAE, to_rows, to_sixteenths

Array = NDArray[np.float32]

_AT_ONCE = 32
"""So many share the reading of the weights; more at once are not faster."""
_FINISHED_AT_ONCE = 4
"""Decoded windows of which as many stay in the processor's memory; a divisor of `_AT_ONCE`."""
_MOST_THREADS = 4
"""That encode; each takes some 60 MB."""
_SPECTRUM = (settings.FRAMES_PER_SEGMENT, settings.N_BANDS)


class Codec:
    """A trained model: spectrograms to latents and back. Thread-safe.

    Attributes:
        path: the file.
        hash: of the file's bytes; the same model has the same hash everywhere.
        info: facts about the training, plain JSON values.
    """

    def __init__(self, network: NumpyVAE, info: dict[str, Any], path: Path, digest: str) -> None:
        """Use `load`.

        Args:
            network: with its weights.
            info: facts about the training.
            path: the file that it is from.
            digest: hash of that file's bytes.
        """
        self._network = network
        self._contrast = Contrast.of(info)
        self.path = path
        self.hash = digest
        self.info: dict[str, Any] = {**info, "hash": digest}

    @classmethod
    def load(cls, path: str | Path) -> Codec:
        """The model in the file at `path`.

        Raises:
            ModelError: missing, damaged, of another program or version.
        """
        path = Path(path)
        options, weights = model_file.read_network(path)
        return cls(NumpyVAE(options, weights), options["info"], path, digest(path))

    def encode(
        self, spectra_db: NDArray[np.floating], *, refined: bool = True
    ) -> tuple[Array, Array]:
        """Encode spectrograms.

        Args:
            spectra_db: (n, 512, 128) dB.
            refined: the means are refined (`core.vae.latent_refinement`), which takes some 13 ms of
                CPU each; False: they are the encoder's own, at a sixth of that.

        Returns:
            Mean and log variance of their latents, (n, 64) each.

        Raises:
            InputError: another shape.
        """
        if spectra_db.ndim != 3 or spectra_db.shape[1:] != _SPECTRUM:
            raise InputError(f"spectrograms have the shape (n, 512, 128), not {spectra_db.shape}")
        shape = (len(spectra_db), settings.LATENT_SIZE)
        means, log_variances = np.empty(shape, np.float32), np.empty(shape, np.float32)

        def encode(first: int) -> None:
            some = slice(first, first + _AT_ONCE)
            windows = to_sixteenths(in_units(spectra_db[some]))
            mean, log_variances[some] = self._network.encode(windows)
            if refined:
                misfit = partial(self._network.misfit, windows)
                mean = latent_refinement.refine(misfit, self._network.curvature, mean)
            means[some] = mean

        # numpy lets other threads work meanwhile.
        with ThreadPoolExecutor(min(_MOST_THREADS, usable_cores())) as pool:
            list(pool.map(encode, range(0, len(spectra_db), _AT_ONCE)))
        return means, log_variances

    def decode(self, latents: NDArray[np.floating]) -> Array:
        """Latents (n, 64) -> spectrograms (n, 512, 128) dB, between floor and ceiling.

        Raises:
            InputError: another shape, or not finite.
            ModelError: what the model makes of them is not finite.
        """
        z = np.asarray(latents, np.float32)
        if z.ndim != 2 or z.shape[1] != settings.LATENT_SIZE:
            raise InputError(f"latents have the shape (n, {settings.LATENT_SIZE}), not {z.shape}")
        if not np.isfinite(z).all():
            raise InputError("a latent holds values that are not finite")
        spectra = np.empty((len(z), *_SPECTRUM), np.float32)
        for first in range(0, len(z), _AT_ONCE):
            windows = self._network.decode(z[first : first + _AT_ONCE])
            for place in range(0, len(windows), _FINISHED_AT_ONCE):
                some = slice(first + place, first + place + _FINISHED_AT_ONCE)
                rows = to_rows(windows[place : place + _FINISHED_AT_ONCE])
                if self._contrast is not None:
                    rows = self._contrast.restored(rows, z[some])
                spectra[some] = in_decibels(rows)
        if not np.isfinite(spectra).all():
            raise ModelError(
                f"{self.path}: this model decodes to values that are not numbers; train it again"
            )
        return spectra
