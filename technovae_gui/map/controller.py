"""A click on the map is heard and seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core.arrangement.clip import ClipSource, LatentSource, RealSource
from core.playback.player import PlayerState
from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR, SAMPLE_RATE, TICKS_PER_SEGMENT
from core.workers.messages import Seen, Sounded
from technovae_gui.map.loop_rotation import turn, turned

if TYPE_CHECKING:
    from technovae_gui.document import Document
    from technovae_gui.map import LatentMapView
    from technovae_gui.spectrogram import SpectrogramPanel
    from technovae_gui.studio import Studio

Array = NDArray[np.float32]
_DECODED = "decoded"
_BEATS = BARS_PER_SEGMENT * BEATS_PER_BAR


@dataclass(frozen=True, eq=False)
class Place:
    """What is listened to: a source, where it lies on the map, its name, the dot nearest to it."""

    source: ClipSource
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
        self._sounded: Sounded | None = None
        self._silent = True
        self._turn = 0.0
        self._state = PlayerState()
        self._bpm = document.arrangement.bpm
        view.dot_chosen.connect(self._dot)
        view.point_chosen.connect(self._point)
        view.latent_chosen.connect(self._latent)
        view.morph_changed.connect(self._morph)
        view.hovered.connect(self._hover)
        pictures.seek_requested.connect(self.seek)
        studio.sounds.begun.connect(self._auditioned)
        studio.sounds.auditioned.connect(self._auditioned)
        studio.sounds.failed.connect(self._failed)
        studio.link.seen.connect(self._seen)
        studio.map_changed.connect(self._map_changed)
        document.changed.connect(self._tempo_may_have_changed)

    def listen(self, place: Place) -> None:
        """Ask for the sound of `place` and show its spectrograms."""
        self._place, self._silent = place, False
        self._sounded, self._turn = None, 0.0
        self._view.set_sounding(place.xy, place.label)
        if not place.is_dot:
            self._pictures.set_decoded(None, "Decoded: on its way")
        self._show_real(place)
        self._ask(place)
        if place.is_dot and self._studio.map is not None:
            row = self._studio.map.rows[place.segment_id]
            self._ask_decoded(place, self._studio.map.latents[row])
        waiting = "" if place.is_dot else " · decoding"
        self.sounding_changed.emit(f"{place.label}{waiting}")

    @Slot()
    def silence(self) -> None:
        """Stop listening; the pictures stay, and a click on them goes on."""
        self._silent = True
        self._studio.player.end_audition()
        self._view.set_sounding(None, "")
        self._pictures.set_playhead(None)
        self.sounding_changed.emit("")

    @Slot(float)
    def seek(self, wanted: float) -> None:
        """Go on from the beat at `wanted` (0..1) of what the pictures show, on the next beat."""
        sounded, place = self._sounded, self._place
        if sounded is None or place is None:
            if place is not None and self._silent:
                self.listen(place)
            return
        self._turn = turn(wanted, self._phase())
        if self._silent:
            self._silent = False
            self._view.set_sounding(place.xy, place.label)
            self.sounding_changed.emit(f"{place.label} · {sounded.renderer}")
        self._studio.player.audition(turned(sounded.loop, self._turn), sounded.bpm)

    def show(self, state: PlayerState) -> None:
        """Move what moves with the loop that is listened to."""
        self._state = state
        phase = (state.audition_phase - self._turn) % 1.0 if state.auditioning else None
        self._pictures.set_playhead(phase)
        if phase is not None:
            self._view.set_phase(phase)

    def _ask(self, place: Place) -> None:
        """For the bar first in which it will come in, about a beat from now."""
        phase = self._phase()
        bar = 0 if phase is None else int((phase + 1 / _BEATS) * BARS_PER_SEGMENT)
        bpm = self._document.arrangement.bpm
        self._studio.sounds.audition(place.source, bpm, bar=bar % BARS_PER_SEGMENT)

    def _phase(self) -> float | None:
        """Where in four bars what sounds is; None for silence."""
        state = self._state
        if state.auditioning:
            return state.audition_phase
        if not state.playing:
            return None
        four_bars = self._document.arrangement.seconds(TICKS_PER_SEGMENT)
        return state.frame / SAMPLE_RATE / four_bars % 1.0

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
            label = f"near {found.title(near)}"
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
        if place is None or self._silent or sounded.source != place.source:
            return
        self._sounded = sounded
        self._studio.player.audition(turned(sounded.loop, self._turn), sounded.bpm)
        self._pictures.set_renderer(sounded.renderer)
        self.sounding_changed.emit(f"{place.label} · {sounded.renderer}")
        if not place.is_dot and sounded.spectrogram is not None:
            self._pictures.set_decoded(sounded.spectrogram, "Decoded")

    @Slot(object)
    def _seen(self, seen: Seen) -> None:
        if self._place is not None and seen.key == (_DECODED, self._place.segment_id):
            self._pictures.set_decoded(seen.spectrogram, "Decoded: what 64 numbers keep")

    @Slot(object, str)
    def _failed(self, source: ClipSource, message: str) -> None:
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
            self._sounded = None
            if self._place is not None and not self._silent:
                self._ask(self._place)

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
