"""A network that learns, written to its file and read again by keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from core import keras_archive
from core.atomic import replacing
from core.errors import ModelError, OutputError
from core.keras_backend import keras, values
from core.parts import model_file
from core.parts.network import PartsNetwork, input_shape

_MANTISSA_BITS: Final = 10
"""Kept of each weight, as many as a half-precision number has; zeros compress."""


def save(network: PartsNetwork, path: Path, info: dict[str, Any]) -> None:
    """Write a model file, rounded and packed, all of it or nothing.

    Args:
        network: with its weights; it is not changed, and its optimizer is left out.
        path: of the file.
        info: facts that travel inside, plain JSON values.

    Raises:
        OutputError: it cannot be written.
    """
    facts = {**info, "format": model_file.FORMAT, **model_file.layout()}
    twin: PartsNetwork = PartsNetwork.from_config({**network.get_config(), "info": facts})
    twin.build(input_shape())
    twin.set_weights(
        [keras_archive.rounded(weight, _MANTISSA_BITS) for weight in values(network.weights)]
    )
    try:
        with replacing(path) as temporary:
            twin.save(temporary)
            keras_archive.compress(temporary)
    except OutputError:
        raise
    except (OSError, RuntimeError, ValueError) as error:  # h5py reports a full disk as either
        raise OutputError(f"{path}: the model could not be written; is the disk full?") from error


def load(path: Path) -> PartsNetwork:
    """The network in the file at `path`.

    Raises:
        ModelError: missing, damaged, of another program or version.
    """
    model_file.check(path)
    try:
        network = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # whatever a damaged archive sets off inside keras
        raise ModelError(f"{path}: the model file is damaged; train it again") from error
    if not isinstance(network, PartsNetwork):
        raise ModelError(f"{path}: not a network that tells parts apart")
    return network
