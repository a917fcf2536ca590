"""What a map needs beyond its dots, computed off the main thread: the inverse and the shade."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from core.library.latent_map import LatentMap
from core.workers.background import Background
from technovae_gui.map import shading
from technovae_gui.map.shading import Shade

LEAST_FOR_AXES = 3


class Preparing(QObject):
    """One map at a time; what comes for a former one is dropped.

    Signals: prepared(object): the `Shade` of the map; its inverse, posterior and axes are built.
    """

    prepared = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self, workers=1)
        self._wanted: LatentMap | None = None

    def want(self, latent_map: LatentMap | None) -> None:
        """Prepare `latent_map`; None: nothing."""
        self._wanted = latent_map
        if latent_map is not None:
            then = partial(self._came, latent_map)
            self._background.submit(lambda: self._computed(latent_map), then)

    def close(self) -> None:
        """Wait for the thread; nothing comes any more."""
        self._wanted = None
        self._background.close()

    def _computed(self, latent_map: LatentMap) -> Shade | None:
        if latent_map is not self._wanted:
            return None
        shade = shading.compute(latent_map)
        # Looked up, so that they are there when the user first asks for them.
        _ = latent_map.posterior
        _ = latent_map.axes if len(latent_map) >= LEAST_FOR_AXES else None
        return shade

    def _came(self, latent_map: LatentMap, shade: Shade | None) -> None:
        if latent_map is self._wanted and shade is not None:
            self.prepared.emit(shade)
