"""Perceptual metrics that were fitted before, kept in the user's cache.

Fitting decodes up to 256 latents of a library: two fifths of what the renderer takes before its
first sound.
"""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core import atomic, user_folders
from core.deletion import delete_file
from core.errors import OutputError
from core.latent.metric import Decode, PerceptualMetric

Array = NDArray[np.float32]
_VERSION: Final = 1
"""To be raised when `core.latent.metric` fits otherwise."""
_KEPT: Final = 32
"""Files, of some 130 KB each; the oldest ones go."""
_CENTRE: Final = "centre"
_log = logging.getLogger(__name__)


def metrics_folder() -> Path:
    """Where they are kept. The folder need not exist yet."""
    return user_folders.cache_folder() / "metrics"


def fit_or_read(latents: Array, decode: Decode, ranges: Sequence[slice]) -> list[PerceptualMetric]:
    """As `PerceptualMetric.fit_ranges`, and the same bits; read where they were fitted before.

    Args:
        latents: (n, d).
        decode: latents (n, d) -> spectrograms (n, 512, 128) dB.
        ranges: of the 32 groups of four bands that fingerprints have.

    Raises:
        InputError: no latents.
    """
    if not len(latents):
        return PerceptualMetric.fit_ranges(latents, decode, ranges)
    path = metrics_folder() / f"{_name(latents, decode, ranges)}.npz"
    found = _read(path, len(ranges))
    if found is None:
        found = PerceptualMetric.fit_ranges(latents, decode, ranges)
        _write(path, found)
    return found


def _name(latents: Array, decode: Decode, ranges: Iterable[slice]) -> str:
    """Of all that metrics depend on; of the decoder, what it makes of a latent."""
    hashed = hashlib.sha256(f"{_VERSION} {latents.shape} {list(ranges)}".encode())
    for facts in (latents, decode(latents[:1])):
        hashed.update(np.ascontiguousarray(facts).tobytes())
    return hashed.hexdigest()


def _read(path: Path, count: int) -> list[PerceptualMetric] | None:
    """None where there are none, or they are damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return [PerceptualMetric(file[_CENTRE], file[str(number)]) for number in range(count)]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _write(path: Path, metrics: Sequence[PerceptualMetric]) -> None:
    """Nothing is lost where there is no room: they are fitted again."""
    arrays: dict[str, Any] = {str(number): it.projection for number, it in enumerate(metrics)}
    arrays[_CENTRE] = metrics[0].centre
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic.replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)
        kept = sorted(path.parent.glob("*.npz"), key=lambda it: it.stat().st_mtime)
        for old in kept[:-_KEPT]:
            delete_file(old, path.parent)
    except (OSError, OutputError):
        _log.warning("metrics could not be kept in %s", path.parent, exc_info=True)
