"""Places of the map that were auditioned, newest first, with favourites; in a file of JSON.

A module of its own, because what checks JSON is imported only when it is needed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from core import json_lists
from core.arrangement.clip import ClipSource
from core.arrangement.project_file import source_from_json, source_to_json
from core.errors import InputError, TechnoVAEError

MOST_PLACES: Final = 200
"""Places that are no favourites; the oldest go first."""
MOST_FAVOURITES: Final = 500
_LONGEST_NAME: Final = 500
_MOST_BYTES: Final = 16 << 20
_FORMAT: Final = "technovae heard places"


@dataclass(frozen=True)
class AuditionedPlace:
    """A place of the map.

    Attributes:
        source: what sounds there.
        name: for people.
        xy: where it was on the map.
        segment_id: the segment that it is, or was nearest to.
        favourite: whether the user has given it a star.
    """

    source: ClipSource
    name: str
    xy: tuple[float, float] = (0.0, 0.0)
    segment_id: str = ""
    favourite: bool = False


@dataclass(frozen=True)
class AuditionHistory:
    """Places, newest first, each source once."""

    places: tuple[AuditionedPlace, ...] = ()

    def __iter__(self) -> Iterator[AuditionedPlace]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def with_place(self, place: AuditionedPlace) -> AuditionHistory:
        """With a place on top; one that was heard before keeps its star. The oldest goes where
        there are too many."""
        before = next((it for it in self.places if it.source == place.source), None)
        if before is not None:
            place = dataclasses.replace(place, favourite=before.favourite)
        rest = tuple(it for it in self.places if it.source != place.source)
        return AuditionHistory(_bounded((place, *rest)))

    def followed_by(self, older: AuditionHistory) -> AuditionHistory:
        """These on top of older ones; a star of either stays."""
        stars = {it.source for it in older if it.favourite}
        mine = {it.source for it in self.places}
        newer = tuple(
            dataclasses.replace(it, favourite=it.favourite or it.source in stars)
            for it in self.places
        )
        return AuditionHistory(_bounded((*newer, *(it for it in older if it.source not in mine))))

    def with_star(self, source: ClipSource, favourite: bool) -> AuditionHistory:
        """Mark a place as a favourite, or no longer.

        Args:
            source: what was heard there.
            favourite: whether it is one.

        Returns:
            The places; the same ones where none has this source.
        """
        return AuditionHistory(
            tuple(
                dataclasses.replace(it, favourite=favourite) if it.source == source else it
                for it in self.places
            )
        )

    def without(self, source: ClipSource) -> AuditionHistory:
        """Without a place."""
        return AuditionHistory(tuple(it for it in self.places if it.source != source))

    def favourites(self) -> AuditionHistory:
        """Those with a star."""
        return AuditionHistory(tuple(it for it in self.places if it.favourite))


def save(places: AuditionHistory, path: Path) -> None:
    """Write places to a file, all of it or none.

    Args:
        places: the ones to keep.
        path: of the file; its folder is made.

    Raises:
        OutputError: it cannot be written.
    """
    rows = [
        _Row(source_to_json(it.source), it.name, _plain(it.xy), it.segment_id, it.favourite)
        for it in places
    ]
    json_lists.write(path, _File(_FORMAT, rows))


def _plain(xy: tuple[float, float]) -> tuple[float, float]:
    """Without numpy's numbers, which are floats to Python and nothing to JSON."""
    x, y = xy
    return float(x), float(y)


def load(path: Path) -> AuditionHistory:
    """Read places; none where there is no such file.

    Raises:
        InputError: it is no such file, or damaged.
    """
    found = json_lists.read(path, _File, _FORMAT, "places", _MOST_BYTES)
    if found is None:
        return AuditionHistory()
    try:
        places = [_place(row) for row in found.places]
    except TechnoVAEError as error:
        raise InputError(f"{path}: damaged ({error}); delete it to begin a new list") from error
    return AuditionHistory().followed_by(AuditionHistory(tuple(places)))


class _Row(msgspec.Struct):
    source: dict[str, Any]
    name: str
    xy: tuple[float, float] = (0.0, 0.0)
    segment_id: str = ""
    favourite: bool = False


class _File(json_lists.ListFile):
    places: list[_Row]


def _place(row: _Row) -> AuditionedPlace:
    name = row.name[:_LONGEST_NAME]
    return AuditionedPlace(
        source_from_json(row.source), name, row.xy, row.segment_id, row.favourite
    )


def _bounded(places: tuple[AuditionedPlace, ...]) -> tuple[AuditionedPlace, ...]:
    left = {True: MOST_FAVOURITES, False: MOST_PLACES}
    kept = []
    for place in places:
        if left[place.favourite]:
            left[place.favourite] -= 1
            kept.append(place)
    return tuple(kept)
