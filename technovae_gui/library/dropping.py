"""Files and folders that are dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

from technovae_gui import mime


def paths(data: QMimeData) -> list[Path]:
    """Local files and folders in `data`, in order."""
    return [Path(name) for name in mime.local_files(data)]
