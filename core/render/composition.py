"""What `core.arrangement.compose` needs, gathered from a library and its decoder."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from core.arrangement.material import Array, Material, load_material
from core.dsp.key import Key
from core.errors import LibraryError, OutputError
from core.library.key_analysis import analyse_keys
from core.library.keys import Keys
from core.library.store import Library
from core.progress import CancelFlag, Progress, silent
from core.render.decoder import Decoder

_LOG = logging.getLogger(__name__)


def gather_material(
    library: Library,
    decoder: Decoder,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
) -> Material:
    """Gather the segments of a library for a composition.

    Keys of tracks are analysed when a composition asks for them, and kept; those of the others are
    not read.

    Args:
        library: an open library.
        decoder: of this library.
        progress: of encoding, and of analysing keys.
        cancel: stops either.

    Raises:
        InputError: the library has no segment with a latent.
        Cancelled: as asked.
    """
    ids, latents = decoder.latents(progress=progress, cancel=cancel)
    known = library.keys()
    tried: set[str] = set()

    def keys_of(segment_ids: Sequence[str]) -> list[Key | None]:
        segments = [library.segment(segment_id) for segment_id in segment_ids]
        tracks = {it.track_id for it in segments if not known.knows(it.track_id)} - tried
        if tracks:
            tried.update(tracks)
            _analyse(library, known, tracks, progress, cancel)
        return [known.of_segment(segment) for segment in segments]

    def guide_of(latent: Array) -> str:
        return max(decoder.guides(latent), key=lambda guide: guide.weight).segment_id

    return load_material(
        library,
        ids,
        latents,
        decoder.decode,
        decoder.codec.hash,
        keys_of=keys_of,
        guide_of=guide_of,
        shares_of=decoder.shares if decoder.tells_parts else None,
    )


def _analyse(
    library: Library,
    known: Keys,
    track_ids: set[str],
    progress: Progress,
    cancel: CancelFlag | None,
) -> None:
    """Put the keys of more tracks into `known`; a track that cannot be read has none."""
    try:
        analyse_keys(
            library,
            progress,
            cancel,
            lambda found: known.add(found.track_id, found.chroma),
            track_ids=track_ids,
        )
    except (LibraryError, OutputError) as error:
        _LOG.warning("keys: %s", error)
