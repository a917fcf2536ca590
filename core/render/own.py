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


class OwnLatents:
    """Finds, for a latent of any model that the library remembers, its place under `model_hash`.

    Training leaves a better model every minute; what was placed with the last one stays music.
    """

    def __init__(
        self, library: Library, model_hash: str, latents: Callable[[], tuple[list[str], Array]]
    ) -> None:
        """`latents`: ids of the library's segments and their latents (n, 64) under the model."""
        self.model_hash = model_hash
        self._library, self._latents = library, latents
        self._lock = threading.Lock()
        self._known: dict[str, LatentAlignment | None] = {}

    def of(self, source: LatentSource) -> LatentSource:
        """`source` with the latents it has under this model.

        Raises:
            ModelError: it is of a model that the library does not remember.
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

    def remembers(self, model_hash: str) -> bool:
        """Whether latents of this model can be decoded."""
        return model_hash in ("", self.model_hash) or self._alignment(model_hash) is not None

    def forget(self) -> None:
        """The library changed."""
        with self._lock:
            self._known.clear()

    def _alignment(self, model_hash: str) -> LatentAlignment | None:
        with self._lock:
            if model_hash not in self._known:
                self._known[model_hash] = self._fitted(model_hash)
            return self._known[model_hash]

    def _fitted(self, model_hash: str) -> LatentAlignment | None:
        ids, older = self._library.latents(model_hash)
        if not ids:  # before a library is encoded for nothing
            return None
        return LatentAlignment.fit_shared(ids, older, *self._latents())
