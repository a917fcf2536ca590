"""Where the program keeps what belongs to the user: data, caches, logs; and where their music is.

The only module that asks `platformdirs`, so that everything lands under one name on every system.
"""

from __future__ import annotations

import logging
import os
import shutil
from functools import cache
from pathlib import Path
from typing import Final

import platformdirs

from core import presence

_NAME: Final = "technovae"
_log = logging.getLogger(__name__)


def data_folder() -> Path:
    """What must stay: unsaved work, models of the demo, latents of read-only libraries.

    The folder need not exist yet.
    """
    folder = platformdirs.user_data_path(_NAME, appauthor=False)
    if os.name == "nt":
        _adopt_once(folder)
    return folder


def cache_folder() -> Path:
    """What can be computed again. The folder need not exist yet."""
    return platformdirs.user_cache_path(_NAME, appauthor=False)


def log_folder() -> Path:
    """Logs. The folder need not exist yet."""
    return platformdirs.user_log_path(_NAME, appauthor=False)


def music_folder() -> Path:
    """The user's music folder; the home folder where there is none."""
    music = platformdirs.user_music_path()
    return music if presence.is_folder(music) else Path.home()


def adopt_nested_folder(folder: Path) -> None:
    """Move what lies in `folder`/technovae into `folder`; nothing is replaced.

    Earlier versions wrote part of the user's data on Windows below a second "technovae", which
    `platformdirs` adds for an author that was not named. What cannot be moved now (a file that
    another window has open) stays where it is and is tried again at the next start.
    """
    nested = folder / _NAME
    if not nested.is_dir():
        return
    for old in sorted(path for path in nested.rglob("*") if path.is_file()):
        new = folder / old.relative_to(nested)
        if new.exists():
            continue
        try:
            new.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(old, new)
        except OSError:
            _log.warning("%s could not be moved to %s", old, new, exc_info=True)
    for emptied in sorted((path for path in nested.rglob("*") if path.is_dir()), reverse=True):
        _remove_if_empty(emptied)
    _remove_if_empty(nested)


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


@cache
def _adopt_once(folder: Path) -> None:
    """Once per process: looking takes a moment."""
    adopt_nested_folder(folder)
