from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.deletion import delete_file, delete_folder, leads_outside, require_inside
from core.errors import OutputError

ROOT = Path(__file__).resolve().parents[2]
_DELETES = re.compile(r"\b(?:unlink|rmtree|removedirs|os\.remove|os\.rmdir)\(|\.rmdir\(")
_ALLOWED = {
    "core/deletion.py",
    "core/atomic.py",  # temporary files under names that it has just made up
    "core/audio/writing.py",  # the same
    "core/user_folders.py",  # an empty folder of an earlier version
    "core/library/database.py",  # the folder that SQLite makes as a lock
    "core/library/packing.py",  # the empty folder that the copy takes the place of
}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder that is responsible for nothing but itself, beside a file and a folder."""
    (tmp_path / "victim.txt").write_text("precious")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "file").write_text("precious")
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept"


def test_nothing_else_deletes() -> None:
    sources = [*(ROOT / "core").rglob("*.py"), *(ROOT / "technovae_gui").rglob("*.py")]
    found = {
        path.relative_to(ROOT).as_posix()
        for path in sources
        if _DELETES.search(path.read_text(encoding="utf-8"))
    }
    assert found <= _ALLOWED, "delete with core.deletion, which checks where a path leads"


def test_files_and_folders_inside_go(kept: Path) -> None:
    (kept / "folder").mkdir()
    (kept / "folder" / "file").write_text("")
    assert delete_file(kept / "folder" / "file", kept)
    assert delete_file(kept / "folder" / "file", kept)
    assert delete_folder(kept / "folder", kept)
    assert list(kept.iterdir()) == []


@pytest.mark.parametrize("name", ["../victim.txt", "x/../../victim.txt", "..", "", ".", "a\0b"])
def test_nothing_outside_goes(kept: Path, name: str) -> None:
    (kept / "x").mkdir()
    for delete in (delete_file, delete_folder):
        with pytest.raises(OutputError, match="lies outside"):
            delete(kept / name, kept)
    with pytest.raises(OutputError, match="lies outside"):
        delete_folder(kept.parent / "others", kept)
    assert (kept.parent / "victim.txt").read_text() == "precious"
    assert (kept.parent / "others" / "file").exists()


def test_a_folder_beside_with_the_same_beginning_is_outside(kept: Path) -> None:
    with pytest.raises(OutputError):
        require_inside(kept.parent / "kept too" / "file", kept)


def test_links_go_and_what_they_lead_to_stays(kept: Path) -> None:
    (kept / "link").symlink_to(kept.parent / "victim.txt")
    (kept / "folder").symlink_to(kept.parent / "others")
    assert leads_outside(kept / "link", kept)
    with pytest.raises(OutputError, match="lies outside"):
        delete_file(kept / "folder" / "file", kept)
    assert delete_file(kept / "link", kept)
    assert delete_folder(kept / "folder", kept)
    assert (kept.parent / "victim.txt").exists()
    assert (kept.parent / "others" / "file").exists()


def test_links_inside_are_no_ways_out(kept: Path) -> None:
    (kept / "file").write_text("")
    (kept / "link").symlink_to("file")
    assert not leads_outside(kept / "link", kept)
    assert not leads_outside(kept / "file", kept)
    assert not leads_outside(kept / "missing", kept)


def test_what_the_system_refuses_is_said(kept: Path) -> None:
    (kept / "folder").mkdir()
    assert not delete_file(kept / "folder", kept)


def test_a_folder_too_deep_to_be_deleted_is_left(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before Python 3.13 a thousand folders in each other end in a `RecursionError`."""
    (kept / "deep").mkdir()
    with monkeypatch.context() as deep:
        deep.setattr("shutil.rmtree", _too_deep)
        assert not delete_folder(kept / "deep", kept)
    assert delete_folder(kept / "deep", kept)


def _too_deep(*_: object, **__: object) -> None:
    raise RecursionError
