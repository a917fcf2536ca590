"""Every file the program writes is written under a temporary name and renamed: all or nothing.

What file systems refuse is not taken for a failure where it does not matter: FAT, exFAT and many
network shares know no `chmod`, names may be as long as the file system allows, a link stays a link
and its target is written, and what is no regular file (`/dev/stdout`) is written into.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core import presence
from core.errors import OutputError
from core.file_names import as_text

# Read once, at import: asking for the mask means setting it, which another thread could observe.
_UMASK = os.umask(0o022)
os.umask(_UMASK)
_LONGEST_SUFFIX = 16
"""Bytes; what is longer is no suffix by which anybody tells kinds of files."""
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,126}[A-Za-z0-9]")
"""Names that no file system refuses, but for the reserved ones of Windows."""
_NO_RENAME = (errno.EPERM, errno.EEXIST, errno.EBUSY, errno.ENOSYS, errno.EXDEV)
"""Errors of file systems that do not rename over a file that exists."""

_GONE = "the disk or network folder went away; connect it again"
_BAD_NAME = "this disk does not take such a name; choose another"
_BY_NAME = {
    "ENOSPC": "the disk is full; free some space and try again",
    "EDQUOT": "your share of the disk is used up; free some space and try again",
    "EFBIG": "too large for this disk; choose another disk, or a smaller format",
    "EACCES": "the folder is read-only; choose another place",
    "EPERM": "the system does not permit writing there; choose another place",
    "EROFS": "the disk is read-only; choose another place",
    "ENOENT": "the folder does not exist; create it or choose another",
    "ENOTDIR": "the folder does not exist, a file is in its place; choose another",
    "EISDIR": "this is a folder; give the name of a file",
    "ENAMETOOLONG": "the name is too long for this disk; choose a shorter one",
    "EINVAL": _BAD_NAME,
    "EILSEQ": _BAD_NAME,
    "ELOOP": "a link that leads to itself; choose another name",
    "ESTALE": _GONE,
    "EHOSTDOWN": _GONE,
    "ENODEV": _GONE,
    "ENXIO": _GONE,
}
_REASONS = {getattr(errno, name): why for name, why in _BY_NAME.items() if hasattr(errno, name)}


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path; on success it replaces `path`, whose folder and suffix it shares.

    Whatever goes wrong inside, `path` is as it was and the temporary file is gone. Where `path` is
    a link, its target is replaced.

    Raises:
        OutputError: the place cannot be written, known at once, or the disk is full; the message
            names `path`.
    """
    given = Path(path)
    try:
        target, status = _target(given)
        _require_name(target, status)
        temporary = _temporary(target, status)
    except (OSError, ValueError) as error:
        raise writing_error(given, error) from error
    try:
        yield temporary
        _finish(temporary, target, status)
    except OSError as error:
        raise writing_error(given, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file, all of it or none.

    Args:
        path: of the file.
        content: all that is to be in it.

    Raises:
        OutputError: it cannot be written; the message says why.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: str | os.PathLike[str], content: str) -> None:
    """Write a file of text in UTF-8, all of it or none.

    Args:
        path: of the file.
        content: all that is to be in it.

    Raises:
        OutputError: it cannot be written; the message says why.
    """
    write_bytes(path, content.encode("utf-8"))


def require_writable(path: str | os.PathLike[str], *, make_folder: bool = False) -> None:
    """Make sure, before long work, that the file `path` can be written when the work is done.

    Nothing is changed: what is there stays as it is, and what is not there is not there afterwards.

    Args:
        path: the file.
        make_folder: make its folder where it is missing.

    Raises:
        OutputError: it cannot be written; the message says why.
    """
    given = Path(path)
    try:
        if make_folder:
            given.parent.mkdir(parents=True, exist_ok=True)
        target, status = _target(given)
        _require_name(target, status)
        _temporary(target, status).unlink()
    except FileExistsError as error:
        raise writing_error(given, NotADirectoryError(errno.ENOTDIR, "")) from error
    except (OSError, ValueError) as error:
        raise writing_error(given, error) from error


def output_folder(path: Path) -> Path:
    """Make the folder `path` where it is missing, and see that files can be written into it.

    Returns:
        `path`.

    Raises:
        OutputError: it is a file, or cannot be made or written.
    """
    if path.exists() and not path.is_dir():
        raise OutputError(f"{path}: this is a file, not a folder; choose another name with --out")
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(prefix=".", dir=path):
            pass
    except (OSError, ValueError) as error:
        raise writing_error(path, error) from error
    return path


def writing_error(path: Path, error: Exception) -> OutputError:
    """Say in one line why a file cannot be written, and how to go on.

    Args:
        path: of the file.
        error: met while writing it; its `errno` decides what the line says, if it has one.

    Returns:
        An error to raise.
    """
    code = getattr(error, "errno", None)
    reason = _REASONS.get(code) if code is not None else None
    if code == errno.EACCES and presence.is_file(path) and os.access(path.parent, os.W_OK):
        reason = "this file may not be written; change its permissions or choose another name"
    if reason is None:
        said = getattr(error, "strerror", None) or error
        reason = f"could not be written ({said}); choose another place"
    return OutputError(f"{as_text(path)}: {reason}")


def _require_name(target: Path, status: os.stat_result | None) -> None:
    """See that the file system takes the name of `target`, by making it where it is not there.

    A name that all of them take is not tried: whoever waits for the file would see an empty one.

    Raises:
        OSError: it does not.
    """
    if status is not None:
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        return
    if os.name == "posix" and _PLAIN_NAME.fullmatch(target.name):
        return
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except FileExistsError:  # another process was faster
        return
    target.unlink(missing_ok=True)


def _target(path: Path) -> tuple[Path, os.stat_result | None]:
    """The file that `path` leads to, through links, and what it is; None if it is not there."""
    if path.is_symlink():
        path = Path(os.path.realpath(path))
    try:
        return path, path.stat()
    except FileNotFoundError:
        return path, None


def _temporary(target: Path, status: os.stat_result | None) -> Path:
    """A new empty file: in the folder of `target`, or elsewhere if only `target` can be written."""
    suffix = target.suffix if len(os.fsencode(target.suffix)) <= _LONGEST_SUFFIX else ""
    folder: Path | None = target.parent
    if status is not None and not stat.S_ISREG(status.st_mode):
        folder = None
    try:
        handle, name = tempfile.mkstemp(prefix=".~", suffix=suffix, dir=folder)
    except PermissionError:
        if status is None or not os.access(target, os.W_OK):
            raise
        handle, name = tempfile.mkstemp(prefix=".~", suffix=suffix)
    os.close(handle)
    return Path(name)


def _finish(temporary: Path, target: Path, status: os.stat_result | None) -> None:
    """Put the finished file in the place of `target`."""
    regular = status is None or stat.S_ISREG(status.st_mode)
    if regular and _same_folder(temporary, target):
        # mkstemp makes files private; FAT, exFAT and network shares refuse another mode.
        mode = stat.S_IMODE(status.st_mode) if status is not None else 0o666 & ~_UMASK
        with contextlib.suppress(OSError):
            temporary.chmod(mode)
        try:
            temporary.replace(target)
            return
        except OSError as error:
            if status is None or error.errno not in _NO_RENAME:
                raise
    with temporary.open("rb") as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink)


def _same_folder(temporary: Path, target: Path) -> bool:
    return temporary.parent == target.parent
