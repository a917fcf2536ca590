"""The link to the decoder child, which holds the model."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from core.workers import decoding
from core.workers.child_link import ChildLink
from core.workers.messages import Open


class DecoderLink(ChildLink):
    """Latents as loops and spectrograms, and the map; see `ChildLink`.

    Not nice: somebody waits for it. With two busy programs on two cores a click took .40 s, at
    nice 5 .91 s (medians of 20), while 99 of 100 gaps of the window's event loop stayed below 16 ms
    with either; the single longest one was .26 s, at nice 5 .12 s.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(decoding.body, "decoder", parent)

    def open(self, library: Path, model: Path | None) -> None:
        """Work with `library` and `model` (None: the one that belongs to it) from now on."""
        self.start(Open(library, model))
