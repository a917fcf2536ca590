"""Every file the program writes is written under a temporary name and renamed: all or nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.errors import OutputError

# Read once, at import: asking for the mask means setting it, which another thread could observe.
_UMASK = os.umask(0o022)
os.umask(_UMASK)


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `path` (same suffix); on success it replaces `path`.

    Whatever goes wrong inside, `path` is as it was and the temporary file is gone.

    Raises:
        OutputError: the folder is missing, read-only or full; the message names `path`.
    """
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent or Path()
        )
    except OSError as error:
        raise writing_error(target, error) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _make_readable(temporary)
        temporary.replace(target)
    except OSError as error:
        raise writing_error(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` to `path`, all of it or none. Raises `OutputError`."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: str | os.PathLike[str], content: str) -> None:
    """Write `content` as UTF-8 to `path`, all of it or none. Raises `OutputError`."""
    write_bytes(path, content.encode("utf-8"))


def writing_error(path: Path, error: OSError) -> OutputError:
    """The one clear line for `error` met while writing `path`."""
    if error.errno == errno.ENOSPC:
        return OutputError(f"{path}: the disk is full; free some space and try again")
    if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return OutputError(f"{path}: the folder is read-only; choose another place")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return OutputError(f"{path}: the folder does not exist; create it or choose another")
    return OutputError(f"{path}: could not be written ({error.strerror}); choose another place")


def _make_readable(path: Path) -> None:
    """Give `path` the mode that a plain `open` would have given (mkstemp makes it private)."""
    path.chmod(0o666 & ~_UMASK)
