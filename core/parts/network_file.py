"""A network that learns, written to its file and read again by keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from core import keras_archive, network_files
from core.keras_backend import values
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
    network_files.write(twin, path)


def load(path: Path) -> PartsNetwork:
    """The network in the file at `path`.

    Raises:
        ModelError: missing, damaged, of another program or version.
    """
    model_file.check(path)
    return network_files.read(path, PartsNetwork, "a network that tells parts apart")
