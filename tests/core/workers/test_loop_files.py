"""Loops in files: they come back bit for bit, are bounded, and nothing that is damaged is used."""

from __future__ import annotations

import errno
import os
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from core.workers import loop_files
from core.workers.loop_files import LoopFiles
from core.workers.segment_service import RenderedLoop

FRAMES = 1000
NAMES = [f"{number:064x}" for number in range(8)]
Usage = namedtuple("Usage", "total used free")


def loop(seed: int = 0, *, seen: bool = True) -> RenderedLoop:
    rng = np.random.default_rng(seed)
    spectrogram = rng.normal(-40.0, 9.0, (512, 128)).astype(np.float32) if seen else None
    samples = rng.uniform(-1.0, 1.0, (FRAMES, 2)).astype(np.float32)
    return RenderedLoop(samples, spectrogram, "mosaic", -1.25)


@pytest.fixture
def files(tmp_path: Path) -> LoopFiles:
    return LoopFiles(tmp_path / "loops")


@pytest.mark.parametrize("seen", [True, False])
def test_what_is_kept_comes_back_bit_for_bit(files: LoopFiles, seen: bool) -> None:
    kept = loop(seen=seen)
    assert files.read(NAMES[0], FRAMES) is None
    assert files.write(NAMES[0], kept)
    found = files.read(NAMES[0], FRAMES)
    assert found is not None
    np.testing.assert_array_equal(found.loop, kept.loop)
    assert not found.loop.flags.writeable
    assert (found.renderer, found.gain_db) == ("mosaic", -1.25)
    if kept.spectrogram is None:
        assert found.spectrogram is None
    else:
        np.testing.assert_array_equal(found.spectrogram, kept.spectrogram)
    assert files.read(NAMES[1], FRAMES) is None


@pytest.mark.parametrize("damage", ["bit", "short", "long", "foreign", "empty", "renamed"])
def test_a_file_that_is_damaged_or_foreign_is_made_again(
    files: LoopFiles, tmp_path: Path, damage: str
) -> None:
    files.write(NAMES[0], loop())
    path = tmp_path / "loops" / f"{NAMES[0]}.loop"
    content = bytearray(path.read_bytes())
    if damage == "bit":
        content[-5] ^= 1
    elif damage == "short":
        content = content[:-4]
    elif damage == "long":
        content += b"\0\0\0\0"
    elif damage == "foreign":
        content = bytearray(os.urandom(len(content)))
    elif damage == "empty":
        content = bytearray()
    else:
        files.write(NAMES[1], loop(1))
        content = bytearray((tmp_path / "loops" / f"{NAMES[1]}.loop").read_bytes())
    path.write_bytes(content)
    assert files.read(NAMES[0], FRAMES) is None
    assert files.write(NAMES[0], loop(2))
    found = files.read(NAMES[0], FRAMES)
    assert found is not None
    np.testing.assert_array_equal(found.loop, loop(2).loop)


def test_a_loop_of_another_length_is_not_used(files: LoopFiles) -> None:
    files.write(NAMES[0], loop())
    assert files.read(NAMES[0], FRAMES + 1) is None


def test_those_unused_for_longest_go_when_the_folder_is_full(tmp_path: Path) -> None:
    size = 128 + 8 * FRAMES
    files = LoopFiles(tmp_path, limit=4 * size)
    for number in range(4):
        files.write(NAMES[number], loop(number, seen=False))
        os.utime(tmp_path / f"{NAMES[number]}.loop", (1000.0 + number, 1000.0 + number))
    assert files.read(NAMES[0], FRAMES) is not None  # used by now
    files.write(NAMES[4], loop(4, seen=False))
    there = {path.stem for path in tmp_path.glob("*.loop")}
    assert there == {NAMES[0], NAMES[3], NAMES[4]}
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 4 * size


def test_a_disk_that_is_nearly_full_is_left_alone(
    files: LoopFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_files.shutil, "disk_usage", lambda path: Usage(10**12, 10**12, 10**8))
    assert not files.write(NAMES[0], loop())
    assert not list((tmp_path / "loops").iterdir())


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "loops").write_text("a file in its place")
    files = LoopFiles(tmp_path / "loops")
    assert not files.write(NAMES[0], loop())
    assert files.read(NAMES[0], FRAMES) is None


def test_names_from_elsewhere_are_refused(files: LoopFiles) -> None:
    with pytest.raises(ValueError, match="no name of a loop"):
        files.read("../../etc/passwd", FRAMES)


def test_what_cannot_be_opened_now_is_not_deleted(
    files: LoopFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_more(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    files.write(NAMES[0], loop())
    with monkeypatch.context() as patch:
        patch.setattr(np, "memmap", no_more)
        assert files.read(NAMES[0], FRAMES) is None
    assert files.read(NAMES[0], FRAMES) is not None
