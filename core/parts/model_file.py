"""The file of a parts network, checked and read without keras; no code from it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core import keras_archive, settings
from core.errors import ModelError
from core.parts import weights

Array = NDArray[np.float32]

FORMAT: Final = 1
REGISTERED: Final = "technovae>PartsNetwork"
_LARGEST: Final = {"floor": 2048, "blocks": 32}
_LARGEST_WIDTH: Final = 512


@dataclass(frozen=True)
class ModelFile:
    """What a file holds.

    Attributes:
        info: facts about the training, plain JSON values.
        weights: of each layer of `weights.shapes`.
    """

    info: dict[str, Any]
    weights: dict[str, list[Array]]


def read(path: Path) -> ModelFile:
    """Read a file without keras.

    Raises:
        ModelError: missing, damaged, of another program or version.
    """
    config, found = keras_archive.read_model(path, REGISTERED)
    options = _known(path, config.get("config"))
    shapes = weights.shapes(options["widths"], options["floor"], options["blocks"])
    layers = {
        layer: [found.take(weights.place(layer), k, *shape) for k, shape in enumerate(expected)]
        for layer, expected in shapes.items()
    }
    return ModelFile(options["info"], layers)


def check(path: Path) -> None:
    """See that a file is one that keras may read.

    Raises:
        ModelError: as `read`.
    """
    config = keras_archive.read_config(path, REGISTERED, check_weights=True)
    _known(path, config.get("config"))


def layout() -> dict[str, Any]:
    """What the spectrograms are that the network reads, and what it says of them."""
    return {
        "parts": list(settings.PARTS),
        "rows_per_bar": settings.FRAMES_PER_BAR,
        "bands": settings.N_BANDS,
        "n_fft": settings.N_FFT,
        "top_hz": settings.TOP_HZ,
    }


def _known(path: Path, config: Any) -> dict[str, Any]:
    """The configuration; `ModelError` unless a network of it is of this version and a sane size."""
    info = config.get("info") if isinstance(config, dict) else None
    if not isinstance(info, dict) or not isinstance(info.get("format"), int):
        raise ModelError(f"{path}: the model file says nothing about itself; train it again")
    if info["format"] > FORMAT:
        raise ModelError(f"{path}: written by a newer TechnoVAE; update this one")
    if any(info.get(name) != value for name, value in layout().items()):
        raise ModelError(f"{path}: made for other spectrograms than this version's; train it again")
    sizes = [config.get(name) for name in _LARGEST]
    widths = config.get("widths")
    sane = isinstance(widths, list) and len(widths) == 3
    sane = sane and all(isinstance(w, int) and 0 < w <= _LARGEST_WIDTH for w in widths)
    bounds = zip(sizes, _LARGEST.values(), strict=True)
    if not sane or not all(isinstance(n, int) and 0 < n <= most for n, most in bounds):
        raise ModelError(
            f"{path}: a network of another size than any made here; choose another file"
        )
    checked: dict[str, Any] = config
    return checked
