"""The window's end of the reader child."""

from __future__ import annotations

from PySide6.QtCore import QObject

from core.jobs import reading
from core.jobs.link import Link


class RealLink(Link):
    """The child that brings real segments to a tempo; it knows no model."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(reading.body, name="the reader of segments", niceness=5, parent=parent)
