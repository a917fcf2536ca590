"""The playlists of a library in a file of JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from core import json_lists
from core.errors import InputError
from core.library.playlists import Playlist, Playlists

MOST_PLAYLISTS: Final = 200
_MOST_BYTES: Final = 16 << 20
_FORMAT: Final = "technovae playlists"


def save(playlists: Playlists, path: Path) -> None:
    """Write playlists to a file, all of it or none.

    Args:
        playlists: the ones to keep.
        path: of the file; its folder is made.

    Raises:
        InputError: there are more than `MOST_PLAYLISTS`.
        OutputError: it cannot be written.
    """
    if len(playlists) > MOST_PLAYLISTS:
        raise InputError(f"there are {MOST_PLAYLISTS} playlists already; delete one of them first")
    json_lists.write(path, _File(_FORMAT, playlists))


def load(path: Path) -> Playlists:
    """Read playlists; none where there is no such file.

    Raises:
        InputError: it is no such file, or damaged.
    """
    found = json_lists.read(path, _File, _FORMAT, "playlists", _MOST_BYTES)
    return () if found is None else found.playlists


class _File(json_lists.ListFile):
    playlists: tuple[Playlist, ...] = ()
