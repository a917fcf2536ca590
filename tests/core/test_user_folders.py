from __future__ import annotations

import ast
from pathlib import Path

import platformdirs
import pytest

from core import user_folders

ROOT = Path(__file__).parents[2]


def test_only_one_module_asks_platformdirs() -> None:
    """Fault: sessions and dragged files went to two folders on Windows, where the author counts."""
    asking = []
    for room in ("core", "technovae_gui"):
        for path in (ROOT / room).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
            if any("platformdirs" in ast.unparse(node) for node in imports):
                asking.append(path.relative_to(ROOT).as_posix())
    assert asking == ["core/user_folders.py"]


def test_all_folders_carry_the_name_once() -> None:
    folders = (
        user_folders.data_folder(),
        user_folders.cache_folder(),
        user_folders.log_folder(),
    )
    for folder in folders:
        assert folder.parts.count("technovae") == 1


def test_the_same_place_as_ever_on_linux_and_macos() -> None:
    assert user_folders.data_folder() == platformdirs.user_data_path("technovae")


def test_data_of_the_nested_folder_is_adopted(tmp_path: Path) -> None:
    session = tmp_path / "technovae" / "sessions" / "1.technovae"
    session.parent.mkdir(parents=True)
    session.write_text("work")
    user_folders.adopt_nested_folder(tmp_path)
    assert (tmp_path / "sessions" / "1.technovae").read_text() == "work"
    assert not (tmp_path / "technovae").exists()


def test_adopting_replaces_nothing(tmp_path: Path) -> None:
    for folder, text in (("technovae/sessions", "old"), ("sessions", "new")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "1.technovae").write_text(text)
    user_folders.adopt_nested_folder(tmp_path)
    assert (tmp_path / "sessions" / "1.technovae").read_text() == "new"
    assert (tmp_path / "technovae" / "sessions" / "1.technovae").read_text() == "old"


def test_without_a_nested_folder_nothing_happens(tmp_path: Path) -> None:
    user_folders.adopt_nested_folder(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_the_music_folder_falls_back_to_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(platformdirs, "user_music_path", lambda: tmp_path / "none")
    assert user_folders.music_folder() == Path.home()
