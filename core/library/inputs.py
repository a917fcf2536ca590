"""Which files an import means: folders, files and patterns become a list of paths."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from core.file_names import as_text
from core.library import schema
from core.library.tracks import natural_key

_UNCOMPRESSED = frozenset((".wav", ".wave", ".aif", ".aiff", ".aifc", ".au", ".w64", ".rf64"))
_LOSSLESS = frozenset((".flac", ".caf", ".alac", ".wv", ".ape", ".tta"))
_BYTES_PER_SECOND = 176_400.0
_AUDIO = "audio"
_BINS = frozenset(("$recycle.bin", "recycler", "#recycle", "@recycle", "@eadir", "__macosx"))
"""Folders in which systems and network disks keep what was deleted, or notes of their own."""
_MARK_AT = 68
"""Where SQLite keeps the application's number (sqlite.org/fileformat.html, 1.3)."""


@dataclass(frozen=True)
class Skipped:
    """A folder that was not searched or an input that is nowhere, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Found:
    """What the inputs of an import mean.

    Attributes:
        files: absolute paths, each file once, in natural order.
        skipped: folders that were not searched, and inputs that are nowhere.
    """

    files: tuple[Path, ...]
    skipped: tuple[Skipped, ...]


def find(inputs: Iterable[str | os.PathLike[str]], library: Path) -> Found:
    """Look up which files are to be imported.

    Folders are searched to the bottom for audio files by extension; hidden ones, bins, `library`
    itself and other libraries are left out. What does not exist is taken as a pattern (`*`, `?`,
    `[...]`, `**`).

    Args:
        inputs: files, folders and patterns.
        library: the folder of the library that is imported into.

    Returns:
        The files, and what was skipped: one name that leads nowhere does not keep the others out.

    Raises:
        InputError: nothing to import at all.
    """
    given = [os.fspath(i) for i in inputs]
    search = _Search(library)
    found: dict[str, Path] = {}
    for text in given:
        for path in search.expand(text):
            found.setdefault(os.path.realpath(path), path)
    if not found:
        if search.nowhere:
            raise InputError("{}: {}".format(*search.nowhere[0]))
        reasons = "".join(f" ({as_text(it.path)}: {it.reason})" for it in search.skipped[:1])
        names = ", ".join(map(as_text, given)) or "nothing"
        raise InputError(f"no audio files in {names}{reasons}; name other folders")
    files = sorted(found.values(), key=lambda path: natural_key(as_text(path)))
    nowhere = (Skipped(Path(text), reason) for text, reason in search.nowhere)
    return Found(tuple(files), (*search.skipped, *nowhere))


def expected_seconds(path: Path, size: int) -> float:
    """A guess at the length of the audio, good enough to begin with the longest.

    Args:
        path: of the file; its extension tells how well its audio is packed.
        size: of the file, bytes.

    Returns:
        Seconds.
    """
    suffix = path.suffix.lower()
    factor = 1.0 if suffix in _UNCOMPRESSED else 2.0 if suffix in _LOSSLESS else 8.0
    return size * factor / _BYTES_PER_SECOND


class _Search:
    """Expands inputs, and keeps what it could not look into."""

    def __init__(self, library: Path) -> None:
        self._library = os.path.realpath(library)
        self.skipped: list[Skipped] = []
        self.nowhere: list[tuple[str, str]] = []
        """Inputs that mean nothing, in words, and why."""

    def expand(self, text: str) -> Iterator[Path]:
        """The files that one input means."""
        try:
            path = Path(os.path.abspath(os.path.expanduser(text)))  # noqa: PTH100, PTH111  (links)
            if path.is_dir():
                yield from self._inside(path)
            elif path.exists():
                yield path
            elif glob.has_magic(text):
                yield from self._matches(text)
            else:
                self._miss(text, "no such file or folder; check the name")
        except (OSError, ValueError, re.error, RecursionError) as error:
            # A pattern of ** runs out of depth in a thousand folders in each other.
            reason = getattr(error, "strerror", None) or error
            self._miss(text, f"cannot be looked up ({reason})")

    def _miss(self, text: str, reason: str) -> None:
        self.nowhere.append((as_text(text), reason))

    def _matches(self, pattern: str) -> Iterator[Path]:
        matches = glob.glob(os.path.expanduser(pattern), recursive=True)  # noqa: PTH111, PTH207
        if not matches:
            self._miss(pattern, "nothing has such a name; check the pattern")
        for match in matches:
            path = Path(match).absolute()
            if path.is_dir():
                yield from self._inside(path)
            elif _is_audio(path.name):
                yield path

    def _inside(self, folder: Path) -> Iterator[Path]:
        if _is_library(folder.parent) and folder.name == _AUDIO:
            folder = folder.parent
        seen = {_identity(self._library)}
        for at, folders, names in walk(folder, self._refused):
            identity = _identity(at)
            if identity in seen or self._is_other_library(Path(at)):
                folders.clear()
                continue
            seen.add(identity)
            folders[:] = [name for name in folders if not _is_hidden(name)]
            for name in names:
                if not name.startswith(".") and _is_audio(name):
                    yield Path(at, name)

    def _is_other_library(self, folder: Path) -> bool:
        if not _is_library(folder):
            return False
        self.skipped.append(Skipped(folder, "another library; what it holds is no new music"))
        return True

    def _refused(self, error: OSError) -> None:
        reason = "may not be read; change its permissions"
        if not isinstance(error, PermissionError):
            reason = f"cannot be read ({error.strerror})"
        self.skipped.append(Skipped(Path(error.filename), f"this folder {reason}"))


def walk(
    folder: Path, refused: Callable[[OSError], None]
) -> Iterator[tuple[str, list[str], list[str]]]:
    """All folders below `folder` and it itself, through links, however deep.

    `os.walk` of Python before 3.12 ends in an error a thousand folders down.

    Args:
        folder: where to begin.
        refused: called with why a folder cannot be read.

    Yields:
        A folder, and the names of folders and of other things in it. What is taken out of the
        former is not looked into.
    """
    waiting = [os.fspath(folder)]
    while waiting:
        at = waiting.pop()
        folders: list[str] = []
        names: list[str] = []
        try:
            with os.scandir(at) as entries:
                for entry in entries:
                    (folders if _is_folder(entry) else names).append(entry.name)
        except OSError as error:
            refused(error)
            continue
        yield at, folders, names
        waiting += [os.path.join(at, name) for name in folders]  # noqa: PTH118  (a path may be long)


def _is_hidden(folder: str) -> bool:
    return folder.startswith(".") or folder.lower() in _BINS


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _identity(folder: str) -> tuple[int, int] | None:
    """What is the same for all ways to a folder, but for one that is gone; its path, resolved link
    by link, takes minutes some thousand folders down."""
    try:
        status = os.stat(folder)  # noqa: PTH116  (a path may be too long for an object)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_library(folder: Path) -> bool:
    """Whether `folder` is a library of this program, by the mark in its database's header."""
    database = folder / "library.sqlite"
    try:
        if not database.is_file():  # a pipe would never answer
            return False
        with database.open("rb") as file:
            head = file.read(_MARK_AT + 4)
    except OSError:
        return False
    return head[_MARK_AT:] == schema.APPLICATION_ID.to_bytes(4, "big")


def _is_audio(name: str) -> bool:
    from core.audio.files import AUDIO_EXTENSIONS

    return Path(name).suffix.lower() in AUDIO_EXTENSIONS
