"""Keys of the dots, estimated off the main thread when the map is coloured by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from core.dsp.key import Key
from core.library.keys import Keys
from core.library.latent_map import LatentMap
from core.workers.background import Background
from technovae_gui.map.colouring import KEY
from technovae_gui.map.view import LatentMapView

_SETTLE_MS: Final = 500
"""Keys of tracks are found one after the other."""


class KeyColours(QObject):
    """Gives the map the keys that its dots are coloured by, and those of its search and its cards.

    Args:
        view: the map.
        background: estimates.
        keys: gives those of the open library, as far as they are known.
    """

    def __init__(
        self,
        view: LatentMapView,
        background: Background,
        keys: Callable[[], Keys],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view, self._background, self._keys = view, background, keys
        view.overlays.key_of = lambda segment: keys().of_segment(segment)
        view.scene.key_of_track = lambda track_id: keys().of_track(track_id)
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._timer.timeout.connect(self._estimate)
        view.colouring.keys_wanted.connect(self._estimate)

    @Slot(object)
    @Slot(str)
    def refresh(self, *_: object) -> None:
        """More keys are known, or those of another library."""
        if self._view.colouring.by == KEY:
            self._timer.start()

    @Slot()
    def _estimate(self) -> None:
        latent_map, keys = self._view.scene.map, self._keys()
        if latent_map is None:
            return

        def estimate(of: LatentMap = latent_map) -> list[Key | None]:
            return [keys.of_segment(segment) for segment in of.segments]

        def show(found: list[Key | None], of: LatentMap = latent_map) -> None:
            self._view.colouring.show_keys(of, found)

        self._background.submit(estimate, show)
