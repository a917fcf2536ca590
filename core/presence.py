"""Whether something is at a path, asked without an error.

`pathlib` before Python 3.14 raises where a folder on the way may not be searched: a disk of another
user, a share that asks for a password. Whoever only wants to know what can be used takes these.
"""

from __future__ import annotations

import os
from pathlib import Path


def is_there(path: Path) -> bool:
    """Whether anything is at `path` that can be reached; a link that leads nowhere is not."""
    return os.path.exists(path)  # noqa: PTH110


def is_file(path: Path) -> bool:
    """Whether a file is at `path` that can be reached."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    """Whether a folder is at `path` that can be reached."""
    return os.path.isdir(path)  # noqa: PTH112
