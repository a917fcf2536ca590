"""Latents of older models as latents of the one that decodes now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from core.arrangement.clip import LatentSource
from core.errors import ModelError

if TYPE_CHECKING:
    from core.library.latent_map import LatentMap
    from core.render.latent_migration import LatentMigration


def redecoded(sources: Mapping[str, LatentSource], found: LatentMap) -> dict[str, LatentSource]:
    """Bring latents along to the model of a map.

    Clips of older models sound without this, where the library knows their model: they are brought
    along each time. This writes it down.

    Args:
        sources: by clip id. Latents of a model that the library does not know are taken as they
            are.
        found: the map under the model that decodes now.

    Returns:
        The sources of that model, by clip id.

    Raises:
        LibraryError: the map's library is gone.
    """
    from core.library.store import Library
    from core.render.latent_migration import LatentMigration

    with Library.open(found.library_path, read_only=True) as library:
        ids = [segment.id for segment in found.segments]
        migration = LatentMigration(library, found.model_hash, lambda: (ids, found.latents))
        return {clip_id: _migrated(migration, source) for clip_id, source in sources.items()}


def _migrated(migration: LatentMigration, source: LatentSource) -> LatentSource:
    try:
        return migration.migrate(source)
    except ModelError:
        return replace(source, model_hash=migration.model_hash)
