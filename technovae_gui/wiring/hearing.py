"""A click on the map is heard and seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core.jobs.messages import Seen, Sounded
from core.timeline.clip import LatentSource, RealSource, Source

if TYPE_CHECKING:
    from technovae_gui.document import Document
    from technovae_gui.latent_map import LatentMapView
    from technovae_gui.spectrogram import SpectrogramPanel
    from technovae_gui.studio import Studio

Array = NDArray[np.float32]
_DECODED = "decoded"


@dataclass(frozen=True, eq=False)
class Place:
    """What is listened to: a source, where it lies on the map, its name, the dot nearest to it."""

    source: Source
    xy: tuple[float, float] | None
    label: str
    segment_id: str
    is_dot: bool


class Hearing(QObject):
    """Signals: sounding_changed(str): what is heard now, empty for nothing."""

    sounding_changed = Signal(str)

    def __init__(
        self,
        studio: Studio,
        document: Document,
        view: LatentMapView,
        pictures: SpectrogramPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio, self._document = studio, document
        self._view, self._pictures = view, pictures
        self._place: Place | None = None
        self._bpm = document.arrangement.bpm
        view.dot_chosen.connect(self._dot)
        view.point_chosen.connect(self._point)
        view.latent_chosen.connect(self._latent)
        view.morph_changed.connect(self._morph)
        view.hovered.connect(self._hover)
        studio.sounds.auditioned.connect(self._auditioned)
        studio.sounds.failed.connect(self._failed)
        studio.link.seen.connect(self._seen)
        studio.map_changed.connect(self._map_changed)
        document.changed.connect(self._tempo_may_have_changed)

    @property
    def source(self) -> Source | None:
        """What is listened to."""
        return self._place.source if self._place else None

    def listen(self, place: Place) -> None:
        """Ask for the sound of `place` and show its spectrograms."""
        self._place = place
        self._view.set_sounding(place.xy, place.label)
        if not place.is_dot:
            self._pictures.set_decoded(None, "Decoded: on its way")
        self._show_real(place)
        self._studio.sounds.audition(place.source, self._document.arrangement.bpm)
        if place.is_dot and self._studio.map is not None:
            row = self._studio.map.rows[place.segment_id]
            self._ask_decoded(place, self._studio.map.latents[row])
        waiting = "" if place.is_dot else " · decoding"
        self.sounding_changed.emit(f"{place.label}{waiting}")

    @Slot()
    def silence(self) -> None:
        """Stop listening."""
        self._place = None
        self._studio.player.end_audition()
        self._view.set_sounding(None, "")
        self._pictures.set_playhead(None)
        self.sounding_changed.emit("")

    @Slot(str)
    def _dot(self, segment_id: str) -> None:
        found = self._studio.map
        if found is None or segment_id not in found.rows:
            return
        row = found.rows[segment_id]
        xy = (float(found.xy[row, 0]), float(found.xy[row, 1]))
        title = found.title(found.segments[row])
        self.listen(Place(RealSource(segment_id), xy, title, segment_id, True))

    @Slot(object)
    def _point(self, xy: tuple[float, float]) -> None:
        found = self._studio.map
        if found is not None:
            row = found.inverse.nearest(xy)
            assert row is not None  # a map has a dot, and no radius is asked for
            near = found.segments[row]
            label = f"between the dots, near {found.title(near)}"
            source = self._latent_source(found.inverse.latent([xy])[0])
            self.listen(Place(source, xy, label, near.id, False))

    @Slot(object, str)
    def _latent(self, latent: Array, label: str) -> None:
        found = self._studio.map
        if found is None:
            return
        row = int(np.argmin(np.linalg.norm(found.latents - latent, axis=1)))
        near = found.segments[row]
        xy = (float(found.xy[row, 0]), float(found.xy[row, 1]))
        self.listen(Place(self._latent_source(latent), xy, label, near.id, False))

    @Slot(object, float)
    def _morph(self, latent: Array, share: float) -> None:
        self._latent(latent, f"morph, {100 * share:.0f} % of the way from A to B")

    @Slot(str)
    def _hover(self, segment_id: str) -> None:
        if segment_id:
            self._read(segment_id, lambda it: self._view.set_hover_picture(segment_id, it))

    @Slot(object)
    def _auditioned(self, sounded: Sounded) -> None:
        place = self._place
        if place is None or sounded.source != place.source:
            return
        self._studio.player.audition(sounded.loop, sounded.bpm)
        self._pictures.set_renderer(sounded.renderer)
        self.sounding_changed.emit(f"{place.label} · {sounded.renderer}")
        if not place.is_dot and sounded.spectrogram is not None:
            self._pictures.set_decoded(sounded.spectrogram, "Decoded")

    @Slot(object)
    def _seen(self, seen: Seen) -> None:
        if self._place is not None and seen.key == (_DECODED, self._place.segment_id):
            self._pictures.set_decoded(seen.spectrogram, "Decoded: what 64 numbers keep")

    @Slot(object, str)
    def _failed(self, source: Source, message: str) -> None:
        if self._place is not None and source == self._place.source:
            self.sounding_changed.emit("")
            self._studio.problem.emit("sound", message)

    @Slot(object)
    def _map_changed(self, found: object) -> None:
        self._view.set_map(self._studio.map)

    @Slot()
    def _tempo_may_have_changed(self) -> None:
        bpm = self._document.arrangement.bpm
        if bpm != self._bpm:
            self._bpm = bpm
            if self._place is not None:
                self._studio.sounds.audition(self._place.source, bpm)

    def _show_real(self, place: Place) -> None:
        title = "Original" if place.is_dot else "Nearest original"

        def show(spectrogram: Array) -> None:
            if self._place is place:
                self._pictures.set_real(spectrogram, title)

        self._read(place.segment_id, show)

    def _ask_decoded(self, place: Place, latent: Array) -> None:
        self._studio.link.spectrogram((_DECODED, place.segment_id), self._latent_source(latent))

    def _read(self, segment_id: str, then: Callable[[Array], None]) -> None:
        """The spectrogram of a segment, read on a thread."""
        self._studio.background.submit(
            lambda: self._studio.segment_spectrogram(segment_id), then, lambda _: None
        )

    def _latent_source(self, latent: Array) -> LatentSource:
        found = self._studio.map
        return LatentSource((latent,), model_hash=found.model_hash if found else "")
