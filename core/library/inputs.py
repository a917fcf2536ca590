"""Which files an import means: folders, files and patterns become a list of paths."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from core.errors import InputError
from core.file_names import as_text
from core.library.tracks import natural_key

_UNCOMPRESSED = frozenset((".wav", ".wave", ".aif", ".aiff", ".aifc", ".au", ".w64", ".rf64"))
_LOSSLESS = frozenset((".flac", ".caf", ".alac", ".wv", ".ape", ".tta"))
_BYTES_PER_SECOND = 176_400.0


def find(inputs: Iterable[str | os.PathLike[str]], library: Path) -> list[Path]:
    """Files that `inputs` mean, absolute, each once, in natural order.

    Folders are searched to the bottom for audio files by extension; hidden ones and `library`
    itself are left out. What does not exist is taken as a pattern (`*`, `?`, `[...]`, `**`).

    Raises:
        InputError: an input that is nowhere, or nothing to import at all.
    """
    given = [os.fspath(i) for i in inputs]
    found: dict[str, Path] = {}
    for path in (p for text in given for p in _expand(text, library)):
        found.setdefault(os.path.realpath(path), path)
    if not found:
        raise InputError(f"no audio files in {', '.join(given) or 'nothing'}; name other folders")
    return sorted(found.values(), key=lambda path: natural_key(as_text(path)))


def expected_seconds(path: Path, size: int) -> float:
    """A guess at the length of the audio, good enough to begin with the longest."""
    suffix = path.suffix.lower()
    factor = 1.0 if suffix in _UNCOMPRESSED else 2.0 if suffix in _LOSSLESS else 8.0
    return size * factor / _BYTES_PER_SECOND


def _expand(text: str, library: Path) -> Iterator[Path]:
    path = Path(os.path.abspath(os.path.expanduser(text)))  # noqa: PTH100, PTH111  (keeps links)
    if path.is_dir():
        yield from _inside(path, library)
    elif path.exists():
        yield path
    elif glob.has_magic(text):
        yield from _matches(text, library)
    else:
        raise InputError(f"{text}: no such file or folder; check the name")


def _matches(pattern: str, library: Path) -> Iterator[Path]:
    matches = glob.glob(os.path.expanduser(pattern), recursive=True)  # noqa: PTH111, PTH207
    if not matches:
        raise InputError(f"{pattern}: nothing has such a name; check the pattern")
    for match in matches:
        path = Path(match).absolute()
        if path.is_dir():
            yield from _inside(path, library)
        elif _is_audio(path.name):
            yield path


def _inside(folder: Path, library: Path) -> Iterator[Path]:
    own, seen = os.path.realpath(library), set()
    for at, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(at)
        if real == own or real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and _is_audio(name):
                yield Path(at, name)


def _is_audio(name: str) -> bool:
    from core.audio.files import EXTENSIONS

    return Path(name).suffix.lower() in EXTENSIONS
