"""A small library with real files, and a model that is a cosine transform."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.library.store import Library
from core.render.decoder import Decoder
from tests.core.library.building import add_track

Array = NDArray[np.float32]
SECONDS = 17.0
"""Two map segments of each track."""


class CosineCodec:
    """64 coefficients of smooth patterns: keeps the course of a segment, loses its hits."""

    def __init__(self, name: str = "c0ffee") -> None:
        self.hash = name
        self.encoded = 0
        self.refined = 0
        self.decoded = 0
        rows, bands = _cosines(8, 512), _cosines(8, 128)
        patterns = rows[:, None, :, None] * bands[None, :, None, :]
        self._patterns = patterns.reshape(64, -1).astype(np.float32)
        self._spread = np.float32(400.0)

    def encode(self, spectra: Array, *, refined: bool = True) -> tuple[Array, Array]:
        self.encoded += len(spectra)
        self.refined += refined * len(spectra)
        mean = (spectra.reshape(len(spectra), -1) + 60.0) @ self._patterns.T / self._spread
        mean += 0.01 * (not refined)
        return mean.astype(np.float32), np.full(mean.shape, -4.0, np.float32)

    def decode(self, latents: Array) -> Array:
        self.decoded += len(latents)
        spectra = np.asarray(latents, np.float32) * self._spread @ self._patterns - 60.0
        return np.clip(spectra, -90.0, 0.0).reshape(-1, 512, 128)


def _cosines(count: int, length: int) -> NDArray[np.float64]:
    """(count, length) orthonormal."""
    places = (np.arange(length) + 0.5) * np.pi / length
    waves = np.cos(np.arange(count)[:, None] * places)
    return waves / np.linalg.norm(waves, axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def own_user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data and cache folders inside the test's own folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user-data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user-cache"))


@pytest.fixture(scope="session")
def library_to_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four tracks at 124, 126, 128 and 130 BPM, two map segments each; no test may touch it."""
    path = tmp_path_factory.mktemp("template") / "library"
    with Library.create(path) as library:
        for k in range(4):
            add_track(library, f"Track {k}", seconds=SECONDS, bpm=124.0 + 2 * k, seed=k)
    return path


@pytest.fixture
def library(library_to_copy: Path, tmp_path: Path) -> Iterator[Library]:
    """A copy of it, open; each test may do with it what it likes."""
    path = tmp_path / "library"
    shutil.copytree(library_to_copy, path)
    with Library.open(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def codec() -> CosineCodec:
    return CosineCodec()


@pytest.fixture
def decoder(library: Library, codec: CosineCodec) -> Decoder:
    return Decoder(library, codec)  # type: ignore[arg-type]  # a stand-in
