"""Versions of a library's model: what each training left, kept beside the library's own model."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec

from core.atomic import replacing, write_bytes
from core.deletion import delete_file, leads_outside, require_inside
from core.errors import LibraryError, ModelError, OutputError
from core.file_names import companion
from core.file_times import local_time
from core.library.models import MODEL_NAME, is_demo, model_for, model_target
from core.resources import digest
from core.user_folders import data_folder

MOST_VERSIONS: Final = 12
"""Kept without a note; a model takes some 20 MB."""
LONGEST_NOTE: Final = 1000
_FOLDER: Final = "versions"
_MODEL, _RECORD, _HISTORY = ".keras", ".json", ".history.json"
_NAME: Final = re.compile(r"[0-9a-f]{16}\.json")
_MOST_BYTES: Final = 1 << 16
_log = logging.getLogger(__name__)

_Number = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
_Text = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)]


class Figures(msgspec.Struct, frozen=True):
    """What is known of how a version was made, and how good it is.

    Attributes:
        seconds: of the training; 0 where that is not known.
        epochs: done in all.
        library_db, held_out_db: mean absolute errors on what was learned and on what was not; None
            where that is not known.
        sharpness: gradient energy of decoded segments over that of real ones; 1: as sharp.
        learned: from what, e.g. "212 of 240 segments".
    """

    seconds: _Number = 0.0
    epochs: Annotated[int, msgspec.Meta(ge=0, le=1 << 31)] = 0
    library_db: _Number | None = None
    held_out_db: _Number | None = None
    sharpness: _Number | None = None
    learned: _Text = ""


class _Record(msgspec.Struct, frozen=True):
    """The file beside a version's model."""

    made_at: _Number
    figures: Figures = Figures()
    note: _Text = ""


@dataclass(frozen=True)
class ModelVersion:
    """A model that a training left.

    Attributes:
        path: its file.
        model_hash: by which clips know it.
        made_at: seconds since 1970.
        figures: what is known of it.
        note: what the user wrote about it.
        size: of the file, bytes.
    """

    path: Path
    model_hash: str
    made_at: float
    figures: Figures
    note: str
    size: int


def versions_folder(library: Path) -> Path:
    """Where the versions of a library's model are: inside it, beside its own model.

    Those of the built-in demo are in the user's data folder. The folder need not exist yet.

    Raises:
        LibraryError: a link leads out of the library there.
    """
    if is_demo(library):
        return data_folder() / MODEL_NAME.parent / _FOLDER
    folder = library / MODEL_NAME.parent / _FOLDER
    for part in (folder.parent, folder):
        if leads_outside(part, library):
            raise LibraryError(f"{part}: a link out of the library; put the folder itself there")
    return folder


def read_versions(library: Path) -> list[ModelVersion]:
    """All versions of a library's model, the newest first; what is damaged is left out.

    Raises:
        LibraryError: a link leads out of the library where they should be.
    """
    folder = versions_folder(library)
    try:
        paths = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    except OSError:
        return []
    found = (_read(path) for path in paths)
    return sorted((it for it in found if it is not None), key=lambda it: -it.made_at)


def find_version(library: Path, model_hash: str) -> Path | None:
    """The file of the version with this hash; None where there is none.

    Args:
        library: folder of the library.
        model_hash: as clips and projects name it.
    """
    if not _NAME.fullmatch(f"{model_hash}.json"):
        return None
    with contextlib.suppress(LibraryError, OSError):
        path = versions_folder(library) / f"{model_hash}{_MODEL}"
        if path.is_file() and not path.is_symlink() and digest(path) == model_hash:
            return path
    return None


def keep_version(
    library: Path, model: Path, figures: Figures, note: str = "", made_at: float | None = None
) -> ModelVersion:
    """Keep a copy of a model as a version; the oldest ones without a note make room.

    Args:
        library: folder of the library that it was trained on.
        model: its file.
        figures: what is known of it.
        note: of the user's.
        made_at: seconds since 1970; now, by default.

    Returns:
        The version; the one that is there where this very model is kept already.

    Raises:
        LibraryError: a link leads out of the library where it should be.
        OutputError: it cannot be written.
        OSError: the model cannot be read.
    """
    folder, model_hash = versions_folder(library), digest(model)
    path = folder / f"{model_hash}{_MODEL}"
    known = _read(companion(path, _RECORD))
    if known is None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{folder}: cannot be made ({error.strerror}); "
                "check the rights of the library's folder"
            ) from error
        _copy(model, path)
        history = companion(model, _HISTORY)
        if history.is_file():
            _copy(history, companion(path, _HISTORY))
        moment = time.time() if made_at is None else made_at
        _write(path, _Record(moment, figures, note[:LONGEST_NOTE]))
    elif note:
        write_note(library, model_hash, note)
    _make_room(library, keep=model_hash)
    kept = _read(companion(path, _RECORD))
    if kept is None:
        raise OutputError(f"{path}: the version could not be kept; make room and train again")
    return kept


