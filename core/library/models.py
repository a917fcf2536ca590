"""Which model belongs to a library: found, noted in it, and where training puts the next one."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from core import presence, resources
from core.atomic import write_text
from core.deletion import leads_outside
from core.errors import LibraryError, ModelError, OutputError
from core.file_names import as_text, located
from core.user_folders import data_folder

MODEL_NAME = Path("saved_models") / "vae_best.keras"
_NOTE = "model.txt"
_LONGEST_NOTE = 1 << 16


def is_demo(library: Path) -> bool:
    """Whether `library` is the built-in demo, which is never written to, also where it could be."""
    # `Path.resolve` raises RuntimeError for a link that leads to itself.
    return os.path.realpath(library) == _demo_path()


@functools.cache
def _demo_path() -> str:
    return os.path.realpath(resources.demo_library())


def model_for(library: Path) -> Path:
    """The model to use with `library` where none is named.

    The demo library has the built-in one. Others: the last one trained on it (`remember_model`),
    or one in a folder `saved_models` inside the library.

    Raises:
        ModelError: none was trained yet.
    """
    if is_demo(library):
        return resources.demo_model()
    for candidate in (_remembered(library), library / MODEL_NAME):
        if candidate is not None and presence.is_file(candidate):
            return candidate
    raise ModelError(
        f"{library}: no model was trained on this library yet; run: technovae train {library}"
    )


def model_target(library: Path) -> Path:
    """Where training on `library` puts its model unless told otherwise: inside it.

    What is trained on the built-in demo goes into the user's data folder; the demo's own model
    stays as it is.

    Raises:
        LibraryError: a link leads out of the library there, so that another file would be replaced.
    """
    if is_demo(library):
        return data_folder() / MODEL_NAME
    target = library / MODEL_NAME
    if leads_outside(target.parent, library) or leads_outside(target, library):
        raise LibraryError(f"{target}: a link out of the library; name the model with --out")
    return target


def remember_model(library: Path, model: Path) -> None:
    """Note in a library which model was trained on it, so that a library that is moved knows it.

    Args:
        library: folder of the library.
        model: the model file.

    Raises:
        OutputError: the library is the demo or read-only; the model has to be named then.
    """
    if is_demo(library):
        raise OutputError("the built-in demo keeps its own model; name the new one with --model")
    path, folder = model.resolve(), library.resolve()
    # A model inside is named from there on: it goes where the library goes.
    named = path.relative_to(folder) if path.is_relative_to(folder) else path
    write_text(library / _NOTE, as_text(named) + "\n")


def _remembered(library: Path) -> Path | None:
    note = library / _NOTE
    if not presence.is_file(note):  # a pipe would never answer
        return None
    try:
        with note.open(encoding="utf-8") as file:
            text = file.read(_LONGEST_NOTE).strip()
            # `located` looks for a name as it is; one that is relative is so to the library.
            return located(str(library / text)) if text else None
    except (OSError, UnicodeDecodeError):
        return None
