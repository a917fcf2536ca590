"""Arrays in files: the same samples, from little memory, wherever they are read."""

from __future__ import annotations

import shutil
import sys
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from core.mapped_arrays import ArrayFile, FloatArray, SpillingMemory, release_pages

Usage = namedtuple("Usage", "total used free")


def noise(seed: int = 0, frames: int = 1 << 17) -> FloatArray:
    return np.random.default_rng(seed).standard_normal((frames, 2), np.float32)


def resident(array: FloatArray) -> int:
    """Kilobytes of an array in a file that this process holds."""
    lines = Path("/proc/self/smaps").read_text().splitlines()
    at = array.ctypes.data
    for number, line in enumerate(lines):
        first, _, last = line.split(" ")[0].partition("-")
        if last and int(first, 16) <= at < int(last, 16):
            return next(int(x.split()[1]) for x in lines[number:] if x.startswith("Rss:"))
    return 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_pages_that_are_released_are_read_again(tmp_path: Path) -> None:
    noise().tofile(tmp_path / "a")
    array = np.memmap(tmp_path / "a", np.float32, "r").view(np.ndarray).reshape(-1, 2)
    np.testing.assert_array_equal(array, noise())
    assert resident(array) >= 1024
    release_pages(array[100:200])
    assert resident(array) < 256
    np.testing.assert_array_equal(array, noise())


def test_what_is_no_file_or_may_be_written_is_left_alone(tmp_path: Path) -> None:
    release_pages(noise())
    noise().tofile(tmp_path / "a")
    changed = np.memmap(tmp_path / "a", np.float32, "c")
    changed[0] = 7.0
    release_pages(changed)
    assert changed[0] == 7.0


def test_another_process_is_told_where_an_array_lies(tmp_path: Path) -> None:
    noise().tofile(tmp_path / "a")
    whole = np.memmap(tmp_path / "a", np.float32, "r", 128 * 8).view(np.ndarray).reshape(-1, 2)
    found = ArrayFile.of(whole[10:40])
    assert found is not None
    np.testing.assert_array_equal(found.open(), noise()[138:168])
    assert ArrayFile.of(whole[::2]) is None
    assert ArrayFile.of(noise()) is None


@pytest.mark.skipif(sys.platform == "win32", reason="such files have a name there")
def test_what_is_beyond_the_room_is_the_same_and_on_disk(tmp_path: Path) -> None:
    memory = SpillingMemory(2 * noise().nbytes, tmp_path / "spilled")
    first = [memory.keep(noise(seed)) for seed in range(4)]
    for seed, kept in enumerate(first):
        np.testing.assert_array_equal(kept, noise(seed))
    assert [kept.base is None for kept in first] == [True, True, False, False]
    assert not list((tmp_path / "spilled").iterdir())
    del first[0], kept
    assert memory.keep(noise(5)).base is None


def test_small_arrays_and_those_a_full_disk_refuses_stay_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = SpillingMemory(0, tmp_path)
    small, large = noise(frames=100), noise()
    assert memory.keep(small) is small
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2, 1, 1))
    assert memory.keep(large) is large
    (tmp_path / "file").touch()
    assert SpillingMemory(0, tmp_path / "file" / "folder").keep(large) is large
