"""Folders that results go into."""

from __future__ import annotations

from pathlib import Path

from core.atomic import writing_error
from core.errors import OutputError


def output_folder(path: Path) -> Path:
    """`path`, made where it is missing. Raises `OutputError` if it cannot be a folder."""
    if path.exists() and not path.is_dir():
        raise OutputError(f"{path}: this is a file, not a folder; choose another name with --out")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise writing_error(path, error) from error
    return path
