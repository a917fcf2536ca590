"""A stand-in for the model: linear, so what every latent sounds like is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

Array = NDArray[np.float32]


@pytest.fixture(scope="session")
def decode() -> Callable[[Array], Array]:
    """Latents (n, 64) -> (n, 512, 128) dB; direction k changes levels by about 4 / (k + 1) dB."""
    rng = np.random.default_rng(7)
    patterns = rng.standard_normal((64, 512 * 128)).astype(np.float32)
    patterns *= (4.0 / np.arange(1, 65, dtype=np.float32))[:, None]

    def decoded(latents: Array) -> Array:
        spectra = np.asarray(latents, np.float32) @ patterns - 45.0
        return spectra.reshape(-1, 512, 128).astype(np.float32)

    return decoded


@pytest.fixture(scope="session")
def music() -> tuple[Array, NDArray[np.int64]]:
    """200 latents (200, 64) of ten tracks (each a cloud of its own), and the track of each."""
    rng = np.random.default_rng(11)
    centres = rng.standard_normal((10, 64)) * 0.9
    tracks = np.repeat(np.arange(10), 20)
    latents = centres[tracks] + 0.35 * rng.standard_normal((200, 64))
    return latents.astype(np.float32), tracks
