"""How much the user's cache holds, and clearing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from core import user_folders
from core.deletion import delete_file, delete_folder

_IN_USE: Final = ("demo",)
"""The demo of a zipped install is read from here while the program runs."""


def size_bytes() -> int:
    """Bytes of what `clear` would delete. Reads the sizes of all files: not for the main thread."""
    total = 0
    for entry in _entries():
        for path in (entry, *entry.rglob("*")):
            with suppress(OSError):  # deleted meanwhile
                if path.is_file() and not path.is_symlink():
                    total += path.stat().st_size
    return total


def clear() -> bool:
    """Delete everything that can be computed again. Not for the main thread.

    Returns:
        Whether all of it is gone; False if the system kept a file that is in use.
    """
    folder = user_folders.cache_folder()
    gone = True
    for entry in _entries():
        is_folder = entry.is_dir() and not entry.is_symlink()
        gone = (delete_folder if is_folder else delete_file)(entry, folder) and gone
    return gone


def _entries() -> Iterator[Path]:
    folder = user_folders.cache_folder()
    with suppress(OSError):
        yield from (path for path in sorted(folder.iterdir()) if path.name not in _IN_USE)
