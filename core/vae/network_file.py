"""Model files as training reads and writes them; `core.vae.checkpoint` is for using them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from core import keras_archive
from core.atomic import replacing
from core.errors import ModelError, OutputError
from core.keras_archive import compress
from core.keras_backend import keras
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
    twin.build(input_shape())
    twin.set_weights(model.get_weights())
    return twin


def rounded(weights: NDArray[Any]) -> NDArray[Any]:
    """float32 rounded to 12 bits of mantissa; other types as they are."""
    return keras_archive.rounded(weights, _MANTISSA_BITS)


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0][:80] if str(error) else type(error).__name__
