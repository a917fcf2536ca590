"""Latents and map positions of a library's segments: read, or computed and kept there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import LibraryError
from core.latent.embedding import PreviousMap, embed
from core.latent.metric import Decode, PerceptualMetric
from core.progress import CancelFlag, Progress, check

if TYPE_CHECKING:
    from core.library.segments import Segment
    from core.library.store import Library
    from core.vae.checkpoint import Codec

Array = NDArray[np.float32]
_BATCH = 32


def ensure_latents(
    library: Library, codec: Codec, progress: Progress, cancel: CancelFlag | None
) -> tuple[list[str], Array]:
    """Ids of the map segments of `library` and their latents (n, 64) under `codec`.

    Raises:
        LibraryError: there are none.
        Cancelled: as asked; what was encoded so far is kept.
    """
    segments = library.segments()
    if not segments:
        raise LibraryError(f"{library.path}: there is no segment in it yet; import some music")
    have = dict(zip(*library.latents(codec.hash), strict=True))
    missing = [segment for segment in segments if segment.id not in have]
    for first in range(0, len(missing), _BATCH):
        check(cancel)
        progress(first, len(missing), "encoding")
        batch = missing[first : first + _BATCH]
        means = _encoded(library, codec, batch)
        library.save_latents(codec.hash, [segment.id for segment in batch], means)
        have.update(zip((segment.id for segment in batch), means, strict=True))
    ids = [segment.id for segment in segments]
    return ids, np.stack([have[i] for i in ids])


def ensure_map(
    library: Library, model_hash: str, ids: list[str], latents: Array, decode: Decode
) -> Array:
    """Places (n, 2) of the segments `ids` on the map; kept in `library`, laid over its last map."""
    known, xy = library.map(model_hash)
    if set(known) == set(ids):
        there = dict(zip(known, xy, strict=True))
        return np.stack([there[i] for i in ids])
    heard = PerceptualMetric.fit(latents, decode).transform(latents)
    placed = embed(heard, ids, _last_map(library, ids))
    library.save_map(model_hash, ids, placed)
    return placed


def _last_map(library: Library, ids: list[str]) -> PreviousMap | None:
    """The newest map that shows any of `ids`."""
    for saved in library.maps():
        known, xy = library.map(saved.model_hash)
        if not set(ids).isdisjoint(known):
            return PreviousMap(known, xy)
    return None


def _encoded(library: Library, codec: Codec, segments: list[Segment]) -> Array:
    spectra = np.stack([library.segment_spectrogram(segment) for segment in segments])
    mean, _ = codec.encode(spectra)
    return np.asarray(mean, np.float32)
