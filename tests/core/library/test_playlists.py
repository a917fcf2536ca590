"""Playlists: changed by values, kept in a file, never written over where it is another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError
from core.library import playlist_file, playlists
from core.library.playlists import Playlist


def test_playlists_are_changed_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "playlists" / "a.json"
    assert playlist_file.load(file) == ()
    known = playlists.put((), Playlist("Dark", ("a", "b")))
    known = playlists.put(known, Playlist(playlists.unused_name(known)))
    known = playlists.put(known, known[0].with_tracks(["c", "a"]).without_tracks(["b"]))
    playlist_file.save(known, file)
    assert playlist_file.load(file) == (Playlist("Dark", ("a", "c")), Playlist("Playlist 1"))
    assert playlists.unused_name(known) == "Playlist 2"


def test_a_playlist_gets_a_name_that_no_other_has() -> None:
    known = (Playlist("Dark", ("a",)), Playlist("Light"))
    assert playlists.renamed(known, "Dark", "  Night ")[0] == Playlist("Night", ("a",))
    assert playlists.renamed(known, "Dark", "Dark") == known
    with pytest.raises(InputError, match="already"):
        playlists.renamed(known, "Dark", "Light")
    with pytest.raises(InputError, match="needs a name"):
        playlists.renamed(known, "Dark", " ")


def test_what_is_no_list_of_playlists_is_refused_and_left(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b'{"format": "technovae paths"}')
    with pytest.raises(InputError, match="not a list of playlists"):
        playlist_file.load(file)
    assert file.exists()
    with pytest.raises(InputError, match="delete one"):
        playlist_file.save(tuple(Playlist(str(n)) for n in range(201)), file)
