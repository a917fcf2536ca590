"""Names of files as text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.file_names import as_text, located, printable, shortened
from tests.systems import needs_names_of_bytes


@needs_names_of_bytes
def test_bytes_that_are_no_text_are_shown_and_found_again() -> None:
    path = Path(os.fsdecode(b"/music/caf\xe9.wav"))
    assert as_text(path) == "/music/caf\\xe9.wav"
    assert located(as_text(path)) == path


def test_a_name_that_only_looks_escaped_is_found_too(tmp_path: Path) -> None:
    path = tmp_path / "caf\\xe9.wav"
    path.touch()
    assert located(as_text(path)) == path


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name.wav", "plain name.wav"),
        ("夜 Öfen", "夜 Öfen"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\rc\td", "a\\x0ab\\x0dc\\x09d"),
        ("gnp\u202e3pm.exe", "gnp\\u202e3pm.exe"),
        ("caf\udce9", "caf\\xe9"),
        ("\x9b31m", "\\x9b31m"),
        ("\ud800", "\\ud800"),
    ],
)
def test_nothing_steers_the_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_anything_can_be_printed(text: str) -> None:
    shown = printable(text)
    shown.encode("utf-8")
    assert "\x1b" not in shown
    assert "\n" not in shown


@given(st.text(max_size=200), st.text("abc.-1", max_size=20))
def test_names_are_cut_to_what_file_systems_take(stem: str, ending: str) -> None:
    stem = stem.encode("utf-8", "ignore").decode()
    name = shortened(stem, ending)
    assert name.endswith(ending)
    assert len(os.fsencode(name)) <= 255
    assert stem.startswith(name.removesuffix(ending))
    if len(os.fsencode(stem + ending)) <= 255:
        assert name == stem + ending