def keep_present_model(library: Path) -> None:
    """Keep the model that a training would write over, unless it is kept already.

    What cannot be kept is logged: no training waits for it.
    """
    try:
        present = model_target(library) if is_demo(library) else model_for(library)
        if present.is_file() and find_version(library, digest(present)) is None:
            keep_version(library, present, Figures(), made_at=present.stat().st_mtime)
    except ModelError:
        return
    except (LibraryError, OutputError, OSError):
        _log.warning("the model before this training could not be kept", exc_info=True)


def bring_to_target(library: Path, target: Path) -> bool:
    """Put the model that a library opens with where a training goes on, if another is there.

    What is there is kept as a version first. The demo always opens with its own model, which is not
    what a training on it goes on from, so that nothing is done for it.

    Args:
        library: folder of the library.
        target: file that the training reads and writes.

    Returns:
        Whether another model is there now, whose training state nobody knows.

    Raises:
        OutputError: it cannot be written.
        OSError: one of the two cannot be read.
    """
    if is_demo(library) or not target.is_file():
        return False
    present = model_for(library)
    if digest(present) == digest(target):
        return False
    if find_version(library, digest(target)) is None:
        keep_version(library, target, Figures(), made_at=target.stat().st_mtime)
    history = companion(present, _HISTORY)
    if history.is_file():
        _copy(history, companion(target, _HISTORY))
    _copy(present, target)
    return True


def write_note(library: Path, model_hash: str, note: str) -> None:
    """Write the user's note of a version, in the place of the one before.

    Args:
        library: folder of the library.
        model_hash: of the version.
        note: at most a thousand characters; the rest is cut.

    Raises:
        LibraryError: there is no such version.
        OutputError: it cannot be written.
    """
    version = _known(library, model_hash)
    record = _Record(version.made_at, version.figures, note.strip()[:LONGEST_NOTE])
    _write(version.path, record)


def delete_version(library: Path, model_hash: str) -> None:
    """Delete a version's files; latents that it made stay known to the library.

    Args:
        library: folder of the library.
        model_hash: of the version.

    Raises:
        LibraryError: there is no such version, or the library opens with it.
        OutputError: the system refused.
    """
    version = _known(library, model_hash)
    if _is_in_use(library, version):
        raise LibraryError("this version is in use; use another one before it is deleted")
    if not _delete(version):
        raise OutputError(f"{version.path}: cannot be deleted; check its folder's rights")


def total_size(versions: Sequence[ModelVersion]) -> int:
    """Bytes that versions take on disk."""
    return sum(version.size for version in versions)


def describe(version: ModelVersion) -> tuple[str, ...]:
    """Date, minutes and figures of a version in words, "" where something is not known."""
    figures = version.figures
    errors = (figures.library_db, figures.held_out_db)
    return (
        local_time(version.made_at).strftime("%Y-%m-%d %H:%M"),
        f"{figures.seconds / 60:.1f}" if figures.seconds else "",
        *("" if error is None else f"{error:.2f}" for error in errors),
        "" if figures.sharpness is None else f"{figures.sharpness:.2f}",
    )


def _known(library: Path, model_hash: str) -> ModelVersion:
    found = [it for it in read_versions(library) if it.model_hash == model_hash]
    if not found:
        raise LibraryError(
            f"{library}: there is no version {model_hash[:16]} of its model; "
            "`technovae info` lists them"
        )
    return found[0]


def _is_in_use(library: Path, version: ModelVersion) -> bool:
    with contextlib.suppress(ModelError):
        return os.path.realpath(model_for(library)) == os.path.realpath(version.path)
    return False


def _make_room(library: Path, keep: str) -> None:
    plain = [it for it in read_versions(library) if not it.note and it.model_hash != keep]
    for version in plain[MOST_VERSIONS - 1 :]:
        if not _is_in_use(library, version):
            _delete(version)


def _delete(version: ModelVersion) -> bool:
    folder = version.path.parent
    paths = [companion(version.path, ending) for ending in (_HISTORY, _MODEL, _RECORD)]
    gone = [delete_file(path, folder) for path in paths]
    return all(gone)


def _read(record: Path) -> ModelVersion | None:
    model = record.with_suffix(_MODEL)
    try:
        for path in (record, model):
            if path.is_symlink() or not path.is_file():
                return None
        with record.open("rb") as file:
            told = msgspec.json.decode(file.read(_MOST_BYTES), type=_Record)
        size = model.stat().st_size
    except (OSError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        _log.info("%s: no version of a model: %s", record, error)
        return None
    return ModelVersion(model, model.stem, told.made_at, told.figures, told.note, size)


def _write(model: Path, record: _Record) -> None:
    path = companion(model, _RECORD)
    require_inside(path, model.parent)
    write_bytes(path, msgspec.json.format(msgspec.json.encode(record)))


def _copy(source: Path, target: Path) -> None:
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)
