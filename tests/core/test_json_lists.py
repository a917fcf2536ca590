"""Lists in files of JSON: written whole, and what is no such list is told and left."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import json_lists
from core.errors import InputError

FORMAT = "numbers of a test"


class Numbers(json_lists.ListFile):
    numbers: tuple[int, ...] = ()


def read(path: Path, most_bytes: int = 1000) -> Numbers | None:
    return json_lists.read(path, Numbers, FORMAT, "numbers", most_bytes)


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a folder" / "numbers.json"
    assert read(path) is None
    json_lists.write(path, Numbers(FORMAT, (3, 1)))
    assert read(path) == Numbers(FORMAT, (3, 1))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    json_lists.write(path, Numbers(FORMAT, (7,) * 100))
    with pytest.raises(InputError, match="too large for a list of numbers"):
        read(path, 100)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"format": "another"}', b"\xff", b"[" * 900, b'{"numbers": 1}']
)
def test_another_file_is_told_and_left(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "numbers.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a list of numbers"):
        read(path)
    assert path.read_bytes() == content


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="could not be read"):
        read(tmp_path, 1 << 20)
