"""Files and folders that are dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData


def paths(mime: QMimeData) -> list[Path]:
    """Local files and folders in `mime`, in order."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
