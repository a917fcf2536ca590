"""The file of a parts network: rounded and packed; checked before it is loaded, no code runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from core import keras_archive, settings
from core.atomic import replacing
from core.errors import ModelError, OutputError
from core.keras_archive import compress, read_config
from core.keras_backend import keras, values
from core.parts.network import PartsNetwork, input_shape

FORMAT: Final = 1
_REGISTERED: Final = "technovae>PartsNetwork"
_LARGEST: Final = {"floor": 2048, "blocks": 32}
_LARGEST_WIDTH: Final = 512
_MANTISSA_BITS: Final = 10
"""Kept of each weight, as many as a half-precision number has; zeros compress."""


def save(network: PartsNetwork, path: Path, info: dict[str, Any]) -> None:
    """Write a model file, all of it or nothing.

    Args:
        network: with its weights; it is not changed, and its optimizer is left out.
        path: of the file.
        info: facts that travel inside, plain JSON values.

    Raises:
        OutputError: it cannot be written.
    """
    facts = {**info, "format": FORMAT, **_layout()}
    twin: PartsNetwork = PartsNetwork.from_config({**network.get_config(), "info": facts})
    twin.build(input_shape())
    twin.set_weights(
        [keras_archive.rounded(weight, _MANTISSA_BITS) for weight in values(network.weights)]
    )
    try:
        with replacing(path) as temporary:
            twin.save(temporary)
            compress(temporary)
    except OutputError:
        raise
    except (OSError, RuntimeError, ValueError) as error:  # h5py reports a full disk as either
        raise OutputError(f"{path}: the model could not be written; is the disk full?") from error


def load(path: Path) -> PartsNetwork:
    """The network in the file at `path`.

    Raises:
        ModelError: missing, damaged, of another program or version.
    """
    config = read_config(path, _REGISTERED, check_weights=True)
    _require_known(path, config.get("config"))
    try:
        network = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # whatever a damaged archive sets off inside keras
        raise ModelError(f"{path}: the model file is damaged; train it again") from error
    if not isinstance(network, PartsNetwork):
        raise ModelError(f"{path}: not a network that tells parts apart")
    return network


def _require_known(path: Path, config: Any) -> None:
    """Raise `ModelError` unless a network so configured is of this version and a sane size."""
    info = config.get("info") if isinstance(config, dict) else None
    if not isinstance(info, dict) or not isinstance(info.get("format"), int):
        raise ModelError(f"{path}: the model file says nothing about itself; train it again")
    if info["format"] > FORMAT:
        raise ModelError(f"{path}: written by a newer TechnoVAE; update this one")
    if any(info.get(name) != value for name, value in _layout().items()):
        raise ModelError(f"{path}: made for other spectrograms than this version's; train it again")
    sizes = [config.get(name) for name in _LARGEST]
    widths = config.get("widths")
    sane = isinstance(widths, list) and len(widths) == 3
    sane = sane and all(isinstance(w, int) and 0 < w <= _LARGEST_WIDTH for w in widths)
    bounds = zip(sizes, _LARGEST.values(), strict=True)
    if not sane or not all(isinstance(n, int) and 0 < n <= most for n, most in bounds):
        raise ModelError(f"{path}: a network of another size than any made here; it is not opened")


def _layout() -> dict[str, Any]:
    """What the spectrograms are that the network reads, and what it says of them."""
    return {
        "parts": list(settings.PARTS),
        "rows_per_bar": settings.FRAMES_PER_BAR,
        "bands": settings.N_BANDS,
        "n_fft": settings.N_FFT,
        "top_hz": settings.TOP_HZ,
    }
