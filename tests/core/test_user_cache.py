"""The cache: what it holds, and that clearing it leaves alone what is in use or elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import user_cache, user_folders


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "cache"
    monkeypatch.setattr(user_folders, "cache_folder", lambda: made)
    return made


def test_clearing_takes_all_that_can_be_computed_again(folder: Path) -> None:
    for name in ("spectrograms/a/b.npy", "loops/c.flac", "d.json", "demo/library.sqlite"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x" * 100)
    assert user_cache.size_bytes() == 300
    assert user_cache.clear()
    assert user_cache.size_bytes() == 0
    assert [path.name for path in folder.iterdir()] == ["demo"]


def test_what_a_link_leads_to_stays(folder: Path, tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    (music / "track.wav").write_bytes(b"x")
    folder.mkdir()
    (folder / "link").symlink_to(music, target_is_directory=True)
    assert user_cache.clear()
    assert (music / "track.wav").exists()
    assert not list(folder.iterdir())


def test_there_need_not_be_a_cache(folder: Path) -> None:
    assert user_cache.size_bytes() == 0
    assert user_cache.clear()
