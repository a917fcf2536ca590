"""The link to the decoder child, which holds the model."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from core.jobs import decoding
from core.jobs.child_link import ChildLink
from core.jobs.messages import Open


class DecoderLink(ChildLink):
    """Latents as loops and spectrograms, and the map; see `ChildLink`.

    A little nice: the window and the sound card come first, training after it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(decoding.body, "decoder", parent, niceness=5)

    def open(self, library: Path, model: Path | None) -> None:
        """Work with `library` and `model` (None: the one that belongs to it) from now on."""
        self.start(Open(library, model))
