"""Model files as training reads and writes them; `core.vae.codec` is for using them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from core import keras_archive, network_files
from core.vae import model_file
from core.vae.model import SegmentVAE, input_shape

_MANTISSA_BITS = 12
"""Kept of each weight in a file: rounding by 1 part in 8,192 is inaudible and zeros compress."""


def load(path: Path) -> SegmentVAE:
    """The network itself, for training to go on.

    Raises:
        ModelError: missing, damaged, of another program or version.
    """
    model_file.read_info(path, check_weights=True)
    return network_files.read(path, SegmentVAE, "a TechnoVAE model")


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
    network_files.write(_without_optimizer(model), path)


def _without_optimizer(model: SegmentVAE) -> SegmentVAE:
    """A twin of `model` that was never compiled: keras stores Adam's moments otherwise, which are
    twice the weights; training keeps them in its own state file."""
    twin: SegmentVAE = SegmentVAE.from_config(model.get_config())
    twin.build(input_shape())
    twin.set_weights(model.get_weights())
    return twin


def rounded(weights: NDArray[Any]) -> NDArray[Any]:
    """float32 rounded to 12 bits of mantissa; other types as they are."""
    return keras_archive.rounded(weights, _MANTISSA_BITS)
