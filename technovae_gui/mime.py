"""Data of drag and drop: sources of clips and tracks inside the window, files to and from the
desktop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl

from core.arrangement.clip import ClipSource
from core.errors import TechnoVAEError
from core.identifiers import is_track_id

SOURCES = "application/x-technovae-sources"
TRACKS = "application/x-technovae-tracks"
OUTGOING_FILE = "application/x-technovae-outward"
_MOST_BYTES = 64 << 20
"""Of what is dragged, which any program may offer: ten thousand points between dots."""


@dataclass(frozen=True)
class DraggedSource:
    """A source that is dragged to the timeline.

    Attributes:
        source: what the clip will play.
        name: what the clip will be called; may be empty.
    """

    source: ClipSource
    name: str = ""


def encode(dragged: list[DraggedSource]) -> QMimeData:
    """Write sources as mime data, in order."""
    from core.arrangement.named_sources import to_json

    mime = QMimeData()
    mime.setData(SOURCES, to_json((each.source, each.name) for each in dragged))
    return mime


def decode(mime: QMimeData) -> list[DraggedSource]:
    """Read what `encode` wrote; an empty list if `mime` holds no valid sources."""
    if not mime.hasFormat(SOURCES):
        return []
    content = mime.data(SOURCES)
    if content.size() > _MOST_BYTES:
        return []
    from core.arrangement.named_sources import from_json

    try:
        return [DraggedSource(source, name) for source, name in from_json(content.data())]
    except TechnoVAEError:
        return []


def encode_tracks(track_ids: Iterable[str]) -> QMimeData:
    """Write the ids of tracks that are dragged to a playlist."""
    mime = QMimeData()
    mime.setData(TRACKS, "\n".join(track_ids).encode())
    return mime


def tracks(mime: QMimeData) -> tuple[str, ...]:
    """The ids that `encode_tracks` wrote, in order; none if `mime` holds no tracks."""
    content = bytes(mime.data(TRACKS).data())
    ids = content.decode(errors="replace").split("\n") if len(content) <= _MOST_BYTES else []
    return tuple(it for it in ids if is_track_id(it))


def encode_file(path: Path) -> QMimeData:
    """Write a file that is dragged out of the window.

    It is marked, so that `local_files` ignores it if it is dropped on the window again.
    """
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    mime.setData(OUTGOING_FILE, b"1")
    return mime


def local_files(mime: QMimeData) -> list[str]:
    """The paths of files and folders of the desktop in `mime`, in order."""
    if mime.hasFormat(OUTGOING_FILE):
        return []
    paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
    return [path for path in paths if path and "\0" not in path]
