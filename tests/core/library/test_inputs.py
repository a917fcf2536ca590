from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.library import inputs
from core.library.tracks import natural_key


def names(found: list[Path]) -> list[str]:
    return [path.name for path in found]


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_folders_are_searched_to_the_bottom_in_natural_order(tmp_path: Path) -> None:
    wanted = ["track 1.mp3", "Track 2.WAV", "track 10.flac"]
    touch(*(tmp_path / "a" / "b" / name for name in reversed(wanted)))
    touch(tmp_path / "a" / "cover.jpg", tmp_path / "a" / "._track 1.mp3", tmp_path / ".x" / "h.wav")
    assert names(inputs.find([tmp_path], tmp_path / "library")) == wanted


def test_the_library_itself_is_left_out(tmp_path: Path) -> None:
    touch(tmp_path / "a.wav", tmp_path / "library" / "audio" / "x.flac")
    assert names(inputs.find([tmp_path], tmp_path / "library")) == ["a.wav"]


def test_each_file_comes_once(tmp_path: Path) -> None:
    touch(tmp_path / "a.wav")
    (tmp_path / "link.wav").symlink_to(tmp_path / "a.wav")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = inputs.find([tmp_path, tmp_path / "a.wav", f"{tmp_path}/*.wav"], tmp_path / "library")
    assert len(found) == 1


def test_a_file_that_is_named_is_taken_whatever_its_name(tmp_path: Path) -> None:
    touch(tmp_path / "strange.dat")
    assert names(inputs.find([tmp_path / "strange.dat"], tmp_path / "l")) == ["strange.dat"]


def test_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "x" / "1.wav", tmp_path / "x" / "y" / "2.wav", tmp_path / "x" / "n.txt")
    monkeypatch.chdir(tmp_path)
    assert names(inputs.find(["x/*"], tmp_path / "l")) == ["1.wav", "2.wav"]
    assert names(inputs.find(["**/[2-9].wav"], tmp_path / "l")) == ["2.wav"]


def test_a_name_with_brackets_is_first_a_name(tmp_path: Path) -> None:
    touch(tmp_path / "mix [2020].wav", tmp_path / "mix 2.wav")
    found = inputs.find([tmp_path / "mix [2020].wav"], tmp_path / "l")
    assert names(found) == ["mix [2020].wav"]


@pytest.mark.parametrize("given_", [["no.wav"], ["no*.wav"], [""], []])
def test_what_is_nowhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given_: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError):
        inputs.find(given_, tmp_path / "l")


@given(st.lists(st.text("aB1 09.-²", max_size=8), max_size=6))
def test_all_names_can_be_put_in_order(texts: list[str]) -> None:
    assert sorted(sorted(texts, key=natural_key)) == sorted(texts)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_numbers_in_names_count_by_value(a: int, b: int) -> None:
    assert (natural_key(f"Track {a}.wav") < natural_key(f"track {b}.wav")) == (a < b)
