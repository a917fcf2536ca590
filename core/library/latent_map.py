"""The latent map of a library under a model, as an immutable snapshot that needs no keras."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import presence, scientific
from core.errors import ModelError
from core.library.models import is_demo
from core.library.training_weights import SegmentTimes
from core.resources import digest

if TYPE_CHECKING:
    from core.latent.axes import AttributeAxes
    from core.latent.inverse import MapInverse
    from core.latent.sampling import AggregatePosterior
    from core.library.segments import Segment
    from core.library.store import Library
    from core.library.tracks import Track

ATTRIBUTES = ("brightness", "density", "kick", "energy", "loudness")


@dataclass(frozen=True, eq=False)
class LatentMap:
    """The segments of a library with their latents and their positions on the map.

    Attributes:
        library_path: folder of the library.
        model_path: file of the model.
        library_id: of the library.
        model_hash: of the model file.
        tempo: of the library in BPM.
        tracks: all tracks of the library by id.
        segments: the n segments that have a dot.
        xy: (n, 2) positions in about the unit square.
        latents: (n, 64).
        refined: whether all of them are; large libraries have their map before that.
        whole: whether no dot is gone since it was made; one that is not is shown until the next is
            there, and nothing that the library keeps is of just its segments.
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
    refined: bool = True
    whole: bool = True

    def __len__(self) -> int:
        return len(self.segments)

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Row of each segment by its id."""
        return {segment.id: row for row, segment in enumerate(self.segments)}

    @cached_property
    def times(self) -> SegmentTimes:
        """Where the segments lie in their tracks."""
        return SegmentTimes.of(self.segments)

    @cached_property
    def inverse(self) -> MapInverse:
        """Latents between the dots. The first use imports scipy: keep it off the first paint."""
        scientific.load()
        from core.latent.inverse import MapInverse

        return MapInverse(self.xy, self.latents)

    @cached_property
    def posterior(self) -> AggregatePosterior:
        """The distribution of the latents, to draw random ones from."""
        scientific.load()
        from core.latent.sampling import AggregatePosterior

        return AggregatePosterior.fit(self.latents)

    @cached_property
    def axes(self) -> AttributeAxes:
        """Attribute axes: those that the model file contains, else fitted to the segments.

        Loudness is no axis, because it is nearly proportional to energy.
        """
        scientific.load()
        from core.latent.axes import NAMES, AttributeAxes

        known = AttributeAxes.of_model(self.model_path)
        return known or AttributeAxes.fit(self.latents, {n: self.values(n) for n in NAMES})

    def values(self, attribute: str) -> NDArray[np.float64]:
        """Values (n,) of an attribute by name, one of `ATTRIBUTES`."""
        return np.asarray([getattr(s.attributes, attribute) for s in self.segments], np.float64)

    def nearest(self, latents: NDArray[np.float32], count: int = 1) -> list[Segment]:
        """Find the segments with the latents nearest to a point of the latent space.

        Args:
            latents: (k, 64), of which the mean is taken.
            count: how many segments to find.

        Returns:
            The segments, the nearest first.
        """
        mean = latents.mean(axis=0)
        # Squared distances without |mean|^2, which is the same for all.
        squares = self._squares - 2.0 * (self.latents @ mean)
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

    def remaining(self, tracks: Iterable[Track]) -> LatentMap | None:
        """What can be shown of this map while the library's next one is made.

        Args:
            tracks: those of the library now; some may be new, gone, or on another beat grid.

        Returns:
            The map without the dots whose four bars are gone, itself where none are; None where
            all are.
        """
        starts = {
            (track.id, section.section): section.starts(1)
            for track in tracks
            for section in track.sections
        }
        rows = [
            row
            for row, it in enumerate(self.segments)
            if it.bar in starts.get((it.track_id, it.section), ())
        ]
        if len(rows) == len(self):
            return self
        segments = tuple(self.segments[row] for row in rows)
        left = {it.track_id for it in segments}
        known = {id_: track for id_, track in self.tracks.items() if id_ in left}
        xy, latents = self.xy[rows], self.latents[rows]
        kept = replace(self, tracks=known, segments=segments, xy=xy, latents=latents, whole=False)
        return kept if rows else None

    def title(self, segment: Segment) -> str:
        """Name of a segment for people: its track, and its first bar counted from 1."""
        return f"{self.tracks[segment.track_id].title}, bar {segment.bar + 1}"


def load(library_path: Path, model_path: Path) -> LatentMap | None:
    """Open a library and read the map that it keeps; see `read`.

    Args:
        library_path: folder of the library.
        model_path: file of the model.

    Raises:
        LibraryError: no such library, or it cannot be read.
        ModelError: the model file is gone or cannot be read.
    """
    from core.library.store import Library

    hash_ = model_hash(model_path)
    with Library.open(library_path, read_only=is_demo(library_path)) as library:
        return read(library, library.tracks(), model_path, hash_)


def read(
    library: Library, tracks: Iterable[Track], model_path: Path, hash_: str
) -> LatentMap | None:
    """Read the map that a library keeps.

    Args:
        library: an open library.
        tracks: all of its tracks.
        model_path: file of the model.
        hash_: the `model_hash` of it.

    Returns:
        The map; None where the library has none that is complete, so that one has to be made.

    Raises:
        LibraryError: it cannot be read.
    """
    segments = library.segments()
    dots = library.dots(hash_, [segment.id for segment in segments])
    if not segments or dots is None:
        return None
    xy, latents = dots
    return LatentMap(
        library.path,
        model_path,
        library.id,
        hash_,
        library.tempo,
        {track.id: track for track in tracks},
        tuple(segments),
        np.asarray(xy, np.float64),
        latents,
        not library.has_unrefined_latents(hash_),
    )


def part_positions(latent_map: LatentMap, part: str) -> NDArray[np.float64] | None:
    """The positions of a map's dots on the map by one part that its library keeps.

    Args:
        latent_map: a map.
        part: one of `settings.PARTS`.

    Returns:
        (n, 2); None where there is none of these segments.

    Raises:
        LibraryError: the library cannot be read.
    """
    from core.library.latents import part_map_name
    from core.library.store import Library

    path = latent_map.library_path
    with Library.open(path, read_only=is_demo(path)) as library:
        ids, xy = library.map(part_map_name(latent_map.model_hash, part))
    rows = {segment_id: row for row, segment_id in enumerate(ids)}
    if set(rows) != set(latent_map.rows):
        return None
    return np.asarray(xy, np.float64)[[rows[segment.id] for segment in latent_map.segments]]


def model_hash(model_path: Path) -> str:
    """The hash by which clips and maps identify the model in a file.

    Raises:
        ModelError: the file is gone or cannot be read.
    """
    try:
        if not presence.is_file(model_path):  # a pipe would never answer, a device never end
            raise FileNotFoundError(model_path)
        return digest(model_path)
    except OSError as error:
        raise ModelError(
            f"{model_path}: there is no such model; train one, or check the name"
        ) from error
