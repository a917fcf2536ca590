"""What the window works with: library, model and map, the decoder child, loops, and the player."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core import resources, scientific
from core.errors import ModelError
from core.library import latent_map
from core.library.latent_map import LatentMap
from core.library.models import model_for
from core.playback.player import Player
from core.workers.background import Background
from core.workers.decoder_link import DecoderLink
from core.workers.messages import MAPPING, OPENING, Failed
from core.workers.sounds import Sounds
from technovae_gui.placing import Placing

if TYPE_CHECKING:
    from core.library.store import Library
    from core.library.tracks import Track

    Found = tuple[Path, Path | None, str, list[Track], LatentMap | None]


class Studio(QObject):
    """Owns everything below the widgets.

    Signals:
        library_opened(): `library_path` and `tracks` are those of another library, or changed.
        map_changed(object): a `LatentMap`, or None while there is none.
        status(str): what is going on, for the status bar; empty when it is over.
        problem(str, str): a key and one line.
    """

    library_opened = Signal()
    map_changed = Signal(object)
    status = Signal(str)
    problem = Signal(str, str)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.background = background
        self.player = Player()
        self.link = DecoderLink(self)
        self.sounds = Sounds(self.link, self)
        self.placing = Placing(self)
        self.library_path = resources.demo_library()
        self.model_path: Path | None = None
        self.tracks: list[Track] = []
        self.map: LatentMap | None = None
        self.library_id = ""
        self._reader: Library | None = None
        self._reading = threading.Lock()
        self.link.ready.connect(self._ready)
        self.link.mapped.connect(self._mapped)
        self.link.failed.connect(self._failed)
        self.link.died.connect(self._died)
        self.placing.placed.connect(self._placed)
        self.placing.failed.connect(self._not_placed)

    @property
    def is_demo(self) -> bool:
        """Whether the built-in demo library is open."""
        return self.library_path.resolve() == resources.demo_library().resolve()

    def open(self, library: Path | None = None, model: Path | None = None) -> None:
        """Open `library` (default: the built-in demo) with `model` (default: its own).

        Comes back at once; `library_opened`, then `map_changed` follow.
        """
        path = library or resources.demo_library()
        self.status.emit("opening the library…")
        self.background.submit(lambda: _looked_at(path, model), self._opened, self._refused)

    def reload(self) -> None:
        """The library changed on disk: an import, a grid, a model."""
        self.open(self.library_path, None)

    def segment_spectrogram(self, segment_id: str) -> NDArray[np.float32]:
        """(512, 128) dB of a real segment, for any thread. Raises `LibraryError`."""
        scientific.load()  # where the spectrogram has to be computed
        from core.library.store import Library

        with self._reading:
            if self._reader is None or self._reader.path != self.library_path.absolute():
                self._close_reader()
                self._reader = Library.open(self.library_path, read_only=True)
            return self._reader.segment_spectrogram(self._reader.segment(segment_id))

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def close(self) -> None:
        """Stop the sound and the child."""
        with self._reading:
            self._close_reader()
        self.placing.close()
        self.player.close()
        self.sounds.close()
        self.link.close()

    def _opened(self, found: Found) -> None:
        library, model, _, tracks, latent_map_ = found
        same = library == self.library_path and tracks == self.tracks
        if same and model is not None and self.map is not None and latent_map_ is None:
            self.status.emit("a better model: placing the segments on its map…")
            self.placing.want(library, model)
            return
        self.placing.forget()
        self._use(found, same=same)

    def _use(self, found: Found, *, same: bool) -> None:
        self.library_path, self.model_path, self.library_id, self.tracks, self.map = found
        if same:  # another model at most: what is read from the library is as it was
            self.sounds.outdate_latents()
        else:
            self.sounds.set_library(self.library_path)
        self.library_opened.emit()
        self.map_changed.emit(self.map)
        if self.model_path is None:
            self.status.emit("")
            return
        self.status.emit("loading the decoder…")
        self.link.open(self.library_path, self.model_path)
        if self.map is None and self.tracks:
            self.status.emit("placing the segments on the map…")
            self.link.map()

    @Slot(object, object)
    def _placed(self, library: Path, model: Path) -> None:
        """The other model's map is there, so nobody sees none while the models change."""
        self.open(library, model)

    @Slot(str)
    def _not_placed(self, line: str) -> None:
        self.status.emit("")
        self.problem.emit("model", line)

    def _refused(self, line: str) -> None:
        self.status.emit("")
        self.problem.emit("library", line)

    @Slot(object)
    def _ready(self, ready: object) -> None:
        if self.map is not None:
            self.status.emit("")

    @Slot()
    def _mapped(self) -> None:
        self.open(self.library_path, self.model_path)

    @Slot(object)
    def _failed(self, failed: Failed) -> None:
        """What belongs to no source: the model cannot be opened, or the map not be made."""
        if failed.key in (OPENING, MAPPING):
            self.status.emit("")
            self.problem.emit("model", failed.message)

    @Slot(str)
    def _died(self, line: str) -> None:
        self.problem.emit("decoder", line)


def _looked_at(path: Path, model: Path | None) -> Found:
    from core.library.store import Library

    demo = path.resolve() == resources.demo_library().resolve()
    with Library.open(path, read_only=demo) as library:
        tracks, library_id = library.tracks(), library.id
    try:
        model_path = model or model_for(path)
    except ModelError:
        return path, None, library_id, tracks, None
    return path, model_path, library_id, tracks, latent_map.load(path, model_path)
