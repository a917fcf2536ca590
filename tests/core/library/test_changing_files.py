"""Files that are being written, vanish, change their tags or names, or lie on a bad share.

The files are analysed in this process, so that a test can touch them at a known moment.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.audio import byte_source
from core.audio.writing import write
from core.library import importing, report
from core.library.importing import import_audio
from core.library.report import FileReport
from core.library.store import Library
from tests.core.library.building import kicks
from tests.core.library.in_process import InProcessPool, nothing
from tests.systems import needs_names_of_bytes


@pytest.fixture(autouse=True)
def pool(monkeypatch: pytest.MonkeyPatch) -> type[InProcessPool]:
    made = type("Pool", (InProcessPool,), {})
    monkeypatch.setattr(importing, "ImportPool", made)
    return made


@pytest.fixture
def song(tmp_path: Path) -> Path:
    (tmp_path / "music").mkdir()
    return music(tmp_path / "music" / "a.flac")


def music(path: Path, title: str = "A", seed: int = 0) -> Path:
    write(path, kicks(12.0, 128.0, seed=seed), bit_depth=16, title=title)
    return path


def imported(song: Path, *more: Path) -> list[FileReport]:
    return list(import_audio(song.parents[1] / "library", [song.parent, *more]).files)


def titles(song: Path) -> list[str]:
    with Library.open(song.parents[1] / "library") as library:
        return [f"{track.artist}/{track.title}" for track in library.tracks()]


def test_a_file_that_grows_while_it_is_read_is_read_again_next_time(
    song: Path, pool: type[InProcessPool]
) -> None:
    whole = song.read_bytes()
    song.write_bytes(whole[: len(whole) // 2])
    pool.after = staticmethod(lambda path: path.write_bytes(whole) and None)
    (file,) = imported(song)
    assert file.status == report.REFUSED
    assert "being written" in file.reason
    pool.after = staticmethod(nothing)
    (file,) = imported(song)
    assert (file.status, file.warnings) == (report.IMPORTED, ())
    assert len(titles(song)) == 1


def test_a_file_that_vanishes_before_it_is_read_does_not_stop_the_others(
    song: Path, pool: type[InProcessPool]
) -> None:
    other = music(song.with_name("b.flac"), "B", seed=1)
    content = song.read_bytes()
    status = song.stat()
    pool.before = staticmethod(lambda path: path.unlink() if path == song else None)
    first, second = imported(song)
    assert (first.status, second.status) == (report.REFUSED, report.IMPORTED)
    assert first.reason.startswith("no such file")
    song.write_bytes(content)  # the disk is there again, the file as it was
    os.utime(song, ns=(status.st_atime_ns, status.st_mtime_ns))
    pool.before = staticmethod(nothing)
    assert [file.status for file in imported(song)] == [report.IMPORTED, report.UNCHANGED]
    assert other.exists()


def test_a_file_that_vanishes_after_it_was_read_is_in(
    song: Path, pool: type[InProcessPool]
) -> None:
    pool.after = staticmethod(Path.unlink)
    (file,) = imported(song)
    assert file.status == report.IMPORTED


@pytest.mark.parametrize("kind", ["flac", "wav", "mp3"])
def test_a_share_that_goes_away_is_told_and_tried_again(
    song: Path, kind: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    song.unlink()
    write(song.with_suffix(f".{kind}"), kicks(12.0, 128.0))
    read = byte_source._Nameless._readinto

    def fail(self: byte_source._Nameless, buffer: bytearray) -> int:
        if self.tell() > 100_000:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return read(self, buffer)

    with monkeypatch.context() as patch:
        patch.setattr(byte_source._Nameless, "_readinto", fail)
        (file,) = imported(song)
    assert file.status == report.REFUSED
    assert file.reason.startswith("could not be read to its end")
    assert "Traceback" not in capfd.readouterr().err
    (file,) = imported(song)
    assert (file.status, file.warnings) == (report.IMPORTED, ())


@pytest.mark.parametrize("kind", ["flac", "wav", "mp3"])
def test_a_share_that_gives_a_few_bytes_at_a_time_is_read_whole(
    song: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.audio import files

    path = song.with_suffix(f".{kind}")
    write(path, kicks(2.0, 128.0))
    whole = files.read(path)
    read = byte_source._Nameless._readinto

    def little(self: byte_source._Nameless, buffer: bytearray) -> int:
        return read(self, memoryview(buffer)[:997])

    monkeypatch.setattr(byte_source._Nameless, "_readinto", little)
    assert np.array_equal(files.read(path), whole)


def test_new_tags_of_known_music_are_taken_over(song: Path) -> None:
    imported(song)
    write(song, kicks(12.0, 128.0), bit_depth=16, title="New name")
    (file,) = imported(song)
    assert (file.status, file.reason) == (report.UNCHANGED, "has new tags")
    assert titles(song) == ["/New name"]
    (file,) = imported(song)
    assert (file.status, file.reason) == (report.UNCHANGED, "")


def test_a_file_touched_without_a_change_is_no_duplicate_of_itself(song: Path) -> None:
    imported(song)
    os.utime(song, (1, 1))
    (file,) = imported(song)
    assert (file.status, file.reason) == (report.UNCHANGED, "")


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_the_same_file_under_another_name_is_no_duplicate(
    song: Path, link: Callable[[Path, Path], None]
) -> None:
    imported(song)
    link(song, song.with_name("b.flac"))
    for file in import_audio(song.parents[1] / "library", [song.with_name("b.flac")]).files:
        assert file.status == report.UNCHANGED
        assert file.reason == f"the same file as {song}"


def test_a_copy_is_a_duplicate_and_does_not_rename_the_track(song: Path) -> None:
    imported(song)
    write(song.with_name("b.flac"), kicks(12.0, 128.0), bit_depth=16, title="Copy")
    _, copy = imported(song)
    assert copy.status == report.DUPLICATE
    assert titles(song) == ["/A"]


def test_a_moved_file_brings_its_new_tags(song: Path) -> None:
    imported(song)
    song.unlink()
    write(song.with_name("b.flac"), kicks(12.0, 128.0), bit_depth=16, title="Moved")
    (file,) = imported(song)
    assert (file.status, file.reason) == (report.UNCHANGED, f"moved here from {song}")
    assert titles(song) == ["/Moved"]


@needs_names_of_bytes
def test_a_name_that_is_no_text_is_known_again(song: Path) -> None:
    odd = song.with_name(os.fsdecode(b"caf\xe9.flac"))
    song.rename(odd)
    (file,) = imported(song)
    assert (file.status, file.path.name) == (report.IMPORTED, "caf\\xe9.flac")
    shutil.copy(odd, song)
    first, second = imported(song)
    assert (first.status, second.status) == (report.DUPLICATE, report.UNCHANGED)


def test_skipped_folders_are_in_the_report(song: Path) -> None:
    Library.create(song.parent / "other").close()
    skipped, file = imported(song)
    assert (skipped.path.name, skipped.status) == ("other", report.SKIPPED)
    assert file.status == report.IMPORTED
    result = import_audio(song.parents[1] / "library", [song.parent])
    assert result.counts() == {report.UNCHANGED: 1, report.SKIPPED: 1}


def test_bytes_without_a_name_tell_of_errors_late_or_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    with byte_source.ByteSource(tmp_path / "a").open() as file:
        assert isinstance(file, io.BufferedReader)
        with pytest.raises(OSError, match="before the beginning"):
            file.raw.seek(-1)


@pytest.mark.parametrize("seconds", [-3e8, 1.3e10, 1e14])
def test_a_file_of_another_age_is_known_again(song: Path, seconds: float) -> None:
    """Fault: of one from after 2262 the time in nanoseconds did not fit into the database."""
    try:
        os.utime(song, (seconds, seconds))
    except (OSError, OverflowError):
        pytest.skip("the disk has no such times")
    assert [file.status for file in imported(song)] == [report.IMPORTED]
    assert [file.status for file in imported(song)] == [report.UNCHANGED]
