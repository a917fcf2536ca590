"""Lists of the user's that are kept in files of JSON, each with a word that says what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from core import atomic
from core.errors import InputError


class ListFile(msgspec.Struct):
    """What such a file holds; a kind of list adds its rows.

    Attributes:
        format: the word.
    """

    format: str


Content = TypeVar("Content", bound=ListFile)


def write(path: Path, content: ListFile) -> None:
    """Write a list to a file, all of it or none.

    Args:
        path: of the file; its folder is made.
        content: the list.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise atomic.writing_error(path, error) from error
    atomic.write_bytes(path, msgspec.json.encode(content))


def read(
    path: Path, kind: type[Content], file_format: str, rows: str, most_bytes: int
) -> Content | None:
    """Read a list.

    Args:
        path: of the file.
        kind: what it holds.
        file_format: the word that it has to have.
        rows: what is in the list, for messages; as in "places".
        most_bytes: of a file that is read at all.

    Returns:
        The list; None where there is no such file.

    Raises:
        InputError: it is no such list, or cannot be read.
    """
    other = f"{path}: not a list of {rows}; delete it to begin a new one"
    try:
        if path.stat().st_size > most_bytes:
            raise InputError(f"{path}: too large for a list of {rows}; move it away")
        found = msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(
            f"{path}: could not be read ({error.strerror}); check its rights"
        ) from error
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise InputError(other) from error
    if found.format != file_format:
        raise InputError(other)
    return found
