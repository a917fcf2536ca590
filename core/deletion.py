"""The only module that deletes files which the program keeps: never outside their own folder.

Paths come out of databases and folders that other people made. So every deletion names the folder
that is responsible, and what lies elsewhere, through whatever links, is refused. (Temporary files
under names that the program has just made up are deleted where they are made, in `core.atomic`.)
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from core.errors import OutputError

_LOG = logging.getLogger(__name__)


def delete_file(path: Path, within: Path) -> bool:
    """Delete a file, or the link that has its name; what a link leads to is never touched.

    Args:
        path: the file; it need not exist.
        within: the folder that it must lie in, at any depth.

    Returns:
        Whether there is no such file now; False if the system refused, which is logged.

    Raises:
        OutputError: it lies outside `within`; nothing is deleted.
    """
    require_inside(path, within)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _LOG.info("%s: not deleted: %s", path, error)
        return False
    return True


def delete_folder(path: Path, within: Path) -> bool:
    """Delete a folder with all that is in it; links in it go, what they lead to stays.

    Args:
        path: the folder; it need not exist. If it is a link, the link goes.
        within: the folder that it must lie in, at any depth.

    Returns:
        Whether there is no such folder now.

    Raises:
        OutputError: it lies outside `within`, or is that folder; nothing is deleted.
    """
    require_inside(path, within)
    if path.is_symlink():
        return delete_file(path, within)
    try:
        shutil.rmtree(path, ignore_errors=True)
    except RecursionError:  # up to Python 3.12: about a thousand folders in each other
        _LOG.info("%s: not deleted: too deep", path)
    return not path.exists()


def require_inside(path: Path, folder: Path) -> None:
    """See that a path lies in a folder, its own last part not followed if it is a link.

    Args:
        path: what is to be deleted or replaced.
        folder: what is responsible for it.

    Raises:
        OutputError: it does not.
    """
    plain = path.name not in ("", "..") and "\0" not in str(path)
    if not plain or not _is_in(path.parent, folder):
        raise OutputError(f"{path}: lies outside {folder}; it is left as it is")


def leads_outside(path: Path, folder: Path) -> bool:
    """Whether a path is a link whose target lies outside a folder.

    Args:
        path: in `folder`; it need not exist.
        folder: links to places in it are fine.
    """
    return path.is_symlink() and not _is_in(path, folder)


def _is_in(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
