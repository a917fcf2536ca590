"""What a model file says of itself, read and checked without keras."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

from core import settings
from core.errors import ModelError
from core.keras_archive import Weights, read_config, read_model

FORMAT: Final = 1
_REGISTERED: Final = "technovae>SegmentVAE"
_NUMBERS: Final = ("tracks", "windows", "epoch", "seed", "held_out_db", "sharpness")
_LARGEST: Final = {
    "latents": settings.LATENT_SIZE, "width": 2048, "depth": 16, "encoder_depth": 16,
    "patch": 512, "trunk": 4096, "seed": 1 << 63,
}  # fmt: skip
"""Of the numbers that say how large the network is; those of the shipped one are far below."""
_OPTIONS: Final = {
    *_LARGEST, "dropout", "scale_db", "minimum_nats", "info", "name", "trainable", "dtype",
}  # fmt: skip


def layout() -> dict[str, Any]:
    """What a latent of this version's models means; another layout is another instrument."""
    return {
        "latents": settings.LATENT_SIZE,
        "frames": settings.FRAMES_PER_SEGMENT,
        "bands": settings.N_BANDS,
        "n_fft": settings.N_FFT,
        "top_hz": settings.TOP_HZ,
        "floor_db": settings.FLOOR_DB,
        "ceiling_db": settings.CEILING_DB,
    }


def read_info(path: Path, *, check_weights: bool = False) -> dict[str, Any]:
    """The facts that a model file carries.

    The whole archive is checked, so that keras, whose messages are pages long, need not say what
    is wrong with it.

    Args:
        path: of the file.
        check_weights: see also that the weights are plain arrays which fit into memory, as must be
            known before keras reads them.

    Returns:
        Plain JSON values: `layout`, `format`, `epoch`, `tracks`, `windows`, `held_out_db`, `seed`,
        `axes`, `contrast` and `sharpness`, as far as the training wrote them.

    Raises:
        ModelError: missing, damaged, of another program or version.
    """
    config = read_config(path, _REGISTERED, check_weights=check_weights)
    return _checked_info(path, config)


def read_network(path: Path) -> tuple[dict[str, Any], Weights]:
    """What a model file holds, for the network to be evaluated without keras.

    Args:
        path: of the file.

    Returns:
        The network's options, `info` among them, and its weights.

    Raises:
        ModelError: as `read_info`.
    """
    config, weights = read_model(path, _REGISTERED)
    info = _checked_info(path, config)
    options = {**config["config"], "info": info}
    scale_db = options.get("scale_db")
    known = _LARGEST.keys() <= options.keys() <= _OPTIONS
    if not known or not isinstance(scale_db, int | float) or not 0 < scale_db < math.inf:
        raise ModelError(f"{path}: the model file is damaged; train it again")
    return options, weights


def _checked_info(path: Path, config: dict[str, Any]) -> dict[str, Any]:
    inner = config.get("config")
    info = inner.get("info") if isinstance(inner, dict) else None
    if not isinstance(info, dict):
        raise ModelError(f"{path}: the model file says nothing about itself; train it again")
    format_ = info.get("format", 0)
    if not isinstance(format_, int):
        raise ModelError(f"{path}: the model file is damaged; train it again")
    if format_ > FORMAT:
        raise ModelError(f"{path}: written by a newer TechnoVAE; update this one")
    for name, value in layout().items():
        if info.get(name) != value:
            raise ModelError(
                f"{path}: made for {name} {info.get(name)}, but this version has {value}; "
                "train it again"
            )
    _require_plain_facts(path, info)
    assert isinstance(inner, dict)
    for name, largest in _LARGEST.items():
        value = inner.get(name, 0)
        if not isinstance(value, int) or not 0 <= value <= largest:
            raise ModelError(
                f"{path}: a network of another size than any that `train` makes ({name} "
                f"{str(value)[:20]}); choose another file"
            )
    return info


def _require_plain_facts(path: Path, info: dict[str, Any]) -> None:
    """See that what a model says of its training are numbers, since they are shown as such.

    Raises:
        ModelError: they are not.
    """
    numbers = (info.get(name) for name in _NUMBERS)
    tables = (info.get(name) for name in ("axes", "contrast"))
    plain = all(value is None or isinstance(value, int | float) for value in numbers)
    if not plain or not all(value is None or isinstance(value, dict) for value in tables):
        raise ModelError(f"{path}: what the model file says of itself is damaged; train it again")
