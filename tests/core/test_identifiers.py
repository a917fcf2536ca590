from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identifiers import is_audio_name, is_identifier, is_segment_id, is_track_id

TRACK = "20500803bca1b9a5"


def test_ids_of_today_are_ids() -> None:
    assert is_identifier("technovae-demo")
    assert is_identifier("5a0c3f0e8e6b4f0b9a5d6c7e8f901234")
    assert is_identifier("9ecafabb54dc23c4")
    assert is_track_id(TRACK)
    assert is_segment_id(f"{TRACK}-0-132")
    assert is_audio_name(f"{TRACK}.flac", TRACK)
    assert is_audio_name(f"{TRACK}.ogg", TRACK)


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a/b", "a\\b", "c:", "/a", "~", "-a", "a b", "a\n", "a\0", "nul", "COM1", "a.b",
     "é", "x" * 200, None, 5, b"a"],
)  # fmt: skip
def test_what_could_lead_elsewhere_is_none(text: object) -> None:
    assert not is_identifier(text)
    assert not is_segment_id(text)
    assert not is_track_id(text)
    assert not is_audio_name(text, TRACK)


@given(st.text() | st.from_regex(r"[\w./\\:-]{1,70}"))
def test_what_passes_is_one_part_of_a_path_everywhere(text: str) -> None:
    if is_identifier(text) or is_segment_id(text):
        assert PurePosixPath("/a", text).parts == ("/", "a", text)
        assert PureWindowsPath("C:/a", text).parts == ("C:\\", "a", text)
        assert text.isascii()
