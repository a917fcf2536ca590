"""What music varies along in general, learned once from generated songs (`demo --pretrain`).

The principal components of ten tracks describe an eleventh poorly. So that every training starts
from more than the user's tracks, a file comes with the program that says how windows of generated
music vary: a mean, and components around it. Trainings fit their own components to the library and
to these together (`core.vae.initialization`).
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from core.atomic import replacing
from core.errors import ModelError
from core.vae import pca
from core.vae.data import Array
from core.vae.layers import CELLS, PATCHES, of_patches, patches_of

COMPONENTS: Final = 256
"""Four times as many as there are latents: which of them a library needs is its own."""
_PATCH: Final = 64
_MOST_PATCHES: Final = 20_000


@dataclass(frozen=True, eq=False)
class Pretrained:
    """Mean and second moments of music.

    Attributes:
        mean: (65536,), the mean window, flattened, 0..1.
        basis: (1024, p) orthonormal columns, for the 8 x 128 cells of one sixteenth.
        components: (k, 64 * p), each as long as its standard deviation; p numbers for each of 64
            sixteenths, a 16th of what windows would take.
    """

    mean: Array
    basis: Array
    components: Array

    @classmethod
    def fit(cls, windows: Array, rng: np.random.Generator) -> Self:
        """Learn from music.

        Args:
            windows: (n, 128, 128, 4), 0..1, of as many songs as possible.
            rng: draws the sixteenths that the basis is fitted to.
        """
        mean = windows.mean(axis=0)
        patches = patches_of(windows - mean)
        some = patches[np.sort(rng.permutation(len(patches))[:_MOST_PATCHES])]
        basis = pca.fit_tall(some, _PATCH).directions.T
        numbers = (patches @ basis).reshape(len(windows), -1)
        found = pca.fit(numbers, min(COMPONENTS, len(windows) - 1))
        return cls(mean.ravel(), basis, found.directions * found.scale[:, None])

    def windows(self) -> Array:
        """The components as flattened windows, (k, 65536)."""
        patches = self.components.reshape(-1, self.basis.shape[1]) @ self.basis.T
        return of_patches(patches).reshape(-1, CELLS)

    def write(self, path: Path) -> None:
        """Write the file, all of it or nothing. Raises `OutputError`."""
        arrays = {name: value.astype(np.float16) for name, value in vars(self).items()}
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, **arrays)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The file at `path`. Raises `ModelError` where it is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                found = {name: _numbers(arrays[name]) for name in cls.__dataclass_fields__}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ModelError(f"{path}: missing or damaged; install the program again") from error
        size = PATCHES * found["basis"].shape[-1]
        if found["mean"].shape != (CELLS,) or found["components"].shape[1:] != (size,):
            raise ModelError(f"{path}: made for another version; install the program again")
        return cls(**found)


def _numbers(values: NDArray[np.floating]) -> Array:
    if not np.isfinite(values).all():
        raise ValueError("not finite")
    return np.asarray(values, np.float32)
