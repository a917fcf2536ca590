"""What works for the window off its main thread: made once, closed together."""

from __future__ import annotations

from PySide6.QtCore import QObject

from core.playback.player import Player
from core.workers.background import Background, UncaughtErrors
from core.workers.loop_store import LoopStore
from core.workers.loops import LoopService
from core.workers.service_client import RENDERER, ServiceClient
from technovae_gui.spectrogram.segment_reader import SegmentReader


class Services:
    """The threads and processes that controllers ask for work.

    Attributes:
        background: short work on a thread, its result applied on the main one.
        errors: exceptions that nobody caught, on any thread.
        player: what sounds.
        decoder: the process that holds the model: spectrograms of latents.
        loops: four-bar loops of segments and latents at a tempo, kept in memory; those of clips on
            disk as well.
        segments: spectrograms of real segments, read from the library.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        self.background = Background(parent)
        self.errors = UncaughtErrors(parent)
        self.player = Player()
        self.decoder = ServiceClient(RENDERER, parent)
        self.loops = LoopService(self.decoder, parent, store=LoopStore(parent))
        self.segments = SegmentReader()

    def close(self) -> None:
        """Stop the sound and end every process and thread; nothing is reported any more."""
        self.player.close()
        self.loops.close()
        self.decoder.close()
        self.background.close()
        self.errors.close()
        self.segments.close()
