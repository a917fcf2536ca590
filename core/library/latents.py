"""Latents and map positions, per model: in the library, or beside it where it is read-only."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import settings, user_folders
from core.errors import InputError, OutputError
from core.identifiers import is_identifier
from core.library import schema, validation
from core.library.database import Database

Array = NDArray[np.float32]
_KEPT_MAPS = 24
"""A training leaves one a minute, nearly all of models that were written over since. Clips that
were placed with any of these are still understood."""

_BY_PART = ":"
_UNREFINED = ":unrefined"
"""After a model's hash: the name under which what its encoder says at once is kept."""


@dataclass(frozen=True)
class SavedMap:
    """A map that is kept: its model, when it was saved (seconds since 1970), its number of dots."""

    model_hash: str
    saved_at: float
    dots: int


class LatentStore:
    """Latents and maps in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save_latents(
        self, model_hash: str, segment_ids: Sequence[str], means: Array, *, refined: bool = True
    ) -> None:
        """Keep latents, in place of those that these segments had for this model.

        Args:
            model_hash: of the model that encoded them.
            segment_ids: n ids.
            means: (n, 64), a latent for each.
            refined: False: they are what the encoder says at once, which is kept beside the others
                until it is refined.

        Raises:
            InputError: `means` has another shape.
            LibraryError: the database cannot be written.
        """
        means = np.ascontiguousarray(means, "<f4")
        _require(means.shape == (len(segment_ids), settings.LATENT_SIZE), "latents", means.shape)
        unrefined = model_hash + _UNREFINED
        name = model_hash if refined else unrefined
        rows = ((name, i, m.tobytes()) for i, m in zip(segment_ids, means, strict=True))
        with self._database.transaction():
            self._database.execute_many("INSERT OR REPLACE INTO latents VALUES (?, ?, ?)", rows)
            if refined:
                self._database.execute_many(
                    "DELETE FROM latents WHERE model_hash = ? AND segment_id = ?",
                    [(unrefined, segment_id) for segment_id in segment_ids],
                )

    def has_unrefined_latents(self, model_hash: str) -> bool:
        """Whether some segments have nothing better yet."""
        sql = "SELECT 1 FROM latents WHERE model_hash = ? LIMIT 1"
        return bool(list(self._database.rows(sql, (model_hash + _UNREFINED,))))

    def latents(self, model_hash: str, *, refined: bool = True) -> dict[str, bytes]:
        """The latents that are kept, of one kind.

        Args:
            model_hash: of the model.
            refined: False: those that have not been refined yet.

        Returns:
            Segment id -> 64 little-endian float32.
        """
        sql = "SELECT segment_id, mean FROM latents WHERE model_hash = ?"
        rows = self._database.rows(sql, (model_hash if refined else model_hash + _UNREFINED,))
        folder = self._database.path.parent
        found = validation.checked(rows, validation.LatentRow, folder)
        return {segment: validation.latent_of(mean, folder) for segment, mean in found}

    def save_map(self, model_hash: str, segment_ids: Sequence[str], positions: Array) -> None:
        """Keep the whole map of a model; the newest 24 maps of the library stay.

        Args:
            model_hash: of the model, or a name from `part_map_name`.
            segment_ids: n ids.
            positions: (n, 2), x and y of each dot.

        Raises:
            InputError: `positions` has another shape.
            LibraryError: the database cannot be written.
        """
        _require(positions.shape == (len(segment_ids), 2), "map positions", positions.shape)
        now = time.time()
        rows = [
            (model_hash, segment, float(x), float(y), now)
            for segment, (x, y) in zip(segment_ids, positions, strict=True)
        ]
        with self._database.transaction():
            self._database.execute("DELETE FROM map WHERE model_hash = ?", (model_hash,))
            self._database.execute_many("INSERT INTO map VALUES (?, ?, ?, ?, ?)", rows)
            for old in self.maps()[_KEPT_MAPS:]:
                self._drop(old.model_hash)

    def map(self, model_hash: str) -> dict[str, tuple[float, float]]:
        """The map of a model: segment id -> x, y."""
        sql = "SELECT segment_id, x, y FROM map WHERE model_hash = ?"
        rows = self._database.rows(sql, (model_hash,))
        found = validation.checked(rows, validation.MapRow, self._database.path.parent)
        return {segment: (x, y) for segment, x, y in found}

    def maps(self) -> list[SavedMap]:
        """All maps kept, the newest first; those by part belong to the map of their model."""
        sql = (
            "SELECT model_hash, MAX(saved_at), COUNT(*) FROM map "
            f"WHERE instr(model_hash, '{_BY_PART}') = 0 GROUP BY 1 ORDER BY 2 DESC"
        )
        rows = validation.checked(
            self._database.rows(sql), validation.SavedMapRow, self._database.path.parent
        )
        return [SavedMap(*row) for row in rows]

    def forget(self, model_hash: str) -> None:
        """Drop the latents and the map of a model."""
        with self._database.transaction():
            self._drop(model_hash)

    def _drop(self, model_hash: str) -> None:
        for name in (model_hash, model_hash + _UNREFINED):
            self._database.execute("DELETE FROM latents WHERE model_hash = ?", (name,))
        names = (model_hash, *(part_map_name(model_hash, part) for part in settings.PARTS))
        for name in names:
            self._database.execute("DELETE FROM map WHERE model_hash = ?", (name,))


def part_map_name(model_hash: str, part: str) -> str:
    """The name under which a model's map by one part is kept, in the place of the model's hash.

    Args:
        model_hash: of the model.
        part: one of `settings.PARTS`.

    Returns:
        A name for `LatentStore.save_map` and `LatentStore.map`.
    """
    return f"{model_hash}{_BY_PART}{part}"


def overlay_path(library_id: str) -> Path:
    """Where the latents and maps of a read-only library are kept: the user's data folder.

    Raises:
        InputError: that is no id.
    """
    if not is_identifier(library_id):
        raise InputError(f"{library_id[:40]!r} is not the id of a library")
    return user_folders.data_folder() / "overlays" / f"{library_id}.sqlite"


def open_overlay(library_id: str, *, create: bool) -> Database | None:
    """Open the database that keeps latents and maps of a read-only library.

    Args:
        library_id: of the library.
        create: make the database where it is missing.

    Returns:
        The open database; None where there is none yet and `create` is False.

    Raises:
        InputError: `library_id` is no id.
        LibraryError: it is damaged.
        OutputError: it cannot be made.
    """
    path = overlay_path(library_id)
    if not path.exists():
        if not create:
            return None
        _make_folder(path.parent)
        schema.create_overlay(path, library_id)
    return Database(path, writable=True)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be made ({error.strerror}); copy the read-only library and open that"
        ) from error


def _require(fits: bool, what: str, shape: tuple[int, ...]) -> None:
    if not fits:
        raise InputError(f"{what} of shape {shape} do not match the segments; encode them again")
