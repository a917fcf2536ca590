"""The link to the reader child, which knows the library's own music and no model."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from core.workers import reading
from core.workers.child_link import ChildLink
from core.workers.messages import Open


class ReaderLink(ChildLink):
    """Real segments as loops; see `ChildLink`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(reading.body, "reader of segments", parent)

    def open(self, library: Path) -> None:
        """Read from `library` from now on."""
        self.start(Open(library, None))
