"""Principal components of the library, to start a model from and to compare it with."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from core import settings
from core.vae import pca
from core.vae.augmentation import Augmentation
from core.vae.data import Array, Index, TrainingData
from core.vae.layers import CELLS, patches_of
from core.vae.model import SegmentVAE, input_shape
from core.vae.pretrained import Pretrained

_MOST_WINDOWS = 1600
"""Windows that components are fitted to, and as many varied ones: 840 MB while it lasts."""
_MOST_PATCHES = 40_000
_VARIED_WEIGHT, _GENERAL_WEIGHT = 0.25, 0.4
"""How much varied windows and music in general count beside the library's windows. Without music in
general, varied windows count as much as the library's."""
_SPAN_DB = settings.CEILING_DB - settings.FLOOR_DB


class PcaBaseline:
    """Plain principal components of the training windows, as many as there are latents."""

    def __init__(self, components: pca.Components) -> None:
        self._components = components

    def error_db(self, data: TrainingData, places: Index) -> float:
        """Mean absolute error of the components' reconstructions.

        Args:
            data: windows.
            places: (n, 2), which of them.

        Returns:
            dB, reconstructions clipped as a decoder's are; 0 where `places` is empty.
        """
        parts = [self._errors(data.batch(places[i : i + 64])) for i in range(0, len(places), 64)]
        return float(np.mean(np.concatenate(parts))) if parts else 0.0

    def _errors(self, windows: Array) -> Array:
        rows = windows.reshape(-1, CELLS)
        kept = np.clip(self._components.decode(self._components.encode(rows)), 0.0, 1.0)
        return np.asarray(np.abs(kept - rows).mean(axis=1) * _SPAN_DB, np.float32)


class Initializer:
    """Fits principal components to a sample of the training windows."""

    def __init__(
        self,
        data: TrainingData,
        learning: Index,
        rng: np.random.Generator,
        pretrained: Pretrained | None = None,
    ) -> None:
        """
        Args:
            data: the library's windows.
            learning: (n, 2), those to learn from; at most 1,600 are drawn.
            rng: draws them.
            pretrained: how music in general varies; models then start from both.
        """
        self._rng, self._pretrained = rng, pretrained
        self._windows = data.batch(_some(learning, _MOST_WINDOWS, rng))

    @cached_property
    def _gram(self) -> Array:
        return pca.gram(self._windows.reshape(-1, CELLS))

    def baseline(self) -> PcaBaseline:
        """Components of the windows as they are."""
        rows = self._windows.reshape(-1, CELLS)
        return PcaBaseline(pca.from_gram(rows, self._gram, settings.LATENT_SIZE))

    def model(self, augmentation: Augmentation, sizes: dict[str, Any]) -> SegmentVAE:
        """A model that encodes and decodes by principal components, and nothing else yet.

        Args:
            augmentation: varies as many windows again, to which the components are fitted as well.
            sizes: as `SegmentVAE` takes them.
        """
        model = SegmentVAE(**sizes)
        model.build(input_shape())
        patches = patches_of(self._windows)
        patches = patches[_some(np.arange(len(patches)), _MOST_PATCHES, self._rng)]
        model.start_from(
            self._components(augmentation, model.latents),
            pca.fit_tall(patches - patches.mean(axis=0), model.patch),
        )
        return model

    def _components(self, augmentation: Augmentation, count: int) -> pca.Components:
        rows = self._windows.reshape(-1, CELLS)
        mean = rows.mean(axis=0)
        deviations, weight = [], 0.0
        if augmentation.share > 0:
            share = 1.0 if self._pretrained is None else _VARIED_WEIGHT
            varied = augmentation.vary(self._windows, self._windows, self._rng)
            deviations.append((varied.reshape(-1, CELLS) - mean) * np.float32(np.sqrt(share)))
            weight += share * len(rows)
        if self._pretrained is not None:
            windows = _GENERAL_WEIGHT * len(rows)
            general = [self._pretrained.windows(), (self._pretrained.mean - mean)[None]]
            deviations += [one * np.float32(np.sqrt(windows)) for one in general]
            weight += windows
        beside = (np.concatenate(deviations), weight) if deviations else None
        return pca.from_gram(rows, self._gram, count, beside)


def _some(places: Index, most: int, rng: np.random.Generator) -> Index:
    """All of `places`, or `most` of them at random, in order."""
    if len(places) <= most:
        return places
    return places[np.sort(rng.permutation(len(places))[:most])]
