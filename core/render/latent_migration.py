"""Latents of the library's earlier models, brought to the one that decodes now."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.arrangement.clip import LatentSource
from core.errors import ModelError
from core.latent.alignment import LatentAlignment

if TYPE_CHECKING:
    from core.library.store import Library

Array = NDArray[np.float32]


class LatentMigration:
    """Translates latents of a library's earlier models into those of the model in use.

    Training leaves a better model every minute; clips that were made with the last one go on
    sounding alike. The translation is fitted to the segments that both models have encoded, see
    `core.latent.alignment`.
    """

    def __init__(
        self, library: Library, model_hash: str, latents: Callable[[], tuple[list[str], Array]]
    ) -> None:
        """
        Args:
            library: knows the latents of earlier models.
            model_hash: of the model in use.
            latents: gives the ids of the library's segments and their latents (n, 64) under it.
        """
        self.model_hash = model_hash
        self._library, self._latents = library, latents
        self._lock = threading.Lock()
        self._known: dict[str, LatentAlignment | None] = {}

    def migrate(self, source: LatentSource) -> LatentSource:
        """`source` with the latents it has under the model in use.

        Raises:
            ModelError: it is of a model that this library was never encoded with.
        """
        if source.model_hash in ("", self.model_hash):
            return source
        alignment = self._alignment(source.model_hash)
        if alignment is None:
            raise ModelError(
                f"a latent was made with another model ({source.model_hash[:12]}) that this "
                "library does not remember; open that model, decode the clip again, or place the "
                "point again"
            )
        rows = tuple(tuple(row) for row in alignment.transform(source.array).tolist())
        return replace(source, latents=rows, model_hash=self.model_hash)

    def can_migrate(self, model_hash: str) -> bool:
        """Whether latents of this model can be translated, or need not be."""
        return model_hash in ("", self.model_hash) or self._alignment(model_hash) is not None

    def clear(self) -> None:
        """Forget all translations, after the library changed."""
        with self._lock:
            self._known.clear()

    def _alignment(self, model_hash: str) -> LatentAlignment | None:
        with self._lock:
            if model_hash not in self._known:
                self._known[model_hash] = self._fitted(model_hash)
            return self._known[model_hash]

    def _fitted(self, model_hash: str) -> LatentAlignment | None:
        ids, older = self._library.latents(model_hash, with_unrefined=True)
        if not ids:  # before a library is encoded for nothing
            return None
        return LatentAlignment.fit_shared(ids, older, *self._latents())
