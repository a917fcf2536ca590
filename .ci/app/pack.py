"""Puts the training pack beside the player that PyInstaller has made, and packs both.

    python .ci/app/pack.py dist

makes of `dist/technovae` an archive of the player, and `dist/training`, with an archive, that is
unpacked over it.
"""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from pathlib import Path
from typing import Final

import contents

_PROGRAM: Final = "technovae"
_INSIDE: Final = "_internal"
"""PyInstaller's name for the folder with everything but the program."""


def main(folder: Path) -> None:
    """Make the training pack and both archives.

    Args:
        folder: where PyInstaller has put the player.
    """
    training = folder / "training"
    if training.exists():
        shutil.rmtree(training)
    for source, target in contents.training_files():
        placed = training / _PROGRAM / _INSIDE / target
        placed.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, placed)
    if sys.platform == "linux":
        shutil.copy2(Path(__file__).parent / "install", folder / _PROGRAM)
    for name, root in ((_PROGRAM, folder), (f"{_PROGRAM}-training", training)):
        archive = shutil.make_archive(
            str(folder / f"{name}-{_label()}"),
            "zip" if sys.platform == "win32" else "gztar",
            root,
            _PROGRAM,
        )
        print(
            f"{_megabytes(root / _PROGRAM)} MB unpacked, {_megabytes(Path(archive))} MB: {archive}"
        )


def _label() -> str:
    version = importlib.metadata.version("technovae")
    return f"{version}-{platform.system()}-{platform.machine()}".lower()


def _megabytes(path: Path) -> int:
    """Of a file, or of all in a folder, in which many libraries lie once and have two names."""
    return round(
        sum(it.lstat().st_size for it in (path, *path.rglob("*")) if not it.is_dir()) / 1e6
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
