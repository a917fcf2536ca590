"""Latents and map positions of a library's segments: read, or computed and stored in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import LibraryError
from core.latent.metric import Decode, PerceptualMetric
from core.progress import CancelFlag, Progress, check

if TYPE_CHECKING:
    from core.latent.embedding import PreviousMap
    from core.library.segments import Segment
    from core.library.store import Library
    from core.vae.codec import Codec

Array = NDArray[np.float32]
_REFINED_AT_ONCE = 1_000
"""Segments: where more are new, a map takes long, for refining a latent takes some 20 ms of CPU."""
_BATCH = 64
"""A sixth faster a segment than 32, and still only a second and a half until a cancel is seen."""


def ensure_latents(
    library: Library,
    codec: Codec,
    progress: Progress,
    cancel: CancelFlag | None,
    *,
    refined: bool = True,
) -> tuple[list[str], Array]:
    """The latents of a library's segments under a model; missing ones are encoded and stored.

    Args:
        library: an open library; latents go into it, or into its overlay where it is read-only.
        codec: the model.
        progress: called after each batch.
        cancel: polled between batches.
        refined: all are refined. False: what the encoder says at once will do, where that is kept
            already or more than 1,000 segments are new.

    Returns:
        Ids of the map's segments (n), and their latents (n, 64).

    Raises:
        LibraryError: the library has no segments.
        Cancelled: as asked; what was encoded so far is kept.
    """
    segments = library.segments()
    if not segments:
        raise LibraryError(f"{library.path}: there is no segment in it yet; import some music")
    have = dict(zip(*library.latents(codec.hash, with_unrefined=not refined), strict=True))
    missing = [segment for segment in segments if segment.id not in have]
    refined = refined or len(missing) <= _REFINED_AT_ONCE
    for first in range(0, len(missing), _BATCH):
        check(cancel)
        progress(first, len(missing), "encoding")
        batch = missing[first : first + _BATCH]
        means = _encoded(library, codec, batch, refined)
        segment_ids = [segment.id for segment in batch]
        library.save_latents(codec.hash, segment_ids, means, refined=refined)
        have.update(zip(segment_ids, means, strict=True))
    ids = [segment.id for segment in segments]
    return ids, np.stack([have[i] for i in ids])


def ensure_map(
    library: Library, model_hash: str, ids: list[str], latents: Array, decode: Decode
) -> Array:
    """The map of a library under a model; a missing one is embedded and stored.

    Args:
        library: an open library.
        model_hash: of the model.
        ids: of the segments, (n).
        latents: theirs, (n, 64).
        decode: latents -> spectrograms, to measure which directions are audible.

    Returns:
        Positions (n, 2). What a map of this model shows stays where it is, and the rest is placed
        among it; else they are laid over the last map as far as that shows the same segments.
    """
    known, xy = library.map(model_hash)
    if set(known) == set(ids):
        positions = dict(zip(known, xy, strict=True))
        return np.stack([positions[i] for i in ids])
    perceived = PerceptualMetric.fit(latents, decode).transform(latents)
    # Here, for it brings much of scipy and most maps are kept.
    from core.latent.embedding import PreviousMap, embed, extend

    placed = extend(perceived, ids, PreviousMap(known, xy))
    if placed is None:
        placed = embed(perceived, ids, _last_map(library, ids))
    library.save_map(model_hash, ids, placed)
    return placed


def _last_map(library: Library, ids: list[str]) -> PreviousMap | None:
    """The newest map that shows any of `ids`."""
    from core.latent.embedding import PreviousMap

    for saved in library.maps():
        known, xy = library.map(saved.model_hash)
        if not set(ids).isdisjoint(known):
            return PreviousMap(known, xy)
    return None


def _encoded(library: Library, codec: Codec, segments: list[Segment], refined: bool) -> Array:
    spectra = np.stack([library.segment_spectrogram(segment) for segment in segments])
    mean, _ = codec.encode(spectra, refined=refined)
    return np.asarray(mean, np.float32)
