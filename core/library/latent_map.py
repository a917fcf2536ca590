"""The latent map of a library under a model, as a snapshot that needs neither keras nor a child."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import scientific
from core.errors import ModelError
from core.library.models import is_demo
from core.resources import digest

if TYPE_CHECKING:
    from core.latent.axes import AttributeAxes
    from core.latent.inverse import MapInverse
    from core.latent.sampling import AggregatePosterior
    from core.library.segments import Segment
    from core.library.tracks import Track

ATTRIBUTES = ("brightness", "density", "kick", "energy", "loudness")


@dataclass(frozen=True, eq=False)
class LatentMap:
    """n dots: segments of a library, their latents and their places.

    tracks:   by id, all of the library
    segments: (n,)
    xy:       (n, 2), about the unit square
    latents:  (n, 64)
    """

    library_path: Path
    model_path: Path
    library_id: str
    model_hash: str
    tempo: float
    tracks: Mapping[str, Track]
    segments: tuple[Segment, ...]
    xy: NDArray[np.float64]
    latents: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.segments)

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Segment id -> its row."""
        return {segment.id: row for row, segment in enumerate(self.segments)}

    @cached_property
    def inverse(self) -> MapInverse:
        """From places to latents. The first use imports scipy: keep it off the first paint."""
        scientific.load()
        from core.latent.inverse import MapInverse

        return MapInverse(self.xy, self.latents)

    @cached_property
    def posterior(self) -> AggregatePosterior:
        """To draw random latents from."""
        scientific.load()
        from core.latent.sampling import AggregatePosterior

        return AggregatePosterior.fit(self.latents)

    @cached_property
    def axes(self) -> AttributeAxes:
        """To move latents along attributes: the model's own, else fitted to the segments.

        Loudness is no axis: it all but follows energy, and holding one still bends the other.
        """
        scientific.load()
        from core.latent.axes import NAMES, AttributeAxes

        known = AttributeAxes.of_model(self.model_path)
        return known or AttributeAxes.fit(self.latents, {n: self.values(n) for n in NAMES})

    def values(self, attribute: str) -> NDArray[np.float64]:
        """(n,) of an attribute by name."""
        return np.asarray([getattr(s.attributes, attribute) for s in self.segments], np.float64)

    def nearest(self, latents: NDArray[np.float32], count: int = 1) -> list[Segment]:
        """The `count` segments nearest to the mean of `latents` (k, 64), the nearest first."""
        mean = latents.mean(axis=0)
        squares = self._squares - 2.0 * (self.latents @ mean)  # less |mean|^2, which orders nothing
        return [self.segments[row] for row in np.argsort(squares)[:count]]

    @cached_property
    def _squares(self) -> NDArray[np.float32]:
        squares: NDArray[np.float32] = np.einsum("nd,nd->n", self.latents, self.latents)
        return squares

    def align(self, earlier: LatentMap, latents: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Bring latents of an earlier map to this map's model.

        Args:
            earlier: the map that the latents belong to, of the same or another model.
            latents: (m, 64).

        Returns:
            (m, 64) under this map's model; None where the maps share fewer than three segments.
        """
        from core.latent.alignment import LatentAlignment

        if earlier.model_hash == self.model_hash:
            return latents
        alignment = LatentAlignment.fit_shared(
            [*earlier.rows], earlier.latents, [*self.rows], self.latents
        )
        return None if alignment is None else alignment.transform(latents)

    def title(self, segment: Segment) -> str:
        """For people: track, and the bar counted from 1."""
        return f"{self.tracks[segment.track_id].title}, bar {segment.bar + 1}"


def load(library_path: Path, model_path: Path) -> LatentMap | None:
    """The map as the library keeps it; None where the decoder still has to make it.

    Raises:
        LibraryError: no such library, or it cannot be read.
        ModelError: the model file is gone or cannot be read.
    """
    from core.library.store import Library

    hash_ = model_hash(model_path)
    with Library.open(library_path, read_only=is_demo(library_path)) as library:
        segments = {segment.id: segment for segment in library.segments()}
        ids, latents = library.latents(hash_)
        placed, xy = library.map(hash_)
        if not segments or set(placed) != set(segments) or not set(placed) <= set(ids):
            return None
        rows = {segment_id: row for row, segment_id in enumerate(ids)}
        return LatentMap(
            library_path,
            model_path,
            library.id,
            hash_,
            library.tempo,
            {track.id: track for track in library.tracks()},
            tuple(segments[i] for i in placed),
            np.asarray(xy, np.float64),
            np.asarray(latents, np.float32)[[rows[i] for i in placed]],
        )


def model_hash(model_path: Path) -> str:
    """The hash by which clips and maps know the model in this file.

    Raises:
        ModelError: the file is gone or cannot be read.
    """
    try:
        return digest(model_path)
    except OSError as error:
        raise ModelError(
            f"{model_path}: there is no such model; train one, or check the name"
        ) from error
