"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.atomic import replacing, require_writable, write_text, writing_error
from core.errors import OutputError
from core.file_names import as_text, located, printable
from tests.systems import needs_modes, needs_pipes


def test_replaces_only_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
        assert temporary.suffix == ".txt"
        assert temporary.parent == tmp_path
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fault", [ValueError("x"), KeyboardInterrupt()])
def test_a_failure_keeps_the_old_file(tmp_path: Path, fault: BaseException) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(type(fault)), replacing(path) as temporary:  # noqa: PT012
        temporary.write_text("half")
        raise fault
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_said_and_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(OutputError, match="disk is full"), replacing(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert path.read_text() == "old"


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        write_text(tmp_path / "nowhere" / "a.txt", "x")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "read-only"),
        (errno.ENOTDIR, "does not exist"),
        (errno.EIO, "could not be written"),
        (errno.ENAMETOOLONG, "name is too long"),
        (errno.EINVAL, "does not take such a name"),
        (errno.EFBIG, "too large for this disk"),
    ],
)
def test_every_fault_is_one_line_that_names_the_file(number: int, words: str) -> None:
    message = str(writing_error(Path("here.wav"), OSError(number, os.strerror(number))))
    assert words in message
    assert "here.wav" in message
    assert "\n" not in message


def test_the_mode_is_that_of_a_plain_open(tmp_path: Path) -> None:
    write_text(tmp_path / "ours", "x")
    (tmp_path / "plain").write_text("x")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ours", "plain")]
    assert modes[0] == modes[1]


def refuse(*_: object, **__: object) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def test_a_disk_without_modes_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FAT, exFAT and many network shares refuse chmod."""
    monkeypatch.setattr(Path, "chmod", refuse)
    monkeypatch.setattr(os, "chmod", refuse)
    write_text(tmp_path / "a.txt", "x")
    assert (tmp_path / "a.txt").read_text() == "x"


@pytest.mark.parametrize(
    "name", ["n" * 251 + ".wav", "n" * 255, "夜" * 83 + ".flac", "." + "s" * 254, "a." + "s" * 253]
)
def test_a_name_as_long_as_the_disk_takes_is_written(tmp_path: Path, name: str) -> None:
    require_writable(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    write_text(tmp_path / name, "x")
    assert [path.name for path in tmp_path.iterdir()] == [name]


_TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""What turns the direction of the text behind it, by Unicode's bidirectional classes."""


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(name="\u0600 \u3000\u200d".encode())  # no letters, but nothing that steers a terminal
@example(name="\u202e\x85\u2029".encode())
@given(name=st.binary(min_size=1, max_size=255).filter(lambda it: not set(it) & {0, 47}))
def test_whatever_name_the_system_takes_is_written(tmp_path: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    if name in (b".", b".."):
        return
    try:
        path.touch()
    except OSError:  # a disk that takes text only
        with pytest.raises(OutputError):
            write_text(path, "x")
        return
    path.unlink()
    write_text(path, "x")
    assert path.read_text() == "x"
    assert located(as_text(path)) == path
    shown = printable(as_text(path))
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(sign) for sign in shown} & _TURNS
    path.unlink()


def test_a_name_that_is_too_long_is_said_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="name is too long"), replacing(tmp_path / ("n" * 256)):
        pytest.fail("the work has begun")
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    real, link = tmp_path / "folder" / "real.wav", tmp_path / "link.wav"
    link.symlink_to(Path("folder", "real.wav"))
    for content in ("new", "newer"):  # first it leads nowhere
        write_text(link, content)
        assert link.is_symlink()
        assert real.read_text() == content
    assert [path.name for path in real.parent.iterdir()] == ["real.wav"]


def test_a_link_to_itself_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "a")
    with pytest.raises(OutputError, match="a link that leads to itself"):
        write_text(tmp_path / "a", "x")


@needs_pipes
def test_what_is_no_regular_file_is_written_into(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_text(tmp_path / "pipe", "x")
        assert os.read(reader, 9) == b"x"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    write_text(os.devnull, "x")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@needs_modes
def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a").touch(mode=0o640)
    (tmp_path / "a").chmod(0o640)
    write_text(tmp_path / "a", "x")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


@pytest.mark.parametrize("number", [errno.EPERM, errno.EEXIST, errno.EBUSY])
def test_a_disk_that_does_not_rename_over_a_file_is_written_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse_rename(self: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    (tmp_path / "a").write_text("old")
    monkeypatch.setattr(Path, "replace", refuse_rename)
    write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_in_a_folder_that_may_not_be_written_is_written_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tempfile.mkstemp

    def refuse_there(*, prefix: str, suffix: str, dir: Path | None = None) -> tuple[int, str]:
        if dir == tmp_path:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return made(prefix=prefix, suffix=suffix)

    (tmp_path / "a").write_text("old")
    monkeypatch.setattr(tempfile, "mkstemp", refuse_there)
    write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"
    with pytest.raises(OutputError):
        write_text(tmp_path / "b", "new")


def test_require_writable_says_what_is_wrong_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    require_writable(tmp_path / "a")
    require_writable(tmp_path / "file")
    require_writable(tmp_path / "made" / "a", make_folder=True)
    for path, words in (
        (tmp_path / "folder", "this is a folder"),
        (tmp_path / "nowhere" / "a", "does not exist"),
        (tmp_path / "file" / "a", "a file is in its place"),
    ):
        for make in (False, True):
            if make and words == "does not exist":
                continue
            with pytest.raises(OutputError, match=words):
                require_writable(path, make_folder=make)
    left = sorted(path.name for path in tmp_path.rglob("*"))
    assert left == ["file", "folder", "made"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has reserved names")
def test_a_file_with_a_plain_name_is_seen_only_when_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, real = [], os.open

    def noted(path: str, *arguments: int) -> int:
        opened.append(Path(path))
        return real(path, *arguments)

    monkeypatch.setattr(os, "open", noted)
    target = tmp_path / "night 1.technovae"
    with replacing(target) as temporary:
        temporary.write_text("whole")
    assert opened
    assert target not in opened
    assert target.read_text() == "whole"
