"""Files as they are handed to libraries in C."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.audio.byte_source import ByteSource


@pytest.fixture
def source(tmp_path: Path) -> ByteSource:
    """Ten digits."""
    (tmp_path / "digits").write_bytes(b"0123456789")
    return ByteSource(tmp_path / "digits")


def test_a_library_in_c_that_seeks_before_the_beginning_stays_where_it_is(
    source: ByteSource,
) -> None:
    """libsndfile does so in damaged files; an error in its callback would go to the console."""
    with source.open_for_c() as file:
        file.seek(4)
        file.seek(-1)
        assert file.tell() == 4
        assert file.read(1) == b"4"


def test_others_are_told(source: ByteSource) -> None:
    with source.open() as file, pytest.raises(OSError, match="before the beginning"):
        file.seek(-1)
