"""The built-in demo, wherever the program is installed; what a model file is known by.

A wheel carries the demo inside this package, as `core/data`; a checkout, and an editable install of
it, has it at its top level. Either is found from the package itself (`importlib.resources`), so
that `--user`, `--target`, vendored and zipped installs work like any other.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.resources
import shutil
import tempfile
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from core import user_folders

_LIBRARY: Final = "resources/demo"
_MODEL: Final = "saved_models/vae_best.keras"
_PARTS: Final = "saved_models/parts.keras"
_PRETRAINED: Final = "saved_models/pretrained.npz"
PARTS_MISSING: Final = (
    "parts.keras is missing, so kick, bass, drums and rest cannot be told apart; all else works. "
    "Train it: technovae demo --train-parts"
)
_HISTORY: Final = "saved_models/vae_best.history.json"
_OPTIONAL: Final = (_PARTS, _PRETRAINED)


def demo_library() -> Path:
    """Folder of the built-in demo library."""
    return _root() / _LIBRARY


def demo_model() -> Path:
    """The model trained on the built-in demo library."""
    return _root() / _MODEL


def parts_model() -> Path:
    """The network that tells kick, bass, drums and rest apart; not every install has it."""
    return _root() / _PARTS


def has_parts_model() -> bool:
    """Whether there is a network that tells parts apart; else `PARTS_MISSING` says so."""
    return parts_model().is_file()


def pretrained() -> Path | None:
    """What trainings start from, beside the user's music; None where an install has none."""
    path = _root() / _PRETRAINED
    return path if path.is_file() else None


def digest(path: Path) -> str:
    """The hash by which a model file is known.

    Args:
        path: the model file.

    Returns:
        The first 16 hexadecimal digits of the SHA-256 of its bytes.

    Raises:
        OSError: the file cannot be read.
    """
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


@functools.cache
def _root() -> Path:
    """The folder that holds `_LIBRARY` and `_MODEL`."""
    package = importlib.resources.files("core")
    packaged = package / "data"
    if isinstance(package, Path):
        return package / "data" if packaged.is_dir() else package.parent
    return unpacked(packaged, user_folders.cache_folder() / "demo")


def unpacked(data: Traversable, folder: Path) -> Path:
    """Copy the demo out of a zipped install, once: SQLite reads files, not archives.

    Args:
        data: holds the demo, in any kind of archive.
        folder: where to keep the copy; every version of the demo gets a folder in it.

    Returns:
        The copy's folder.

    Raises:
        OSError: it cannot be written.
    """
    import hashlib

    model = data.joinpath(_MODEL).read_bytes()
    copy = folder / hashlib.sha256(model).hexdigest()[:16]
    if copy.is_dir():
        return copy
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        made = Path(temporary) / "demo"
        for name in (_LIBRARY, _MODEL, _HISTORY, *_OPTIONAL):
            if name not in _OPTIONAL or data.joinpath(name).is_file():
                _copy(data.joinpath(name), made / name)
        with contextlib.suppress(OSError):  # another process was faster
            made.rename(copy)
    if not copy.is_dir():
        raise FileNotFoundError(f"{copy}: the built-in demo could not be unpacked there")
    return copy


def _copy(source: Traversable, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        for child in source.iterdir():
            _copy(child, target / child.name)
        return
    with source.open("rb") as read, target.open("wb") as written:
        shutil.copyfileobj(read, written)
