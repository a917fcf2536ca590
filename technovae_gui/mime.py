"""What is dragged: sources of clips inside the window, files to and from the desktop."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QUrl

from core.arrangement.clip import ClipSource
from core.arrangement.project_file import source_from_json, source_to_json
from core.errors import TechnoVAEError

SOURCES = "application/x-technovae-sources"
OUTGOING_FILE = "application/x-technovae-outward"


@dataclass(frozen=True)
class DraggedSource:
    """A source under way to the timeline, and what its clip will be called."""

    source: ClipSource
    name: str = ""


def encode(dragged: list[DraggedSource]) -> QMimeData:
    """Mime data of `dragged`, in order."""
    mime = QMimeData()
    rows = [{"source": source_to_json(d.source), "name": d.name} for d in dragged]
    mime.setData(SOURCES, json.dumps(rows).encode())
    return mime


def decode(mime: QMimeData) -> list[DraggedSource]:
    """What `encode` wrote; nothing if it holds none or another program made it up."""
    if not mime.hasFormat(SOURCES):
        return []
    try:
        rows: list[dict[str, Any]] = json.loads(bytes(mime.data(SOURCES).data()))
        return [DraggedSource(source_from_json(row["source"]), str(row["name"])) for row in rows]
    except (TechnoVAEError, KeyError, TypeError, ValueError):
        return []


def encode_file(path: Path) -> QMimeData:
    """The file at `path`, on its way out of the window: `files` does not take it in again."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    mime.setData(OUTGOING_FILE, b"1")
    return mime


def local_files(mime: QMimeData) -> list[str]:
    """Paths of the files and folders of the desktop in `mime`, in order."""
    if mime.hasFormat(OUTGOING_FILE):
        return []
    return [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
