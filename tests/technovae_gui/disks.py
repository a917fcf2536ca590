"""Disks that are small, full or read-only: really mounted, so that every write meets them."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def mounted(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of that size at `folder`; the test is skipped where none can be mounted."""
    folder.mkdir(exist_ok=True)
    options = f"size={kilobytes}k"
    if os.name == "nt" or _mount("-t", "tmpfs", "-o", options, "tmpfs", str(folder)):
        pytest.skip("needs the right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def lock(folder: Path) -> None:
    """Make the disk at `folder` read-only, for root too."""
    assert not _mount("-o", "remount,ro", str(folder))


def fill(folder: Path) -> Path:
    """Leave no room on the disk; returns the file that takes it."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as out:
        while True:
            out.write(bytes(4096))
    return filler


def _mount(*arguments: str) -> int:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode
