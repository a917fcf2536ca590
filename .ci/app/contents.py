"""What a self-contained TechnoVAE consists of, read from pyproject.toml and the checkout.

Two packs: the player, which is everything but learning, and the training pack, which unpacks into
the player's folder. The training pack is what TensorFlow and Keras need and nothing else does.
"""

from __future__ import annotations

import csv
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from packaging.requirements import Requirement

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("core", "technovae_gui")
LEARNING: Final = ("keras", "tensorflow", "tensorflow-cpu")
"""Distributions that only a training imports."""
_ENGINE: Final = "technovae_gui/engine/"
"""Where the wheel keeps `core`; here it lies at the top, as in a checkout."""
_NOT_FOR_USERS: Final = frozenset(
    (
        "antigravity",
        "ensurepip",
        "idlelib",
        "lib2to3",
        "this",
        "tkinter",
        "_tkinter",
        "turtle",
        "turtledemo",
        "venv",
    )
)
_OF_THE_SYSTEM: Final = ("libasound.so", "libstdc++.so", "libgcc_s.so", "libqgtk3.so")
_NEEDLESS: Final = ("libclang", "tensorboard", "setuptools", "wheel")
"""Required by TensorFlow, and imported by nothing that trains."""


def project() -> dict[str, Any]:
    """pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def modules() -> list[str]:
    """Every module of the program: many are imported by a name that is put together."""
    return sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    )


def data() -> list[tuple[Path, str]]:
    """Files and folders that the program opens, each with the folder that it gets in the bundle."""
    wheel = project()["tool"]["hatch"]["build"]["targets"]["wheel"]
    named = {**wheel["force-include"], **wheel["shared-data"]}
    found = [(ROOT / source, target.removeprefix(_ENGINE)) for source, target in named.items()]
    placed = [
        (path, target if path.is_dir() else PurePosixPath(target).parent.as_posix())
        for path, target in found
    ]
    beside = (
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".py"
    )
    return placed + [(path, path.parent.relative_to(ROOT).as_posix()) for path in beside]


def standard_library() -> list[str]:
    """Python's own modules, all of them: the training pack, which nobody analyses, uses many."""
    return sorted(name for name in sys.stdlib_module_names if name not in _NOT_FOR_USERS)


def is_left_to_the_system(library: str) -> bool:
    """Whether a shared library must be that of the machine the program runs on.

    Sound finds its plugins beside it, graphics drivers need the newest C++ library; the theme of
    GTK brings half a desktop along, and works only with the same one.

    Args:
        library: its path in the bundle.

    Returns:
        Whether to leave it out.
    """
    return Path(library).name.startswith(_OF_THE_SYSTEM)


def icon(folder: Path) -> str:
    """Draw the program's icon as a PNG, for systems that keep it in the program file.

    Args:
        folder: where to put it.

    Returns:
        Its path.
    """
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(256, 256, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(ROOT / "technovae_gui" / "marks" / "technovae.svg")).render(painter)
    painter.end()
    path = folder / "technovae.png"
    image.save(str(path))
    return str(path)


def required(names: Iterable[str]) -> set[str]:
    """The distributions among `names` that are installed here, and all that they require."""
    found: set[str] = set()
    waiting = [_canonical(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found or name in _NEEDLESS:
            continue
        try:
            requires = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        found.add(name)
        waiting += [_canonical(it.name) for it in map(Requirement, requires) if _applies(it)]
    return found


def player_distributions() -> set[str]:
    """What the program requires, but for learning."""
    stated = map(Requirement, project()["project"]["dependencies"])
    names = {_canonical(it.name) for it in stated}
    return required(names - set(LEARNING))


def training_distributions() -> set[str]:
    """What learning requires beside the player's distributions."""
    return required(LEARNING) - player_distributions()


def training_files() -> Iterator[tuple[Path, str]]:
    """Files of the training pack, each with its path in the bundle; no headers, no tests."""
    for name in sorted(training_distributions()):
        for file in importlib.metadata.files(name) or []:
            path = Path(str(file.locate()))
            parts = file.parts
            if ".." not in parts and not _is_for_developers(parts) and path.is_file():
                yield path, str(file)


def training_packages() -> set[str]:
    """Top-level names that come with the training pack: the player is built without them."""
    # The record's own lines: `importlib.metadata.files` makes a path of each of 17,000.
    records = (
        importlib.metadata.distribution(name).read_text("RECORD") or ""
        for name in training_distributions()
    )
    files = [row[0] for record in records for row in csv.reader(record.splitlines())]
    # A name with a dash or a dot is a distribution's own notes, or a program beside the packages.
    tops = {file.split("/")[0].removesuffix(".py") for file in files if file.endswith(".py")}
    return {top for top in tops if top.isidentifier()}


def _is_for_developers(parts: tuple[str, ...]) -> bool:
    return (
        "__pycache__" in parts
        or parts[:2] == ("tensorflow", "include")
        or parts[-1].endswith(".pyi")
    )


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
