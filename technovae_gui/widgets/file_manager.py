"""Shows a folder in the system's file manager."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

_LIBRARIES: Final = "LD_LIBRARY_PATH"
_USERS_LIBRARIES: Final = "LD_LIBRARY_PATH_ORIG"
"""What PyInstaller's starter has found in the environment, if anything."""


def open_folder(folder: Path) -> bool:
    """Show `folder`; returns whether the system has a program for that."""
    with _libraries_of_the_system():
        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


@contextlib.contextmanager
def _libraries_of_the_system() -> Iterator[None]:
    """The self-contained program finds its libraries by an environment variable. Programs that are
    started inside take those of the system: they would not start with ours."""
    ours = os.environ.get(_LIBRARIES)
    if not getattr(sys, "frozen", False) or ours is None:
        yield
        return
    theirs = os.environ.get(_USERS_LIBRARIES)
    if theirs is None:
        del os.environ[_LIBRARIES]
    else:
        os.environ[_LIBRARIES] = theirs
    try:
        yield
    finally:
        os.environ[_LIBRARIES] = ours
