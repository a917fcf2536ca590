"""Playlists: tracks of a library that the user has put together under a name.

They are kept by the tracks' ids, which follow from the sound: a track that is removed and imported
again is in its playlists again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core.errors import InputError

LONGEST_NAME: Final = 80


@dataclass(frozen=True)
class Playlist:
    """Tracks under a name.

    Attributes:
        name: for people; no two playlists of a library have the same.
        track_ids: each track once, in the order in which they came in.
    """

    name: str
    track_ids: tuple[str, ...] = ()

    def with_tracks(self, track_ids: Iterable[str]) -> Playlist:
        """The same playlist and these tracks."""
        return Playlist(self.name, tuple(dict.fromkeys((*self.track_ids, *track_ids))))

    def without_tracks(self, track_ids: Iterable[str]) -> Playlist:
        """The same playlist but for these tracks."""
        gone = set(track_ids)
        return Playlist(self.name, tuple(it for it in self.track_ids if it not in gone))


Playlists = tuple[Playlist, ...]


def put(playlists: Playlists, made: Playlist) -> Playlists:
    """Put a playlist in the place of the one of its name, or behind all.

    Args:
        playlists: of a library.
        made: one more, or one of them that was changed.
    """
    if any(it.name == made.name for it in playlists):
        return tuple(made if it.name == made.name else it for it in playlists)
    return (*playlists, made)


def renamed(playlists: Playlists, old: str, new: str) -> Playlists:
    """Give a playlist another name.

    Args:
        playlists: of a library.
        old: name of one of them.
        new: what it is called from now on; cut to `LONGEST_NAME`.

    Raises:
        InputError: no name, or that of another playlist.
    """
    name = new.strip()[:LONGEST_NAME]
    if not name:
        raise InputError("a playlist needs a name")
    if name != old and any(it.name == name for it in playlists):
        raise InputError(f"there is a playlist “{name}” already; choose another name")
    return tuple(Playlist(name, it.track_ids) if it.name == old else it for it in playlists)


def unused_name(playlists: Playlists) -> str:
    """A name that no playlist has yet."""
    taken = {it.name for it in playlists}
    names = (f"Playlist {number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
