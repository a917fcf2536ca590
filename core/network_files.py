"""Networks in files of keras: written whole or not at all, read with one clear line if damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from core import keras_archive
from core.atomic import replacing
from core.errors import ModelError, OutputError
from core.keras_backend import keras

_LONGEST_REASON = 80

Network = TypeVar("Network")


def write(network: Any, path: Path) -> None:
    """Write a network, packed tightly.

    Args:
        network: a keras model; an optimizer that it has is written, too.
        path: of the file.

    Raises:
        OutputError: the folder is missing, read-only or full.
    """
    try:
        with replacing(path) as temporary:
            network.save(temporary)
            keras_archive.compress(temporary)
    except OutputError:
        raise
    except (OSError, RuntimeError, ValueError) as error:  # h5py reports a full disk as either
        raise OutputError(
            f"{path}: the model could not be written ({_reason(error)}); is the disk full?"
        ) from error


def read(path: Path, kind: type[Network], what: str) -> Network:
    """Read a network whose archive was checked before, see `keras_archive`.

    Args:
        path: of the file.
        kind: its registered class.
        what: such networks, for the message about a file that holds another.

    Raises:
        ModelError: it is damaged, or of another class.
    """
    try:
        network = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # whatever a damaged archive sets off inside keras
        raise ModelError(f"{path}: the model file is damaged; train it again") from error
    if not isinstance(network, kind):
        raise ModelError(f"{path}: not {what}; choose another file")
    return network


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0][:_LONGEST_REASON] if str(error) else type(error).__name__
