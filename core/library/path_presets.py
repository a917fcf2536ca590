"""Paths over the latent map that the user has given a name; kept in a file of JSON.

A path is kept by the dots that it passes, so that it is found again on a map that was made anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import json_lists
from core.errors import InputError
from core.library.latent_map import LatentMap

LONGEST_NAME: Final = 80
MOST_PRESETS: Final = 100
_MOST_BYTES: Final = 4 << 20
_LEAST_POINTS: Final = 2
_FORMAT: Final = "technovae paths"


class PathPoint(msgspec.Struct, frozen=True):
    """A point of a path, by the dot that is nearest to it.

    Attributes:
        segment_id: of the dot.
        dx: how far right of the dot it lies, in units of the map.
        dy: how far above it.
    """

    segment_id: str
    dx: float
    dy: float


class PathPreset(msgspec.Struct, frozen=True):
    """A path with a name."""

    name: str
    points: tuple[PathPoint, ...]

    @classmethod
    def of(cls, name: str, latent_map: LatentMap, path: NDArray[np.float64]) -> PathPreset:
        """Take a path down.

        Args:
            name: for people.
            latent_map: that it is drawn on.
            path: (n, 2) in units of the map.
        """
        gaps = path[:, None] - latent_map.xy[None]
        rows = (gaps**2).sum(axis=2).argmin(axis=1)
        points = tuple(
            PathPoint(latent_map.segments[row].id, *map(float, gap[row]))
            for row, gap in zip(rows, gaps, strict=True)
        )
        return cls(name[:LONGEST_NAME], points)

    def positions(self, latent_map: LatentMap) -> NDArray[np.float64] | None:
        """Where it lies on a map, (n, 2); None where not even two of its dots are there."""
        found = [
            latent_map.xy[latent_map.rows[it.segment_id]] + (it.dx, it.dy)
            for it in self.points
            if it.segment_id in latent_map.rows
        ]
        return np.stack(found) if len(found) >= _LEAST_POINTS else None


def save(presets: tuple[PathPreset, ...], path: Path) -> None:
    """Write presets to a file, all of it or none.

    Args:
        presets: the ones to keep.
        path: of the file; its folder is made.

    Raises:
        InputError: there are more than `MOST_PRESETS`.
        OutputError: it cannot be written.
    """
    if len(presets) > MOST_PRESETS:
        raise InputError(f"there are {MOST_PRESETS} paths already; delete one of them first")
    json_lists.write(path, _File(_FORMAT, presets))


def load(path: Path) -> tuple[PathPreset, ...]:
    """Read presets; none where there is no such file.

    Raises:
        InputError: it is no such file, or damaged.
    """
    found = json_lists.read(path, _File, _FORMAT, "paths", _MOST_BYTES)
    return () if found is None else found.presets


class _File(json_lists.ListFile):
    presets: tuple[PathPreset, ...] = ()
