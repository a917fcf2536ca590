from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.library import inputs
from core.library.store import Library
from core.library.tracks import natural_key
from tests.fuzzing import examples
from tests.systems import needs_pipes


def names(found: inputs.Found) -> list[str]:
    return [path.name for path in found.files]


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_folders_are_searched_to_the_bottom_in_natural_order(tmp_path: Path) -> None:
    wanted = ["track 1.mp3", "Track 2.WAV", "track 10.flac"]
    touch(*(tmp_path / "a" / "b" / name for name in reversed(wanted)))
    touch(tmp_path / "a" / "cover.jpg", tmp_path / "a" / "._track 1.mp3", tmp_path / ".x" / "h.wav")
    assert names(inputs.find([tmp_path], tmp_path / "library")) == wanted


@pytest.fixture
def deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file below 1,200 folders in each other: Python before 3.12 does not walk or delete them."""
    monkeypatch.chdir(tmp_path)
    for _ in range(1200):
        Path("n").mkdir()
        os.chdir("n")
    Path("bottom.wav").touch()
    yield tmp_path / "n"
    Path("bottom.wav").unlink()
    for _ in range(1200):
        os.chdir("..")
        Path("n").rmdir()


@pytest.mark.skipif(os.name == "nt", reason="paths of Windows are shorter")
def test_a_thousand_folders_in_each_other_are_searched(deep: Path, tmp_path: Path) -> None:
    touch(tmp_path / "top.wav")
    assert names(inputs.find([tmp_path], tmp_path / "library")) == ["bottom.wav", "top.wav"]
    with pytest.raises(InputError, match=r"cannot be looked up|nothing has such a name"):
        inputs.find([f"{deep}/**/x*.wav"], tmp_path / "library")


def test_the_library_itself_is_left_out(tmp_path: Path) -> None:
    touch(tmp_path / "a.wav", tmp_path / "library" / "audio" / "x.flac")
    assert names(inputs.find([tmp_path], tmp_path / "library")) == ["a.wav"]


@pytest.mark.parametrize("bin_", ["$RECYCLE.BIN", "#recycle", "@eaDir", "__MACOSX", ".Trash-1000"])
def test_what_was_deleted_is_no_music(tmp_path: Path, bin_: str) -> None:
    """On sticks of Windows and network disks; a folder that is named outright is meant."""
    touch(tmp_path / "a.wav", tmp_path / bin_ / "S-1-5" / "b.wav")
    assert names(inputs.find([tmp_path], tmp_path / "library")) == ["a.wav"]
    assert names(inputs.find([tmp_path / bin_], tmp_path / "library")) == ["b.wav"]


def test_each_file_comes_once(tmp_path: Path) -> None:
    touch(tmp_path / "a.wav")
    (tmp_path / "link.wav").symlink_to(tmp_path / "a.wav")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = inputs.find([tmp_path, tmp_path / "a.wav", f"{tmp_path}/*.wav"], tmp_path / "library")
    assert len(found.files) == 1


@needs_pipes
def test_a_pipe_that_has_the_name_of_a_database_is_not_waited_for(tmp_path: Path) -> None:
    touch(tmp_path / "a.wav")
    os.mkfifo(tmp_path / "library.sqlite")
    assert names(inputs.find([tmp_path], tmp_path / "library")) == ["a.wav"]


def test_a_file_that_is_named_is_taken_whatever_its_name(tmp_path: Path) -> None:
    touch(tmp_path / "strange.dat")
    assert names(inputs.find([tmp_path / "strange.dat"], tmp_path / "l")) == ["strange.dat"]


def test_patterns_are_looked_up_in_all_folders_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_a_name_that_leads_nowhere_does_not_keep_the_others_out(tmp_path: Path) -> None:
    touch(tmp_path / "a.wav")
    given_ = [tmp_path / "gone.wav", tmp_path / "no*.wav", tmp_path / "a.wav"]
    found = inputs.find(given_, tmp_path / "library")
    assert names(found) == ["a.wav"]
    assert [(it.path.name, it.reason.partition(";")[0]) for it in found.skipped] == [
        ("gone.wav", "no such file or folder"),
        ("no*.wav", "nothing has such a name"),
    ]


@given(st.lists(st.text("aB1 09.-²", max_size=8), max_size=6))
def test_all_names_can_be_put_in_order(texts: list[str]) -> None:
    assert sorted(sorted(texts, key=natural_key)) == sorted(texts)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_numbers_in_names_count_by_value(a: int, b: int) -> None:
    assert (natural_key(f"Track {a}.wav") < natural_key(f"track {b}.wav")) == (a < b)


def test_another_library_is_no_music(tmp_path: Path) -> None:
    with Library.create(tmp_path / "music" / "other") as other:
        touch(other.path / "audio" / "x.flac", tmp_path / "music" / "a.wav")
    found = inputs.find([tmp_path / "music"], tmp_path / "library")
    assert names(found) == ["a.wav"]
    assert [(it.path.name, it.reason) for it in found.skipped] == [
        ("other", "another library; what it holds is no new music")
    ]
    for place in (other.path, other.path / "audio"):
        with pytest.raises(InputError, match="another library"):
            inputs.find([place], tmp_path / "library")
    assert names(inputs.find([other.path / "audio" / "x.flac"], tmp_path / "l")) == ["x.flac"]


def test_a_folder_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path / "ok" / "a.wav", tmp_path / "locked" / "b.wav")
    scan = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "locked":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = inputs.find([tmp_path], tmp_path / "library")
    assert names(found) == ["a.wav"]
    assert [(it.path.name, it.reason) for it in found.skipped] == [
        ("locked", "this folder may not be read; change its permissions")
    ]
    with pytest.raises(InputError, match="this folder may not be read"):
        inputs.find([tmp_path / "locked"], tmp_path / "library")


@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.one_of(st.text(), st.text("*?[]!-~a/.\\0\udce9", max_size=12)))
def test_any_input_is_found_or_refused_in_one_line(tmp_path: Path, text: str) -> None:
    try:
        problem, found = "", inputs.find([tmp_path / "nowhere" / text.lstrip("/")], tmp_path)
    except InputError as error:
        problem, found = str(error), inputs.Found((), ())
    assert not found.files
    assert problem
